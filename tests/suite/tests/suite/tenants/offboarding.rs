//! Erasing a customer: nothing of it is left.

use super::{ELSEWHERE, add_other, listed};
use crate::harness::forms::own_app;
use crate::harness::leak::Search;
use crate::harness::scene::Import;
use crate::harness::served::{Served, eventually};
use crate::harness::stored::store_connection;
use crate::harness::{Running, Scene, Tenant};
use beacon_operations::keys::KeySource;
use beacon_operations::{Installation, Place, offboarding};
use beacon_store::{ConnectionId, SecondConnection, TenantKey};
use rusqlite::Connection as Database;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

/// Names of people of a tenant.
fn people(tenant: &Tenant) -> BTreeSet<String> {
    tenant.truth().users().map(|user| user.user_principal_name.to_string()).collect()
}

/// Where something that belongs to the first tenant lies in the data folder.
fn found(scene: &Scene, needles: &[String]) -> Vec<String> {
    let mut search = Search::new(needles);
    search.folder(&scene.data());
    search.found()
}

#[test]
fn a_customer_is_erased_everywhere_and_the_others_stay() {
    let scene = Scene::small();
    let other = Tenant::start(20, 7);
    scene.add_tenant("Fabrikam", &other);
    let out = scene.written("out");
    std::fs::create_dir(&out).expect("a folder");
    scene.said(&["destination", "add", "Archive", "--folder", &out.display().to_string()]);
    // Packages of a connection that was removed before belong to the customer as well.
    scene.add_own_app("Contoso Europe");
    scene.import("Contoso Europe");
    scene.said(&["connection", "remove", "Contoso Europe", "--yes"]);
    scene.add_own_app("Contoso Holding");
    scene.import("Contoso Holding");
    scene.import("Fabrikam");
    {
        // Prepared for the page, and with a log.
        let served = Served::start(&scene);
        let visitor = served.administrator();
        let list = visitor.reads_until("/api/v1/connections?name=holding", |list| list[0]["id"].is_string());
        let id = list[0]["id"].as_str().expect("an id");
        visitor.sends(reqwest::Method::POST, &format!("/api/v1/connections/{id}/runs"), None);
        visitor.reads_until(&format!("/api/v1/connections/{id}/runs"), |runs| {
            runs.as_array().is_some_and(|runs| runs.len() == 2 && runs[0]["phase"] == "finished")
        });
        visitor.reads_until("/api/v1/data/rows/users?limit=5", |rows| rows["total"].as_u64() > Some(50));
    }
    let tenant = scene.tenant.tenant_id().to_string();
    let strangers = people(&other);
    let mut needles: Vec<String> = people(&scene.tenant).difference(&strangers).cloned().collect();
    assert!(needles.len() > 30, "there are people to look for");
    needles.extend([tenant.clone(), scene.tenant.truth().organization().display_name]);
    needles.extend(["Contoso Europe", "Contoso_Europe", "Contoso Holding", "Contoso_Holding"].map(str::to_owned));
    assert!(found(&scene, &needles).len() > 100, "the search finds what is there");

    assert_eq!(scene.refused(&["tenant", "offboard", "Nobody"]).code, "offboarding.unknown");
    let plan = scene.said(&["tenant", "offboard", &tenant, "--dry-run"])["plan"].clone();
    let text = plan.to_string();
    for part in ["Contoso Holding", "3 packages", "Enterprise applications", "Destination Archive (", "Log files"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let of_removed = "1 package of connections that were removed before";
    assert!(text.contains(of_removed), "{of_removed} is not in {text}");
    let asked = scene.beacon(&["tenant", "offboard", "contoso holding"]).exits(130);
    assert!(asked.errors.contains("Nothing was erased."), "{}", asked.errors);
    assert_eq!(listed(&scene, &[]), ["Contoso Holding", "Fabrikam"]);

    let report = scene.said(&["tenant", "offboard", "contoso holding", "--yes"])["offboarded"].clone();
    assert_eq!(report["unfinished"], false, "{report}");
    assert_eq!(found(&scene, &needles), Vec::<String>::new());
    assert_eq!(listed(&scene, &[]), ["Fabrikam"]);
    let kept = scene.packages();
    assert_eq!(kept.len(), 1, "{kept:?}");
    scene.beacon(&["package", "verify", &kept[0].display().to_string()]).exits(0);
    assert!(std::fs::read_dir(&out).expect("a folder").count() > 1, "what was delivered is not ours to erase");
    scene.import("Fabrikam");
}

/// The erasing of `Contoso` in a beacon that serves, whose question stands.
fn asked(scene: &Scene) -> Running {
    let running = scene.start(&["tenant", "offboard", "Contoso"]);
    running.line(|line| line.contains("To be done elsewhere"));
    running
}

#[test]
fn what_was_imported_while_the_question_stood_goes_as_well() {
    let scene = Scene::contoso();
    let needles: Vec<String> = people(&scene.tenant).into_iter().collect();
    let _served = Served::start(&scene);
    let mut running = asked(&scene);
    scene.import("Contoso");
    assert_eq!(scene.packages().len(), 1);
    running.say("y");
    scene.remember(running.wait()).exits(0);
    assert_eq!(scene.packages(), Vec::<PathBuf>::new());
    assert_eq!(found(&scene, &needles), Vec::<String>::new());
}

#[test]
fn what_was_shown_to_nobody_is_not_erased() {
    let scene = Scene::contoso();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let list = administrator.reads("/api/v1/connections");
    let path = format!("/api/v1/connections/{}/offboarding", list[0]["id"].as_str().expect("an id"));
    let customer = administrator.reads(&path)["customer"].clone();
    let mut running = asked(&scene);
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.add("Contoso Europe", &own_app(&scene.tenant), &["--secret", &secret, "--second-connection"]).exits(0);
    running.say("y");
    let refused = scene.remember(running.wait()).exits(7);
    assert!(refused.errors.contains("than was shown: Contoso Europe"), "{}", refused.errors);
    let order = serde_json::json!({ "confirmed_name": "Contoso", "customer": customer });
    let refused = administrator.sends(reqwest::Method::POST, &path, Some(&order));
    assert_eq!(refused.is(reqwest::StatusCode::CONFLICT).code(), "offboarding.more");
    assert_eq!(listed(&scene, &[]), ["Contoso", "Contoso Europe"]);
    scene.said(&["tenant", "offboard", "Contoso", "--yes"]);
    assert_eq!(listed(&scene, &[]), Vec::<String>::new());
}

/// Between the last look and the transaction there is a moment.
#[test]
fn what_comes_in_the_last_moment_is_seen() {
    let scene = Scene::small();
    let keys = KeySource { key_file: Some(scene.key_file()), ..KeySource::default() };
    let place = Place { data: Some(scene.data()), keys, ..Place::default() };
    let installation = Installation::open(&place).expect("an installation");
    let now = "2027-03-01T06:00:00Z".parse().expect("a moment");
    let [one, other] = [1, 2].map(|number| ConnectionId::from(Uuid::from_u128(number)));
    let of_tenant = |id, name| {
        let mut store = installation.store();
        store_connection(&mut store, id, name, now);
        let mut connection = store.connection(id).expect("a connection");
        connection.tenant_id = Some(TenantKey::new(ELSEWHERE));
        store.update_connection(&connection, SecondConnection::Confirmed, now).expect("a change");
    };
    of_tenant(one, "Contoso");
    let plan = offboarding::plan(&installation, "Contoso").expect("a plan");
    let begun = offboarding::begin(&installation, &plan).expect("nothing is at work");
    assert!(installation.is_leaving(one));
    of_tenant(other, "Contoso Europe");
    let refused = offboarding::erase(&installation, begun, now).expect_err("it was shown to nobody");
    assert_eq!(refused.code, "offboarding.more");
    assert!(!installation.is_leaving(one));
    assert_eq!(installation.store().connections().expect("connections").len(), 2);
}

#[test]
fn a_package_on_a_share_that_is_not_mounted_is_not_forgotten() {
    let scene = Scene::contoso();
    let share = scene.written("share");
    let import = Import::of(&scene.run("Contoso", &["--output", &share.display().to_string()]).exits(0));
    let away = scene.written("away");
    std::fs::rename(&share, &away).expect("a folder of our own");
    let erase = ["--json", "tenant", "offboard", "Contoso", "--yes"];
    let report = scene.beacon(&erase).exits(7).json()["offboarded"].clone();
    assert_eq!(report["unfinished"], true, "{report}");
    let path = import.folder.display().to_string();
    let named = report["not_erased"].as_array().expect("sentences").iter().filter_map(Value::as_str);
    assert_eq!(named.filter(|sentence| sentence.contains(&path)).count(), 1, "{report}");
    std::fs::rename(&away, &share).expect("a folder of our own");
    assert!(import.folder.is_dir());
    assert_eq!(scene.said(&erase[1..])["offboarded"]["unfinished"], false);
    assert!(!import.folder.exists());
    // A package that somebody removed is gone, if the folder that held it can be looked into.
    scene.add_own_app("Contoso");
    let import = Import::of(&scene.run("Contoso", &["--output", &share.display().to_string()]).exits(0));
    std::fs::remove_dir_all(&import.folder).expect("a folder of our own");
    assert_eq!(scene.said(&erase[1..])["offboarded"]["unfinished"], false);
}

/// Nothing that lets the database be written anew can be taken away from outside; what comes right behind it can.
#[test]
fn a_database_that_cannot_be_written_anew_is_told_with_the_rest() {
    let scene = Scene::contoso();
    scene.import("Contoso");
    scene.tamper("CREATE TRIGGER stuck BEFORE DELETE ON offboardings BEGIN SELECT RAISE(ABORT, 'stuck'); END");
    let erase = ["--json", "tenant", "offboard", "Contoso", "--yes"];
    let report = scene.beacon(&erase).exits(7).json()["offboarded"].clone();
    assert_eq!(report["unfinished"], true, "{report}");
    assert!(report["erased"].to_string().contains("1 package"), "{report}");
    assert!(report["not_erased"].to_string().contains("written anew"), "{report}");
    assert!(report["elsewhere"].to_string().contains("Enterprise applications"), "{report}");
    assert_eq!(scene.packages(), Vec::<PathBuf>::new());
    scene.tamper("DROP TRIGGER stuck");
    assert_eq!(scene.said(&erase[1..])["offboarded"]["unfinished"], false);
    assert_eq!(scene.refused(&erase[1..]).code, "offboarding.unknown");
}

#[test]
fn what_was_tried_in_vain_may_have_left_parts() {
    let scene = Scene::contoso();
    let out = scene.add_folder("Archive", "out", &[]);
    scene.import("Contoso");
    std::fs::remove_dir_all(&out).expect("a folder of our own");
    scene.import("Contoso");
    let plan = scene.said(&["tenant", "offboard", "Contoso", "--dry-run"])["plan"].clone();
    let elsewhere = plan["elsewhere"].to_string();
    assert!(elsewhere.contains("1 package arrived there, and parts of 1 package may lie there."), "{plan}");
    assert!(plan["erases"].to_string().contains("not sent any more: 1 delivery."), "{plan}");
}

#[test]
fn what_failed_for_others_is_not_forgotten() {
    let scene = Scene::small();
    for (number, name) in ["IT", "Code"].iter().enumerate() {
        add_other(&scene, name, &format!("7f4b3c5e-1111-4222-8333-44445555666{number}"), &[]);
    }
    scene.add_folder("Archive", "out", &[]);
    let error = || -> Option<String> {
        let database = scene.database();
        database.query_row("SELECT last_error FROM destinations", [], |row| row.get(0)).expect("a destination")
    };
    let fails = |title: &str| {
        let error = serde_json::json!({ "kind": "retry", "code": "delivery.folder", "title": title, "detail": [] });
        scene.tamper(&format!("UPDATE destinations SET last_error = '{error}'"));
    };
    fails("try it again: the code is known");
    scene.said(&["tenant", "offboard", "Code", "--yes"]);
    assert!(error().is_some(), "it was not about that customer");
    fails("the package of IT cannot be written");
    scene.said(&["tenant", "offboard", "IT", "--yes"]);
    assert_eq!(error(), None);
}

#[test]
fn an_erasing_that_was_interrupted_is_finished() {
    let scene = Scene::small();
    scene.add_own_app("Contoso Europe");
    let interrupt = |name: &str| {
        let file = scene.data().join(name);
        std::fs::create_dir_all(&file).expect("a folder");
        std::fs::write(file.join("people"), "of the customer").expect("a file");
        let database = Database::open(scene.data().join("beacon.sqlite")).expect("a database");
        let begun = "INSERT INTO offboardings VALUES ('00000000-0000-0000-0000-000000000001', \
                     '[\"Northwind Traders\"]', '2026-01-01T00:00:00.000000000Z')";
        database.execute(begun, []).expect("SQL");
        let left = "INSERT INTO erasures VALUES ('00000000-0000-0000-0000-000000000001', ?1, NULL)";
        database.execute(left, [file.display().to_string()]).expect("SQL");
        file
    };
    let left = interrupt("usage/left");
    let report = scene.said(&["tenant", "offboard", "northwind traders", "--yes"]);
    assert_eq!(report["offboarded"]["unfinished"], false, "{report}");
    assert!(!left.exists());
    assert_eq!(found(&scene, &["Northwind Traders".to_owned()]), Vec::<String>::new());
    let left = interrupt("usage/left again");
    let _served = Served::start(&scene);
    eventually("the next start finishes it", || (!left.exists()).then_some(()));
}
