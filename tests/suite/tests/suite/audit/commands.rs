//! The command line: each command either changes nothing, or leaves its entries.

use super::{actions, after, entries, last};
use crate::harness::forms::{own_app, vendor_app};
use crate::harness::receiver::Receiver;
use crate::harness::served::Served;
use crate::harness::{Scene, places};
use std::collections::BTreeSet;
use std::process::Command;

/// Commands that change nothing that belongs to the data folder. A new command belongs here, or into the story below.
const READING: [&str; 31] = [
    "audit list",
    "audit verify",
    "completions",
    "config show",
    "connection list",
    "connection show",
    // Notes at most what a beacon that ended has lost.
    "consent board",
    "delivery list",
    "destination list",
    "destination show",
    "doctor",
    "health",
    "module inspect",
    "names show",
    "notification list",
    // Sends what is owed anyway.
    "notification send",
    "package diff",
    "package show",
    "package use",
    "package verify",
    "profile list",
    "profile show",
    "proxy show",
    "schedule list",
    "schedule show",
    "secrets check",
    "secrets status",
    // What it serves tells for itself; the units of the system are the system's.
    "serve",
    "service install",
    "service remove",
    "usage list",
];

/// All commands without subcommands, as the help lists them.
fn commands(path: &[String], found: &mut BTreeSet<String>) {
    let mut command = Command::new(places::beacon());
    let output = command.env_clear().args(path).arg("--help").output().expect("the program");
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    let Some((_, listed)) = help.split_once("Commands:\n") else {
        found.insert(path.join(" "));
        return;
    };
    for line in listed.lines().take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().expect("a name");
        if name != "help" && line.starts_with("  ") && !line.starts_with("   ") {
            commands(&[path, &[name.to_owned()]].concat(), found);
        }
    }
}

/// As many names of products as Microsoft publishes at least, a well-known one among them.
fn published_names() -> String {
    let known = std::iter::once("6fd2c87f-b296-42f0-b197-1e91e994b900".to_owned());
    let ids = known.chain((0..1_000).map(|number| format!("00000000-0000-0000-0000-{number:012}")));
    let line = |id: String| format!("One,ONE,{id},PLAN,113feb6c-3fe4-4440-bddc-54d774bf0318,Plan\n");
    let head =
        "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Service_Plans_Included_Friendly_Names\n";
    std::iter::once(head.to_owned()).chain(ids.map(line)).collect()
}

/// Tells a story command by command, and sees what each leaves.
struct Story {
    scene: Scene,
    told: BTreeSet<String>,
}

impl Story {
    /// A command that must leave exactly these entries, in this order, or it ends with another code and leaves them.
    #[track_caller]
    fn tells(&mut self, exit: i32, command: &str, arguments: &[&str], expected: &[&str]) {
        let before = last(&self.scene);
        let parts: Vec<&str> = command.split(' ').collect();
        self.scene.beacon(&[&["--json"], &parts[..], arguments].concat()).exits(exit);
        let found = after(entries(&self.scene, &[]), before);
        assert_eq!(actions(&found), expected, "{command} {arguments:?}");
        for entry in &found {
            assert_eq!(entry["way"], "command_line", "{entry}");
            let who = entry["who"].as_str().unwrap_or_default();
            assert!(!who.is_empty() && who != "unknown" && who != "beacon", "{entry}");
        }
        self.told.insert(command.to_owned());
    }

    fn file(&self, name: &str, text: &str) -> String {
        self.scene.input(name, text).display().to_string()
    }
}

#[test]
fn every_command_that_changes_something_leaves_its_entries() {
    let scene = Scene::small();
    let fields = own_app(&scene.tenant).arguments();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let mut story = Story { scene, told: BTreeSet::new() };
    let add = [&["Contoso", "--secret", &secret][..], &fields].concat();
    story.tells(0, "connection add", &add, &["connection.added", "secret.set"]);
    story.tells(0, "connection edit", &["Contoso", "--secret", &secret], &["secret.replaced"]);
    story.tells(0, "connection edit", &["Contoso", "--rename", "Contoso"], &[]);
    story.tells(0, "connection pause", &["Contoso"], &["connection.paused"]);
    story.tells(0, "connection disable", &["Contoso"], &["connection.disabled"]);
    story.tells(0, "connection resume", &["Contoso"], &["connection.resumed"]);
    story.tells(0, "connection test", &["Contoso"], &["connection.tested"]);
    story.tells(0, "connection consent", &["Contoso"], &["consent.started"]);
    story.tells(0, "connection new-certificate", &["Contoso"], &["secret.set"]);
    story.tells(0, "connection new-certificate", &["Contoso", "--discard"], &["secret.removed"]);

    let nightly = ["Nightly", "--daily", "02:30", "--zone", "UTC"];
    story.tells(0, "schedule add", &nightly, &["schedule.added"]);
    story.tells(0, "schedule edit", &["Nightly", "--daily", "03:30"], &["schedule.changed"]);
    story.tells(0, "schedule assign", &["Nightly", "Contoso"], &["connection.scheduled"]);
    story.tells(0, "schedule trigger", &["Nightly"], &["schedule.triggered"]);
    story.tells(0, "schedule unassign", &["Contoso"], &["connection.scheduled"]);
    story.tells(0, "schedule remove", &["Nightly", "--yes"], &["schedule.removed"]);

    let share = story.scene.written("share");
    std::fs::create_dir(&share).expect("a folder");
    let share = share.display().to_string();
    story.tells(0, "destination add", &["Share", "--folder", &share], &["destination.added"]);
    story.tells(0, "destination edit", &["Share", "--rename", "Archive"], &["destination.changed"]);
    story.tells(0, "destination edit", &["Archive", "--rename", "Archive"], &[]);
    story.tells(0, "destination edit", &["Archive", "--rename", "Share", "--only-complete"], &["destination.changed"]);
    story.tells(0, "destination test", &["Share"], &["destination.tested"]);
    story.tells(0, "run", &["Contoso"], &["module.changed", "run.started"]);
    story.tells(0, "run", &["Contoso"], &["run.started"]);
    story.tells(0, "delivery send", &["--now"], &["delivery.started"]);
    let runs = entries(&story.scene, &["--action", "run.started"]);
    let run = runs[0]["subject_id"].as_str().expect("a run").to_owned();
    story.tells(5, "delivery give-up", &[&run, "Share"], &[]);
    // Nobody is there any more, so that the next package waits.
    std::fs::remove_dir_all(&share).expect("a folder");
    story.tells(0, "run", &["Contoso"], &["run.started"]);
    let runs = entries(&story.scene, &["--action", "run.started"]);
    let run = runs[0]["subject_id"].as_str().expect("a run").to_owned();
    story.tells(0, "delivery give-up", &[&run, "Share"], &["delivery.given_up"]);
    story.tells(0, "destination remove", &["Share", "--yes"], &["destination.removed"]);
    story.tells(0, "packages prune", &["--keep", "1"], &["packages.removed", "packages.removed"]);
    story.tells(0, "packages rule", &["--keep", "30"], &["retention.changed"]);
    story.tells(0, "packages rule", &["--keep", "30"], &[]);
    let edited = ["connection.changed", "connection.scheduled", "connection.paused"];
    story.tells(0, "schedule add", &["Later", "--daily", "04:30", "--zone", "UTC"], &["schedule.added"]);
    let many = ["--all", "--yes", "--schedule", "Later", "--add-label", "gold", "--pause"];
    story.tells(0, "connection edit-many", &many, &edited);
    story.tells(0, "connection edit-many", &many, &[]);
    story.tells(0, "connection edit-many", &["Contoso", "--resume"], &["connection.resumed"]);

    let (server, key) = (Receiver::start(&story.scene.tenant, &[]), "n0t-a-real-signing-key-11c2f0");
    story.scene.keep_secret(key);
    let (address, key) = (format!("{}/hooks/one", server.address), story.file("key.txt", key));
    let address = story.file("hook.txt", &address);
    let add = ["Team", "--webhook-file", &address, "--signing-key-file", &key];
    story.tells(0, "notification add", &add, &["notification.added"]);
    story.tells(0, "notification test", &["Team"], &["notification.tested"]);
    story.tells(0, "notification remove", &["Team", "--yes"], &["notification.removed"]);

    let password = story.file("proxy.txt", "n0t-a-real-proxy-password-5d11");
    story.scene.keep_secret("n0t-a-real-proxy-password-5d11");
    let set = ["proxy.example:3128", "--username", "ada", "--password-file", &password];
    story.tells(0, "proxy set", &set, &["secret.set", "proxy.changed"]);
    story.tells(0, "proxy remove", &[], &["proxy.removed", "secret.removed"]);

    let shared = story.file("shared.txt", "n0t-a-real-profile-secret-40aa");
    story.scene.keep_secret("n0t-a-real-profile-secret-40aa");
    let client = "11111111-2222-3333-4444-555555555555";
    story.tells(0, "profile add", &["Shared", "--client-id", client, "--secret", &shared], &["profile.added"]);
    many_from_a_table(&mut story);
    story.tells(0, "profile edit", &["Shared", "--secret", &shared], &["profile.changed"]);
    story.tells(0, "profile new-certificate", &["Shared"], &["profile.changed"]);
    story.tells(0, "profile remove", &["Shared", "--yes"], &["profile.removed"]);

    let visio = story.file("Visio.csv", "Username,Last activity date (UTC)\nada@example.com,1/2/2026\n");
    let import = ["Contoso", &visio, "--application", "visio", "--refreshed-on", "2026-01-05"];
    story.tells(0, "usage import", &import, &["usage.imported"]);
    story.tells(0, "usage remove", &["Contoso", "visio"], &["usage.removed"]);
    let names = story.file("names.csv", &published_names());
    story.tells(0, "names update", &[&names], &["names.installed"]);

    let exported = story.scene.written("configuration.json").display().to_string();
    story.tells(0, "config export", &[&exported], &["configuration.exported"]);
    let nowhere = story.scene.written("nowhere/configuration.json").display().to_string();
    std::fs::write(story.scene.written("nowhere"), "no folder").expect("a file");
    story.tells(5, "config export", &[&nowhere], &["configuration.exported"]);
    assert_eq!(entries(&story.scene, &[])[0]["outcome"], "failed");
    story.tells(0, "config import", &[&exported, "--replace", "--without-secrets"], &["configuration.imported"]);
    story.tells(0, "config import", &[&exported, "--replace", "--without-secrets", "--dry-run"], &[]);
    let legacy = "Connection Name;Source Type\r\nOlder;Microsoft Office 365\r\n";
    let legacy = story.file("legacy.csv", legacy);
    let imported = ["connection.added", "configuration.legacy_imported"];
    story.tells(0, "connection import-legacy", &[&legacy], &imported);
    story.tells(0, "connection remove", &["Older", "--yes"], &["connection.removed"]);

    let bundle = story.scene.written("bundle.tar.gz").display().to_string();
    story.tells(0, "diagnostics", &["--out", &bundle], &["diagnostics.exported"]);
    let trail = story.scene.written("audit.csv").display().to_string();
    story.tells(0, "audit export", &[&trail], &["audit.exported"]);
    let secrets = story.scene.written("secrets.age").display().to_string();
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    story.tells(0, "secrets export", &["--to", &recipient, "--output", &secrets], &["keys.exported"]);
    story.tells(0, "secrets rotate", &[], &["keys.rotated"]);
    let Story { scene, mut told } = story;

    // Keys that are lost, and keys that go elsewhere: what tells of them has to be read with other keys.
    std::fs::remove_file(scene.key_file()).expect("the keys");
    scene.beacon(&["secrets", "reset", "--yes"]).exits(0);
    assert_eq!(entries(&scene, &[])[0]["action"], "keys.reset");
    let passphrase = scene.input("passphrase.txt", "n0t-a-real-passphrase-0b77").display().to_string();
    scene.keep_secret("n0t-a-real-passphrase-0b77");
    let rekey = ["secrets", "rekey", "--provider", "passphrase", "--new-passphrase-file", &passphrase];
    scene.beacon(&rekey).exits(0);
    let newest = &entries(&scene, &["--passphrase-file", &passphrase])[0];
    assert_eq!((&newest["action"], &newest["details"]["from"]), (&"keys.rekeyed".into(), &"key-file".into()));
    told.extend(["secrets reset", "secrets rekey"].map(str::to_owned));

    {
        let _served = Served::start_with(&scene, &["--passphrase-file", &passphrase]);
        let before = last(&scene);
        scene.beacon(&["admin", "link"]).exits(0);
        scene.beacon(&["admin", "reset", "--yes"]).exits(0);
        let found = after(entries(&scene, &[]), before);
        assert_eq!(actions(&found), ["sign_in.link_made", "sign_in.link_made"]);
        // Whoever types it is known to the beacon that executes it.
        assert!(found.iter().all(|entry| entry["way"] == "command_line"), "{found:?}");
        told.extend(["admin link", "admin reset"].map(str::to_owned));
        invited(&scene, &mut told);
    }
    offboarded(&scene, &passphrase, &mut told);

    let mut all = BTreeSet::new();
    commands(&[], &mut all);
    told.extend(READING.map(str::to_owned));
    assert_eq!(told, all, "every command is in the list of those that read, or in the story");
    let verified = scene.beacon(&["--json", "--passphrase-file", &passphrase, "audit", "verify"]).exits(0).json();
    assert_eq!(verified["sound"], true, "{verified}");
}

/// Connections of a table, each with an entry of its own.
fn many_from_a_table(story: &mut Story) {
    let table = story.file("table.csv", "name,tenant,labels\nWoodgrove,woodgrove.example,gold\n");
    let add = [table.as_str(), "--profile", "Shared"];
    story.tells(0, "connection add-many", &[&add[..], &["--dry-run"]].concat(), &[]);
    let added = ["connection.added", "connection.changed", "configuration.table_imported"];
    story.tells(0, "connection add-many", &add, &added);
    let labels = entries(&story.scene, &["--action", "connection.changed"])[0].clone();
    assert_eq!(labels["details"]["labels"]["new"], serde_json::json!(["gold"]), "{labels}");
    story.tells(0, "connection remove", &["Woodgrove", "--yes"], &["connection.removed"]);
}

/// Links for somebody who may consent, beside a beacon that serves.
fn invited(scene: &Scene, told: &mut BTreeSet<String>) {
    let fields = vendor_app(&scene.tenant).set("flow", "authorization_code").set("redirect_uri", "http://localhost");
    let fields = fields.set("tenant", scene.tenant.tenant_id().to_string());
    scene.add("Person", &fields, &["--second-connection"]).exits(0);
    let before = last(scene);
    for command in [["invite", "Person"], ["invite", "Person"], ["withdraw", "Person"]] {
        scene.beacon(&[&["consent"], &command[..]].concat()).exits(0);
    }
    let found = after(entries(scene, &[]), before);
    assert_eq!(actions(&found), ["consent.link_made", "consent.link_made", "consent.link_withdrawn"]);
    assert!(found.iter().all(|entry| entry["way"] == "command_line"), "{found:?}");
    assert_eq!(found[1]["details"]["older_link"], "taken back", "{found:?}");
    told.extend(["consent invite", "consent withdraw"].map(str::to_owned));
}

/// The customer goes, and nothing that the trail says names it any more.
fn offboarded(scene: &Scene, passphrase: &str, told: &mut BTreeSet<String>) {
    let keys = ["--passphrase-file", passphrase];
    let numbered = |list: &[serde_json::Value]| list[0]["number"].as_u64().expect("a number");
    let before = numbered(&entries(scene, &keys));
    scene.beacon(&[&["tenant", "offboard", "Contoso", "--yes"], &keys[..]].concat()).exits(0);
    let all = entries(scene, &keys);
    let found = after(all.clone(), before);
    assert_eq!(actions(&found), ["audit.erased", "customer.erased"]);
    assert_eq!(found[0]["details"]["connections"], 2, "{found:?}");
    let text = serde_json::to_string(&all).expect("JSON");
    for name in ["Contoso", "Person", &scene.tenant.tenant_id().to_string()] {
        assert!(!text.contains(name), "{name} is left in {text}");
    }
    told.insert("tenant offboard".to_owned());
}
