use super::*;
use beacon_contract::{
    Failed, FailureKind, FrameWriter, Head, IdentifierError, Manifest, ModuleId, RequestId, Settings, Wish, WishLimits,
    decode_wishes,
};
use std::collections::BTreeSet;

/// Asks two addresses side by side and then ends with both statuses in its plan.
struct Pair;

impl Connector for Pair {
    fn manifest() -> Result<Manifest, IdentifierError> {
        Err(ModuleId::new("").expect_err("never asked in these tests"))
    }

    async fn run(run: Run) -> Settled {
        if run.settings().flag("stall") {
            std::future::pending::<()>().await;
        }
        let ask = |url: &str| run.get(url).header("accept", "application/json").send();
        let (a, b) = crate::join!(ask("https://localhost/a"), ask("https://localhost/b"));
        let told = |reply: Result<crate::Response, Failed>| match reply {
            Ok(response) => format!("{} {}", response.status, response.body.len()),
            Err(failed) => format!("{:?}", failed.kind),
        };
        Ok(beacon_contract::Done { plan: Some(serde_json::json!([told(a), told(b)])) })
    }
}

fn start(task: &str, contract: u16) -> Start {
    Start {
        contract,
        task: task.to_owned(),
        settings: Settings::default(),
        configured: BTreeSet::new(),
        now: "2026-01-01T00:00:00Z".to_owned(),
        seed: "0".repeat(32),
        plan: None,
    }
}

fn message(events: &[Event<'_>]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    events.iter().for_each(|event| event.write(&mut writer));
    writer.finish()
}

fn response(id: u32, chunks: &[&'static [u8]]) -> Vec<Event<'static>> {
    let id = RequestId(id);
    let head =
        Event::Head(Head { id, status: 200, headers: vec![("content-length".to_owned(), "9999999999".to_owned())] });
    std::iter::once(head)
        .chain(chunks.iter().map(|bytes| Event::Chunk { id, bytes }))
        .chain([Event::End { id }])
        .collect()
}

/// The code of the failure that answers `events` after a good start.
fn failure_after(events: &[Event<'_>]) -> String {
    let mut guest = Guest::<Pair>::new();
    guest.poll(&message(&[Event::Start(start("import", 1))]));
    only_failure(&guest.poll(&message(events)))
}

fn only_failure(output: &[u8]) -> String {
    match decode_wishes(output, WishLimits::default()).expect("readable").as_slice() {
        [Wish::Fail(fail)] => fail.code.clone(),
        other => panic!("one failure expected: {other:?}"),
    }
}

#[test]
fn two_requests_run_side_by_side_and_end_the_run() {
    let mut guest = Guest::<Pair>::new();
    let output = guest.poll(&message(&[Event::Start(start("import", 1))]));
    let wishes = decode_wishes(&output, WishLimits::default()).expect("readable");
    let urls: Vec<_> =
        wishes.iter().map(|wish| if let Wish::Http(http, _) = wish { http.url.as_str() } else { "" }).collect();
    assert_eq!(urls, ["https://localhost/a", "https://localhost/b"]);
    assert!(guest.poll(&message(&response(2, &[b"12", b"345"]))).is_empty());
    let failed = Failed {
        id: RequestId(1),
        kind: FailureKind::Tls,
        code: "x".to_owned(),
        message: String::new(),
        request_sent: false,
    };
    let output = guest.poll(&message(&[Event::Failed(failed)]));
    let done = beacon_contract::Done { plan: Some(serde_json::json!(["Tls", "200 5"])) };
    assert_eq!(decode_wishes(&output, WishLimits::default()).expect("readable"), [Wish::Done(done)]);
    assert!(guest.poll(&message(&response(2, &[]))).is_empty(), "nothing after the end");
}

#[test]
fn events_without_sense_end_the_run_by_a_defect() {
    for events in [
        vec![Event::Start(start("import", 1))],
        vec![Event::Chunk { id: RequestId(1), bytes: b"x" }],
        vec![Event::End { id: RequestId(1) }],
        [response(1, &[]), response(1, &[])].concat(),
    ] {
        assert_eq!(failure_after(&events), "kit.unreadable_events", "{events:?}");
    }
    let mut guest = Guest::<Pair>::new();
    assert_eq!(only_failure(&guest.poll(&[1, 2, 3])), "kit.unreadable_events");
    assert_eq!(only_failure(&Guest::<Pair>::new().poll(&message(&response(1, &[])))), "kit.unreadable_events");
}

#[test]
fn an_unknown_task_and_another_contract_are_named() {
    let first = |start| only_failure(&Guest::<Pair>::new().poll(&message(&[Event::Start(start)])));
    assert_eq!(first(start("dance", 1)), "kit.unknown_task");
    assert_eq!(first(start("import", 9)), "kit.contract");
    let mut stalled = start("import", 1);
    stalled.settings.set("stall", true);
    assert_eq!(first(stalled), "kit.stalled");
    let known: Vec<_> = crate::texts().into_iter().map(|(code, _)| code).collect();
    assert!(
        ["kit.unknown_task", "kit.contract", "kit.stalled", "kit.unreadable_events"]
            .iter()
            .all(|code| known.contains(code))
    );
}

#[test]
fn answers_that_nobody_waits_for_are_ignored() {
    let mut guest = Guest::<Pair>::new();
    guest.poll(&message(&[Event::Start(start("import", 1))]));
    assert!(guest.poll(&message(&response(77, &[b"late"]))).is_empty());
}

#[test]
fn a_cancelled_run_wishes_nothing_new() {
    let mut guest = Guest::<Pair>::new();
    let output = guest.poll(&message(&[Event::Start(start("import", 1)), Event::Cancel]));
    let done = beacon_contract::Done { plan: Some(serde_json::json!(["Cancelled", "Cancelled"])) };
    assert_eq!(decode_wishes(&output, WishLimits::default()).expect("readable"), [Wish::Done(done)]);
}
