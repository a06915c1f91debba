//! Templates: texts of the manifest that name settings, for example `{graph_root}/.default`.

use crate::Settings;
use serde::{Deserialize, Serialize};

/// A text with `{field}` placeholders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Template(String);

/// Why a template has no value under the given settings.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// A placeholder names a setting that is missing or empty.
    #[error("the setting {field} is needed here and is empty")]
    Empty {
        /// Field id.
        field: String,
    },
    /// A brace is not closed.
    #[error("the template {template:?} has an open brace")]
    Open {
        /// The whole template.
        template: String,
    },
}

impl Template {
    /// A template from its text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text with placeholders.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Fills every placeholder.
    ///
    /// # Errors
    /// [`TemplateError`] names the empty setting.
    pub fn fill(&self, settings: &Settings) -> Result<String, TemplateError> {
        let mut filled = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (field, tail) =
                after.split_once('}').ok_or_else(|| TemplateError::Open { template: self.0.clone() })?;
            let value = settings.text(field).ok_or_else(|| TemplateError::Empty { field: field.to_owned() })?;
            filled.push_str(before);
            filled.push_str(value);
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}
