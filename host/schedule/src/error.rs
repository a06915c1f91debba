/// What is wrong with a schedule as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {rule}, got {value:?}")]
pub struct InvalidTiming {
    /// The field as people know it.
    pub field: &'static str,
    /// What it must be.
    pub rule: String,
    /// What was typed.
    pub value: String,
}

impl InvalidTiming {
    pub(crate) fn new(field: &'static str, rule: impl Into<String>, value: impl ToString) -> Self {
        Self { field, rule: rule.into(), value: value.to_string() }
    }
}
