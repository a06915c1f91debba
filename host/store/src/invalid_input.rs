/// The longest value that a message repeats, in characters.
const LONGEST_SHOWN: usize = 120;

/// Something a person typed that breaks a rule: which field, which rule, which value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {rule}, got {value:?}")]
pub struct InvalidInput {
    /// The field as it is labelled.
    pub field: &'static str,
    /// The rule, as the end of a sentence that begins with the field.
    pub rule: &'static str,
    /// The value, shortened, and without what may be a password.
    pub value: String,
}

impl InvalidInput {
    pub(crate) fn new(field: &'static str, rule: &'static str, value: &str) -> Self {
        Self { field, rule, value: value.chars().take(LONGEST_SHOWN).collect() }
    }
}
