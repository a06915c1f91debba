//! Any lines as a text, a template and a value for every placeholder in them.
#![no_main]

use beacon_contract::{Settings, Template, render};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

fuzz_target!(|lines: &str| {
    let mut lines = lines.splitn(3, '\n');
    let (text, name) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let value = lines.next().unwrap_or_default();
    let arguments = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    assert!(render(text, &arguments).len() <= text.len() + (64 << 10));
    let mut settings = Settings::default();
    settings.set(name, value);
    if let Ok(filled) = Template::new(text).fill(&settings) {
        assert!(filled.len() <= 8 << 10);
    }
});
