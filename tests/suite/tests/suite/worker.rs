//! The worker of the page, with modules that are not what they should be.

use crate::harness::served::eventually;
use crate::harness::{Browser, Site, Worker, forms, places};
use beacon_contract::{CONTRACT_VERSION, Event, FrameWriter, Start, Task};
use beacon_hostile::{sound, structural};
use beacon_sandbox::ModuleDigest;
use serde_json::{Value, json};

/// What the worker says, which must be a failure.
#[track_caller]
fn failure(answer: &Value) -> &str {
    answer["failed"].as_str().unwrap_or_else(|| panic!("no failure: {answer}"))
}

fn digest(bytes: &[u8]) -> String {
    ModuleDigest::of(bytes).to_string()
}

/// The start of an import by the hostile module.
fn start(behaviour: &str) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    let start = Start {
        contract: CONTRACT_VERSION,
        task: Task::Import.name().to_owned(),
        settings: forms::behaviour(behaviour).settings(),
        configured: ["client_secret".parse().expect("a slot")].into(),
        now: "2026-06-01T00:00:00Z".to_owned(),
        seed: "0".repeat(32),
        plan: None,
    };
    Event::Start(start).write(&mut writer);
    writer.finish()
}

#[test]
fn a_module_that_breaks_the_contract_is_refused() {
    let site = Site::start();
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    let refusals = [
        ("import of a clock", "the module has 1 imports; a connector module has none"),
        ("imported memory", "the module has 1 imports; a connector module has none"),
        ("no memory", "the module does not have exactly the five exports of the contract"),
        ("extra export", "the module does not have exactly the five exports of the contract"),
        ("missing export", "the module does not have exactly the five exports of the contract"),
        ("no manifest", "the module has no readable manifest"),
        ("half a file", "the browser refused the module"),
        ("no WebAssembly at all", "the browser refused the module"),
        ("more than 4 MiB", "the module has 4194305 bytes; at most 4194304 are allowed"),
    ];
    let specimens = structural();
    for (id, (name, words)) in (1..).zip(refusals) {
        let specimen = specimens.iter().find(|specimen| specimen.name == name).expect("a specimen");
        let digest = digest(&specimen.bytes);
        site.module(&digest, &specimen.bytes);
        site.task(name, [start("honest")]);
        let answer = worker.drive(id, &digest, name);
        assert!(failure(&answer).starts_with(words), "{name}: {answer}");
        assert_eq!(site.wishes(name), Vec::<Vec<u8>>::new(), "{name}: nothing is asked for a module that is refused");
    }
}

#[test]
fn other_bytes_than_those_of_the_digest_are_refused() {
    let site = Site::start();
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    let (asked, given) = ("0".repeat(64), sound());
    site.module(&asked, &given);
    let expected = format!("the module that arrived is another one: expected sha256 {asked}, found {}", digest(&given));
    assert_eq!(failure(&worker.check(1, &asked, &json!({}), &[])), expected);
    for name in ["", "..", "../session", &asked.replace('0', "G")] {
        let answer = worker.check(2, name, &json!({}), &[]);
        assert_eq!(failure(&answer), "a module digest is 64 lower-case hexadecimal digits", "{name}");
    }
}

#[test]
fn a_module_that_lies_or_breaks_off_ends_its_task_alone() {
    let module = std::fs::read(places::module("hostile")).expect("the packed module");
    let digest = digest(&module);
    let site = Site::start();
    site.module(&digest, &module);
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    for (id, (behaviour, words)) in (1..).zip([
        ("bad_reply_pointer", "the module gave 8 bytes at 0xfffffffc as its reply, which is outside of its memory"),
        ("bad_output_pointer", "the module gave 64 bytes at 0xfffffff8 as its output, which is outside of its memory"),
        ("absurd_length", "the module answered 4294967295 bytes; at most 33554432 are allowed"),
        ("trap", "the module was stopped: "),
        ("recurse", "the module was stopped: "),
        ("eat_memory", "the module was stopped: "),
    ]) {
        site.task(behaviour, [start(behaviour)]);
        let answer = worker.drive(id, &digest, behaviour);
        assert!(failure(&answer).starts_with(words), "{behaviour}: {answer}");
        assert_eq!(site.wishes(behaviour).len(), 1, "{behaviour}: nothing of it reaches the host");
    }
    // The same worker, the same module: another run.
    assert_eq!(worker.check(100, &digest, &json!({}), &[])["errors"], "[]");
}

#[test]
fn a_module_that_loops_is_ended_with_its_worker() {
    let module = std::fs::read(places::module("hostile")).expect("the packed module");
    let digest = digest(&module);
    let site = Site::start();
    site.module(&digest, &module);
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    site.task("loop", [start("loop_forever")]);
    worker.post(json!({ "kind": "drive", "id": 1, "digest": digest, "task": "loop" }));
    eventually("the module was given its start", || (!site.wishes("loop").is_empty()).then_some(()));
    worker.terminate();
    worker.start_again();
    assert_eq!(worker.check(2, &digest, &json!({}), &[])["errors"], "[]");
    assert_eq!(site.wishes("loop").len(), 1);
}

#[test]
fn orders_that_make_no_sense_are_answered() {
    let site = Site::start();
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    let nonsense = "the message is not one that page and worker exchange";
    for order in [
        json!({ "kind": "sing", "id": 1 }),
        json!({ "kind": "check", "id": 1, "digest": "", "settings": "[]", "configured": [] }),
        json!({ "kind": "check", "id": 1, "digest": "", "settings": "{}", "configured": ["Not a slot"] }),
        json!({ "kind": "drive", "id": 1, "digest": 7, "task": "x" }),
    ] {
        assert_eq!(failure(&worker.ask(order)), nonsense);
    }
    let module = sound();
    site.module(&digest(&module), &module);
    // The host refuses, and says why.
    browser.expect_complaint("/api/v1/tasks/gone/poll");
    assert_eq!(failure(&worker.drive(2, &digest(&module), "gone")), "The task is over. Begin again.");
    browser.expect_complaint("/api/v1/modules/");
    assert_eq!(failure(&worker.drive(3, &"0".repeat(64), "gone")), "the beacon answered with status 404");
}
