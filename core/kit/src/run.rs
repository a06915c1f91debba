//! All a connector can know and do.

use crate::exchange::Exchange;
use crate::reply::Reply;
use crate::{Request, Rows};
use beacon_contract::{
    ChainId, CheckOutcome, CheckResult, Drops, FieldError, FieldErrors, GrantKind, GrantWish, Granted, Method, Note,
    NoteLevel, PageOf, ProfileId, Progress, Reason, Refused, RefusedStage, RequestId, Settings, SlotName, Start,
    TableEnd, TableName, TableStatus, Task, Wish,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// One run, from the connector's side. Clones speak to the same driver.
#[derive(Clone)]
pub struct Run {
    exchange: Rc<Exchange>,
    task: Task,
    start: Rc<Start>,
}

impl Run {
    pub(crate) fn new(exchange: Rc<Exchange>, task: Task, start: Start) -> Self {
        Self { exchange, task, start: Rc::new(start) }
    }

    /// What the run is for.
    #[must_use]
    pub fn task(&self) -> Task {
        self.task
    }

    /// The settings with all defaults filled in, without any secret.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.start.settings
    }

    /// Slots that hold a value.
    #[must_use]
    pub fn configured(&self) -> &BTreeSet<SlotName> {
        &self.start.configured
    }

    /// Time of the run, RFC 3339 in UTC; the same for a resumed run.
    #[must_use]
    pub fn now(&self) -> &str {
        &self.start.now
    }

    /// 32 hexadecimal digits, the same for a resumed run.
    #[must_use]
    pub fn seed(&self) -> &str {
        &self.start.seed
    }

    /// What the last successful run handed over.
    #[must_use]
    pub fn plan(&self) -> Option<&serde_json::Value> {
        self.start.plan.as_ref()
    }

    /// Whether the operator wants the run to end. Requests then fail without being wished for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.exchange.is_cancelled()
    }

    /// A GET for an absolute `https` address.
    pub fn get(&self, url: impl Into<String>) -> Request {
        Request::new(Rc::clone(&self.exchange), Method::Get, url.into(), Vec::new())
    }

    /// A POST of `body` to an absolute `https` address.
    pub fn post(&self, url: impl Into<String>, body: Vec<u8>) -> Request {
        Request::new(Rc::clone(&self.exchange), Method::Post, url.into(), body)
    }

    /// Asks the driver for a token. `parameters` are `prompt`, `login_hint`, `domain_hint`, `claims`.
    ///
    /// # Errors
    /// [`Refused`] with what the other side said. After a cancellation: stage `local`, error `abandoned`.
    pub async fn grant(
        &self,
        profile: &ProfileId,
        kind: GrantKind,
        parameters: BTreeMap<String, String>,
    ) -> Result<Granted, Refused> {
        let local = |id: RequestId, error: &str| Refused {
            id,
            profile: profile.clone(),
            stage: RefusedStage::Local,
            error: error.to_owned(),
            suberror: None,
            codes: Vec::new(),
            description: String::new(),
            correlation_id: None,
            timestamp: None,
            status: None,
        };
        if self.is_cancelled() {
            return Err(local(RequestId(0), "abandoned"));
        }
        let answer = self.exchange.ask(|id, output| {
            Wish::Grant(GrantWish { id, profile: profile.clone(), kind, parameters }).write(output);
        });
        let id = answer.id();
        match answer.await {
            Reply::Granted(granted) => Ok(granted),
            Reply::Refused(refused) => Err(refused),
            Reply::Failed(failed) => Err(Refused { description: failed.message, ..local(id, "unreachable") }),
            Reply::Response(_) => Err(local(id, "unreachable")),
        }
    }

    /// Hands over the rows collected so far and leaves `rows` empty. Nothing is sent for no rows.
    pub fn emit(&self, rows: &mut Rows) {
        if let Some((records, columns)) = rows.take() {
            self.exchange.write(&Wish::Records(records, &columns));
        }
    }

    /// Declares items of a chain that lead to no row. Nothing is sent for none.
    pub fn drops(&self, page_of: &PageOf, count: u64, reason: Reason) {
        if count > 0 {
            let PageOf { table, chain } = page_of.clone();
            self.exchange.write(&Wish::Drops(Drops { table, chain, count, reason }));
        }
    }

    /// Forgets what a chain brought so far: it starts again at its root.
    pub fn chain_reset(&self, page_of: &PageOf) {
        self.exchange.write(&Wish::ChainReset(page_of.clone()));
    }

    /// Ends a table: complete without a reason, otherwise partial or skipped as `status` says.
    pub fn table_end(&self, table: &TableName, status: TableStatus, reason: Option<Reason>) {
        self.end(TableEnd { table: table.clone(), status, reason, concealed: None });
    }

    /// Ends a table, with all that can be told about its end.
    pub fn end(&self, end: TableEnd) {
        self.exchange.write(&Wish::TableEnd(end));
    }

    /// Ends the task `check` with what is wrong with the settings; empty if nothing is.
    pub fn field_errors(&self, errors: Vec<FieldError>) {
        self.exchange.write(&Wish::FieldErrors(FieldErrors { errors }));
    }

    /// Decides one named check.
    pub fn check_result(&self, check: &str, outcome: CheckOutcome, reason: Reason) {
        let Reason { code, arguments } = reason;
        self.exchange.write(&Wish::CheckResult(CheckResult { check: check.to_owned(), outcome, code, arguments }));
    }

    /// Tells something.
    pub fn note(&self, level: NoteLevel, reason: Reason) {
        let Reason { code, arguments } = reason;
        self.exchange.write(&Wish::Note(Note { level, code, arguments }));
    }

    /// Tells how many rows a table will have.
    pub fn progress(&self, table: &TableName, expected: Option<u64>) {
        self.exchange.write(&Wish::Progress(Progress { table: table.clone(), expected }));
    }

    /// Rows for one chain of a table of the dataset; `None` if the dataset has no such table.
    #[must_use]
    pub fn rows(&self, table: &TableName, chain: &ChainId) -> Option<Rows> {
        Rows::new(table, chain)
    }
}
