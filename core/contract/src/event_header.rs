//! Headers of events, read without a reader for each type: a module carries this code, and the derived readers of
//! eight types would be a quarter of it.

use crate::event::{EndHeader, Failed, FailureKind, Granted, Head, Refused, RefusedStage, Start};
use crate::{GrantKind, ProfileId, RequestId, Settings, SlotName};
use beacon_json::{Malformed, Object, Tape, Value};
use serde_json::{Map, Number};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Why a header is unreadable.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// The bytes are no UTF-8.
    #[error(transparent)]
    Encoding(#[from] std::str::Utf8Error),
    /// The text is no JSON.
    #[error(transparent)]
    Json(#[from] Malformed),
    /// It is JSON, but no object.
    #[error("it is no object")]
    Shape,
    /// A field stands twice.
    #[error("the field {0} stands twice")]
    Twice(&'static str),
    /// A field is missing, or has a value of another kind.
    #[error("the field {0} is missing or unreadable")]
    Field(&'static str),
}

type Read<T> = Result<T, HeaderError>;

/// Every field of every header. One that stands twice could be read in two ways.
const KNOWN: [&str; 25] = [
    "claims",
    "code",
    "codes",
    "configured",
    "contract",
    "correlation_id",
    "description",
    "error",
    "headers",
    "id",
    "kind",
    "message",
    "now",
    "offline",
    "plan",
    "profile",
    "request_sent",
    "scopes",
    "seed",
    "settings",
    "stage",
    "status",
    "suberror",
    "task",
    "timestamp",
];

/// Fields by name. What is absent or null has its default, if it has one; what is there must be of its kind.
pub(crate) struct Header<'t>(Object<'t>);

impl<'t> Header<'t> {
    /// Reads the JSON object of one header frame.
    pub(crate) fn of<'b>(tape: &'t mut Tape<'b>, bytes: &'b [u8]) -> Read<Self> {
        let value = tape.whole(std::str::from_utf8(bytes)?)?;
        if !value.is_object() {
            return Err(HeaderError::Shape);
        }
        let mut seen = 0u32;
        for (name, _) in value.object().members() {
            if let Some((number, name)) = KNOWN.iter().enumerate().find(|(_, known)| **known == name) {
                if seen & (1 << number) != 0 {
                    return Err(HeaderError::Twice(name));
                }
                seen |= 1 << number;
            }
        }
        Ok(Self(value.object()))
    }

    fn there(&self, name: &str) -> Option<Value<'t>> {
        self.0.member(name).filter(|value| !value.is_null())
    }

    fn optional<T>(&self, name: &'static str, of: impl FnOnce(Value<'t>) -> Option<T>) -> Read<Option<T>> {
        self.there(name).map(|value| of(value).ok_or(HeaderError::Field(name))).transpose()
    }

    fn required<T>(&self, name: &'static str, of: impl FnOnce(Value<'t>) -> Option<T>) -> Read<T> {
        self.there(name).and_then(of).ok_or(HeaderError::Field(name))
    }

    fn text(&self, name: &'static str) -> Read<String> {
        self.required(name, owned)
    }

    fn default_text(&self, name: &'static str) -> Read<String> {
        Ok(self.optional(name, owned)?.unwrap_or_default())
    }

    fn number<N: TryFrom<i64>>(&self, name: &'static str) -> Read<N> {
        self.required(name, number)
    }

    fn default_flag(&self, name: &'static str) -> Read<bool> {
        Ok(self.optional(name, Value::flag)?.unwrap_or_default())
    }

    fn list<T>(&self, name: &'static str, item: impl FnMut(Value<'t>) -> Option<T>) -> Read<Vec<T>> {
        Ok(self.optional(name, |value| value.items()?.map(item).collect())?.unwrap_or_default())
    }

    fn id(&self) -> Read<RequestId> {
        self.number("id").map(RequestId)
    }

    fn profile(&self) -> Read<ProfileId> {
        self.required("profile", parsed)
    }

    pub(crate) fn start(&self) -> Read<Start> {
        let settings = self.optional("settings", |value| value.is_object().then(|| map(value.object())))?;
        let mut configured = BTreeSet::new();
        configured.extend(self.list::<SlotName>("configured", parsed)?);
        Ok(Start {
            contract: self.number("contract")?,
            task: self.text("task")?,
            settings: Settings(settings.unwrap_or_default()),
            configured,
            now: self.text("now")?,
            seed: self.text("seed")?,
            plan: self.there("plan").map(tree),
        })
    }

    pub(crate) fn head(&self) -> Read<Head> {
        let header = |pair: Value<'t>| {
            let mut pair = pair.items()?;
            let header = (owned(pair.next()?)?, owned(pair.next()?)?);
            pair.next().is_none().then_some(header)
        };
        Ok(Head { id: self.id()?, status: self.number("status")?, headers: self.list("headers", header)? })
    }

    pub(crate) fn end(&self) -> Read<EndHeader> {
        Ok(EndHeader { id: self.id()? })
    }

    pub(crate) fn failed(&self) -> Read<Failed> {
        Ok(Failed {
            id: self.id()?,
            kind: self.required("kind", |value| value.text().map(failure_kind))?,
            code: self.text("code")?,
            message: self.default_text("message")?,
            request_sent: self.default_flag("request_sent")?,
        })
    }

    pub(crate) fn granted(&self) -> Read<Granted> {
        let claims = self.optional("claims", |value| value.is_object().then(|| map(value.object())))?;
        Ok(Granted {
            id: self.id()?,
            profile: self.profile()?,
            kind: self.required("kind", |value| GrantKind::from_name(value.text()?))?,
            scopes: self.list("scopes", owned)?,
            claims: claims.unwrap_or_default(),
            offline: self.default_flag("offline")?,
        })
    }

    pub(crate) fn refused(&self) -> Read<Refused> {
        Ok(Refused {
            id: self.id()?,
            profile: self.profile()?,
            stage: self.required("stage", |value| value.text().map(refused_stage))?,
            error: self.text("error")?,
            suberror: self.optional("suberror", owned)?,
            codes: self.list("codes", number)?,
            description: self.default_text("description")?,
            correlation_id: self.optional("correlation_id", owned)?,
            timestamp: self.optional("timestamp", owned)?,
            status: self.optional("status", number)?,
        })
    }
}

fn owned(value: Value<'_>) -> Option<String> {
    value.text().map(str::to_owned)
}

fn parsed<T: FromStr>(value: Value<'_>) -> Option<T> {
    value.text()?.parse().ok()
}

fn number<N: TryFrom<i64>>(value: Value<'_>) -> Option<N> {
    N::try_from(value.number()?).ok()
}

fn failure_kind(name: &str) -> FailureKind {
    match name {
        "forbidden" => FailureKind::Forbidden,
        "unreachable" => FailureKind::Unreachable,
        "tls" => FailureKind::Tls,
        "proxy" => FailureKind::Proxy,
        "timeout" => FailureKind::Timeout,
        "cut" => FailureKind::Cut,
        "throttled" => FailureKind::Throttled,
        "too_large" => FailureKind::TooLarge,
        "malformed" => FailureKind::Malformed,
        "cancelled" => FailureKind::Cancelled,
        _ => FailureKind::Other,
    }
}

fn refused_stage(name: &str) -> RefusedStage {
    match name {
        "authorize" => RefusedStage::Authorize,
        "token" => RefusedStage::Token,
        "device" => RefusedStage::Device,
        "local" => RefusedStage::Local,
        _ => RefusedStage::Other,
    }
}

fn map(object: Object<'_>) -> BTreeMap<String, serde_json::Value> {
    let mut map = BTreeMap::new();
    // One by one: collecting would sort them first, by code that nothing else in a module needs.
    map.extend(object.members().map(|(name, value)| (name.to_owned(), tree(value))));
    map
}

/// The same value as a tree; the tape limits how deep it is. A number that is no `i64` is null: the wire has whole
/// numbers only.
fn tree(value: Value<'_>) -> serde_json::Value {
    use serde_json::Value as Tree;
    if let Some(text) = value.text() {
        return Tree::String(text.to_owned());
    }
    if let Some(items) = value.items() {
        return Tree::Array(items.map(tree).collect());
    }
    if value.is_object() {
        let mut members = Map::new();
        members.extend(value.object().members().map(|(name, value)| (name.to_owned(), tree(value))));
        return Tree::Object(members);
    }
    if let Some(flag) = value.flag() {
        return Tree::Bool(flag);
    }
    value.number().map_or(Tree::Null, |number| Tree::Number(Number::from(number)))
}
