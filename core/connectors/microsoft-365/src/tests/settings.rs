//! The task `check`.

use super::driver::{Script, Told};
use beacon_contract::Task;

fn check(changes: &[(&str, &str)]) -> Told {
    let script = Script::new(|path, _, _| panic!("check asks nobody, not even {path}"));
    changes.iter().fold(script, |script, (field, value)| script.with(field, value)).run(Task::Check)
}

fn errors(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let told = check(changes);
    assert!(told.is_done() && told.grants.is_empty());
    let general =
        told.form_errors.into_iter().filter(|error| told.field_errors.iter().all(|rule| rule.field != error.field));
    let all = general.chain(told.field_errors.iter().cloned());
    all.map(|error| (error.field, error.code)).collect()
}

#[test]
fn good_settings_have_no_errors() {
    let custom =
        [("cloud", "custom"), ("login_root", "https://localhost:8443"), ("graph_root", "https://localhost:9443")];
    let by_endpoint = ("token_endpoint", "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token");
    for changes in [
        &[][..],
        &[("cloud", "china")],
        &custom,
        &[("tenant", ""), by_endpoint],
        &[("tenant", ""), ("flow", "device_code")],
        &[("sign_in", "vendor_app"), ("client_id", ""), ("tenant", "")],
    ] {
        assert_eq!(errors(changes), [], "{changes:?}");
    }
}

#[test]
fn each_rule_names_its_field() {
    for (changes, field, code) in [
        (&[("tenant", "")][..], "tenant", "microsoft_365.tenant_needed"),
        (&[("tenant", "common")], "tenant", "microsoft_365.tenant_needed"),
        (&[("tenant", "Organizations"), ("flow", "client_certificate")], "tenant", "microsoft_365.tenant_needed"),
        (&[("tenant", "common"), ("flow", "device_code")], "tenant", "form.tenant"),
        (&[("sign_in", "vendor_app"), ("flow", "client_secret")], "flow", "microsoft_365.vendor_app_flow"),
        (&[("graph_root", "https://evil.example")], "graph_root", "microsoft_365.preset_origin"),
        (&[("token_endpoint", "https://evil.example/t")], "token_endpoint", "microsoft_365.endpoint_origin"),
        (&[("client_id", "x")], "client_id", "form.guid"),
        (&[("cloud", "moon")], "cloud", "form.choice"),
        (&[("flow", "authorization_code"), ("redirect_uri", "http://a/")], "redirect_uri", "form.redirect_uri"),
        (&[("speed", "fast")], "speed", "form.unknown"),
    ] {
        let found = errors(changes);
        assert!(found.contains(&(field.to_owned(), code.to_owned())), "{changes:?}: {found:?}");
        let same = found.iter().filter(|(other, _)| other == field).count();
        assert!(same == 1 || code.starts_with("form"), "{changes:?}: {found:?}");
    }
    // A flow by certificate without a certificate.
    assert!(errors(&[("flow", "client_certificate")]).contains(&("client_certificate".into(), "form.required".into())));
}

#[test]
fn a_run_refuses_settings_that_a_check_would() {
    let script =
        Script::new(|path, _, _| panic!("{path} must not be asked")).with("graph_root", "https://evil.example");
    let told = script.run(Task::Import);
    assert_eq!(told.fail().1, "microsoft_365.preset_origin");
    assert!(told.grants.is_empty(), "no token is asked for");
}
