//! One chain of pages: which request may come next, and what its pages held.

use super::page::{PageError, PageFacts};
use super::partition::Range;
use beacon_contract::{ChainRoot, Method, Reason, Settings};
use url::Url;

/// A chain as the driver saw it.
#[derive(Debug, Default)]
pub(super) struct Chain {
    root: Option<Root>,
    /// Address that was asked for and not answered yet, or answered with something that is no page.
    asked: Option<String>,
    /// Continuation that a page named and nobody asked for yet.
    awaited: Option<String>,
    finished: bool,
    /// Fingerprints of the names of all items.
    pub(super) names: Vec<u128>,
    pub(super) items: u64,
    pub(super) unnamed: u64,
    pub(super) drops: u64,
    pub(super) pages: u64,
    problem: Option<Reason>,
}

/// How a chain began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// The whole list.
    Whole,
    /// A range of it.
    Part(Range),
    /// The items that a query names, for lists that exist only as queries.
    Query,
}

impl Chain {
    pub(super) fn root(&self) -> Option<&Root> {
        self.root.as_ref()
    }

    fn blame(&mut self, reason: Reason) {
        self.problem.get_or_insert(reason);
    }

    /// A request was wished for. It must be a root, exactly the awaited continuation, or a repetition of a request
    /// that got no page.
    pub(super) fn request(&mut self, method: Method, url: &str, roots: &[&ChainRoot], settings: &Settings) {
        if method == Method::Get && (self.awaited.as_deref() == Some(url) || self.asked.as_deref() == Some(url)) {
            self.awaited = None;
            self.asked = Some(url.to_owned());
            return;
        }
        if self.root.is_some() {
            return self.blame(Reason::new("ledger.not_a_continuation"));
        }
        match roots.iter().find_map(|root| begins(root, method, url, settings)) {
            Some(root) => {
                self.root = Some(root);
                self.asked = Some(url.to_owned());
            }
            None => self.blame(Reason::new("ledger.not_a_root")),
        }
    }

    /// Whether it was reset and never began again: then its part of the list was given up, and others count.
    pub(super) fn is_void(&self) -> bool {
        self.root.is_none() && self.problem.is_none()
    }

    /// Whether a page was asked for and has not come.
    pub(super) fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    /// The chain starts again; the pages stay counted.
    pub(super) fn reset(&mut self) {
        *self = Self { pages: self.pages, ..Self::default() };
    }

    /// A page arrived, scanned.
    pub(super) fn page(&mut self, scanned: Result<PageFacts, PageError>) {
        self.asked = None;
        self.pages += 1;
        match scanned {
            Err(error) => self.blame(Reason::new("ledger.unreadable_page").with("detail", error)),
            Ok(facts) => {
                self.items += facts.items;
                self.unnamed += facts.unnamed;
                self.finished = facts.next.is_none();
                self.awaited = facts.next;
            }
        }
    }

    /// Why this chain does not prove its table; `None` if it does.
    pub(super) fn gap(&self) -> Option<Reason> {
        if let Some(problem) = &self.problem {
            return Some(problem.clone());
        }
        if self.root.is_none() {
            return Some(Reason::new("ledger.no_root"));
        }
        if self.awaited.is_some() {
            return Some(Reason::new("ledger.continuation_not_followed").with("pages", self.pages));
        }
        (!self.finished).then(|| Reason::new("ledger.last_page_not_seen").with("pages", self.pages))
    }
}

/// How a request begins a chain under one root of the manifest; `None` if it does not.
fn begins(root: &ChainRoot, method: Method, url: &str, settings: &Settings) -> Option<Root> {
    let url = Url::parse(url).ok()?;
    let origin = url.origin().ascii_serialization();
    if root.method != method || !root.path.matches(url.path()) || !root.origin.matches(&origin, settings) {
        return None;
    }
    let mut part = None;
    for (name, value) in url.query_pairs() {
        match &root.partition {
            Some(rule) if *name == rule.parameter && part.is_none() => {
                part = Some(Range::parse(&value, &rule.property)?)
            }
            _ if root.query.iter().any(|allowed| *allowed == name) => {}
            _ => return None,
        }
    }
    Some(match (part, method) {
        (Some(range), _) => Root::Part(range),
        (None, Method::Post) => Root::Query,
        (None, Method::Get) => Root::Whole,
    })
}
