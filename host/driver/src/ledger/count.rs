//! The service's own number of items, asked for before and after a list that is read in parts.

use beacon_contract::{ChainId, ChainRoot, Method, Reason, Settings};
use std::collections::BTreeMap;
use url::Url;

/// When a count was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Before,
    Within,
    After,
}

/// The counts of one table. Each goes by a chain name of its own, which no list uses.
#[derive(Debug, Default)]
pub(super) struct Counts {
    asked: BTreeMap<ChainId, Moment>,
    told: Vec<(Moment, u64)>,
}

impl Counts {
    /// A count is asked for, after the list has `begun` or not, and while pages of it are `waiting` or not.
    pub(super) fn asked(&mut self, name: &ChainId, begun: bool, waiting: bool) {
        let moment = match (begun, waiting) {
            (false, _) => Moment::Before,
            (true, true) => Moment::Within,
            (true, false) => Moment::After,
        };
        self.asked.insert(name.clone(), moment);
    }

    /// Takes the answer to a count; `false` if none of that name is waited for.
    pub(super) fn answered(&mut self, name: &ChainId, body: &[u8]) -> bool {
        let Some(moment) = self.asked.remove(name) else { return false };
        let digits = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
        // An unreadable count is no count; the proof then lacks it.
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        self.told.extend(number.map(|number| (moment, number)));
        true
    }

    /// The newest count.
    pub(super) fn last(&self) -> Option<u64> {
        self.told.last().map(|(_, number)| *number)
    }

    fn at(&self, moment: Moment) -> Option<u64> {
        self.told.iter().rev().find(|(told, _)| *told == moment).map(|(_, number)| *number)
    }

    /// Why `distinct` items do not fit between the counts; `None` if they do.
    pub(super) fn gap(&self, distinct: u64) -> Option<Reason> {
        let (Some(before), Some(after)) = (self.at(Moment::Before), self.at(Moment::After)) else {
            return Some(Reason::new("ledger.count_missing"));
        };
        let reason = || Reason::new("ledger.count_disagrees").with("items", distinct);
        let fits = (before.min(after)..=before.max(after)).contains(&distinct);
        (!fits).then(|| reason().with("before", before).with("after", after))
    }
}

/// Whether a request asks for the number of all items below a root: without any query, which could narrow it.
pub(super) fn is_count(root: &ChainRoot, method: Method, url: &str, settings: &Settings) -> bool {
    let (Some(count), Ok(url)) = (&root.count, Url::parse(url)) else { return false };
    let origin = url.origin().ascii_serialization();
    method == Method::Get
        && url.query().is_none()
        && count.matches(url.path())
        && root.origin.matches(&origin, settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(counts: &[(&str, bool, bool, &str)]) -> Counts {
        let mut told = Counts::default();
        for (name, begun, waiting, body) in counts {
            let name = name.parse().expect("a name");
            told.asked(&name, *begun, *waiting);
            assert!(told.answered(&name, body.as_bytes()));
            assert!(!told.answered(&name, b"7"));
        }
        told
    }

    #[test]
    fn items_must_lie_between_the_counts() {
        let between = told(&[("a", false, false, "10"), ("b", true, false, "12")]);
        for (distinct, code) in [(9, "ledger.count_disagrees"), (10, ""), (12, ""), (13, "ledger.count_disagrees")] {
            assert_eq!(between.gap(distinct).map_or(String::new(), |gap| gap.code), code, "{distinct}");
        }
        for counts in [
            &[][..],
            &[("a", false, false, "10")],
            &[("a", false, false, "10"), ("b", true, true, "10")],
            &[("a", false, false, "<html>"), ("b", true, false, "10")],
        ] {
            assert_eq!(told(counts).gap(10).map(|gap| gap.code).as_deref(), Some("ledger.count_missing"), "{counts:?}");
        }
    }
}
