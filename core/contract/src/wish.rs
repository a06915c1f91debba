//! Wishes: what a module asks of the driver.

use crate::frame::{CRITICAL, FrameError, FrameReader, FrameWriter};
use crate::object::{self, Object};
use crate::{
    ChainId, CheckOutcome, FailKind, FieldError, GrantKind, Method, NoteLevel, ProfileId, Reason, RequestId, SlotName,
    TableName, TableStatus,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HTTP: u8 = 65;
const BODY: u8 = 66;
const GRANT: u8 = 67;
const RECORDS: u8 = 68;
const COLUMNS: u8 = 69;
const DROPS: u8 = 70;
const CHAIN_RESET: u8 = 71;
const TABLE_END: u8 = 72;
const FIELD_ERRORS: u8 = 73;
const CHECK_RESULT: u8 = 74;
const NOTE: u8 = 75;
const PROGRESS: u8 = 76;
const DONE: u8 = 77;
const FAIL: u8 = 78;

/// One thing that the module wants done or known.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish<'a> {
    /// Send this request; answered by `head … end` or `failed`.
    Http(HttpWish, &'a [u8]),
    /// Obtain a token; answered by `granted` or `refused`.
    Grant(GrantWish),
    /// Take these rows; the columns follow in the layout of [`crate::decode_columns`].
    Records(Records, &'a [u8]),
    /// These items of a chain lead to no row, for this reason.
    Drops(Drops),
    /// Forget what this chain brought so far; it starts again at its root.
    ChainReset(PageOf),
    /// Nothing more comes for this table.
    TableEnd(TableEnd),
    /// What is wrong with the settings (task `check`).
    FieldErrors(FieldErrors),
    /// One named check is decided (tasks `consent` and `test`).
    CheckResult(CheckResult),
    /// Something worth telling.
    Note(Note),
    /// How far a table is.
    Progress(Progress),
    /// The task is finished. Last wish of a run.
    Done(Done),
    /// The task cannot be finished. Last wish of a run.
    Fail(Fail),
}

/// Which chain of pages a request belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageOf {
    /// Table that the items become rows of.
    pub table: TableName,
    /// Chain within the table.
    pub chain: ChainId,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpWish {
    /// Chosen by the module, unique among its open wishes.
    pub id: RequestId,
    /// See [`Method`].
    pub method: Method,
    /// Absolute `https` address.
    pub url: String,
    /// Names in lower case; the driver has an allow-list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Slot whose credential the driver adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<SlotName>,
    /// Set if the response is a page of a table; the driver then follows the chain with its own eyes.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub page_of: Option<PageOf>,
    /// Whether a body frame follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub body: bool,
}

/// Which grant, and what the module may add to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantWish {
    /// Chosen by the module, unique among its open wishes.
    pub id: RequestId,
    /// Profile of the manifest.
    pub profile: ProfileId,
    /// One of the profile's kinds.
    pub kind: GrantKind,
    /// `prompt`, `login_hint`, `domain_hint`, `claims`; others are refused.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

/// Rows for one table, in columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Table of the dataset.
    pub table: TableName,
    /// Chain that the rows come from.
    pub chain: ChainId,
    /// Number of rows.
    pub rows: u32,
    /// Names of the columns that follow, in their order. Nullable columns may be left out.
    pub columns: Vec<String>,
}

/// Items without a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drops {
    /// Table of the dataset.
    pub table: TableName,
    /// Chain of the items.
    pub chain: ChainId,
    /// How many.
    pub count: u64,
    /// Why.
    #[serde(deserialize_with = "object::object")]
    pub reason: Reason,
}

/// End of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableEnd {
    /// Table of the dataset.
    pub table: TableName,
    /// The module's claim; the driver proves it or lowers it.
    pub status: TableStatus,
    /// Required unless complete.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub reason: Option<Reason>,
    /// Why people in its rows are concealed, if some are.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub concealed: Option<Reason>,
}

/// Result of the `check` task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors {
    /// Empty if the settings are fine.
    #[serde(deserialize_with = "object::list")]
    pub errors: Vec<FieldError>,
}

/// One decided check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Name of the check, stable, for example `licences.read`.
    pub check: String,
    /// See [`CheckOutcome`].
    pub outcome: CheckOutcome,
    /// Code of the text that explains it.
    pub code: String,
    /// Values for that text.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

/// Something worth telling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Weight.
    pub level: NoteLevel,
    /// Code of the text.
    pub code: String,
    /// Values for that text.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

/// How far a table is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Table of the dataset.
    pub table: TableName,
    /// Rows expected in all, if known.
    #[serde(default)]
    pub expected: Option<u64>,
}

/// End of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Given back in `start` of the next run, at most 64 KiB.
    #[serde(default)]
    pub plan: Option<serde_json::Value>,
}

/// Failure of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fail {
    /// What it asks of the person.
    pub kind: FailKind,
    /// Code of the text.
    pub code: String,
    /// Values for that text.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

/// Limits of one poll's output; house rule "caps per poll".
#[derive(Clone, Copy, Debug)]
pub struct WishLimits {
    /// Frames in one message.
    pub frames: usize,
    /// Bytes of one JSON header: an address of a page with its token stays below 16 KiB, a plan has 64 KiB.
    pub header_bytes: usize,
    /// Notes in one message.
    pub notes: usize,
    /// Bytes of a plan.
    pub plan_bytes: usize,
}

impl Default for WishLimits {
    fn default() -> Self {
        Self { frames: 4_096, header_bytes: 96 << 10, notes: 64, plan_bytes: 64 << 10 }
    }
}

/// Why a message holds no readable wishes.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// Not even frames.
    #[error("the answer of the module is not made of frames")]
    Frame(#[source] FrameError),
    /// A header frame is no JSON of the expected shape.
    #[error("the header of a wish frame of kind {kind} is unreadable")]
    Header {
        /// Kind of the frame.
        kind: u8,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// A cap of [`WishLimits`] is exceeded.
    #[error("the answer of the module exceeds the limit of {limit} {what}")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// A body or columns frame stands where none belongs, or is missing where one does.
    #[error("a frame of kind {kind} is not followed by its payload frame, or a payload frame stands alone")]
    Payload {
        /// Kind of the frame.
        kind: u8,
    },
    /// A kind that this reader does not know and must not skip.
    #[error("wish kind {kind} is unknown and marked as critical")]
    Unknown {
        /// Kind of the frame.
        kind: u8,
    },
}

impl Wish<'_> {
    /// Appends this wish to a message.
    pub fn write(&self, writer: &mut FrameWriter) {
        match self {
            Self::Http(http, body) => {
                writer.json(HTTP, CRITICAL, http);
                if http.body {
                    writer.frame(BODY, CRITICAL, |message| message.extend_from_slice(body));
                }
            }
            Self::Grant(grant) => writer.json(GRANT, CRITICAL, grant),
            Self::Records(records, columns) => {
                writer.json(RECORDS, CRITICAL, records);
                writer.frame(COLUMNS, CRITICAL, |message| message.extend_from_slice(columns));
            }
            Self::Drops(drops) => writer.json(DROPS, CRITICAL, drops),
            Self::ChainReset(chain) => writer.json(CHAIN_RESET, CRITICAL, chain),
            Self::TableEnd(end) => writer.json(TABLE_END, CRITICAL, end),
            Self::FieldErrors(errors) => writer.json(FIELD_ERRORS, CRITICAL, errors),
            Self::CheckResult(result) => writer.json(CHECK_RESULT, CRITICAL, result),
            Self::Note(note) => writer.json(NOTE, 0, note),
            Self::Progress(progress) => writer.json(PROGRESS, 0, progress),
            Self::Done(done) => writer.json(DONE, CRITICAL, done),
            Self::Fail(fail) => writer.json(FAIL, CRITICAL, fail),
        }
    }
}

/// Reads the wishes of one poll. Frames of an unknown kind are skipped unless they are critical.
///
/// # Errors
/// See [`WishError`]; nothing of a message with an error should be performed.
pub fn decode_wishes(message: &[u8], limits: WishLimits) -> Result<Vec<Wish<'_>>, WishError> {
    let mut reader = FrameReader::new(message);
    let mut wishes = Vec::new();
    let mut notes = 0;
    let limited = |count: usize, limit: usize, what: &'static str| {
        if count > limit { Err(WishError::Limit { what, limit }) } else { Ok(()) }
    };
    while let Some(frame) = reader.next() {
        let frame = frame.map_err(WishError::Frame)?;
        let (kind, bytes) = (frame.kind, frame.bytes);
        if matches!(kind, BODY | COLUMNS) {
            return Err(WishError::Payload { kind });
        }
        limited(bytes.len(), limits.header_bytes, "bytes in a header frame")?;
        let mut payload = |expected: u8| match reader.next() {
            Some(Ok(frame)) if frame.kind == expected => Ok(frame.bytes),
            Some(Err(error)) => Err(WishError::Frame(error)),
            _ => Err(WishError::Payload { kind }),
        };
        wishes.push(match kind {
            HTTP => {
                let http: HttpWish = header(kind, bytes)?;
                let body = if http.body { payload(BODY)? } else { Default::default() };
                Wish::Http(http, body)
            }
            GRANT => Wish::Grant(header(kind, bytes)?),
            RECORDS => {
                let records = header(kind, bytes)?;
                Wish::Records(records, payload(COLUMNS)?)
            }
            DROPS => Wish::Drops(header(kind, bytes)?),
            CHAIN_RESET => Wish::ChainReset(header(kind, bytes)?),
            TABLE_END => Wish::TableEnd(header(kind, bytes)?),
            FIELD_ERRORS => Wish::FieldErrors(header(kind, bytes)?),
            CHECK_RESULT => Wish::CheckResult(header(kind, bytes)?),
            NOTE => {
                notes += 1;
                limited(notes, limits.notes, "notes in one answer")?;
                Wish::Note(header(kind, bytes)?)
            }
            PROGRESS => Wish::Progress(header(kind, bytes)?),
            DONE => {
                limited(bytes.len(), limits.plan_bytes, "bytes of a plan")?;
                Wish::Done(header(kind, bytes)?)
            }
            FAIL => Wish::Fail(header(kind, bytes)?),
            _ if frame.is_critical() => return Err(WishError::Unknown { kind }),
            _ => continue,
        });
        limited(wishes.len(), limits.frames, "wishes in one answer")?;
    }
    Ok(wishes)
}

fn header<'a, T: Deserialize<'a>>(kind: u8, bytes: &'a [u8]) -> Result<T, WishError> {
    let Object(header) = serde_json::from_slice(bytes).map_err(|source| WishError::Header { kind, source })?;
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn http(id: u32, body: bool) -> HttpWish {
        HttpWish {
            id: RequestId(id),
            method: Method::Get,
            url: "https://localhost/".to_owned(),
            headers: Vec::new(),
            slot: None,
            page_of: None,
            body,
        }
    }

    #[test]
    fn a_payload_without_its_header_is_refused() {
        let mut writer = FrameWriter::new();
        writer.frame(COLUMNS, CRITICAL, |message| message.extend_from_slice(&[1, 2, 3]));
        assert!(matches!(
            decode_wishes(&writer.finish(), WishLimits::default()),
            Err(WishError::Payload { kind: COLUMNS })
        ));
    }

    #[test]
    fn a_header_without_its_payload_is_refused() {
        let mut writer = FrameWriter::new();
        writer.json(HTTP, CRITICAL, &http(1, true));
        Wish::Done(Done::default()).write(&mut writer);
        assert!(matches!(
            decode_wishes(&writer.finish(), WishLimits::default()),
            Err(WishError::Payload { kind: HTTP })
        ));
    }

    #[test]
    fn the_caps_of_a_poll_hold() {
        let limits = WishLimits { frames: 2, notes: 1, header_bytes: 400, plan_bytes: 20 };
        let message = |wishes: &[Wish<'_>]| {
            let mut writer = FrameWriter::new();
            wishes.iter().for_each(|wish| wish.write(&mut writer));
            writer.finish()
        };
        let note = Wish::Note(Note { level: NoteLevel::Warning, code: "x".to_owned(), arguments: BTreeMap::new() });
        let plan = Wish::Done(Done { plan: Some(serde_json::json!("x".repeat(30))) });
        let long = Wish::Http(HttpWish { url: "x".repeat(500), ..http(1, false) }, &[]);
        let get = Wish::Http(http(1, false), &[]);
        for (wishes, what) in [
            (vec![note.clone(), note], "notes in one answer"),
            (vec![plan], "bytes of a plan"),
            (vec![long], "bytes in a header frame"),
            (vec![get.clone(), get.clone(), get], "wishes in one answer"),
        ] {
            match decode_wishes(&message(&wishes), limits) {
                Err(WishError::Limit { what: named, .. }) => assert_eq!(named, what),
                other => panic!("{what}: {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_panic(message in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode_wishes(&message, WishLimits::default());
        }

        #[test]
        fn any_payload_of_any_kind_ends_without_panic(kinds in prop::collection::vec(60u8..82, 1..4), payload in "[\\[\\]{}\":,a-z0-9]{0,60}") {
            let mut writer = FrameWriter::new();
            for kind in kinds {
                writer.frame(kind, 0, |message| message.extend_from_slice(payload.as_bytes()));
            }
            let _ = decode_wishes(&writer.finish(), WishLimits::default());
        }
    }
}
