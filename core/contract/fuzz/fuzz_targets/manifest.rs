//! Any bytes as a manifest. One that is accepted fits together: everything it names is there.
#![no_main]

use beacon_contract::{Manifest, Settings, SlotKind, dataset};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

fuzz_target!(|json: &[u8]| {
    let Ok(manifest) = Manifest::from_json(json) else { return };
    assert_eq!(Manifest::from_json(&manifest.to_json()).ok(), Some(manifest.clone()));
    let settings = manifest.form.effective(&Settings::default());
    assert!(manifest.form.check(&settings, &BTreeSet::new()).len() <= manifest.form.fields.len());
    for slot in &manifest.slots {
        assert_eq!(manifest.slot(&slot.name), Some(slot));
        if let SlotKind::Bearer { profile } = &slot.kind {
            assert!(manifest.profiles.iter().any(|known| known.id == *profile));
        }
        for origin in &slot.origins {
            if let Some(exact) = origin.exact_origin(&settings) {
                assert!(origin.matches(&exact, &settings));
            }
        }
    }
    for rule in &manifest.egress {
        let _ = rule.path.matches("/v1.0/users") && rule.origin.matches("https://example.com", &settings);
    }
    for table in &manifest.tables {
        assert_eq!(manifest.table(&table.table), Some(table));
        assert!(dataset::table(table.table.as_str()).is_some());
    }
});
