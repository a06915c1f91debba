//! The same events give the same wishes, byte for byte: as ordinary code, in the sandbox, in the worker of a browser.
//!
//! Cases are recorded while the connector runs as ordinary code against a simulated tenant, every task of it, and made
//! from the vectors of the wire. Then the packed module gets the same events, poll by poll.

mod case;
mod native;
mod person;
mod recording;

use crate::harness::forms::{own_app, vendor_app};
use crate::harness::{Browser, Site, Tenant, Worker, places};
use beacon_contract::{FieldError, Settings, Task};
use beacon_kit::Connector as _;
use beacon_microsoft_365::Microsoft365;
use beacon_sandbox::{Engine, ModuleDigest, SandboxLimits};
use beacon_simulator::Decision;
use case::{Case, of_vectors};
use recording::Recorder;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn module() -> Vec<u8> {
    std::fs::read(places::module("microsoft-365")).expect("the packed module")
}

/// Every task, several polls each, with what may come in between: grants, refusals, pages, reports.
fn recordings() -> Vec<Case> {
    let recorder = Recorder::new(Tenant::paged(60, 7, Some(25)));
    let tenant = recorder.tenant();
    tenant.permit_everything();
    let own = own_app(tenant);
    let person = vendor_app(tenant).set("flow", "authorization_code");
    let secret = tenant.own_client_secret();
    vec![
        recorder.record("check", Task::Check, &own, &secret, Decision::Accept),
        recorder.record("check of nothing", Task::Check, &own.clone().without("tenant"), "", Decision::Accept),
        recorder.record("consent", Task::Consent, &person, "", Decision::Accept),
        recorder.record("consent, declined", Task::Consent, &person, "", Decision::Decline),
        recorder.record("consent of the own app", Task::Consent, &own, &secret, Decision::Accept),
        recorder.record("test", Task::Test, &own, &secret, Decision::Accept),
        recorder.record("test with a wrong secret", Task::Test, &own, "a wrong one", Decision::Accept),
        recorder.record("preview", Task::Preview, &own, &secret, Decision::Accept),
        recorder.record("import", Task::Import, &own, &secret, Decision::Accept),
    ]
}

/// The cases, each with several polls where its task has them.
fn cases() -> Vec<Case> {
    let recordings = recordings();
    for case in &recordings {
        let several = ["consent", "consent of the own app", "test", "preview", "import"].contains(&case.name.as_str());
        let least = if several { 4 } else { 1 };
        assert!(case.polls.len() >= least, "{} has only {} polls", case.name, case.polls.len());
    }
    let start = recordings.iter().find(|case| case.name == "test").expect("recorded").polls[0].events.clone();
    recordings.into_iter().chain(of_vectors(&start)).collect()
}

#[test]
fn sandbox_and_browser_answer_as_ordinary_code_does() {
    let cases = cases();
    let module = module();
    let compiled = Engine::new(SandboxLimits::default()).expect("an engine").compile(&module).expect("a module");
    for case in &cases {
        let mut instance = compiled.instantiate().expect("an instance");
        for (number, poll) in case.polls.iter().enumerate() {
            let wishes = instance.poll(&poll.events).unwrap_or_else(|fault| panic!("{}: {fault}", case.name));
            case.check("in the sandbox", number, &wishes);
        }
    }
    let site = Site::start();
    let digest = ModuleDigest::of(&module).to_string();
    site.module(&digest, &module);
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    for (id, case) in (1..).zip(&cases) {
        let task = format!("case-{id}");
        site.task(&task, case.polls.iter().map(|poll| poll.events.clone()));
        assert_eq!(worker.drive(id, &digest, &task), json!({ "id": id, "done": true }), "{}", case.name);
        let brought = site.wishes(&task);
        let (first, wishes) = brought.split_first().expect("it asked for the start");
        assert!(first.is_empty() && wishes.len() == case.polls.len(), "{}", case.name);
        for (number, wishes) in wishes.iter().enumerate() {
            case.check("in the browser", number, wishes);
        }
    }
    assert_eq!(site.reports(), Vec::<String>::new());
    let polls: Vec<_> = cases.iter().flat_map(|case| &case.polls).collect();
    let bytes: usize = polls.iter().map(|poll| poll.events.len() + poll.wishes.len()).sum();
    println!("{} cases, {} polls, {bytes} bytes: the same in all three places", cases.len(), polls.len());
}

/// What host and command line would say about these settings, by the connector as ordinary code.
fn checked(settings: &Value, configured: &[&str]) -> Vec<FieldError> {
    let given: Settings = serde_json::from_value(settings.clone()).expect("settings");
    let configured: BTreeSet<_> = configured.iter().map(|slot| slot.parse().expect("a slot")).collect();
    let form = Microsoft365::manifest().expect("a manifest").form;
    let rules = native::check(form.effective(&given), configured.clone());
    let mut errors = form.check(&given, &configured);
    errors.retain(|error| rules.iter().all(|rule| rule.field != error.field));
    errors.extend(rules);
    errors
}

#[test]
fn the_worker_checks_settings_as_the_host_does() {
    let module = module();
    let digest = ModuleDigest::of(&module).to_string();
    let site = Site::start();
    site.module(&digest, &module);
    let browser = Browser::start();
    let worker = Worker::start(&browser, &site);
    let good = json!({"tenant": "contoso.onmicrosoft.com", "client_id": "11111111-1111-4111-8111-111111111111"});
    let cases = [
        (good.clone(), vec!["client_secret"], 0),
        (good, vec![], 1),
        (json!({}), vec![], 3),
        (json!({"cloud": "nowhere", "colour": 1, "tenant": "common"}), vec!["client_secret"], 3),
    ];
    for (id, (settings, configured, least)) in (1..).zip(cases) {
        let expected = checked(&settings, &configured);
        assert!(expected.len() >= least, "{settings}: {expected:?}");
        let answer = worker.check(id, &digest, &settings, &configured);
        let found = answer["errors"].as_str().unwrap_or_else(|| panic!("{settings}: {answer}"));
        let found: Vec<FieldError> = serde_json::from_str(found).expect("a list of errors");
        assert_eq!(found, expected, "{settings}");
    }
    assert_eq!(site.reports(), Vec::<String>::new());
}
