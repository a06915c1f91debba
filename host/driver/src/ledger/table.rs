//! All tables of a run, and the verdict about each.

use super::chain::{Chain, Root};
use super::page::PageScanner;
use super::partition::covers_everything;
use crate::http::ResponseFacts;
use beacon_contract::{
    ChainRoot, Drops, Manifest, Method, PageOf, Reason, Settings, TableEnd, TableName, TableOrigin, TableStatus,
};
use beacon_package::{MergeFacts, Proof, TableDrops, TableReport, fingerprint};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Pages, items and claims of all tables.
pub(crate) struct Ledger {
    manifest: Arc<Manifest>,
    settings: Settings,
    seed: [u8; 16],
    tables: BTreeMap<TableName, TableLedger>,
}

#[derive(Default)]
struct TableLedger {
    claim: Option<TableEnd>,
    chains: BTreeMap<beacon_contract::ChainId, Chain>,
    drops: Vec<TableDrops>,
    expected: Option<u64>,
    retries: u64,
    throttled_ms: u64,
}

/// How a table ended, before its rows are counted.
pub(crate) struct TableVerdict {
    /// For the package's manifest.
    pub(crate) report: TableReport,
}

impl Ledger {
    pub(crate) fn new(manifest: Arc<Manifest>, settings: Settings, seed: [u8; 16]) -> Self {
        Self { manifest, settings, seed, tables: BTreeMap::new() }
    }

    fn chain(&mut self, page_of: &PageOf) -> &mut Chain {
        self.tables.entry(page_of.table.clone()).or_default().chains.entry(page_of.chain.clone()).or_default()
    }

    fn roots(&self, table: &TableName) -> impl Iterator<Item = &ChainRoot> {
        self.manifest.chains.iter().filter(move |root| root.table == *table)
    }

    pub(crate) fn request(&mut self, page_of: &PageOf, method: Method, url: &str) {
        let manifest = Arc::clone(&self.manifest);
        let roots: Vec<_> = manifest.chains.iter().filter(|root| root.table == page_of.table).collect();
        let settings = self.settings.clone();
        self.chain(page_of).request(method, url, &roots, &settings);
    }

    /// Scans the body of a page before the module gets it.
    pub(crate) fn page(&mut self, page_of: &PageOf, body: &[u8]) {
        let Some(root) = self.roots(&page_of.table).next().cloned() else { return };
        let seed = self.seed;
        let chain = self.chain(page_of);
        let names = &mut chain.names;
        let scanned = PageScanner::new(&root.continuation, &root.item_key).scan(body, |name| {
            let lower = name.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| name.to_ascii_lowercase());
            names.push(fingerprint(&seed, lower.as_deref().unwrap_or(name)));
        });
        chain.page(scanned);
    }

    pub(crate) fn cost(&mut self, page_of: &PageOf, facts: ResponseFacts) {
        let table = self.tables.entry(page_of.table.clone()).or_default();
        table.retries += facts.retries;
        table.throttled_ms += facts.throttled_ms;
    }

    /// Forgets what a chain brought; what it cost stays.
    pub(crate) fn reset(&mut self, page_of: &PageOf) {
        self.chain(page_of).reset();
    }

    /// A table and those whose rows are taken from its items: they are forgotten together.
    pub(crate) fn with_derived(&self, table: &TableName) -> Vec<TableName> {
        let derived = self.manifest.tables.iter().filter(|used| match &used.origin {
            TableOrigin::Derived { from } => from == table,
            TableOrigin::Chain => false,
        });
        std::iter::once(table).chain(derived.map(|used| &used.table)).cloned().collect()
    }

    pub(crate) fn drops(&mut self, drops: &Drops) {
        let page_of = PageOf { table: drops.table.clone(), chain: drops.chain.clone() };
        self.chain(&page_of).drops += drops.count;
        let table = self.tables.entry(drops.table.clone()).or_default();
        match table.drops.iter_mut().find(|known| known.reason == drops.reason) {
            Some(known) => known.count += drops.count,
            None => table.drops.push(TableDrops { count: drops.count, reason: drops.reason.clone() }),
        }
    }

    pub(crate) fn end(&mut self, end: TableEnd) {
        let table = self.tables.entry(end.table.clone()).or_default();
        table.claim = Some(end);
    }

    pub(crate) fn expect(&mut self, table: &TableName, expected: Option<u64>) {
        self.tables.entry(table.clone()).or_default().expected = expected;
    }

    pub(crate) fn pages(&self, table: &TableName) -> u64 {
        self.tables.get(table).map_or(0, |table| table.chains.values().map(|chain| chain.pages).sum())
    }

    /// The verdict about a table: what the module claims, lowered to what was seen. `rows` are the facts of the
    /// merged table; `None` for one that is not written.
    pub(crate) fn verdict(&self, table: &TableName, rows: Option<MergeFacts>) -> TableVerdict {
        let nothing = TableLedger::default();
        let used = self.manifest.table(table);
        let ledger = self.tables.get(table).unwrap_or(&nothing);
        let mandatory = used.is_some_and(|used| used.mandatory);
        let derived = used.and_then(|used| match &used.origin {
            TableOrigin::Derived { from } => Some(from),
            TableOrigin::Chain => None,
        });
        let mut report = TableReport::new(TableStatus::Partial, mandatory);
        report.expected = ledger.expected;
        report.pages = ledger.chains.values().map(|chain| chain.pages).sum();
        report.retries = ledger.retries;
        report.throttled_ms = ledger.throttled_ms;
        report.drops.clone_from(&ledger.drops);
        let claimed = ledger.claim.as_ref();
        match claimed.map(|claim| claim.status) {
            None => report.reason = Some(Reason::new("ledger.not_ended")),
            Some(TableStatus::Complete) => {
                let (gap, proof) = match derived {
                    Some(from) => (self.derived_gap(from), Proof::Derived),
                    None => (ledger.gap(&rows.unwrap_or_default()), ledger.proof()),
                };
                report.proof = if gap.is_some() { Proof::None } else { proof };
                report.status = if gap.is_some() { TableStatus::Partial } else { TableStatus::Complete };
                report.reason = gap;
            }
            Some(lower) => {
                report.status = lower;
                let unnamed = || Some(Reason::new("ledger.no_reason_given"));
                report.reason = claimed.and_then(|claim| claim.reason.clone()).or_else(unnamed);
            }
        }
        report.partitions = u64::try_from(ledger.chains.len()).unwrap_or(u64::MAX);
        TableVerdict { report }
    }

    /// Rows taken from the items of another table are whole only if all those items were seen.
    fn derived_gap(&self, from: &TableName) -> Option<Reason> {
        let source = self.tables.get(from);
        let incomplete = || Some(Reason::new("ledger.source_incomplete").with("table", from));
        match source {
            Some(source) if source.claim.as_ref().is_some_and(|claim| claim.status == TableStatus::Complete) => {
                source.chain_gap().and_then(|_| incomplete())
            }
            _ => incomplete(),
        }
    }
}

impl TableLedger {
    fn chain_gap(&self) -> Option<Reason> {
        if self.chains.is_empty() {
            return Some(Reason::new("ledger.no_root"));
        }
        if let Some(gap) = self.chains.values().find_map(Chain::gap) {
            return Some(gap);
        }
        let roots = || self.chains.values().filter_map(Chain::root);
        let ranges: Vec<_> = roots()
            .filter_map(|root| match root {
                Root::Part(range) => Some(range.clone()),
                Root::Whole | Root::Query => None,
            })
            .collect();
        let whole = roots().any(|root| matches!(root, Root::Whole | Root::Query));
        (!whole && !covers_everything(&ranges)).then(|| Reason::new("ledger.partitions_leave_gap"))
    }

    /// Every page seen, and as many distinct items as distinct rows and declared drops together; without drops the
    /// two sets are the same.
    fn gap(&self, rows: &MergeFacts) -> Option<Reason> {
        if let Some(gap) = self.chain_gap() {
            return Some(gap);
        }
        let unnamed: u64 = self.chains.values().map(|chain| chain.unnamed).sum();
        let drops: u64 = self.chains.values().map(|chain| chain.drops).sum();
        let mut names: Vec<u128> = self.chains.values().flat_map(|chain| &chain.names).copied().collect();
        names.sort_unstable();
        names.dedup();
        let distinct = u64::try_from(names.len()).unwrap_or(u64::MAX).saturating_add(unnamed);
        let sum = names.iter().fold(0u128, |sum, name| sum.wrapping_add(*name));
        let same_set = drops > 0 || sum == rows.key_fingerprint;
        if distinct == rows.rows.saturating_add(drops) && same_set {
            return None;
        }
        let reason = Reason::new("ledger.items_without_row");
        Some(reason.with("items", distinct).with("rows", rows.rows).with("drops", drops))
    }

    fn proof(&self) -> Proof {
        let parts = self.chains.values().any(|chain| matches!(chain.root(), Some(Root::Part(_))));
        if parts { Proof::Partitions } else { Proof::Chain }
    }
}
