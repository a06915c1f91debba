//! Modules that misbehave: each ends with its own typed error or with `partial`, and the next run is fine.

use crate::harness::forms::hostile;
use crate::harness::scene::Import;
use crate::harness::{Scene, places};
use beacon_hostile::{Behaviour, Specimen, needing_host, sound, structural};
use beacon_simulator::{FaultKind, FaultRule};
use std::process::Command;

/// A scene with a good connection and one of the hostile module.
fn scene(behaviour: &str) -> Scene {
    let scene = Scene::small();
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let module = places::module("hostile").display().to_string();
    let more = ["--source-type", "Hostile", "--module", &module, "--secret", &secret];
    scene.add("Hostile", &hostile(&scene.tenant, behaviour), &more).exits(0);
    scene
}

fn run_hostile(scene: &Scene) -> crate::harness::Finished {
    scene.run("Hostile", &["--module", &places::module("hostile").display().to_string()])
}

/// The host is as good as before: an honest import of the same data folder is complete.
#[track_caller]
fn check_untouched(scene: &Scene) {
    scene.add_own_app("Contoso");
    let import = scene.import("Contoso");
    assert_eq!(import.block()["status"], "complete");
}

/// The run ends with this code and leaves no package.
#[track_caller]
fn check_stopped(behaviour: &str, code: &str) -> Scene {
    assert!(Behaviour::from_name(behaviour).is_some(), "{behaviour}");
    let scene = scene(behaviour);
    let trouble = run_hostile(&scene).exits(6).error();
    assert_eq!(trouble.code, code, "{behaviour}: {trouble:?}");
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new(), "{behaviour} left a package");
    check_untouched(&scene);
    scene
}

/// The host refused the one request of the module for this reason, and nobody was asked.
#[track_caller]
fn check_refused(scene: &Scene, finished: crate::harness::Finished, reason: &str) {
    let trouble = finished.exits(6).error();
    assert_eq!(trouble.code, "hostile.refused", "{trouble:?}");
    assert!(trouble.title.contains(&format!(": {reason}.")), "{reason}: {trouble:?}");
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new());
}

#[track_caller]
fn check_never_sent(behaviour: &str, reason: &str) {
    let scene = scene(behaviour);
    scene.tenant.clear_requests();
    check_refused(&scene, run_hostile(&scene), reason);
    assert_eq!(scene.tenant.requests().len(), 0, "{behaviour}: something was sent");
    check_untouched(&scene);
}

/// The package says that this table is partial, and why.
#[track_caller]
fn check_partial(behaviour: &str, reason: &str) {
    let scene = scene(behaviour);
    let import = Import::of(&run_hostile(&scene).exits(3));
    let block = import.block();
    assert_eq!(block["status"], "partial", "{behaviour}");
    assert_eq!(block["tables"]["users"]["status"], "partial", "{behaviour}: {block}");
    assert_eq!(block["tables"]["users"]["reason"]["code"], reason, "{behaviour}: {block}");
    assert_eq!(block["tables"]["tenant"]["status"], "complete", "{behaviour}: {block}");
    assert_eq!(block["module"]["trusted"], false);
    scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);
    check_untouched(&scene);
}

/// Without a misdeed the same module ends complete: what stops the others is their misdeed.
#[test]
fn the_honest_behaviour_is_complete_and_marked_as_untrusted() {
    let scene = scene("honest");
    let import = Import::of(&run_hostile(&scene).exits(0));
    let block = import.block();
    assert_eq!(block["status"], "complete");
    assert_eq!(block["module"]["trusted"], false);
    assert_eq!(block["tables"]["users"]["rows"], 50);
    assert_eq!(block["tables"]["users"]["pages"], 3);
}

#[test]
fn an_endless_loop() {
    check_stopped("loop_forever", "sandbox.out_of_fuel");
}

#[test]
fn eating_memory() {
    check_stopped("eat_memory", "sandbox.out_of_memory");
}

#[test]
fn endless_recursion() {
    check_stopped("recurse", "sandbox.stack_overflow");
}

#[test]
fn a_trap() {
    check_stopped("trap", "sandbox.unreachable");
}

#[test]
fn replies_that_lie() {
    check_stopped("bad_reply_pointer", "sandbox.bad_pointer");
    check_stopped("bad_output_pointer", "sandbox.bad_pointer");
    check_stopped("absurd_length", "sandbox.output_too_large");
}

#[test]
fn wishes_that_cannot_be_read() {
    check_stopped("unreadable_wishes", "module.unreadable_wishes");
    check_stopped("unknown_critical_wish", "module.unreadable_wishes");
    check_stopped("notes_flood", "module.unreadable_wishes");
    check_stopped("plan_too_large", "module.unreadable_wishes");
}

#[test]
fn broken_rules_of_a_run() {
    check_stopped("same_number_twice", "module.rule");
    check_stopped("too_many_open", "module.rule");
    check_stopped("wish_after_done", "module.rule");
    check_stopped("stall", "module.stalled");
}

#[test]
fn rows_that_do_not_fit_their_table() {
    check_stopped("unknown_table", "module.rule");
    check_stopped("unknown_column", "module.rule");
    check_stopped("host_column", "module.rows");
    check_stopped("missing_column", "module.rows");
    check_stopped("wrong_type", "module.rows");
    check_stopped("null_key", "module.rows");
    check_stopped("wrong_lengths", "module.unreadable_rows");
    check_stopped("not_utf8", "module.unreadable_rows");
}

#[test]
fn requests_that_no_rule_allows() {
    check_never_sent("forbidden_host", "egress.rule");
    check_never_sent("forbidden_path", "egress.rule");
    check_never_sent("forbidden_header", "egress.header");
    check_never_sent("plain_http", "egress.scheme");
}

#[test]
fn addresses_of_the_inside() {
    check_never_sent("private_address", "egress.address");
    check_never_sent("metadata_address", "egress.address");
}

/// `localhost` is a name like any other; without the operator's grant its address is a private one.
#[test]
fn a_name_that_resolves_to_the_inside() {
    let scene = scene("private_name");
    scene.tenant.clear_requests();
    let module = places::module("hostile").display().to_string();
    let command = scene.bare(&["--json", "run", "Hostile", "--module", &module]);
    check_refused(&scene, scene.run_command(command), "egress.address");
    assert_eq!(scene.tenant.requests().len(), 0);
    check_untouched(&scene);
}

#[test]
fn redirects_to_where_nobody_may_go() {
    for (to, reason) in [
        ("https://10.0.0.1/v1.0/organization".to_owned(), "egress.address"),
        ("https://169.254.169.254/v1.0/organization".to_owned(), "egress.address"),
        ("https://collector.example.com/v1.0/organization".to_owned(), "egress.rule"),
        ("http://localhost/v1.0/organization".to_owned(), "egress.scheme"),
    ] {
        let scene = scene("redirected");
        scene.tenant.clear_requests();
        let redirect = FaultKind::Redirect { to: to.clone() };
        scene.tenant.add_fault(FaultRule::once("/v1.0/organization", redirect));
        check_refused(&scene, run_hostile(&scene), reason);
        assert_eq!(scene.tenant.requests().len(), 1, "{to}: only the first address was asked");
    }
}

#[test]
fn credentials_for_others() {
    check_never_sent("undeclared_slot", "egress.unknown_slot");
    check_never_sent("slot_elsewhere", "egress.slot");
    // A stored secret is for grants only, even at the origin that it is bound to.
    check_never_sent("stored_slot", "grant.no_token");
}

#[test]
fn leaving_rows_out_while_following_every_link() {
    check_partial("drop_rows", "ledger.items_without_row");
}

#[test]
fn inventing_rows() {
    check_partial("invent_rows", "ledger.items_without_row");
}

#[test]
fn skipping_a_part() {
    check_partial("skip_partition", "ledger.partitions_leave_gap");
}

#[test]
fn narrowing_the_list() {
    let scene = scene("narrow_root");
    // Whatever the service makes of the search, the list is not the one that the manifest names.
    let finished = run_hostile(&scene);
    assert_ne!(finished.code, Some(0), "{finished:?}");
    for package in scene.packages() {
        let block = crate::harness::scene::manifest(&package)["beacon"].clone();
        assert_eq!(block["tables"]["users"]["reason"]["code"], "ledger.not_a_root", "{block}");
    }
    check_untouched(&scene);
}

#[test]
fn not_following_a_continuation() {
    check_partial("stop_following", "ledger.continuation_not_followed");
}

#[test]
fn inventing_a_continuation() {
    check_partial("invent_continuation", "ledger.not_a_continuation");
}

#[test]
fn claiming_without_asking() {
    check_partial("claim_without_asking", "ledger.no_root");
}

#[test]
fn never_claiming_anything() {
    check_partial("never_claim", "ledger.not_ended");
}

#[test]
fn telling_of_two_tenants() {
    let scene = scene("two_tenants");
    let trouble = run_hostile(&scene).exits(5).error();
    assert_eq!(trouble.code, "run.wrong_tenant");
    check_untouched(&scene);
}

#[test]
fn telling_of_another_tenant_than_the_pinned_one() {
    let scene = scene("honest");
    let module = places::module("hostile").display().to_string();
    Import::of(&run_hostile(&scene).exits(0));
    scene.beacon(&["connection", "edit", "Hostile", "--set", "behaviour=other_tenant", "--module", &module]).exits(0);
    let trouble = run_hostile(&scene).exits(5).error();
    assert_eq!(trouble.code, "run.wrong_tenant");
    assert_eq!(scene.packages().len(), 1, "only the package of the honest run");
}

/// Every behaviour has its test above: a new one without a test fails here.
#[test]
fn every_behaviour_is_tested() {
    let source = include_str!("hostile.rs");
    for (name, _) in Behaviour::ALL {
        let named = [format!("\"{name}\""), format!("={name}\"")];
        assert!(named.iter().any(|named| source.contains(named)), "{name} has no test");
    }
}

fn inspect(scene: &Scene, bytes: &[u8]) -> Command {
    let file = scene.input("module.wasm", bytes).display().to_string();
    scene.command(&["--json", "module", "inspect", &file])
}

/// A module that is wrong as a whole is refused by every command that takes one, before it is compiled.
#[test]
fn structural_defects_are_refused_before_compilation() {
    let scene = Scene::contoso();
    scene.run_command(inspect(&scene, &sound())).exits(0);
    for Specimen { name, bytes, refusal } in structural() {
        let trouble = scene.run_command(inspect(&scene, &bytes)).exits(6).error();
        assert_eq!(trouble.code, refusal, "{name}: {trouble:?}");
        let file = scene.input("module.wasm", &bytes).display().to_string();
        let trouble = scene.run("Contoso", &["--module", &file]).exits(6).error();
        assert_eq!(trouble.code, refusal, "{name}: {trouble:?}");
    }
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new());
    scene.import("Contoso");
}

/// A module may count on what an older host does not do, so that host does not even begin.
#[test]
fn a_module_for_a_newer_host_is_refused() {
    let scene = Scene::contoso();
    scene.tenant.clear_requests();
    let host = env!("CARGO_PKG_VERSION");
    scene.run_command(inspect(&scene, &needing_host(host))).exits(0);
    // Compared as numbers: as text, the second one would be lower than many hosts.
    for newer in ["999.0.0", "10000.0.0"] {
        let bytes = needing_host(newer);
        let file = scene.input("module.wasm", &bytes).display().to_string();
        let refused = [scene.run_command(inspect(&scene, &bytes)), scene.run("Contoso", &["--module", &file])];
        for trouble in refused.map(|finished| finished.exits(5).error()) {
            assert_eq!(trouble.code, "module.needs_newer_host", "{trouble:?}");
            for part in [newer, host, "Update beacon"] {
                assert!(trouble.text().contains(part), "{part} is missing in {trouble:?}");
            }
        }
    }
    assert_eq!(scene.tenant.requests().len(), 0);
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new());
    scene.import("Contoso");
}
