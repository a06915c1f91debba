//! Looking up texts by code: the module's own first, then the driver's and the form's, then what is left.

use beacon_contract::{Manifest, Reason, Text, form_text};
use beacon_driver::driver_text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The words of one module and of this program.
#[derive(Clone)]
pub struct Words(Arc<Manifest>);

impl Words {
    /// The words of a module.
    pub fn new(manifest: Arc<Manifest>) -> Self {
        Self(manifest)
    }

    /// The text of a code with its placeholders filled. A code that nobody explains is shown as it is.
    pub fn text(&self, code: &str, arguments: &BTreeMap<String, String>) -> Text {
        let known = self.0.texts.get(code).cloned().or_else(|| driver_text(code)).or_else(|| form_text(code));
        known.map_or_else(|| unexplained(code, arguments), |text| text.filled(arguments))
    }

    /// A reason in one line: what happened, then the next step.
    pub fn sentences(&self, reason: &Reason) -> String {
        let Text { title, advice } = self.text(&reason.code, &reason.arguments);
        if advice.is_empty() { title } else { format!("{title} {advice}") }
    }

    /// What the form calls a field.
    pub fn label(&self, field: &str) -> String {
        self.0.form.field(field).map_or_else(|| field.to_owned(), |field| field.label.clone())
    }
}

fn unexplained(code: &str, arguments: &BTreeMap<String, String>) -> Text {
    let listed: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let title = if listed.is_empty() { code.to_owned() } else { format!("{code} ({})", listed.join(", ")) };
    Text::new(title, "")
}
