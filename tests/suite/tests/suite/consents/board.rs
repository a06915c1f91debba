//! The board by the API and the command line: across restarts, with used, withdrawn, renewed and expired links.

use super::{BOARD, added, draft, follow, links_of, path, stands, waits};
use crate::harness::Scene;
use crate::harness::leak::Search;
use crate::harness::served::Served;
use beacon_simulator::Decision;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;

/// Lets the time of a link pass, while nobody serves.
fn let_end(data: &Path, connection: &str) {
    let database = rusqlite::Connection::open(data.join("beacon.sqlite")).expect("the database");
    let sql = "UPDATE invitations SET ends_at = made_at WHERE connection_id = ?1";
    assert_eq!(database.execute(sql, [connection]).expect("SQL"), 1);
}

#[test]
fn every_way_of_a_link_across_a_restart() {
    let scene = Scene::small();
    scene.add_own_app("Nightly");
    let mut served = Served::start(&scene);
    let administrator = served.administrator();
    let reader = served.reader(&administrator);
    let ids = ["Contoso", "Fabrikam", "Northwind", "Tailspin"].map(|name| added(&scene, &administrator, name));

    // Only who needs a link is on the board, and gets one.
    let board = administrator.reads(BOARD);
    assert_eq!(board["counts"], json!([{ "state": "no_link", "count": 4 }]));
    let made = administrator.sends(Method::POST, BOARD, Some(&json!({}))).is(StatusCode::CREATED).json();
    let links = made["links"].as_array().expect("links").clone();
    let names: Vec<_> = links.iter().map(|link| link["name"].as_str().expect("a name")).collect();
    assert_eq!((names, &made["left_out"]), (vec!["Contoso", "Fabrikam", "Northwind", "Tailspin"], &json!([])));
    let csv = made["csv"].as_str().expect("a file");
    let line = format!("Contoso,{},", links[0]["address"].as_str().expect("an address"));
    assert!(csv.starts_with("name,link,good_until\r\n") && csv.contains(&line) && csv.ends_with("Z\r\n"), "{csv}");
    let nightly = administrator.reads("/api/v1/connections");
    let nightly = nightly.as_array().expect("a list").iter().find(|one| one["name"] == "Nightly").expect("it is there");
    let order = json!({ "connections": [nightly["id"]] });
    let none = administrator.sends(Method::POST, BOARD, Some(&order)).is(StatusCode::CREATED).json();
    assert_eq!(none["left_out"][0]["problem"]["code"], "consent.not_needed");
    // Those with a good link are not invited again.
    let again = administrator.sends(Method::POST, BOARD, Some(&json!({}))).is(StatusCode::CREATED).json();
    assert_eq!((&again["links"], &again["left_out"]), (&json!([]), &json!([])));

    // What only opens a link does not use it up, and is counted.
    let links = [0, 1, 2, 3].map(|number: usize| path(&links[number]));
    let somebody = served.visitor();
    for _ in 0..2 {
        somebody.sends(Method::GET, &links[1], None).is(StatusCode::OK);
    }
    let opened = stands(&administrator, "Fabrikam", "opened");
    assert_eq!(opened["invitation"]["opened"]["count"], 2);
    assert_eq!(opened["invitation"]["made_by"], "administrator");
    let filtered = reader.reads(&format!("{BOARD}?state=opened"));
    assert_eq!(filtered["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(filtered["counts"].as_array().map(Vec::len), Some(2));
    assert_eq!(filtered["rows"][0]["invitation"]["made_by"], Value::Null);
    reader.sends(Method::GET, &format!("{BOARD}?state=sent"), None).is(StatusCode::BAD_REQUEST);

    // Refused there: the board tells what was seen, and what to do.
    follow(&scene, &somebody, &links[3], Decision::Decline);
    let declined = stands(&administrator, "Tailspin", "refused");
    assert!(declined["problem"]["title"].as_str().expect("a title").contains("declined"), "{declined}");
    assert!(!declined["next_step"].as_str().expect("a text").is_empty());

    // A link works once, and its consent waits.
    assert!(follow(&scene, &somebody, &links[0], Decision::Accept).contains("#task="));
    somebody.sends(Method::POST, &links[0], None).is(StatusCode::NOT_FOUND);
    somebody.sends(Method::GET, &links[0], None).is(StatusCode::NOT_FOUND);
    waits(&administrator, "Contoso");
    assert_eq!(stands(&reader, "Contoso", "granted")["task"], Value::Null);
    // Nobody takes a consent that waits away by mistake.
    let refused = administrator.sends(Method::POST, &links_of(&ids[0]), None).is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.code(), "consent.waits");

    // A restart keeps the board and the links, and says what it lost.
    drop((administrator, reader, somebody));
    served.kill();
    let_end(&scene.data(), &ids[2]);
    drop(served);
    let served = Served::start(&scene);
    let administrator = served.administrator_again();
    let lost = stands(&administrator, "Contoso", "unfinished");
    assert_eq!(lost["problem"]["code"], "consent.lost");
    assert!(lost["next_step"].as_str().expect("a text").contains("new link"), "{lost}");
    stands(&administrator, "Northwind", "expired");
    let customer = served.visitor();
    customer.sends(Method::GET, &links[2], None).is(StatusCode::NOT_FOUND);
    customer.sends(Method::POST, &links[2], None).is(StatusCode::NOT_FOUND);
    assert_eq!(stands(&administrator, "Fabrikam", "opened")["invitation"]["opened"]["count"], 2);

    // Sent again, granted and confirmed.
    let renewed = administrator.sends(Method::POST, &links_of(&ids[0]), None).is(StatusCode::CREATED).json();
    follow(&scene, &customer, &path(&renewed), Decision::Accept);
    let task = waits(&administrator, "Contoso");
    administrator
        .sends(Method::POST, &format!("/api/v1/tasks/{task}/confirm?second_connection=true"), None)
        .is(StatusCode::OK);
    let confirmed = stands(&administrator, "Contoso", "confirmed");
    assert_eq!(confirmed["needed"], false);
    let states: Vec<_> = confirmed["invitation"]["changes"].as_array().expect("changes").iter().collect();
    let states: Vec<_> = states.iter().map(|change| change["state"].as_str().expect("a state")).collect();
    assert_eq!(states, ["link_made", "opened", "signing_in", "granted", "confirmed"]);

    // Taken back, once.
    let renewed = administrator.sends(Method::POST, &links_of(&ids[1]), None).is(StatusCode::CREATED).json();
    administrator.sends(Method::DELETE, &links_of(&ids[1]), None).is(StatusCode::NO_CONTENT);
    customer.sends(Method::GET, &path(&renewed), None).is(StatusCode::NOT_FOUND);
    let refused = administrator.sends(Method::DELETE, &links_of(&ids[1]), None).is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.code(), "consent.no_link");
    stands(&administrator, "Fabrikam", "withdrawn");

    // No link lies anywhere but in the answers that told it.
    let texts = [&links[0], &links[1], &path(&renewed)];
    let tokens: Vec<String> = texts.iter().map(|path| path.trim_start_matches("/consent/link/").to_owned()).collect();
    let mut search = Search::new(&tokens);
    search.folder(&scene.data());
    search.bytes("the board", administrator.reads(BOARD).to_string().as_bytes());
    assert_eq!(search.found(), Vec::<String>::new());
}

#[test]
fn the_command_line_makes_links_beside_a_beacon_that_serves() {
    let scene = Scene::small();
    for name in ["Contoso", "Fabrikam"] {
        let fields = draft(&scene, name)["settings"].clone();
        let fields = fields.as_object().expect("fields").iter();
        let set = fields
            .flat_map(|(field, value)| ["--set".to_owned(), format!("{field}={}", value.as_str().expect("text"))]);
        let set: Vec<String> = set.collect();
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        scene.beacon(&[&["connection", "add", name], &set[..]].concat()).exits(0);
    }
    // A link leads to a beacon that serves.
    let alone = scene.beacon(&["consent", "invite", "--needed"]).exits(5);
    assert!(alone.errors.contains("beacon serve") && alone.errors.contains("control.nobody"), "{}", alone.errors);
    let text = scene.beacon(&["consent", "board"]).exits(0).output;
    assert!(text.contains("no link yet (2)") && text.contains("Contoso"), "{text}");

    let served = Served::start(&scene);
    let file = scene.written("links.csv");
    let written = scene.beacon(&["consent", "invite", "--needed", "--csv", &file.display().to_string()]).exits(0);
    assert!(written.output.contains("2 links"), "{}", written.output);
    let csv = std::fs::read_to_string(&file).expect("the file");
    let link = csv.lines().nth(1).and_then(|line| line.split(',').nth(1)).expect("a link").to_owned();
    assert!(link.starts_with(&served.address), "{csv}");
    assert!(!written.output.contains(&link) && !written.errors.contains(&link));
    let none = scene.beacon(&["consent", "invite", "--needed"]).exits(0).output;
    assert!(none.contains("No connection needs a link"), "{none}");
    let customer = served.visitor();
    customer.sends(Method::GET, &path(&json!(link)), None).is(StatusCode::OK);
    let board = scene.beacon(&["--json", "consent", "board", "--state", "opened"]).exits(0).json();
    assert_eq!(board["counts"], json!({ "link_made": 1, "opened": 1 }));
    assert_eq!(board["connections"][0]["connection"], "Contoso");

    // A newer link takes the place of the one before.
    let renewed = scene.beacon(&["--json", "consent", "invite", "Contoso"]).exits(0).json();
    customer.sends(Method::POST, &path(&json!(link)), None).is(StatusCode::NOT_FOUND);
    scene.beacon(&["consent", "withdraw", "Contoso"]).exits(0);
    customer.sends(Method::POST, &path(&renewed["links"][0]), None).is(StatusCode::NOT_FOUND);
    scene.beacon(&["consent", "withdraw", "Contoso"]).exits(5);
    scene.beacon(&["consent", "board", "--state", "sent"]).exits(5);
    scene.beacon(&["consent", "invite", "Nobody"]).exits(5);
    let text = scene.beacon(&["consent", "board"]).exits(0).output;
    assert!(text.contains("withdrawn (1)") && text.contains("link made (1)"), "{text}");
}
