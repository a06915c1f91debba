//! All tables of a run, and the verdict about each.

use super::chain::{Chain, Root};
use super::count::{Counts, is_count};
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
    counts: Counts,
    /// Reports asked for, and those of them that came whole.
    reports_asked: u64,
    reports_whole: u64,
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

    /// Whether a table is read page by page, so that its bodies are scanned.
    pub(crate) fn is_list(&self, table: &TableName) -> bool {
        self.roots(table).next().is_some()
    }

    pub(crate) fn request(&mut self, page_of: &PageOf, method: Method, url: &str) {
        let manifest = Arc::clone(&self.manifest);
        let roots: Vec<_> = manifest.chains.iter().filter(|root| root.table == page_of.table).collect();
        if roots.is_empty() {
            self.tables.entry(page_of.table.clone()).or_default().reports_asked += 1;
            return;
        }
        let settings = self.settings.clone();
        if roots.iter().any(|root| is_count(root, method, url, &settings)) {
            let table = self.tables.entry(page_of.table.clone()).or_default();
            let begun = table.chains.values().any(|chain| !chain.is_void());
            let waiting = table.chains.values().any(Chain::is_waiting);
            return table.counts.asked(&page_of.chain, begun, waiting);
        }
        self.chain(page_of).request(method, url, &roots, &settings);
    }

    /// Scans the body of a page before the module gets it.
    pub(crate) fn page(&mut self, page_of: &PageOf, body: &[u8]) {
        let table = self.tables.entry(page_of.table.clone()).or_default();
        if table.counts.answered(&page_of.chain, body) {
            return;
        }
        let Some(root) = self.roots(&page_of.table).next().cloned() else {
            return self.tables.entry(page_of.table.clone()).or_default().reports_whole += 1;
        };
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
            TableOrigin::Chain | TableOrigin::Report => false,
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
        self.tables.get(table).map_or(0, TableLedger::pages)
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
            TableOrigin::Chain | TableOrigin::Report => None,
        });
        let is_report = used.is_some_and(|used| used.origin == TableOrigin::Report);
        let mut report = TableReport::new(TableStatus::Partial, mandatory);
        report.expected = ledger.counts.last().or(ledger.expected);
        report.pages = ledger.pages();
        report.retries = ledger.retries;
        report.throttled_ms = ledger.throttled_ms;
        report.drops.clone_from(&ledger.drops);
        let claimed = ledger.claim.as_ref();
        match claimed.map(|claim| claim.status) {
            None => report.reason = Some(Reason::new("ledger.not_ended").into()),
            Some(TableStatus::Complete) => {
                let (gap, proof) = match derived {
                    Some(from) => (self.derived_gap(from), Proof::Derived),
                    None if is_report => (ledger.report_gap(), Proof::Report),
                    None => (ledger.gap(&rows.unwrap_or_default()), ledger.proof()),
                };
                report.proof = if gap.is_some() { Proof::None } else { proof };
                report.status = if gap.is_some() { TableStatus::Partial } else { TableStatus::Complete };
                report.reason = gap.map(Into::into);
            }
            Some(lower) => {
                report.status = lower;
                let unnamed = || Some(Reason::new("ledger.no_reason_given"));
                report.reason = claimed.and_then(|claim| claim.reason.clone()).or_else(unnamed).map(Into::into);
            }
        }
        report.concealed = claimed.and_then(|claim| claim.concealed.clone()).map(Into::into);
        let live = ledger.chains.values().filter(|chain| !chain.is_void()).count();
        report.partitions = u64::try_from(live).unwrap_or(u64::MAX);
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
    /// Pages and reports read.
    fn pages(&self) -> u64 {
        self.reports_whole + self.chains.values().map(|chain| chain.pages).sum::<u64>()
    }

    fn report_gap(&self) -> Option<Reason> {
        if self.reports_asked == 0 {
            return Some(Reason::new("ledger.no_root"));
        }
        let reason = Reason::new("ledger.report_missing");
        let reason = reason.with("asked", self.reports_asked).with("whole", self.reports_whole);
        (self.reports_whole < self.reports_asked).then_some(reason)
    }

    fn chain_gap(&self) -> Option<Reason> {
        let live = || self.chains.values().filter(|chain| !chain.is_void());
        if live().next().is_none() {
            return Some(Reason::new("ledger.no_root"));
        }
        if let Some(gap) = live().find_map(Chain::gap) {
            return Some(gap);
        }
        let roots = || live().filter_map(Chain::root);
        let ranges: Vec<_> = roots()
            .filter_map(|root| match root {
                Root::Part(range) => Some(range.clone()),
                Root::Whole | Root::Query => None,
            })
            .collect();
        let whole = roots().any(|root| matches!(root, Root::Whole | Root::Query));
        (!whole && !covers_everything(&ranges)).then(|| Reason::new("ledger.partitions_leave_gap"))
    }

    fn is_partitioned(&self) -> bool {
        let roots = || self.chains.values().filter_map(Chain::root);
        roots().any(|root| matches!(root, Root::Part(_))) && !roots().any(|root| matches!(root, Root::Whole))
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
        // Somebody who moves from a part that is still to come to one that was read is in neither: only the service's
        // own counts from before and after show that nobody did.
        if self.is_partitioned()
            && let Some(gap) = self.counts.gap(distinct)
        {
            return Some(gap);
        }
        let sum = names.iter().fold(0u128, |sum, name| sum.wrapping_add(*name));
        let same_set = drops > 0 || sum == rows.key_fingerprint;
        if distinct == rows.rows.saturating_add(drops) && same_set {
            return None;
        }
        let reason = Reason::new("ledger.items_without_row");
        Some(reason.with("items", distinct).with("rows", rows.rows).with("drops", drops))
    }

    fn proof(&self) -> Proof {
        if self.is_partitioned() { Proof::Partitions } else { Proof::Chain }
    }
}
