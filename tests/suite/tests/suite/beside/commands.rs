//! What commands say and do: the same as without a beacon that serves.

use super::from_inputs;
use crate::harness::forms::{own_app, own_public_app, vendor_app};
use crate::harness::served::{Served, eventually};
use crate::harness::{Running, Scene, browser};

#[test]
fn commands_say_the_same_as_without_it() {
    let scene = Scene::contoso();
    scene.said(&[
        "schedule",
        "add",
        "Nightly",
        "--daily",
        "02:30",
        "--zone",
        "Europe/Berlin",
        "--connection",
        "Contoso",
    ]);
    let commands: [&[&str]; 12] = [
        &["connection", "list"],
        &["--json", "connection", "list"],
        &["connection", "show", "contoso"],
        &["--json", "connection", "show", "Contoso"],
        &["connection", "show", "Nobody"],
        &["--json", "connection", "show", "Nobody"],
        &["schedule", "show", "Nightly"],
        &["schedule", "add", "Nightly", "--daily", "06:00"],
        &["destination", "list"],
        &["--json", "names", "show"],
        &["packages", "prune", "--keep", "3", "--dry-run"],
        &["connection", "edit", "Contoso", "--secret", "client_secret=nowhere.txt"],
    ];
    let say = || commands.map(|command| scene.beacon(command)).map(|said| (said.code, said.output, said.errors));
    let alone = say();
    let served = Served::start(&scene);
    let beside = say();
    for ((command, alone), beside) in commands.iter().zip(&alone).zip(&beside) {
        assert_eq!(beside, alone, "{command:?}");
    }
    assert_eq!(alone.map(|(code, ..)| code.unwrap_or(-1)), [0, 0, 0, 0, 5, 5, 0, 5, 0, 0, 0, 5]);
    drop(served);
}

#[test]
fn a_connection_is_added_tested_imported_and_removed() {
    let scene = Scene::contoso();
    scene.beacon(&["connection", "remove", "Contoso", "--yes"]).exits(0);
    let served = Served::start(&scene);
    // Files are the person's: found from their folder, read with their rights.
    scene.input("secret-here.txt", scene.tenant.own_client_secret());
    let fields = own_app(&scene.tenant).arguments();
    let add = ["--json", "connection", "add", "Contoso", "--secret", "client_secret=secret-here.txt"];
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    scene.run_command(from_inputs(&scene, &[&add[..], &fields].concat())).exits(0);
    let tested = scene.said(&["connection", "test", "Contoso"]);
    assert_eq!(tested["error"], serde_json::Value::Null, "{tested}");
    // A secret from the input, too.
    let mut typed = Running::start(scene.command(&["connection", "edit", "Contoso", "--secret", "client_secret=-"]));
    typed.say(&scene.tenant.own_client_secret());
    scene.remember(typed.wait()).exits(0);
    let share = scene.key_file().with_file_name("share");
    std::fs::create_dir(&share).expect("a folder");
    scene.run_command(from_inputs(&scene, &["destination", "add", "Share", "--folder", "share"])).exits(0);
    let imported = scene.said(&["run", "Contoso"]);
    assert_eq!(imported["status"], "complete", "{imported}");
    eventually("the package arrives", || {
        let arrived = std::fs::read_dir(&share).expect("the folder").flatten();
        arrived.map(|entry| entry.path()).find(|path| path.join("datapackage.json").is_file())
    });
    let administrator = served.administrator();
    let runs = administrator.reads("/api/v1/runs");
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "the page sees it: {runs}");
    // An export of the admin center keeps its name, and no copy of it stays.
    scene.input("Visio.csv", "Username,Last activity date (UTC)\nada@example.com,1/2/2026\n");
    let usage = ["--json", "usage", "import", "Contoso", "Visio.csv", "--application", "visio"];
    let usage = [&usage[..], &["--refreshed-on", "2026-01-05"]].concat();
    let usage = scene.run_command(from_inputs(&scene, &usage)).exits(0).json();
    assert_eq!(usage["imported"]["file_name"], "Visio.csv");
    assert_eq!(std::fs::read_dir(scene.data().join("incoming")).map(Iterator::count).unwrap_or_default(), 0);
    // A question is asked where the person is.
    for (answer, code) in [("n", 130), ("y", 0)] {
        let mut asked = Running::start(scene.command(&["connection", "remove", "Contoso"]));
        asked.say(answer);
        let finished = scene.remember(asked.wait()).exits(code);
        assert!(finished.errors.contains("Remove the connection Contoso") && finished.errors.contains("[y/N]"));
    }
    assert_eq!(scene.said(&["connection", "list"])["connections"].as_array().map(Vec::len), Some(0));
    assert_eq!(administrator.reads("/api/v1/connections").as_array().map(Vec::len), Some(0));
}

#[test]
fn progress_is_told_line_by_line() {
    let scene = Scene::contoso();
    let alone = scene.beacon(&["run", "Contoso"]).exits(0);
    let _served = Served::start(&scene);
    let beside = scene.beacon(&["run", "Contoso"]).exits(0);
    let lines = |text: &str| {
        let mut lines: Vec<String> =
            text.lines().filter(|line| line.contains("read") || line.contains("writing")).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert!(!lines(&alone.errors).is_empty(), "{}", alone.errors);
    assert_eq!(lines(&beside.errors), lines(&alone.errors));
    assert!(beside.output.contains("Complete.") && beside.output.contains("Package: "), "{}", beside.output);
}

#[test]
fn the_page_is_got_into_by_the_same_way() {
    let scene = Scene::contoso();
    let none = scene.beacon(&["--json", "admin", "link"]).exits(5).error();
    assert_eq!(none.code, "control.nobody");
    let served = Served::start(&scene);
    let link = scene.said(&["admin", "link"])["link"].as_str().expect("a link").to_owned();
    assert!(link.starts_with(&served.address), "{link}");
    drop(served.administrator());
    let reset = scene.said(&["admin", "reset", "--yes"])["link"].as_str().expect("a link").to_owned();
    let token = Served::token(&reset).to_owned();
    let body = serde_json::json!({ "token": token, "password": crate::harness::served::PASSWORD });
    served.visitor().sends(reqwest::Method::POST, "/api/v1/session/link", Some(&body)).is(reqwest::StatusCode::OK);
}

/// The person signs in on this machine; who listens and who waits for the paste is the same to them.
#[test]
fn people_consent_in_the_browser_and_by_pasting() {
    for (way, fields) in [("browser", own_public_app as fn(&_) -> _), ("paste", vendor_app)] {
        let scene = Scene::small();
        scene.add("Contoso", &fields(&scene.tenant), &[]).exits(0);
        let _served = Served::start(&scene);
        let mut running = scene.start(&["--json", "connection", "consent", "Contoso", "--way", way]);
        let address = running.line(|line| line.starts_with("https://"));
        let back = browser::sign_in(&scene.tenant, &address, &scene.tenant.administrator());
        if way == "browser" {
            assert!(browser::come_back(&scene.tenant, &back).contains("signed in"));
        } else {
            running.say(&back);
        }
        running.say("y");
        let kept = scene.remember(running.wait()).exits(0).json();
        assert_eq!((&kept["kept"], &kept["account"]), (&true.into(), &scene.tenant.administrator().into()), "{kept}");
    }
}
