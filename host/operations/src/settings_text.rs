//! Values of fields as people write them: behind an argument, in a cell.

use beacon_contract::{FieldKind, Form, Settings};

/// Sets a field to what a text says; what is wrong with it is found when the settings are checked.
pub fn set_text(form: &Form, settings: &mut Settings, field: &str, value: &str) {
    let toggle = form.field(field).is_some_and(|field| matches!(field.kind, FieldKind::Toggle));
    match (toggle, value) {
        (true, "true" | "yes") => settings.set(field, true),
        (true, "false" | "no") => settings.set(field, false),
        _ => settings.set(field, value),
    }
}
