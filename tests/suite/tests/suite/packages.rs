//! A half-written or altered package never looks like a package, and a full disk loses nothing.

use crate::harness::rows::read_file;
use crate::harness::scene::Import;
use crate::harness::{Finished, Scene};
use beacon_simulator::{Change, FaultKind, FaultRule};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn imported() -> (Scene, Import) {
    let scene = Scene::contoso();
    let import = scene.import("Contoso");
    (scene, import)
}

fn verify(scene: &Scene, package: &Path) -> Finished {
    scene.beacon(&["--json", "package", "verify", &package.display().to_string()])
}

fn codes(report: &Value) -> Vec<String> {
    let findings = report["report"]["findings"].as_array().expect("findings");
    findings.iter().filter_map(|finding| finding["code"].as_str()).map(str::to_owned).collect()
}

/// Spoils a copy of a good package; verifying it finds `code`.
#[track_caller]
fn check_found(scene: &Scene, import: &Import, what: &str, spoil: impl Fn(&Path), code: &str) {
    let copy = scene.written(&format!("copy of {what}"));
    std::fs::create_dir(&copy).expect("a folder");
    for entry in std::fs::read_dir(&import.folder).expect("the package").flatten() {
        std::fs::copy(entry.path(), copy.join(entry.file_name())).expect("a file");
    }
    verify(scene, &copy).exits(0);
    spoil(&copy);
    let report = verify(scene, &copy).exits(8).json();
    assert!(codes(&report).iter().any(|found| found == code), "{what}: {report}");
    std::fs::remove_dir_all(&copy).expect("a folder of our own");
}

fn change(path: PathBuf, edit: impl Fn(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(&path).expect("a file");
    edit(&mut bytes);
    std::fs::write(&path, bytes).expect("a file");
}

fn change_manifest(package: &Path, edit: impl Fn(&mut Value)) {
    change(package.join("datapackage.json"), |bytes| {
        let mut manifest = serde_json::from_slice(bytes).expect("JSON");
        edit(&mut manifest);
        *bytes = serde_json::to_vec(&manifest).expect("JSON");
    });
}

#[test]
fn every_change_is_found() {
    let (scene, import) = imported();
    let users = "users.parquet";
    check_found(
        &scene,
        &import,
        "a cut file",
        |it| change(it.join(users), |bytes| bytes.truncate(900)),
        "package.bytes_differ",
    );
    let flip = |bytes: &mut Vec<u8>| bytes[900] ^= 1;
    check_found(&scene, &import, "a changed byte", |it| change(it.join(users), flip), "package.hash_differs");
    let remove = |it: &Path| std::fs::remove_file(it.join(users)).expect("a file");
    check_found(&scene, &import, "a missing file", remove, "package.file_missing");
    let add = |it: &Path| std::fs::write(it.join("notes.txt"), "hello").expect("a file");
    check_found(&scene, &import, "an extra file", add, "package.file_extra");
    let rename = |it: &Path| change_manifest(it, |manifest| manifest["beacon"]["package_id"] = "0".repeat(64).into());
    check_found(&scene, &import, "another id", rename, "package.id_differs");
    let more = |it: &Path| change_manifest(it, |manifest| manifest["beacon"]["tables"]["users"]["rows"] = 51.into());
    check_found(&scene, &import, "another count", more, "package.rows_differ");
    let lie = |it: &Path| {
        change_manifest(it, |manifest| {
            manifest["beacon"]["tables"]["users"]["status"] = "partial".into();
        });
    };
    check_found(&scene, &import, "an untrue status", lie, "package.status_untrue");
    for (table, fact, value) in [
        ("usage", "refreshed_on", serde_json::json!({"oldest": "2020-01-01", "newest": "2030-01-01"})),
        ("usage", "concealed", serde_json::json!({"code": "microsoft_365.concealed_by_setting"})),
        ("storage", "people", serde_json::json!({"matched": 0, "unmatched": 1, "ambiguous": 0, "concealed": 0})),
    ] {
        let tell = |it: &Path| {
            change_manifest(it, |manifest| manifest["beacon"]["tables"][table][fact] = value.clone());
        };
        check_found(&scene, &import, &format!("another {fact}"), tell, "package.facts_differ");
    }
    let escape =
        |it: &Path| change_manifest(it, |manifest| manifest["resources"][0]["path"] = "../users.parquet".into());
    check_found(&scene, &import, "a path that leads out", escape, "package.path_unsafe");
}

#[test]
fn a_folder_without_its_manifest_is_no_package() {
    let (scene, import) = imported();
    std::fs::remove_file(import.folder.join("datapackage.json")).expect("a file");
    for command in ["verify", "show"] {
        let folder = import.folder.display().to_string();
        let trouble = scene.beacon(&["--json", "package", command, &folder]).exits(5).error();
        assert_eq!(trouble.code, "package.not_a_package", "{trouble:?}");
    }
}

/// Runs under a cap on the size of files, which is what a full disk looks like to a program.
#[cfg(unix)]
fn run_capped(scene: &Scene, blocks: u32) -> Finished {
    let run = scene.command(&["--json", "run", "Contoso"]);
    let mut command = std::process::Command::new("sh");
    // SIGXFSZ is ignored, so that the write fails as it does on a full disk instead of ending the process.
    command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    command.arg(run.get_program()).args(run.get_args()).env_clear();
    command.env("NO_COLOR", "1").env("PATH", "/usr/bin:/bin");
    scene.run_command(command)
}

#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    let scene = Scene::of(3_000, 1);
    scene.add_own_app("Contoso");
    let before = scene.import("Contoso");
    let trouble = run_capped(&scene, 1_024).exits(7).error();
    assert!(trouble.text().contains("space"), "says what to check: {trouble:?}");
    assert_eq!(scene.packages(), std::slice::from_ref(&before.folder), "no half package, and the old one is there");
    verify(&scene, &before.folder).exits(0);
    assert_eq!(scene.import("Contoso").package_id(), before.package_id());
}

/// As a person would make it: a file where a folder is needed, so that it fails even for an administrator.
#[test]
fn a_folder_that_cannot_be_written() {
    let (scene, before) = imported();
    let file = scene.written("occupied");
    std::fs::write(&file, "a file").expect("a file");
    let trouble = scene.run("Contoso", &["--output", &file.display().to_string()]).exits(7).error();
    assert!(trouble.text().contains("occupied"), "names the folder: {trouble:?}");
    assert_eq!(std::fs::read(&file).expect("still there"), b"a file");
    verify(&scene, &before.folder).exits(0);

    let blocked = scene.bare(&["connection", "list"]);
    let mut command = std::process::Command::new(blocked.get_program());
    command.env_clear().arg("--json").arg("--data").arg(file.join("data")).arg("--key-file").arg(scene.key_file());
    let trouble = scene.run_command({
        command.args(["connection", "list"]);
        command
    });
    let trouble = trouble.exits(7).error();
    assert!(trouble.text().contains("occupied"), "{trouble:?}");
}

#[test]
fn a_package_can_be_written_elsewhere_and_read_by_people() {
    let (scene, before) = imported();
    let output = scene.written("elsewhere");
    let import = Import::of(&scene.run("Contoso", &["--output", &output.display().to_string()]).exits(0));
    assert!(import.folder.starts_with(&output), "{}", import.folder.display());
    assert_eq!(import.package_id(), before.package_id());
    let shown = scene.beacon(&["package", "show", &import.folder.display().to_string()]).exits(0).output;
    for part in ["users", "Microsoft 365 E5", "Contoso"] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
}

/// People per product and the service's own number agree, or both are told; nothing fails because of it.
#[test]
fn seats_that_the_service_counts_otherwise_are_a_warning() {
    let scene = Scene::contoso();
    let warnings = |import: &Import| import.block()["warnings"].as_array().expect("a list").clone();
    assert_eq!(warnings(&scene.import("Contoso")), Vec::<Value>::new());
    let lag = FaultKind::LaggingCount { difference: 3 };
    scene.tenant.add_fault(FaultRule::once("/v1.0/subscribedSkus", lag));
    let import = scene.import("Contoso");
    let products = read_file(&import.folder.join("products.parquet"));
    let for_people: Vec<_> = products.iter().filter(|product| product["applies_to"] != "Company").collect();
    assert!(!for_people.is_empty());
    assert_eq!(warnings(&import).len(), for_people.len(), "{:?}", warnings(&import));
    for product in for_people {
        let consumed = product["consumed_units"].as_i64().expect("a number");
        let warning = warnings(&import).into_iter().find(|warning| warning["arguments"]["sku_id"] == product["sku_id"]);
        let warning = warning.expect("one for each product");
        assert_eq!(warning["code"], "products.seats_differ");
        assert_eq!(warning["arguments"]["product"], product["product_name"]);
        assert_eq!(warning["arguments"]["people"], (consumed - 3).to_string());
        assert_eq!(warning["arguments"]["consumed_units"], consumed.to_string());
    }
    verify(&scene, &import.folder).exits(0);
}

type Told = (String, String, Vec<Value>);

/// Key and change of the rows of one table in `changes`, with the columns that are different.
fn changes(import: &Import, table: &str) -> Vec<Told> {
    let rows = read_file(&import.folder.join("changes.parquet")).into_iter().filter(|row| row["table_name"] == table);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let own = rows.map(|row| {
        let columns = row["changed_columns"].as_array().cloned().unwrap_or_default();
        (text(&row["row_key"]), text(&row["change"]), columns)
    });
    own.collect()
}

#[test]
fn a_package_tells_what_changed_since_the_one_before() {
    let (scene, first) = imported();
    assert!(first.block().get("changes").is_none(), "there is nothing before the first one");
    let second = scene.import("Contoso");
    let block = second.block();
    assert_eq!(block["changes"]["based_on"], first.package_id());
    assert_eq!(block["changes"]["based_on_run"], first.block()["run_id"]);
    assert_eq!(block["changes"]["tables"]["users"], "compared");
    let none = ["added", "changed", "removed"].map(|kind| block["changes"][kind].as_u64());
    assert_eq!(none, [Some(0); 3], "{}", block["changes"]);

    let id = |position| scene.tenant.tenant().user(position).id.to_string();
    let (renamed, deleted) = (id(7), id(9));
    let new_upn = "new.name@contoso.example".to_owned();
    scene.tenant.change(Change::Rename { position: 7, new_upn }).expect("somebody");
    scene.tenant.change(Change::Delete { position: 9 }).expect("somebody");
    let created = scene.tenant.change(Change::Create { user_principal_name: None }).expect("a place");
    let third = scene.import("Contoso");
    let mut expected = vec![(deleted, "removed".to_owned(), Vec::new()), (id(created), "added".to_owned(), Vec::new())];
    let told = changes(&third, "users").into_iter();
    let (mut others, rename): (Vec<Told>, Vec<Told>) = told.partition(|(key, ..)| *key != renamed);
    others.sort_by(|one, other| one.0.cmp(&other.0));
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(others, expected);
    let [(_, kind, columns)] = rename.as_slice() else { panic!("one change of {renamed}: {rename:?}") };
    assert!(kind == "changed" && columns.contains(&"user_principal_name".into()), "{columns:?}");
    let counts = &third.block()["changes"];
    let told: u64 = ["added", "changed", "removed"].iter().filter_map(|kind| counts[kind].as_u64()).sum();
    assert_eq!(told, read_file(&third.folder.join("changes.parquet")).len() as u64);
    verify(&scene, &third.folder).exits(0);
    let shown = scene.beacon(&["package", "show", &third.folder.display().to_string()]).exits(0).output;
    assert!(shown.contains("since run"), "{shown}");

    // Taken away, the earlier package is a warning, not a failure.
    std::fs::remove_dir_all(&third.folder).expect("a package");
    let fourth = scene.import("Contoso");
    assert!(fourth.block().get("changes").is_none());
    assert_eq!(fourth.block()["warnings"][0]["code"], "changes.earlier_package_unusable");
}

#[test]
fn two_packages_are_compared() {
    let (scene, first) = imported();
    let second = scene.import("Contoso");
    let diff = |old: &Path, new: &Path, more: &[&str]| {
        let (old, new) = (old.display().to_string(), new.display().to_string());
        scene.beacon(&[&["package", "diff", &old, &new], more].concat())
    };
    assert!(diff(&first.folder, &second.folder, &[]).exits(0).output.contains("The same."));
    scene.tenant.change(Change::Delete { position: 9 }).expect("somebody");
    let third = scene.import("Contoso");
    let told = diff(&first.folder, &third.folder, &["--limit", "1"]).exits(9).output;
    assert!(told.contains("Different:") && told.contains(" more"), "{told}");
    let report = diff(&first.folder, &third.folder, &["--json"]).exits(9).json();
    assert_eq!(report["tables"]["users"]["counts"], serde_json::json!({"added": 0, "changed": 0, "removed": 1}));
    assert_eq!(diff(&first.folder, &scene.data(), &["--json"]).exits(5).error().code, "package.not_a_package");
    change(first.folder.join("users.parquet"), |bytes| bytes[900] ^= 1);
    assert_eq!(diff(&first.folder, &third.folder, &["--json"]).exits(5).error().code, "package.altered");
}
