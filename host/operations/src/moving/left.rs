//! What a person has to enter or consent again.

use crate::modules::Module;
use beacon_contract::{FieldKind, Settings, SlotName};
use serde::Serialize;
use std::collections::BTreeSet;

/// One step that is left to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What it is about, such as `connection Contoso`.
    pub of: String,
    /// What is missing.
    pub what: String,
    /// The command that does it.
    pub step: String,
}

impl Left {
    pub(super) fn new(of: impl ToString, what: &str, step: String) -> Self {
        Self { of: of.to_string(), what: what.to_owned(), step }
    }
}

/// A connection as it will be.
pub(super) struct Coming<'a> {
    pub(super) name: &'a str,
    pub(super) module: &'a Module,
    pub(super) settings: &'a Settings,
    /// Slots that will hold something that can be used.
    pub(super) slots: &'a BTreeSet<SlotName>,
    /// Whether its own proxy has a user and no password.
    pub(super) lacks_proxy_password: bool,
}

/// What is left to do for a connection.
pub(super) fn of_connection(coming: &Coming<'_>) -> Vec<Left> {
    let Coming { name, module, settings, slots, .. } = coming;
    let (manifest, of) = (&module.manifest, format!("connection {name}"));
    let form = &manifest.form;
    let mut left = Vec::new();
    for error in form.check(settings, slots).iter().filter(|error| form.is_missing_secret(error)) {
        let Some(field) = form.field(&error.field) else { continue };
        if let FieldKind::Secret { slot } = &field.kind {
            left.push(Left::new(&of, &field.label, format!("beacon connection edit {name:?} --secret {slot}=FILE")));
        }
    }
    let effective = form.effective(settings);
    let token = manifest.profiles.first().map(|profile| &profile.refresh_token);
    let signs_in = form.fields.iter().any(|field| {
        matches!(&field.kind, FieldKind::Secret { slot } if Some(slot) == token) && field.is_visible(&effective)
    });
    if signs_in && token.is_some_and(|token| !slots.contains(token)) {
        left.push(Left::new(&of, "consent", format!("beacon connection consent {name:?}")));
    }
    if coming.lacks_proxy_password {
        let step = format!("beacon connection edit {name:?} --proxy-password-file FILE");
        left.push(Left::new(&of, "password of its proxy, if it has one", step));
    }
    left
}
