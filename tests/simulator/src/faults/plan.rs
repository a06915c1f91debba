//! The rules in force, and how often each has matched.

use super::rule::{FaultKind, FaultRule};
use crate::exchange::Exchange;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
struct Armed {
    rule: FaultRule,
    matched: u64,
}

/// All rules of a simulation.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan(Mutex<Vec<Armed>>);

impl FaultPlan {
    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, rule: FaultRule) {
        self.armed().push(Armed { rule, matched: 0 });
    }

    pub(crate) fn clear(&self) {
        self.armed().clear();
    }

    pub(crate) fn rules(&self) -> Vec<FaultRule> {
        self.armed().iter().map(|armed| armed.rule.clone()).collect()
    }

    /// Faults for a request; each rule that matches counts it.
    pub(crate) fn strike(&self, exchange: &Exchange, page: Option<u64>) -> Vec<FaultKind> {
        let mut faults = Vec::new();
        let path = exchange.decoded_path();
        for armed in self.armed().iter_mut() {
            let rule = &armed.rule;
            let fits = rule.site.is_none_or(|site| site == exchange.site)
                && rule.page.is_none_or(|wanted| page == Some(wanted))
                && rule.query.as_deref().is_none_or(|text| asks(exchange, text))
                && (matches(&rule.path, exchange.path()) || matches(&rule.path, &path));
            if !fits {
                continue;
            }
            armed.matched += 1;
            let since = armed.matched.checked_sub(rule.nth.max(1));
            if since.is_some_and(|since| rule.times.is_none_or(|times| since < times)) {
                faults.push(rule.fault.clone());
            }
        }
        faults
    }
}

/// Whether the query contains a text, in either spelling.
fn asks(exchange: &Exchange, text: &str) -> bool {
    let sent = exchange.uri.query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(sent.as_bytes()).map(|(name, value)| format!("{name}={value}"));
    sent.contains(text) || pairs.collect::<Vec<_>>().join("&").contains(text)
}

/// Compares a path with a pattern in which `*` stands for any run of characters.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((head, tail)) => path.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(start, _)| start).chain([rest.len()]);
            starts.into_iter().any(|start| rest.get(start..).is_some_and(|rest| matches(tail, rest)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("/v1.0/users", "/v1.0/users", true),
            ("/v1.0/users", "/v1.0/users/1", false),
            ("/v1.0/*", "/v1.0/users/1", true),
            ("*/token", "/common/oauth2/v2.0/token", true),
            ("*/oauth2/*/token", "/common/oauth2/v2.0/token", true),
            ("*/oauth2/*/token", "/common/oauth2/v2.0/authorize", false),
            ("*", "/", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }
}
