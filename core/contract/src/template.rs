//! Templates: texts of the manifest that name settings, for example `{graph_root}/.default`.

use crate::Settings;
use serde::{Deserialize, Serialize};

/// The longest filled template. An address, the longest thing that settings hold, stays below it; and since a default
/// may name an earlier default, a few lines of a manifest could otherwise grow beyond any memory.
const MAXIMUM_FILLED: usize = 8 << 10;

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
    /// The filled text is too long.
    #[error("a text of the manifest has more than {MAXIMUM_FILLED} bytes once the settings are filled in")]
    Long,
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
    /// See [`TemplateError`].
    pub fn fill(&self, settings: &Settings) -> Result<String, TemplateError> {
        let mut filled = String::new();
        let mut put = |part: &str| {
            filled.push_str(part);
            if filled.len() > MAXIMUM_FILLED { Err(TemplateError::Long) } else { Ok(()) }
        };
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (field, tail) =
                after.split_once('}').ok_or_else(|| TemplateError::Open { template: self.0.clone() })?;
            let value = settings.text(field).ok_or_else(|| TemplateError::Empty { field: field.to_owned() })?;
            put(before)?;
            put(value)?;
            rest = tail;
        }
        put(rest)?;
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_or_says_what_is_wrong() {
        let mut settings = Settings::default();
        settings.set("root", "https://a");
        settings.set("long", "x".repeat(MAXIMUM_FILLED - 1));
        let filled = |text: &str| Template::new(text).fill(&settings);
        assert_eq!(filled("{root}/.default"), Ok("https://a/.default".to_owned()));
        assert_eq!(filled("{root}/{other}"), Err(TemplateError::Empty { field: "other".to_owned() }));
        assert_eq!(filled("{root"), Err(TemplateError::Open { template: "{root".to_owned() }));
        assert!(filled("{long}x").is_ok());
        assert_eq!(filled("{long}xx"), Err(TemplateError::Long));
        assert_eq!(filled("{long}{long}{long}"), Err(TemplateError::Long));
    }
}
