//! Any two lines as a form and settings for it.
#![no_main]

use beacon_contract::{Form, Settings};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

fuzz_target!(|lines: &[u8]| {
    let (form, given) = lines.split_at(lines.iter().position(|byte| *byte == b'\n').unwrap_or(lines.len()));
    let Ok(form) = serde_json::from_slice::<Form>(form) else { return };
    let ids: BTreeSet<_> = form.fields.iter().map(|field| field.id.as_str()).collect();
    if ids.len() < form.fields.len() {
        return; // refused with its manifest
    }
    let given = serde_json::from_slice::<Settings>(given).unwrap_or_default();
    let effective = form.effective(&given);
    assert!(effective.0.len() <= form.fields.len());
    assert_eq!(form.effective(&effective), effective, "a filled form stays as it is");
    let errors = form.check(&given, &BTreeSet::new());
    assert!(errors.len() <= given.0.len() + form.fields.len());
});
