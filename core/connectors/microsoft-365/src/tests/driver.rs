//! A driver of a few lines: answers requests from a script and collects what the connector said.

use crate::Microsoft365;
use beacon_contract::*;
use beacon_kit::{Connector, Guest};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const TENANT: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub(super) const GRAPH: &str = "https://graph.microsoft.com";

/// Answers to path and query, body, and how often the same was asked before.
type Answers = Box<dyn FnMut(&str, &str, usize) -> Answer>;

/// Status and body.
pub(super) type Answer = (u16, Value);

/// One cell, readable.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Flag(bool),
    Number(i64),
    List(Vec<String>),
    Map(Vec<(String, String)>),
}

pub(super) type Row = BTreeMap<String, Cell>;

/// Everything the connector said.
#[derive(Default)]
pub(super) struct Told {
    pub(super) urls: Vec<String>,
    pub(super) bodies: Vec<String>,
    pub(super) grants: Vec<GrantWish>,
    pub(super) rows: BTreeMap<String, Vec<Row>>,
    pub(super) chains: BTreeSet<(String, String)>,
    pub(super) drops: Vec<Drops>,
    pub(super) resets: Vec<PageOf>,
    pub(super) ends: BTreeMap<String, (TableStatus, Option<Reason>)>,
    pub(super) field_errors: Vec<FieldError>,
    /// What the host finds by itself, without the module.
    pub(super) form_errors: Vec<FieldError>,
    pub(super) checks: BTreeMap<String, (CheckOutcome, String)>,
    pub(super) settled: Option<Result<Done, Fail>>,
}

impl Told {
    pub(super) fn fail(&self) -> (FailKind, &str) {
        match &self.settled {
            Some(Err(fail)) => (fail.kind, fail.code.as_str()),
            other => panic!("a failure expected, got {other:?}"),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.settled, Some(Ok(_)))
    }

    pub(super) fn end(&self, table: &str) -> (TableStatus, &str) {
        let (status, reason) = &self.ends[table];
        (*status, reason.as_ref().map_or("", |reason| reason.code.as_str()))
    }

    /// The single row of a table whose columns have these texts.
    pub(super) fn row(&self, table: &str, texts: &[(&str, &str)]) -> &Row {
        let is = |row: &&Row| texts.iter().all(|(name, text)| row.get(*name) == Some(&Cell::Text((*text).to_owned())));
        let found: Vec<_> = self.rows[table].iter().filter(is).collect();
        assert_eq!(found.len(), 1, "{table} {texts:?}: {found:?}");
        found[0]
    }
}

/// How a scripted run answers.
pub(super) struct Script {
    pub(super) settings: Settings,
    pub(super) configured: BTreeSet<SlotName>,
    pub(super) scopes: Vec<&'static str>,
    pub(super) refused: Option<Refused>,
    pub(super) offline: bool,
    pub(super) token_tenant: &'static str,
    /// Called with path and query, and the body; every further call for the same address counts up.
    pub(super) answer: Answers,
}

impl Script {
    pub(super) fn new(answer: impl FnMut(&str, &str, usize) -> Answer + 'static) -> Self {
        let mut settings = Settings::default();
        settings.set("client_id", "11111111-1111-4111-8111-111111111111");
        settings.set("tenant", TENANT);
        Self {
            settings,
            configured: ["client_secret".parse().expect("a slot")].into(),
            scopes: vec!["User.Read.All", "Organization.Read.All", "GroupMember.Read.All"],
            refused: None,
            offline: true,
            token_tenant: TENANT,
            answer: Box::new(answer),
        }
    }

    pub(super) fn with(mut self, field: &str, value: &str) -> Self {
        self.settings.set(field, value);
        self
    }

    fn start(&self, task: Task) -> Event<'static> {
        let form = Microsoft365::manifest().expect("a manifest").form;
        let settings = form.effective(&self.settings);
        Event::Start(Start {
            contract: CONTRACT_VERSION,
            task: task.name().to_owned(),
            settings,
            configured: self.configured.clone(),
            now: "2026-06-01T00:00:00Z".to_owned(),
            seed: "0".repeat(32),
            plan: None,
        })
    }

    fn grant(&self, wish: &GrantWish) -> Event<'static> {
        if let Some(refused) = &self.refused {
            return Event::Refused(Refused { id: wish.id, ..refused.clone() });
        }
        let claims = [("tid", self.token_tenant), ("preferred_username", "admin@contoso.com")];
        Event::Granted(Granted {
            id: wish.id,
            profile: wish.profile.clone(),
            kind: wish.kind,
            scopes: self.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            claims: claims.map(|(name, value)| (name.to_owned(), json!(value))).into(),
            offline: self.offline,
        })
    }

    /// Runs a task to its end.
    pub(super) fn run(mut self, task: Task) -> Told {
        let mut guest = Guest::<Microsoft365>::new();
        let form = Microsoft365::manifest().expect("a manifest").form;
        let form_errors = form.check(&self.settings, &self.configured);
        let mut told = Told { form_errors, ..Told::default() };
        let mut asked: BTreeMap<String, usize> = BTreeMap::new();
        let mut output = guest.poll(&message(&[self.start(task)]));
        for _ in 0..200 {
            let mut events = Vec::new();
            for wish in decode_wishes(&output, WishLimits::default()).expect("readable wishes") {
                match wish {
                    Wish::Http(http, body) => {
                        let body = std::str::from_utf8(body).expect("JSON").to_owned();
                        let path = http.url.strip_prefix(GRAPH).expect("only Graph is asked").to_owned();
                        let count = asked.entry(path.clone()).or_default();
                        let (status, answer) = (self.answer)(&path, &body, *count);
                        *count += 1;
                        events.push(response(http.id, status, answer));
                        assert_eq!(http.slot.map(|slot| slot.to_string()).as_deref(), Some("graph"));
                        told.urls.push(path);
                        told.bodies.push(body);
                    }
                    Wish::Grant(grant) => {
                        events.push((self.grant(&grant), None));
                        told.grants.push(grant);
                    }
                    other => told.take(other),
                }
            }
            if told.settled.is_some() {
                assert!(events.is_empty(), "nothing is asked with the end");
                return told;
            }
            let mut writer = FrameWriter::new();
            for (event, bytes) in &events {
                match bytes {
                    Some((id, bytes)) => {
                        event.write(&mut writer);
                        for bytes in bytes.chunks(700) {
                            Event::Chunk { id: *id, bytes }.write(&mut writer);
                        }
                        Event::End { id: *id }.write(&mut writer);
                    }
                    None => event.write(&mut writer),
                }
            }
            output = guest.poll(&writer.finish());
        }
        panic!("the run does not end: {:?}", told.urls)
    }
}

type Pending = (Event<'static>, Option<(RequestId, Vec<u8>)>);

fn response(id: RequestId, status: u16, body: Value) -> Pending {
    let head = Head { id, status, headers: vec![("request-id".to_owned(), "r-1".to_owned())] };
    (Event::Head(head), Some((id, body.to_string().into_bytes())))
}

fn message(events: &[Event<'_>]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    events.iter().for_each(|event| event.write(&mut writer));
    writer.finish()
}

impl Told {
    fn take(&mut self, wish: Wish<'_>) {
        match wish {
            Wish::Records(records, frame) => {
                self.chains.insert((records.table.to_string(), records.chain.to_string()));
                let rows = rows(&records, frame);
                self.rows.entry(records.table.to_string()).or_default().extend(rows);
            }
            Wish::Drops(drops) => self.drops.push(drops),
            Wish::ChainReset(place) => self.resets.push(place),
            Wish::TableEnd(end) => {
                let twice = self.ends.insert(end.table.to_string(), (end.status, end.reason));
                assert!(twice.is_none(), "{} ended twice", end.table);
            }
            Wish::FieldErrors(errors) => self.field_errors = errors.errors,
            Wish::CheckResult(result) => {
                self.checks.insert(result.check, (result.outcome, result.code));
            }
            Wish::Done(done) => self.settled = Some(Ok(done)),
            Wish::Fail(fail) => self.settled = Some(Err(fail)),
            Wish::Http(..) | Wish::Grant(_) | Wish::Note(_) | Wish::Progress(_) => {}
        }
    }
}

fn numbers<const N: usize>(bytes: &[u8]) -> Vec<[u8; N]> {
    bytes.as_chunks::<N>().0.to_vec()
}

fn offsets(bytes: &[u8]) -> Vec<usize> {
    numbers::<4>(bytes).into_iter().map(|chunk| i32::from_le_bytes(chunk) as usize).collect()
}

fn texts(at: &[u8], data: &[u8]) -> Vec<String> {
    let cut = |pair: &[usize]| String::from_utf8(data[pair[0]..pair[1]].to_vec()).expect("UTF-8");
    offsets(at).windows(2).map(cut).collect()
}

/// Rows of a batch, checked against the dataset: known columns, of their type, and no null where none belongs.
fn rows(records: &Records, frame: &[u8]) -> Vec<Row> {
    let schema = dataset::table(records.table.as_str()).expect("a table of the dataset");
    let views = decode_columns(frame, records.rows, records.columns.len()).expect("readable columns");
    let mut rows = vec![Row::new(); records.rows as usize];
    for column in schema.columns.iter().filter(|column| !column.nullable) {
        assert!(records.columns.iter().any(|name| name == column.name), "{}.{} is left out", schema.name, column.name);
    }
    for (name, view) in records.columns.iter().zip(views) {
        let column = schema.column(name).expect("a column of the dataset");
        assert!(!column.by_host && column.kind == view.kind, "{name}");
        let bit = |bits: &[u8], row: usize| bits[row / 8] >> (row % 8) & 1 == 1;
        let cells: Vec<Cell> = match view.buffers {
            Buffers::Fixed(bits) if view.kind == ColumnType::Boolean => {
                (0..rows.len()).map(|row| Cell::Flag(bit(bits, row))).collect()
            }
            Buffers::Fixed(bytes) => {
                numbers::<8>(bytes).into_iter().map(|chunk| Cell::Number(i64::from_le_bytes(chunk))).collect()
            }
            Buffers::Text(at, data) => texts(at, data).into_iter().map(Cell::Text).collect(),
            Buffers::List(at, entries, data) => {
                let entries = texts(entries, data);
                offsets(at).windows(2).map(|pair| Cell::List(entries[pair[0]..pair[1]].to_vec())).collect()
            }
            Buffers::Map(at, keys, values) => {
                let keys = texts(keys[0], keys[1]).into_iter();
                let pairs: Vec<_> = keys.zip(texts(values[0], values[1])).collect();
                offsets(at).windows(2).map(|pair| Cell::Map(pairs[pair[0]..pair[1]].to_vec())).collect()
            }
        };
        for (row, cell) in cells.into_iter().enumerate() {
            if view.validity.is_none_or(|bits| bit(bits, row)) {
                rows[row].insert(name.clone(), cell);
            } else {
                assert!(column.nullable, "{name} is null in row {row}");
            }
        }
    }
    rows
}
