//! The part of a run that never waits: journal, ledger, poll, rows. Runs on a thread of its own, step by step.

use super::delivery::Delivery;
use super::error::RunError;
use crate::guest::Guest;
use crate::http::{Body, ResponseFacts};
use crate::journal::{JournalWriter, JournaledCost, PackedAnswer};
use crate::ledger::Ledger;
use crate::observer::{Observer, TableProgress};
use beacon_contract::{
    Buffers, CHUNK_BYTES, CheckResult, ColumnView, Done, Fail, FieldError, GrantWish, HttpWish, Note, PageOf, Records,
    TableEnd, TableName, TableStatus, Wish, WishLimits, dataset, decode_columns, decode_wishes,
};
use beacon_package::Spill;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The largest page that the ledger scans. Pages are a few MiB; a larger one stays unproven.
const PAGE_BYTES: u64 = 64 << 20;

/// Something for the waiting part of the run to do.
pub(super) enum Action {
    Http(HttpWish, Vec<u8>),
    Grant(GrantWish),
    Done(Done),
    Fail(Fail),
}

/// Everything that one step touches.
pub(super) struct Core {
    pub(super) guest: Box<dyn Guest>,
    pub(super) journal: Option<JournalWriter>,
    pub(super) ledger: Ledger,
    pub(super) spill: Spill,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) limits: WishLimits,
    pub(super) poll_bytes: usize,
    pub(super) journal_bytes: u64,
    pub(super) pinned_tenant: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) checks: Vec<CheckResult>,
    pub(super) field_errors: Vec<FieldError>,
    pub(super) notes: Vec<Note>,
    pub(super) rows: BTreeMap<TableName, u64>,
    /// Counts batches of rows: the order in which duplicates of a key are decided.
    pub(super) sequence: u64,
    pub(super) ended: bool,
    pub(super) output: Vec<u8>,
}

/// Notes kept for the result; a module that tells more is only heard in the log.
const KEPT_NOTES: usize = 1_000;

impl Core {
    /// Delivers one thing and collects what the module wants done about it.
    pub(super) fn step(&mut self, delivery: Delivery) -> Result<Vec<Action>, RunError> {
        let delivery = self.scan(delivery)?;
        let mut actions = Vec::new();
        // A line of a report leads to dozens of rows: one piece at a time, or the answer would exceed its cap.
        let report = delivery.page_of().is_some_and(|page_of| !self.ledger.is_list(&page_of.table));
        let poll_bytes = if report { CHUNK_BYTES } else { self.poll_bytes };
        delivery.messages(poll_bytes, |message, packed| self.poll(&message, packed, &mut actions))?;
        Ok(actions)
    }

    /// Notes what a request cost, in the journal as well, so that a resumed run tells of it.
    pub(super) fn cost(&mut self, page_of: Option<&PageOf>, facts: ResponseFacts) -> Result<(), RunError> {
        let Some(page_of) = page_of.filter(|_| facts != ResponseFacts::default()) else { return Ok(()) };
        if let Some(journal) = &mut self.journal {
            journal.cost(&JournaledCost { page_of: page_of.clone(), facts })?;
        }
        self.ledger.cost(page_of, facts);
        Ok(())
    }

    /// Lets the ledger see a page before the module does.
    fn scan(&mut self, mut delivery: Delivery) -> Result<Delivery, RunError> {
        if let Delivery::Answer { page_of: Some(page_of), answer, .. } = &mut delivery
            && self.ledger.is_list(&page_of.table)
            && matches!(answer.body, Body::File(..))
            && answer.body.len() <= PAGE_BYTES
        {
            let body = std::mem::replace(&mut answer.body, Body::Memory(Vec::new()));
            let mut whole = Vec::new();
            body.read_pieces::<RunError>(1 << 20, |piece| {
                whole.extend_from_slice(piece);
                Ok(())
            })?;
            answer.body = Body::Memory(whole);
        }
        if let Some((page_of, body)) = delivery.page() {
            let bytes: &[u8] = match body {
                Body::Memory(bytes) => bytes,
                Body::File(..) => &[],
            };
            self.ledger.page(page_of, bytes);
        }
        Ok(delivery)
    }

    /// What the last poll answered.
    pub(super) fn output(&self) -> &[u8] {
        &self.output
    }

    /// Hands one message to the module and takes its wishes.
    pub(super) fn poll(
        &mut self,
        message: &[u8],
        packed: Option<PackedAnswer<'_>>,
        actions: &mut Vec<Action>,
    ) -> Result<(), RunError> {
        if self.ended {
            return Ok(());
        }
        if let Some(journal) = &mut self.journal {
            match packed {
                Some(packed) => journal.answer(message, packed)?,
                None => journal.events(message)?,
            }
        }
        if self.journal.as_ref().is_some_and(|journal| journal.written() > self.journal_bytes)
            && let Some(journal) = self.journal.take()
        {
            journal.discard()?;
        }
        let mut output = std::mem::take(&mut self.output);
        self.guest.poll(message, &mut output)?;
        if let Some(journal) = &mut self.journal {
            journal.wishes(&output)?;
        }
        for wish in decode_wishes(&output, self.limits).map_err(RunError::Wishes)? {
            if self.ended {
                return Err(RunError::Rule("it wished for something after the end of its task".to_owned()));
            }
            self.take(wish, actions)?;
        }
        self.output = output;
        Ok(())
    }

    fn take(&mut self, wish: Wish<'_>, actions: &mut Vec<Action>) -> Result<(), RunError> {
        match wish {
            Wish::Http(http, body) => {
                if let Some(page_of) = &http.page_of {
                    known(&page_of.table)?;
                    self.ledger.request(page_of, http.method, &http.url);
                }
                actions.push(Action::Http(http, body.to_vec()));
            }
            Wish::Grant(grant) => actions.push(Action::Grant(grant)),
            Wish::Records(records, columns) => self.records(&records, columns)?,
            Wish::Drops(drops) => {
                known(&drops.table)?;
                self.ledger.drops(&drops);
            }
            Wish::ChainReset(page_of) => {
                known(&page_of.table)?;
                for table in self.ledger.with_derived(&page_of.table) {
                    self.spill.reset_chain(known(&table)?, &page_of.chain);
                }
                self.ledger.reset(&page_of);
            }
            Wish::TableEnd(end) => self.end_table(end)?,
            Wish::FieldErrors(errors) => self.field_errors = errors.errors,
            Wish::CheckResult(result) => {
                self.observer.check(&result);
                self.checks.push(result);
            }
            Wish::Note(note) => {
                self.observer.note(&note);
                if self.notes.len() < KEPT_NOTES {
                    self.notes.push(note);
                }
            }
            Wish::Progress(progress) => {
                known(&progress.table)?;
                self.ledger.expect(&progress.table, progress.expected);
            }
            Wish::Done(done) => {
                self.ended = true;
                actions.push(Action::Done(done));
            }
            Wish::Fail(fail) => {
                self.ended = true;
                actions.push(Action::Fail(fail));
            }
        }
        Ok(())
    }

    fn end_table(&mut self, end: TableEnd) -> Result<(), RunError> {
        known(&end.table)?;
        if end.status != TableStatus::Complete && end.reason.is_none() {
            return Err(RunError::Rule(format!("it ended the table {} without a reason", end.table)));
        }
        self.report(&end.table, true);
        self.ledger.end(end);
        Ok(())
    }

    fn records(&mut self, records: &Records, frame: &[u8]) -> Result<(), RunError> {
        let schema = known(&records.table)?;
        let table = || records.table.to_string();
        let views = decode_columns(frame, records.rows, records.columns.len())
            .map_err(|source| RunError::Columns { table: table(), source })?;
        let mut columns = Vec::with_capacity(views.len());
        for (name, view) in records.columns.iter().zip(views) {
            let column = schema
                .column(name)
                .ok_or_else(|| RunError::Rule(format!("the table {} has no column {name:?}", records.table)))?;
            columns.push((column, view));
        }
        if schema.name == "tenant" {
            self.check_tenant(&columns)?;
        }
        self.sequence += 1;
        self.spill
            .push(schema, &records.chain, self.sequence, &columns, records.rows)
            .map_err(|source| RunError::Rows { table: table(), source })?;
        *self.rows.entry(records.table.clone()).or_default() += u64::from(records.rows);
        self.report(&records.table, false);
        Ok(())
    }

    /// Each run compares the tenant that answers with the one the connection is pinned to, before anything is kept.
    fn check_tenant(&mut self, columns: &[(&'static dataset::Column, ColumnView<'_>)]) -> Result<(), RunError> {
        let ids = columns.iter().find(|(column, _)| column.name == "tenant_id").map(|(_, view)| view.buffers);
        let Some(Buffers::Text(offsets, data)) = ids else { return Ok(()) };
        let (ends, _) = offsets.as_chunks::<4>();
        let first = ends.get(1).and_then(|end| data.get(..usize::try_from(i32::from_le_bytes(*end)).ok()?));
        let Some(found) = first.and_then(|bytes| std::str::from_utf8(bytes).ok()) else { return Ok(()) };
        let expected = self.tenant_id.as_deref().or(self.pinned_tenant.as_deref());
        match expected {
            Some(expected) if !expected.eq_ignore_ascii_case(found) => {
                Err(RunError::WrongTenant { expected: expected.to_owned(), found: found.to_owned() })
            }
            _ => {
                self.tenant_id = Some(found.to_owned());
                Ok(())
            }
        }
    }

    fn report(&self, table: &TableName, ended: bool) {
        self.observer.table(&TableProgress {
            table: table.clone(),
            rows: self.rows.get(table).copied().unwrap_or_default(),
            pages: self.ledger.pages(table),
            expected: None,
            ended,
        });
    }
}

/// The table of a name, or a broken rule.
fn known(table: &TableName) -> Result<&'static dataset::TableSchema, RunError> {
    dataset::table(table.as_str()).ok_or_else(|| RunError::Rule(format!("there is no table {table} in the dataset")))
}
