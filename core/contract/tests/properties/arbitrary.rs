//! Any event, any wish.

use beacon_contract::{
    CheckOutcome, CheckResult, Done, Drops, Event, Fail, FailKind, Failed, FailureKind, FieldError, FieldErrors,
    GrantKind, GrantWish, Granted, Head, HttpWish, Method, Note, NoteLevel, PageOf, Progress, Reason, Records, Refused,
    RefusedStage, RequestId, Settings, Start, TableEnd, TableStatus, Wish,
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

/// Bytes of bodies and columns.
static BYTES: [u8; 300] = {
    let mut bytes = [0; 300];
    let mut at = 0;
    while at < 300 {
        bytes[at] = (at * 7 % 256) as u8;
        at += 1;
    }
    bytes
};

fn bytes() -> impl Strategy<Value = &'static [u8]> {
    (0..=BYTES.len()).prop_map(|length| &BYTES[..length])
}

fn name<T: FromStr<Err: Debug> + Debug>() -> impl Strategy<Value = T> {
    "[a-z0-9]{1,8}".prop_map(|text| text.parse().expect("allowed in every identifier"))
}

fn text() -> impl Strategy<Value = String> {
    "(?s).{0,10}"
}

fn map<T: Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = BTreeMap<String, T>> {
    prop::collection::btree_map(text(), value, 0..3)
}

fn texts() -> impl Strategy<Value = BTreeMap<String, String>> {
    map(text())
}

fn id() -> impl Strategy<Value = RequestId> {
    any::<u32>().prop_map(RequestId)
}

fn pick<T: Clone + Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(values)
}

/// Any JSON but fractions: how the last digit of one is read is nobody's promise.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            map(inner).prop_map(|object| object.into_iter().collect())
        ]
    })
}

/// A plan; `null` means that there is none.
fn plan() -> impl Strategy<Value = Option<Value>> {
    prop::option::of(json().prop_filter("null is no plan", |plan| !plan.is_null()))
}

fn grant_kind() -> impl Strategy<Value = GrantKind> {
    use GrantKind::{AuthorizationCode, ClientCertificate, ClientSecret, DeviceCode, RefreshToken};
    pick(&[AuthorizationCode, DeviceCode, RefreshToken, ClientSecret, ClientCertificate])
}

fn start() -> impl Strategy<Value = Start> {
    let names = prop::collection::btree_set(name(), 0..3);
    (any::<u16>(), text(), map(json()), names, text(), text(), plan()).prop_map(
        |(contract, task, settings, configured, now, seed, plan)| Start {
            contract,
            task,
            settings: Settings(settings),
            configured,
            now,
            seed,
            plan,
        },
    )
}

fn failed() -> impl Strategy<Value = Failed> {
    use FailureKind::{
        Cancelled, Cut, Forbidden, Malformed, Other, Proxy, Throttled, Timeout, Tls, TooLarge, Unreachable,
    };
    let kinds = &[Forbidden, Unreachable, Tls, Proxy, Timeout, Cut, Throttled, TooLarge, Malformed, Cancelled, Other];
    (id(), pick(kinds), text(), text(), any::<bool>()).prop_map(|(id, kind, code, message, request_sent)| Failed {
        id,
        kind,
        code,
        message,
        request_sent,
    })
}

fn granted() -> impl Strategy<Value = Granted> {
    (id(), name(), grant_kind(), prop::collection::vec(text(), 0..3), map(json()), any::<bool>())
        .prop_map(|(id, profile, kind, scopes, claims, offline)| Granted { id, profile, kind, scopes, claims, offline })
}

fn refused() -> impl Strategy<Value = Refused> {
    use RefusedStage::{Authorize, Device, Local, Other, Token};
    let words = (text(), prop::option::of(text()), text(), prop::option::of(text()), prop::option::of(text()));
    let codes = prop::collection::vec(any::<u32>(), 0..3);
    let stage = pick(&[Authorize, Token, Device, Local, Other]);
    (id(), name(), stage, words, codes, any::<Option<u16>>()).prop_map(
        |(id, profile, stage, (error, suberror, description, correlation_id, timestamp), codes, status)| Refused {
            id,
            profile,
            stage,
            error,
            suberror,
            codes,
            description,
            correlation_id,
            timestamp,
            status,
        },
    )
}

/// Any event.
pub(crate) fn event() -> impl Strategy<Value = Event<'static>> {
    let headers = prop::collection::vec((text(), text()), 0..3);
    prop_oneof![
        start().prop_map(Event::Start),
        (id(), any::<u16>(), headers).prop_map(|(id, status, headers)| Event::Head(Head { id, status, headers })),
        (id(), bytes()).prop_map(|(id, bytes)| Event::Chunk { id, bytes }),
        id().prop_map(|id| Event::End { id }),
        failed().prop_map(Event::Failed),
        granted().prop_map(Event::Granted),
        refused().prop_map(Event::Refused),
        Just(Event::Cancel),
    ]
}

fn page_of() -> impl Strategy<Value = PageOf> {
    (name(), name()).prop_map(|(table, chain)| PageOf { table, chain })
}

fn http() -> impl Strategy<Value = Wish<'static>> {
    let headers = prop::collection::vec((text(), text()), 0..3);
    let optional = (prop::option::of(name()), prop::option::of(page_of()), prop::option::of(bytes()));
    (id(), pick(&[Method::Get, Method::Post]), text(), headers, optional).prop_map(
        |(id, method, url, headers, (slot, page_of, body))| {
            let wish = HttpWish { id, method, url, headers, slot, page_of, body: body.is_some() };
            Wish::Http(wish, body.unwrap_or_default())
        },
    )
}

fn reason() -> impl Strategy<Value = Reason> {
    (text(), texts()).prop_map(|(code, arguments)| Reason { code, arguments })
}

fn rows() -> impl Strategy<Value = Wish<'static>> {
    let records = (name(), name(), any::<u32>(), prop::collection::vec(text(), 0..3), bytes());
    let status = pick(&[TableStatus::Complete, TableStatus::Partial, TableStatus::Skipped]);
    prop_oneof![
        records.prop_map(|(table, chain, rows, columns, frame)| {
            Wish::Records(Records { table, chain, rows, columns }, frame)
        }),
        (page_of(), any::<u64>(), reason()).prop_map(|(PageOf { table, chain }, count, reason)| {
            Wish::Drops(Drops { table, chain, count, reason })
        }),
        page_of().prop_map(Wish::ChainReset),
        (name(), status, prop::option::of(reason()), prop::option::of(reason())).prop_map(
            |(table, status, reason, concealed)| Wish::TableEnd(TableEnd { table, status, reason, concealed })
        ),
        (name(), any::<Option<u64>>()).prop_map(|(table, expected)| Wish::Progress(Progress { table, expected })),
    ]
}

fn words() -> impl Strategy<Value = Wish<'static>> {
    let error = (text(), text(), texts()).prop_map(|(field, code, arguments)| FieldError { field, code, arguments });
    let outcome = pick(&[CheckOutcome::Pass, CheckOutcome::Warning, CheckOutcome::Fail]);
    let level = pick(&[NoteLevel::Information, NoteLevel::Warning]);
    let kind = pick(&[FailKind::Retry, FailKind::Settings, FailKind::Consent, FailKind::Defect]);
    prop_oneof![
        prop::collection::vec(error, 0..3).prop_map(|errors| Wish::FieldErrors(FieldErrors { errors })),
        (text(), outcome, text(), texts()).prop_map(|(check, outcome, code, arguments)| {
            Wish::CheckResult(CheckResult { check, outcome, code, arguments })
        }),
        (level, text(), texts()).prop_map(|(level, code, arguments)| Wish::Note(Note { level, code, arguments })),
        plan().prop_map(|plan| Wish::Done(Done { plan })),
        (kind, text(), texts()).prop_map(|(kind, code, arguments)| Wish::Fail(Fail { kind, code, arguments })),
    ]
}

/// Any wish.
pub(crate) fn wish() -> impl Strategy<Value = Wish<'static>> {
    let grant = (id(), name(), grant_kind(), texts())
        .prop_map(|(id, profile, kind, parameters)| Wish::Grant(GrantWish { id, profile, kind, parameters }));
    prop_oneof![2 => http(), 1 => grant, 4 => rows(), 4 => words()]
}
