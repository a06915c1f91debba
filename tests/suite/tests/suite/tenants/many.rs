//! Many connections from one table.

use super::{ELSEWHERE, listed};
use crate::harness::{Finished, Scene};
use serde_json::{Value, json};

/// Adds the profile `Partner` of the own app for the tenant's own sign-in site.
#[track_caller]
fn add_partner(scene: &Scene) {
    let secret = scene.input("partner.txt", scene.tenant.own_client_secret()).display().to_string();
    let (client_id, origin) = (scene.tenant.own_client_id().to_string(), scene.tenant.login_origin());
    let add = ["profile", "add", "Partner", "--client-id", &client_id, "--secret", &secret, "--origin", &origin];
    scene.said(&add);
}

fn add_many(scene: &Scene, table: impl AsRef<[u8]>, more: &[&str]) -> Finished {
    let file = scene.input("customers.csv", table).display().to_string();
    scene.beacon(&[&["--json", "connection", "add-many", &file], more].concat())
}

/// The columns behind name, tenant and labels, and what stands in them for the simulated tenant.
fn place(scene: &Scene, separator: &str) -> (String, String) {
    let roots = [scene.tenant.login_origin(), scene.tenant.graph_origin(), scene.tenant.report_origin()];
    let names = ["cloud", "Login Root", "graph_root", "report_root"].join(separator);
    (names, [&["custom".to_owned()], &roots[..]].concat().join(separator))
}

#[test]
fn a_table_from_a_spreadsheet_becomes_connections_that_run() {
    let scene = Scene::small();
    add_partner(&scene);
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30"]);
    let (names, values) = place(&scene, ";");
    let tenant = scene.tenant.tenant_id();
    let table = format!(
        "\u{feff}Name;Tenant;Labels;{names}\r\nContoso;{tenant};\"gold, region=EU\";{values}\r\n\r\n\
         \"Fabrikam\";{ELSEWHERE};;{values}\r\nWoodgrove;woodgrove.example;gold;{values}\r\n"
    );
    let options = ["--profile", "partner", "--schedule", "nightly", "--label", "managed"];
    let looked = add_many(&scene, &table, &[&options[..], &["--dry-run"]].concat()).exits(0).json();
    assert_eq!(listed(&scene, &[]), Vec::<String>::new());
    let added = add_many(&scene, &table, &options).exits(0).json();
    assert_eq!(added["report"], looked["report"]);
    assert_eq!(added["report"]["left"], json!([]), "the profile is all that they need");
    assert_eq!(listed(&scene, &["--label", "managed"]), ["Contoso", "Fabrikam", "Woodgrove"]);
    assert_eq!(listed(&scene, &["--label", "gold"]), ["Contoso", "Woodgrove"]);
    let followers = scene.said(&["schedule", "show", "Nightly"]);
    assert_eq!(followers["connections"], json!(["Contoso", "Fabrikam", "Woodgrove"]));
    scene.import("Contoso");
    // The same table again is refused as a whole.
    let again = add_many(&scene, &table, &options).exits(5).error();
    assert_eq!(again.detail.iter().filter(|line| line.contains("is a connection")).count(), 3, "{again:?}");
}

#[test]
fn every_line_is_checked_and_nothing_is_stored_if_one_is_wrong() {
    let scene = Scene::small();
    add_partner(&scene);
    let (names, values) = place(&scene, ",");
    let table = format!(
        "name,tenant,labels,{names}\n\
         Contoso,contoso.example,,{values}\n\
         \"=cmd|' /C calc'!A0\",one.example,,{values}\n\
         contoso,two.example,,{values}\n\
         Three,three.example,\"gold,a/b\",{values}\n\
         Four,contoso.example,,{values}\n\
         Five,\"no tenant at all!\",,{values}\n\
         Six,six.example,,{}\n",
        values.replacen("custom", "nowhere", 1)
    );
    let error = add_many(&scene, &table, &["--profile", "Partner"]).exits(5).error();
    assert_eq!(error.code, "config.invalid");
    let expected = [
        ("line 3, name", "letter"),
        ("line 4, name", "line 2"),
        ("line 5, labels", "a/b"),
        ("line 6", "contoso.example"),
        ("line 7, tenant", ""),
        ("line 8, cloud", ""),
    ];
    for (place, part) in expected {
        let told = error.detail.iter().any(|line| line.starts_with(place) && line.contains(part));
        assert!(told, "{place} {part} is not in {:#?}", error.detail);
    }
    assert!(!error.detail.iter().any(|line| line.starts_with("line 2")), "{:#?}", error.detail);
    assert_eq!(listed(&scene, &[]), Vec::<String>::new());

    let structural: [(&[u8], &str, &str); 11] = [
        (b"name,Client Secret\nA,hunter2hunter2\n", "many.secret_column", "Client Secret"),
        (b"name,favourite colour\nA,red\n", "many.unknown_column", "favourite colour"),
        (b"tenant\na.example\n", "many.no_name", "name"),
        (b"name,Name\nA,B\n", "many.column_twice", "column 2"),
        (b"name,client_id\nA,1\n", "many.own_client_id", "client id"),
        (b"name,tenant\nA,\"a\nb\"\n", "many.control_character", "line 2, tenant"),
        (b"name\nA,B\n", "many.too_many_cells", "line 2"),
        (b"name\n\xff\xfeA\n", "many.encoding", "line 2"),
        (b"name\r\r\xff\xfeA\r", "many.encoding", "line 3"),
        // An empty line counts, and both together are one end.
        (b"name\rA\r\rB,C\r", "many.too_many_cells", "line 4"),
        (b"name\r\nA\r\n\r\nB,C\r\n", "many.too_many_cells", "line 4"),
    ];
    for (table, code, part) in structural {
        let error = add_many(&scene, table, &["--profile", "Partner"]).exits(5).error();
        assert_eq!(error.code, code, "{}", error.text());
        let told = error.text().to_lowercase();
        assert!(told.contains(&part.to_lowercase()) && !told.contains("hunter2"), "{told}");
    }
    let unknown = add_many(&scene, "name\nA\n", &["--profile", "Nobody"]).exits(5).error();
    assert_eq!(unknown.code, "profile.unknown");
    assert_eq!(listed(&scene, &[]), Vec::<String>::new());
    assert_eq!(scene.said(&["profile", "list"])["profiles"][0]["connections"], Value::from(0));
}

/// As spreadsheets of old ended their lines.
#[test]
fn lines_may_end_with_a_carriage_return_alone() {
    let scene = Scene::small();
    add_partner(&scene);
    let (names, values) = place(&scene, ";");
    // The separator is what the names have between them, whatever the rows have more of.
    let labels = "\"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\"";
    let table = format!("name;tenant;labels;{names}\rContoso;{ELSEWHERE};{labels};{values}\r");
    add_many(&scene, &table, &["--profile", "Partner"]).exits(0);
    assert_eq!(listed(&scene, &["--label", "l"]), ["Contoso"]);
}
