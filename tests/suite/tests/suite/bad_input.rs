//! Wrong input: the error names the field, the rule and the value, and nothing is stored.

use crate::harness::Scene;
use crate::harness::forms::{Fields, own_app, vendor_app};

/// No connection exists.
#[track_caller]
fn check_nothing_stored(scene: &Scene) {
    let list = scene.beacon(&["--json", "connection", "list"]).exits(0).json();
    assert_eq!(list["connections"].as_array().map(Vec::len), Some(0), "{list}");
}

/// `connection add` is refused, and its message holds each of `parts`.
#[track_caller]
fn check_refused(scene: &Scene, name: &str, fields: &Fields, more: &[&str], parts: &[&str]) {
    let trouble = scene.add(name, fields, more).exits(5).error();
    let text = trouble.text();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(!trouble.code.is_empty(), "{trouble:?}");
}

#[test]
fn names_of_connections() {
    let scene = Scene::small();
    let long = "x".repeat(101);
    for (name, rule) in [
        ("", "must not be empty"),
        ("_x", "must begin with a letter or a digit"),
        (" x", "must begin with a letter or a digit"),
        ("a/b", "may only have letters, digits, underscores and spaces"),
        ("a\nb", "may only have letters, digits, underscores and spaces"),
        ("..", "must begin with a letter or a digit"),
        ("a;drop table", "may only have letters, digits, underscores and spaces"),
        (&long, "may have at most 100 characters"),
    ] {
        let shown = format!("{name:?}");
        let shown: String = shown.chars().take(100).collect();
        check_refused(
            &scene,
            name,
            &own_app(&scene.tenant),
            &[],
            &["onnection name", rule, shown.trim_end_matches('"')],
        );
    }
    check_nothing_stored(&scene);
}

#[test]
fn forms_of_a_proxy() {
    let scene = Scene::small();
    for (server, rule) in [
        ("proxy.local", "must be https://host:port, http://host:port or address:port"),
        ("socks5://proxy:1080", "must be https://host:port, http://host:port or address:port"),
        ("proxy:0", "must have a port from 1 to 65535"),
        ("proxy:99999", "must have a port from 1 to 65535"),
        ("http://proxy:80/path", "must end after the port"),
        ("pro xy:80", "must have a valid host name or address"),
    ] {
        let parts = ["roxy server", rule, server];
        check_refused(&scene, "Contoso", &own_app(&scene.tenant), &["--proxy-server", server], &parts);
    }
    // A password that was typed in the wrong place is not repeated.
    let arguments = ["--proxy-server", "http://ada:pa55word@proxy:80"];
    let text = scene.add("Contoso", &own_app(&scene.tenant), &arguments).exits(5).error().text();
    assert!(text.contains("must not contain a user name or password") && !text.contains("pa55word"), "{text}");
    check_nothing_stored(&scene);
}

#[test]
fn values_of_fields() {
    let scene = Scene::small();
    let own = || own_app(&scene.tenant);
    let vendor = || vendor_app(&scene.tenant);
    for (fields, parts) in [
        (own().set("client_id", "not-a-guid"), &["client_id", "not a GUID", "not-a-guid"][..]),
        (own().set("graph_root", "http://graph.test"), &["graph_root", "https origin", "http://graph.test"]),
        (own().set("graph_root", "https://graph.test/v1.0"), &["graph_root", "without a path"]),
        (own().set("login_root", "https://a:b@login.test"), &["login_root", "https origin"]),
        (
            own().set("token_endpoint", format!("{}/#x", scene.tenant.login_origin())),
            &["token_endpoint", "https address"],
        ),
        (own().set("token_endpoint", "https://collector.example.com/token"), &["token_endpoint", "sent nowhere else"]),
        (own().set("report_root", "http://reports.test"), &["report_root", "https origin", "http://reports.test"]),
        (own().set("cloud", "moon"), &["cloud", "moon", "global"]),
        (own().set("flow", "password"), &["flow", "password", "client_secret"]),
        (own().set("tenat", "x"), &["tenat", "no setting", "tenant"]),
        (own().set("tenant", "not a tenant"), &["tenant", "not a tenant"]),
        (own().without("client_id"), &["client_id", "is empty"]),
        (vendor().set("redirect_uri", "http://example.com"), &["redirect_uri", "http://localhost"]),
        (vendor().set("flow", "client_secret").set("tenant", "a.example"), &["flow", "cannot sign in by itself"]),
    ] {
        check_refused(&scene, "Contoso", &fields, &[], parts);
    }
    check_nothing_stored(&scene);
}

/// `common` and `organizations` name no tenant, and an application has nobody whose tenant could be taken instead.
#[test]
fn an_application_needs_its_tenant() {
    let scene = Scene::small();
    for fields in [
        own_app(&scene.tenant).without("tenant"),
        own_app(&scene.tenant).set("tenant", "common"),
        own_app(&scene.tenant).set("tenant", "organizations"),
        own_app(&scene.tenant).without("tenant").set("flow", "client_certificate"),
    ] {
        check_refused(&scene, "Contoso", &fields, &[], &["tenant", "name the tenant"]);
    }
    check_nothing_stored(&scene);
}

/// A preset cloud keeps its hosts: a host typed earlier does not stay in use behind the label of a preset.
#[test]
fn a_preset_cloud_keeps_its_hosts() {
    let scene = Scene::small();
    let fields = own_app(&scene.tenant).set("cloud", "global");
    check_refused(&scene, "Contoso", &fields, &[], &["login_root", "https://login.microsoftonline.com"]);
    check_nothing_stored(&scene);
}

#[test]
fn secrets_that_are_none() {
    let scene = Scene::small();
    let own = own_app(&scene.tenant);
    let garbage = scene.secret("client_certificate", "this is no PEM");
    let missing = format!("client_secret={}", scene.written("nowhere").display());
    for (arguments, parts) in [
        (["--secret", "client_secret"], &["--secret", "client_secret"][..]),
        (["--secret", "api_key=x"], &["api_key", "client_secret"]),
        (["--secret", &missing], &["nowhere"]),
        (["--secret", &garbage], &["PEM"]),
        (["--secret-expires", "client_secret=soon"], &["--secret-expires", "soon"]),
    ] {
        check_refused(&scene, "Contoso", &own, &arguments, parts);
    }
    check_nothing_stored(&scene);
}

/// What the command line itself cannot read is usage: exit code 2, and the help is named.
#[test]
fn usage() {
    let scene = Scene::small();
    for arguments in [
        &["conection", "list"][..],
        &["run"],
        &["run", "Contoso", "--format", "xml"],
        &["--allow-address", "somewhere", "connection", "list"],
        &["connection", "edit", "Contoso", "--no-proxy", "--proxy-server", "a:1"],
    ] {
        let finished = scene.beacon(arguments).exits(2);
        assert!(finished.errors.contains("--help"), "{arguments:?}: {}", finished.errors);
    }
    let trouble = scene.run("Nobody", &[]).exits(5).error();
    assert!(trouble.text().contains("Nobody"), "{trouble:?}");
}
