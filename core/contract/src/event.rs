//! Events: what the driver tells a module.

use crate::event_header::{Header, HeaderError};
use crate::frame::{CRITICAL, FrameError, FrameReader, FrameWriter};
use crate::{CHUNK_BYTES, GrantKind, ProfileId, RequestId, Settings, SlotName};
use beacon_json::Tape;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const START: u8 = 1;
const HEAD: u8 = 2;
const CHUNK: u8 = 3;
const END: u8 = 4;
const FAILED: u8 = 5;
const GRANTED: u8 = 6;
const REFUSED: u8 = 7;
const CANCEL: u8 = 8;

/// Most events in one message. A driver of ours sends about ten; a frame of eight bytes must not grow into an event
/// of hundreds, millions of times.
const EVENTS: usize = 4_096;

/// One thing that happened. A poll carries one or more of them, in the order in which they count.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// The run starts. Always the first event, exactly once.
    Start(Start),
    /// A response arrived, whole; its body follows in chunks, then its end, without anything in between.
    Head(Head),
    /// A piece of the body, at most [`CHUNK_BYTES`], already without transfer and content coding.
    Chunk {
        /// Which wish this answers.
        id: RequestId,
        /// The piece.
        bytes: &'a [u8],
    },
    /// The body is over.
    End {
        /// Which wish this answers.
        id: RequestId,
    },
    /// A request did not lead to a response.
    Failed(Failed),
    /// A grant succeeded.
    Granted(Granted),
    /// A grant was refused by the other side.
    Refused(Refused),
    /// The operator wants the run to end: finish what is open, wish nothing new.
    Cancel,
}

/// The name of a task, kept as text so that a module can answer a task that it does not know with a clear failure.
pub type TaskName = String;

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Validate the settings without asking anybody.
    Check,
    /// Sign in, read the outcome, probe what was granted, name what is missing.
    Consent,
    /// Named checks against the live service.
    Test,
    /// A small sample.
    Preview,
    /// The whole import.
    Import,
}

impl Task {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Consent => "consent",
            Self::Test => "test",
            Self::Preview => "preview",
            Self::Import => "import",
        }
    }

    /// The task of a name, `None` for one of a later contract.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Check, Self::Consent, Self::Test, Self::Preview, Self::Import]
            .into_iter()
            .find(|task| task.name() == name)
    }
}

/// Beginning of a run: everything the module will ever know about its surroundings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Contract version that the driver speaks.
    pub contract: u16,
    /// See [`Task`].
    pub task: TaskName,
    /// The settings with all defaults filled in, without any secret.
    #[serde(default)]
    pub settings: Settings,
    /// Slots that hold a value. The values themselves never cross.
    #[serde(default)]
    pub configured: BTreeSet<SlotName>,
    /// Time of the run, RFC 3339 in UTC. The only time a module sees.
    pub now: String,
    /// 32 hexadecimal digits, the same for a resumed run.
    pub seed: String,
    /// What the last successful run handed over in `done`.
    #[serde(default)]
    pub plan: Option<serde_json::Value>,
}

/// Status and headers of a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which wish this answers.
    pub id: RequestId,
    /// HTTP status. Never a redirect that the driver followed, never a 401 that a refresh cured.
    pub status: u16,
    /// Names in lower case, only those on the driver's allow-list.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The first header of that lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A closed set of causes for logic; `code` and `message` are for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The egress policy, an address rule or a slot binding forbids it. Never sent.
    Forbidden,
    /// No connection: name not found, refused, network unreachable.
    Unreachable,
    /// The TLS handshake or the certificate failed.
    Tls,
    /// The proxy refused or wants other credentials.
    Proxy,
    /// No complete answer in time.
    Timeout,
    /// The connection broke within the answer, and repeating did not help.
    Cut,
    /// The service asked to wait longer than the budget of the run allows.
    Throttled,
    /// The body is longer than the cap, as sent or unpacked.
    TooLarge,
    /// The answer breaks HTTP or its content coding.
    Malformed,
    /// The run was cancelled.
    Cancelled,
    /// Any kind of a later contract.
    #[serde(other)]
    Other,
}

/// A request that did not lead to a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which wish this answers.
    pub id: RequestId,
    /// For decisions.
    pub kind: FailureKind,
    /// Stable code, for example `egress.path`.
    pub code: String,
    /// One sentence without secrets, at most 4 KiB.
    #[serde(default)]
    pub message: String,
    /// Whether the other side may have seen the request.
    #[serde(default)]
    pub request_sent: bool,
}

/// A grant succeeded; from now on the profile's slot is filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Granted {
    /// Which wish this answers.
    pub id: RequestId,
    /// Profile of the manifest.
    pub profile: ProfileId,
    /// How it was obtained.
    pub kind: GrantKind,
    /// Scopes or application roles that were granted, as the other side spells them.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claims that the profile lists, as far as the tokens held them. A hint, never a proof.
    #[serde(default)]
    pub claims: BTreeMap<String, serde_json::Value>,
    /// Whether a refresh token was stored, so that runs need nobody.
    #[serde(default)]
    pub offline: bool,
}

/// Where a grant was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedStage {
    /// In the browser, before a code was given.
    Authorize,
    /// At the token endpoint.
    Token,
    /// While waiting for a person to enter the device code.
    Device,
    /// Before anything was sent: a slot is empty, or the person gave up.
    Local,
    /// Any stage of a later contract.
    #[serde(other)]
    Other,
}

/// A grant was refused. Fields as in RFC 6749 section 5.2 and Microsoft's additions to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which wish this answers.
    pub id: RequestId,
    /// Profile of the manifest.
    pub profile: ProfileId,
    /// Where it happened.
    pub stage: RefusedStage,
    /// OAuth error, for example `invalid_grant`; for stage `local` a word of the driver, for example `slot_empty`.
    pub error: String,
    /// Microsoft's `suberror`.
    #[serde(default)]
    pub suberror: Option<String>,
    /// AADSTS numbers.
    #[serde(default)]
    pub codes: Vec<u32>,
    /// The other side's words, without tokens, at most 4 KiB.
    #[serde(default)]
    pub description: String,
    /// For a support request at the other side.
    #[serde(default)]
    pub correlation_id: Option<String>,
    /// The other side's time of the refusal, as it wrote it.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// HTTP status, if there was an answer.
    #[serde(default)]
    pub status: Option<u16>,
}

/// Why a message holds no readable events.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not even frames.
    #[error("the message is not made of frames")]
    Frame(#[source] FrameError),
    /// A header frame is no JSON of the expected shape.
    #[error("the header of an event frame of kind {kind} is unreadable")]
    Header {
        /// Kind of the frame.
        kind: u8,
        /// What is wrong with it.
        #[source]
        source: HeaderError,
    },
    /// A chunk is shorter than its request id, or longer than allowed.
    #[error("a chunk frame has {length} bytes, 4 to {maximum} are allowed", maximum = CHUNK_BYTES + 4)]
    Chunk {
        /// Payload length.
        length: usize,
    },
    /// A kind that this reader does not know and must not skip.
    #[error("event kind {kind} is unknown and marked as critical")]
    Unknown {
        /// Kind of the frame.
        kind: u8,
    },
    /// More events than one poll may carry.
    #[error("the message has more than {EVENTS} events")]
    Limit,
}

#[derive(Serialize)]
pub(crate) struct EndHeader {
    pub(crate) id: RequestId,
}

impl Event<'_> {
    /// Appends this event to a message.
    pub fn write(&self, writer: &mut FrameWriter) {
        match self {
            Self::Start(start) => writer.json(START, CRITICAL, start),
            Self::Head(head) => writer.json(HEAD, CRITICAL, head),
            Self::Chunk { id, bytes } => writer.frame(CHUNK, CRITICAL, |message| {
                message.extend_from_slice(&id.0.to_le_bytes());
                message.extend_from_slice(bytes);
            }),
            Self::End { id } => writer.json(END, CRITICAL, &EndHeader { id: *id }),
            Self::Failed(failed) => writer.json(FAILED, CRITICAL, failed),
            Self::Granted(granted) => writer.json(GRANTED, CRITICAL, granted),
            Self::Refused(refused) => writer.json(REFUSED, CRITICAL, refused),
            Self::Cancel => writer.json(CANCEL, 0, &serde_json::Map::new()),
        }
    }
}

/// Reads the events of one poll. Frames of an unknown kind are skipped unless they are critical.
///
/// # Errors
/// See [`EventError`]; nothing of a message with an error should be used.
pub fn decode_events(message: &[u8]) -> Result<Vec<Event<'_>>, EventError> {
    let mut events = Vec::new();
    let mut tape = Tape::new();
    for frame in FrameReader::new(message) {
        let frame = frame.map_err(EventError::Frame)?;
        let (kind, bytes) = (frame.kind, frame.bytes);
        if events.len() == EVENTS {
            return Err(EventError::Limit);
        }
        let event = match kind {
            START => Header::of(&mut tape, bytes).and_then(|header| header.start()).map(Event::Start),
            HEAD => Header::of(&mut tape, bytes).and_then(|header| header.head()).map(Event::Head),
            CHUNK => {
                let length = bytes.len();
                let (id, bytes) = bytes
                    .split_first_chunk::<4>()
                    .filter(|(_, bytes)| bytes.len() <= CHUNK_BYTES)
                    .ok_or(EventError::Chunk { length })?;
                Ok(Event::Chunk { id: RequestId(u32::from_le_bytes(*id)), bytes })
            }
            END => Header::of(&mut tape, bytes).and_then(|header| header.end()).map(|end| Event::End { id: end.id }),
            FAILED => Header::of(&mut tape, bytes).and_then(|header| header.failed()).map(Event::Failed),
            GRANTED => Header::of(&mut tape, bytes).and_then(|header| header.granted()).map(Event::Granted),
            REFUSED => Header::of(&mut tape, bytes).and_then(|header| header.refused()).map(Event::Refused),
            CANCEL => Ok(Event::Cancel),
            _ if frame.is_critical() => return Err(EventError::Unknown { kind }),
            _ => continue,
        };
        events.push(event.map_err(|source| EventError::Header { kind, source })?);
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unknown_fields_and_unknown_kinds_are_skipped_unless_critical() {
        let mut writer = FrameWriter::new();
        writer.frame(200, 0, |message| message.extend_from_slice(b"whatever"));
        writer.frame(HEAD, 0, |message| message.extend_from_slice(br#"{"id":1,"status":200,"future":{"a":[1]}}"#));
        let mut message = writer.finish();
        let head = Head { id: RequestId(1), status: 200, headers: Vec::new() };
        assert_eq!(decode_events(&message).expect("readable"), [Event::Head(head)]);
        message.extend_from_slice(&[201, CRITICAL, 0, 0, 0, 0, 0, 0]);
        assert!(matches!(decode_events(&message), Err(EventError::Unknown { kind: 201 })));
    }

    #[test]
    fn a_message_has_at_most_4096_events() {
        let message = |events: usize| [CANCEL, 0, 0, 0, 0, 0, 0, 0].repeat(events);
        assert_eq!(decode_events(&message(EVENTS)).map(|events| events.len()).ok(), Some(EVENTS));
        assert!(matches!(decode_events(&message(EVENTS + 1)), Err(EventError::Limit)));
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_panic(message in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode_events(&message);
        }

        #[test]
        fn any_payload_of_any_kind_ends_without_panic(kind in 0u8..12, flags in any::<u8>(), payload in "[\\[\\]{}\":,a-z0-9]{0,60}") {
            let mut writer = FrameWriter::new();
            writer.frame(kind, flags, |message| message.extend_from_slice(payload.as_bytes()));
            let _ = decode_events(&writer.finish());
        }
    }
}
