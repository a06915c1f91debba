//! The API: each route either changes nothing, or leaves its entries.

use crate::api::{added, draft, own_app, signed_in};
use crate::harness::served::{PASSWORD, Served, Visitor};
use crate::harness::{Scene, forms};
use beacon_simulator::Decision;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Routes that are no GET and leave nothing: they check, or are steps within a task that is told already. A new route
/// belongs here, or into the story below.
const READING: [&str; 5] = [
    "POST /api/v1/connections/check",
    "POST /api/v1/retention/check",
    "POST /api/v1/schedules/check",
    "POST /api/v1/tasks/{id}/answer",
    "POST /api/v1/tasks/{id}/poll",
];

/// The administrator, whose every request is seen through.
struct Story<'s> {
    administrator: Visitor<'s>,
    told: BTreeSet<String>,
}

impl Story<'_> {
    fn last(&self) -> u64 {
        self.administrator.reads("/api/v1/audit?limit=1")["entries"][0]["number"].as_u64().expect("an entry")
    }

    /// A request that must leave exactly these entries, in this order. Its template is what the description names it by.
    #[track_caller]
    fn tells(&mut self, template: &str, path: &str, body: Value, expected: &[&str]) -> Value {
        let (method, _) = template.split_once(' ').expect("a method");
        let before = self.last();
        let body = Some(&body).filter(|body| !body.is_null());
        let answered = self.administrator.sends(method.parse().expect("a method"), path, body);
        assert!(answered.status.is_success(), "{template}: {}", String::from_utf8_lossy(&answered.body));
        self.left(template, before, expected);
        serde_json::from_slice(&answered.body).unwrap_or_default()
    }

    /// What has been left since a number.
    #[track_caller]
    fn left(&mut self, template: &str, before: u64, expected: &[&str]) {
        let page = self.administrator.reads("/api/v1/audit?limit=500");
        let mut found: Vec<&str> = Vec::new();
        for entry in page["entries"].as_array().expect("entries").iter().rev() {
            if entry["number"].as_u64().is_some_and(|number| number > before) {
                assert_eq!((&entry["who"], &entry["way"]), (&json!("administrator"), &json!("page")), "{entry}");
                assert!(entry["client"].is_string(), "{entry}");
                found.push(entry["action"].as_str().expect("an action"));
            }
        }
        assert_eq!(found, expected, "{template}");
        self.told.insert(template.to_owned());
    }
}

#[test]
fn every_route_that_changes_something_leaves_its_entries() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let mut story = Story { administrator: served.administrator(), told: BTreeSet::new() };
    story.left("POST /api/v1/session/link", 1, &["account.added", "sign_in.done"]);
    let account = json!({ "name": "ada", "role": "reader", "password": PASSWORD });
    story.tells("POST /api/v1/accounts", "/api/v1/accounts", account, &["account.added"]);
    story.tells("DELETE /api/v1/accounts/{name}", "/api/v1/accounts/ada", Value::Null, &["account.removed"]);
    let defaults = json!({ "values": { "Microsoft 365": { "cloud": "global" } }, "only_browser_consent": true });
    story.tells("PUT /api/v1/defaults", "/api/v1/defaults", defaults, &["defaults.changed"]);
    let none = json!({ "values": {}, "only_browser_consent": false });
    story.tells("PUT /api/v1/defaults", "/api/v1/defaults", none, &["defaults.changed"]);

    let connections = "/api/v1/connections";
    let shown =
        story.tells("POST /api/v1/connections", connections, own_app(&scene), &["connection.added", "secret.set"]);
    let id = shown["id"].as_str().expect("an id").to_owned();
    let of = |rest: &str| format!("/api/v1/connections/{id}{rest}");
    let mut changed = own_app(&scene);
    changed["name"] = json!("Contoso Ltd");
    changed["secrets"] = json!({});
    story.tells("PUT /api/v1/connections/{id}", &of(""), changed, &["connection.changed"]);
    let hold = "PUT /api/v1/connections/{id}/hold";
    story.tells(hold, &of("/hold"), json!({ "hold": "paused" }), &["connection.paused"]);
    story.tells(hold, &of("/hold"), json!({ "hold": "none" }), &["connection.resumed"]);

    let schedule = |name: &str| {
        json!({ "name": name, "rule": { "every": "day", "at": "06:00" }, "zone": "UTC", "missed": "skip",
                "jitter_minutes": 0, "window": null, "parallel": 1, "connections": [] })
    };
    let made = story.tells("POST /api/v1/schedules", "/api/v1/schedules", schedule("Early"), &["schedule.added"]);
    let made = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/schedules/{made}");
    story.tells("PUT /api/v1/schedules/{id}", &path, schedule("Mornings"), &["schedule.changed"]);
    let choose = "PUT /api/v1/connections/{id}/schedule";
    story.tells(choose, &of("/schedule"), json!({ "schedule": made }), &["connection.scheduled"]);
    story.tells(choose, &of("/schedule"), json!({ "schedule": null }), &["connection.scheduled"]);
    let trigger = "POST /api/v1/schedules/{id}/trigger";
    story.tells(trigger, &format!("{path}/trigger"), Value::Null, &["schedule.triggered"]);
    story.tells("DELETE /api/v1/schedules/{id}", &path, Value::Null, &["schedule.removed"]);

    let destination = sending(&scene, &mut story);
    let before = story.last();
    story.administrator.task(&id, &json!({ "kind": "test", "runs_in": "host" }));
    story.left("POST /api/v1/connections/{id}/tasks", before, &["connection.tested"]);
    let begun = ["module.changed", "run.started"];
    let run = story.tells("POST /api/v1/connections/{id}/runs", &of("/runs"), Value::Null, &begun);
    let run = format!("/api/v1/runs/{}", run["run"].as_str().expect("a run"));
    story.administrator.reads_until(&run, |run| run["phase"] == "finished" && run["status"] != "running");
    giving_up(&mut story, &destination, &run);
    together(&mut story, &id);
    stopping(&scene, &mut story, &of("/runs"));
    looking(&mut story, &id, &run);
    let person = consenting(&scene, &served, &mut story);

    let removed = ["packages.removed", "packages.removed", "connection.removed"];
    story.tells("DELETE /api/v1/connections/{id}", &of("?packages=erase"), Value::Null, &removed);
    leaving(&scene, &mut story, &person);
    let before = story.last();
    story.administrator.sends(Method::DELETE, "/api/v1/session", None).is(StatusCode::NO_CONTENT);
    story.administrator = served.administrator_again();
    story.left("DELETE /api/v1/session", before, &["sign_in.ended", "sign_in.done"]);
    story.told.insert("POST /api/v1/session/sign-in".to_owned());

    let mut all = BTreeSet::new();
    let description = served.visitor().reads("/api/v1/openapi.json");
    for (path, operations) in description["paths"].as_object().expect("paths") {
        let methods = operations.as_object().expect("operations").keys().map(|method| method.to_uppercase());
        all.extend(methods.filter(|method| method != "GET").map(|method| format!("{method} {path}")));
    }
    let told = story.told.iter().filter(|told| !told.starts_with("GET ")).cloned();
    let told: BTreeSet<String> = told.chain(READING.map(str::to_owned)).collect();
    assert_eq!(told, all, "every route is in the list of those that change nothing, or in the story");
}

/// An import that somebody stops.
fn stopping(scene: &Scene, story: &mut Story<'_>, runs: &str) {
    let slow = beacon_simulator::FaultKind::SlowBody { milliseconds: 60_000 };
    scene.tenant.add_fault(beacon_simulator::FaultRule::once("/v1.0/users", slow));
    let run = story.tells("POST /api/v1/connections/{id}/runs", runs, Value::Null, &["run.started"]);
    let run = format!("/api/v1/runs/{}", run["run"].as_str().expect("a run"));
    story.tells("POST /api/v1/runs/{id}/cancel", &format!("{run}/cancel"), Value::Null, &["run.stopped"]);
    story.administrator.reads_until(&run, |run| run["phase"] == "finished" && run["status"] != "running");
    // It may have been stopped before it asked.
    scene.tenant.clear_faults();
}

/// What is no change and told all the same.
fn looking(story: &mut Story<'_>, connection: &str, run: &str) {
    let people = format!("/api/v1/data/rows/users?connection={connection}&limit=1");
    let rows = story.administrator.reads_until(&people, |rows| rows["total"] == 50);
    let person = rows["rows"][0][1].as_str().expect("an id of a person").to_owned();
    let pane = format!("/api/v1/data/people/{person}?connection={connection}");
    story.tells("GET /api/v1/data/people/{user_id}", &pane, Value::Null, &["person.opened"]);
    let opened = story.administrator.reads("/api/v1/audit?action=person.opened")["entries"][0].clone();
    assert!(opened["subject_name"].as_str().is_some_and(|name| !name.is_empty()), "{opened}");
    let before = story.last();
    let export = "/api/v1/data/export/users?format=csv&search=a";
    let file = story.administrator.sends(Method::GET, export, None).is(StatusCode::OK);
    assert!(!file.body.is_empty());
    story.administrator.reads_until("/api/v1/audit?action=data.exported", |page| page["entries"][0].is_object());
    story.left("GET /api/v1/data/export/{view}", before, &["data.exported"]);
    let exported = story.administrator.reads("/api/v1/audit?action=data.exported")["entries"][0].clone();
    assert_eq!((&exported["details"]["searched"], &exported["details"]["connections"]), (&json!(true), &json!("all")));
    let log = format!("{run}/log?download");
    story.tells("GET /api/v1/runs/{id}/log", &log, Value::Null, &["run.log_exported"]);
}

/// A consent that is discarded, and one that is kept.
fn consenting(scene: &Scene, served: &Served<'_>, story: &mut Story<'_>) -> String {
    let settings = forms::vendor_app(&scene.tenant).set("flow", "authorization_code");
    let settings = settings.set("redirect_uri", "http://localhost").settings();
    let mut draft = draft("Person", serde_json::to_value(settings).expect("JSON"), json!({}));
    draft["second_connection"] = json!(true);
    let id = added(&story.administrator, &draft);
    let links = format!("/api/v1/connections/{id}/consent-links");
    story.tells("POST /api/v1/connections/{id}/consent-links", &links, Value::Null, &["consent.link_made"]);
    let order = json!({ "connections": [id] });
    let made = story.tells("POST /api/v1/consents", "/api/v1/consents", order, &["consent.link_made"]);
    let used = by_link(scene, served, story, made["links"][0]["address"].as_str().expect("an address"));
    story.tells("DELETE /api/v1/tasks/{id}", &format!("/api/v1/tasks/{used}"), Value::Null, &["consent.rejected"]);
    story.tells("POST /api/v1/connections/{id}/consent-links", &links, Value::Null, &["consent.link_made"]);
    let withdraw = "DELETE /api/v1/connections/{id}/consent-links";
    story.tells(withdraw, &links, Value::Null, &["consent.link_withdrawn"]);
    let order = json!({ "kind": "consent", "runs_in": "host", "way": "browser" });
    for confirm in [false, true] {
        let before = story.last();
        let task = story.administrator.task(&id, &order);
        signed_in(scene, &story.administrator, &task, Decision::Accept);
        let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
        story.administrator.reads_until(&path, |task| task["phase"] == "waiting_for_confirmation");
        story.left("POST /api/v1/connections/{id}/tasks", before, &["consent.started", "consent.granted"]);
        if confirm {
            let path = format!("{path}/confirm?second_connection=true");
            story.tells("POST /api/v1/tasks/{id}/confirm", &path, Value::Null, &["consent.confirmed"]);
        } else {
            story.tells("DELETE /api/v1/tasks/{id}", &path, Value::Null, &["consent.rejected"]);
        }
    }
    let kept = story.administrator.reads("/api/v1/audit?action=consent.confirmed")["entries"][0].clone();
    assert_eq!(kept["details"]["account"], json!(scene.tenant.administrator()), "{kept}");
    assert_eq!(kept["details"]["tenant"], json!(scene.tenant.tenant_id().to_string()), "{kept}");
    id
}

/// Somebody without an account consents by a link; gives the task that waits for confirmation.
fn by_link(scene: &Scene, served: &Served<'_>, story: &Story<'_>, link: &str) -> String {
    let before = story.last();
    let customer = served.visitor();
    let path = format!("/{}", link.splitn(4, '/').nth(3).expect("a path"));
    for _ in 0..2 {
        customer.sends(Method::GET, &path, None).is(StatusCode::OK);
    }
    let begun = customer.sends(Method::POST, &path, None).is(StatusCode::OK).json();
    signed_in(scene, &customer, &json!({ "sign_in_address": begun["address"] }), Decision::Accept);
    let board = story.administrator.reads_until("/api/v1/consents", |board| board["rows"][0]["task"].is_string());
    let page = story.administrator.reads("/api/v1/audit?limit=500");
    let list = page["entries"].as_array().expect("entries").iter().rev();
    let found: Vec<_> = list.filter(|entry| entry["number"].as_u64() > Some(before)).collect();
    let actions: Vec<_> = found.iter().map(|entry| entry["action"].as_str().expect("an action")).collect();
    assert_eq!(actions, ["consent.link_opened", "consent.link_used", "consent.started", "consent.granted"]);
    for entry in found {
        assert_eq!((&entry["who"], &entry["way"]), (&json!("consent link"), &json!("page")), "{entry}");
        assert!(entry["client"].is_string(), "{entry}");
    }
    board["rows"][0]["task"].as_str().expect("a task").to_owned()
}

/// Where packages go, which of them go by themselves, and by which way everything goes out. Gives the path of a
/// destination that nobody is at.
fn sending(scene: &Scene, story: &mut Story<'_>) -> String {
    scene.keep_secret("n0t-a-real-proxy-password-77b2");
    let proxy =
        json!({ "server": "proxy.example:3128", "username": "ada", "password": "n0t-a-real-proxy-password-77b2" });
    story.tells("PUT /api/v1/proxy", "/api/v1/proxy", proxy, &["secret.set", "proxy.changed"]);
    story.tells("DELETE /api/v1/proxy", "/api/v1/proxy", Value::Null, &["proxy.removed", "secret.removed"]);
    let retention = "PUT /api/v1/retention";
    story.tells(retention, "/api/v1/retention", json!({ "keep": 30 }), &["retention.changed"]);
    story.tells(retention, "/api/v1/retention", json!({ "keep": 30 }), &[]);

    let share = scene.written("share");
    std::fs::create_dir(&share).expect("a folder");
    let draft = |name: &str| json!({ "name": name, "place": { "kind": "folder", "folder": share } });
    let destinations = "/api/v1/destinations";
    let made = story.tells("POST /api/v1/destinations", destinations, draft("Share"), &["destination.added"]);
    let path = format!("{destinations}/{}", made["id"].as_str().expect("an id"));
    let change = "PUT /api/v1/destinations/{id}";
    story.tells(change, &path, draft("Archive"), &["destination.changed"]);
    story.tells(change, &path, draft("Archive"), &[]);
    let test = "POST /api/v1/destinations/{id}/test";
    story.tells(test, &format!("{path}/test"), Value::Null, &["destination.tested"]);
    let deliver = "POST /api/v1/destinations/{id}/deliver";
    story.tells(deliver, &format!("{path}/deliver"), Value::Null, &["delivery.started"]);
    let upload = |secret: &str| {
        let place = json!({ "kind": "upload", "address": "https://archive.example/", "access": "bearer" });
        json!({ "name": "Upload", "place": place, "secret": secret })
    };
    for secret in ["n0t-a-real-bearer-token-11aa", "n0t-a-real-bearer-token-22bb"] {
        scene.keep_secret(secret);
    }
    let made = story.tells(
        "POST /api/v1/destinations",
        destinations,
        upload("n0t-a-real-bearer-token-11aa"),
        &["destination.added"],
    );
    let other = format!("{destinations}/{}", made["id"].as_str().expect("an id"));
    story.tells(change, &other, upload("n0t-a-real-bearer-token-22bb"), &["destination.changed"]);
    let replaced = story.administrator.reads("/api/v1/audit?action=destination.changed")["entries"][0].clone();
    let told = replaced["details"].as_object().expect("details");
    assert!(told.len() == 1 && told.values().all(|what| what == "replaced"), "{replaced}");
    let remove = "DELETE /api/v1/destinations/{id}";
    story.tells(remove, &other, Value::Null, &["destination.removed"]);
    std::fs::remove_dir_all(&share).expect("a folder");
    path
}

/// A package that did not arrive is given up, and its destination goes.
fn giving_up(story: &mut Story<'_>, destination: &str, run: &str) {
    let run = run.rsplit('/').next().expect("a run");
    story.administrator.reads_until("/api/v1/destinations", |list| list[0]["waiting"] == 1);
    let give_up = "POST /api/v1/destinations/{id}/give-up";
    story.tells(give_up, &format!("{destination}/give-up"), json!({ "run": run }), &["delivery.given_up"]);
    story.tells("DELETE /api/v1/destinations/{id}", destination, Value::Null, &["destination.removed"]);
}

/// The same for many connections.
fn together(story: &mut Story<'_>, connection: &str) {
    let (bulk, path) = ("POST /api/v1/connections/bulk", "/api/v1/connections/bulk");
    let order = |order: Value| json!({ "connections": [connection], "order": order });
    let labels = json!({ "action": "labels", "add": ["gold"], "remove": [] });
    story.tells(bulk, path, order(labels.clone()), &["connection.changed"]);
    story.tells(bulk, path, order(labels), &[]);
    let hold = |hold: &str| order(json!({ "action": "hold", "hold": hold }));
    story.tells(bulk, path, hold("paused"), &["connection.paused"]);
    story.tells(bulk, path, hold("none"), &["connection.resumed"]);
    let before = story.last();
    let body = order(json!({ "action": "execute" }));
    story.administrator.sends(Method::POST, path, Some(&body)).is(StatusCode::OK);
    let started = "/api/v1/audit?action=run.started";
    story.administrator.reads_until(started, |page| page["entries"][0]["number"].as_u64() > Some(before));
    story.left(bulk, before, &["run.started"]);
    let runs = format!("/api/v1/connections/{connection}/runs");
    story.administrator.reads_until(&runs, |runs| runs[0]["phase"] == "finished" && runs[0]["status"] != "running");
}

/// The customer is erased: who did it stays, and nothing of the customer.
fn leaving(scene: &Scene, story: &mut Story<'_>, connection: &str) {
    let erase = "POST /api/v1/connections/{id}/offboarding";
    let path = format!("/api/v1/connections/{connection}/offboarding");
    let order = json!({ "confirmed_name": "Person" });
    story.tells(erase, &path, order, &["audit.erased", "customer.erased"]);
    let all = story.administrator.reads("/api/v1/audit?limit=500").to_string();
    for name in ["Contoso", "Person\"", connection, &scene.tenant.tenant_id().to_string()] {
        assert!(!all.contains(name), "{name} is left in {all}");
    }
    let verified = scene.beacon(&["--json", "audit", "verify"]).exits(0).json();
    assert_eq!(verified["sound"], true, "{verified}");
}
