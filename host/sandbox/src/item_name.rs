//! Text that comes out of a module, made fit to be shown.

use std::fmt;

/// Characters kept of a text before it is cut.
const LENGTH: usize = 120;

/// A name or message that a module had a hand in: cut to 120 characters, control characters escaped, so that it can
/// neither flood a log nor forge a line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemName(String);

impl ItemName {
    pub(crate) fn new(text: &str) -> Self {
        let mut shown: String = text.chars().take(LENGTH).flat_map(char::escape_debug).collect();
        if text.chars().nth(LENGTH).is_some() {
            shown.push('…');
        }
        Self(shown)
    }

    /// The text as it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_and_a_line_break_is_escaped() {
        let name = ItemName::new(&format!("a\nb{}", "x".repeat(1000)));
        assert!(name.as_str().starts_with("a\\nbxx"));
        assert!(name.as_str().ends_with("x…"));
        assert_eq!(name.as_str().chars().count(), LENGTH + 2);
    }
}
