//! What is asked of the audit trail.

use crate::address;
use beacon_api::paths;

/// The filters, and where the page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) who: String,
    pub(super) action: String,
    pub(super) subject: String,
    /// Days in UTC, as a field for days has them.
    pub(super) since: String,
    pub(super) until: String,
    /// Only entries before this number.
    pub(super) before: Option<u64>,
}

impl Question {
    fn filters(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("who", &self.who),
            ("action", &self.action),
            ("subject", &self.subject),
            ("since", &self.since),
            ("until", &self.until),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone())).collect()
    }

    /// Where the page is.
    pub(super) fn page(&self) -> String {
        let mut pairs = self.filters();
        pairs.extend(self.before.map(|before| ("before", before.to_string())));
        address::with(paths::AUDIT, &pairs)
    }

    /// Where a file with everything is that the filters find.
    pub(super) fn file(&self, format: &str) -> String {
        let mut pairs = vec![("format", format.to_owned())];
        pairs.extend(self.filters());
        address::with(paths::AUDIT_EXPORT, &pairs)
    }
}
