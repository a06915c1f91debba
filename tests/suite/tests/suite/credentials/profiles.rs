//! Credential profiles: many connections, one secret, one rotation, one warning.

use super::days_ahead;
use crate::harness::Scene;
use crate::harness::forms::own_app;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Adds the profile `Partner` of the own app for the tenant's own sign-in site.
#[track_caller]
fn add_partner(scene: &Scene, expires: &str) {
    let secret = scene.input("partner.txt", scene.tenant.own_client_secret()).display().to_string();
    let (client_id, origin) = (scene.tenant.own_client_id().to_string(), scene.tenant.login_origin());
    let add = ["profile", "add", "Partner", "--client-id", &client_id, "--secret", &secret];
    scene.said(&[&add[..], &["--expires", expires, "--origin", &origin]].concat());
}

/// Adds connections that use it.
#[track_caller]
fn add_users(scene: &Scene, names: &[&str]) {
    let fields = own_app(&scene.tenant).without("client_id");
    for name in names {
        scene.add(name, &fields, &["--profile", "partner", "--second-connection"]).exits(0);
    }
}

#[test]
fn one_rotation_and_one_warning_are_for_all_connections() {
    let scene = Scene::small();
    add_partner(&scene, &days_ahead(10).to_string());
    add_users(&scene, &["Contoso", "Fabrikam"]);
    scene.import("Contoso");
    scene.import("Fabrikam");
    let listed = scene.said(&["connection", "list"]);
    let expiring = listed["expiring"].as_array().expect("a list");
    assert_eq!(expiring.len(), 1, "{listed}");
    assert_eq!(expiring[0]["connections"], json!(["Contoso", "Fabrikam"]));
    assert_eq!((&expiring[0]["profile"], &expiring[0]["level"]), (&json!("Partner"), &json!("days14")));

    let own = scene.tenant.own_client_id();
    let fresh = scene.tenant.add_secret(own, 300 * DAY).expect("the own app");
    scene.tenant.edit_registration(own, |app| app.secrets.retain(|one| one.value == fresh)).expect("the own app");
    let file = scene.input("fresh.txt", &fresh).display().to_string();
    let edited =
        scene.said(&["profile", "edit", "Partner", "--secret", &file, "--expires", &days_ahead(300).to_string()]);
    assert_eq!(edited["connections"], json!(["Contoso", "Fabrikam"]));
    scene.import("Contoso");
    scene.import("Fabrikam");
    assert_eq!(scene.said(&["connection", "list"])["expiring"], json!([]));
}

#[test]
fn a_profile_in_use_stays_and_says_by_whom() {
    let scene = Scene::small();
    add_partner(&scene, "2031-05-31");
    add_users(&scene, &["Contoso", "Fabrikam"]);
    let error = scene.beacon(&["--json", "profile", "remove", "Partner", "--yes"]).exits(5).error();
    assert_eq!(error.code, "store.profile_in_use");
    assert!(error.text().contains("Contoso, Fabrikam"), "{error:?}");
    scene.said(&["connection", "remove", "Fabrikam", "--yes"]);
    // A credential of its own again, in place of the profile.
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.said(&["connection", "edit", "Contoso", "--no-profile", "--secret", &secret]);
    scene.import("Contoso");
    scene.said(&["profile", "remove", "Partner", "--yes"]);
    assert_eq!(scene.said(&["profile", "list"])["profiles"], json!([]));
    assert_eq!(scene.refused(&["profile", "show", "Partner"]).code, "profile.unknown");
}

#[test]
fn the_secret_of_a_profile_goes_to_its_own_sign_in_site_alone() {
    let scene = Scene::small();
    let secret = scene.input("partner.txt", scene.tenant.own_client_secret()).display().to_string();
    let client_id = scene.tenant.own_client_id().to_string();
    // For Microsoft's own site, as nothing else was said.
    scene.said(&["profile", "add", "Global", "--client-id", &client_id, "--secret", &secret]);
    let fields = own_app(&scene.tenant).without("client_id");
    let error = scene.add("Contoso", &fields, &["--profile", "Global"]).exits(5).error();
    assert_eq!(error.code, "profile.other_origin");
    assert!(error.text().contains(&scene.tenant.login_origin()), "{error:?}");
    assert_eq!(scene.said(&["connection", "list"])["connections"], json!([]));

    add_partner(&scene, "2031-05-31");
    add_users(&scene, &["Contoso"]);
    let elsewhere = ["connection", "edit", "Contoso", "--set", "login_root=https://login.example.com"];
    assert_eq!(scene.refused(&elsewhere).code, "profile.other_origin");
    let other = ["profile", "edit", "Partner", "--origin", "https://login.example.com"];
    assert_eq!(scene.refused(&other).code, "profile.origins_need_credential");
    scene.import("Contoso");
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_stored() {
    let scene = Scene::small();
    add_partner(&scene, "2031-05-31");
    let secret = scene.input("secret.txt", scene.tenant.own_client_secret()).display().to_string();
    let id = scene.tenant.own_client_id().to_string();
    let cases: [(&[&str], &str); 5] = [
        (&["Other", "--client-id", "not-an-id", "--secret", &secret], "profile.client_id"),
        (&["Other", "--client-id", &id], "profile.no_credential"),
        (&["partner", "--client-id", &id, "--secret", &secret], "store.profile_name_taken"),
        (&["_", "--client-id", &id, "--secret", &secret], "profile.name"),
        (&["Other", "--client-id", &id, "--secret", &secret, "--origin", "http://example.com"], "profile.origin"),
    ];
    for (arguments, code) in cases {
        assert_eq!(scene.refused(&[&["profile", "add"], arguments].concat()).code, code, "{arguments:?}");
    }
    assert_eq!(scene.said(&["profile", "list"])["profiles"].as_array().map(Vec::len), Some(1));
    let slot = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let without = own_app(&scene.tenant).without("client_id");
    let cases: [(_, &[&str], &str); 3] = [
        (&without, &["--profile", "Partner", "--secret", &slot], "profile.own_secret"),
        (&without, &["--profile", "Nobody"], "profile.unknown"),
        (&own_app(&scene.tenant), &["--profile", "Partner"], "profile.own_client_id"),
    ];
    for (fields, more, code) in cases {
        assert_eq!(scene.add("Contoso", fields, more).exits(5).error().code, code, "{more:?}");
    }
    assert_eq!(scene.said(&["connection", "list"])["connections"], json!([]));
}

#[test]
fn a_profile_changes_from_its_secret_to_a_certificate_for_all() {
    let scene = Scene::small();
    add_partner(&scene, "2031-05-31");
    add_users(&scene, &["Contoso", "Fabrikam"]);
    let make = ["profile", "new-certificate", "Partner"];
    let made = scene.said(&make);
    let shown = scene.said(&["profile", "show", "Partner"]);
    assert!(shown["profile"]["next_until"].is_string(), "{shown}");
    assert_eq!(scene.refused(&[&make[..], &["--try"]].concat()).code, "aadsts.700027");
    let pem = made["certificate"]["pem"].as_str().expect("a certificate");
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM");
    scene.tenant.add_certificate(scene.tenant.own_client_id(), der.to_vec()).expect("the own app");
    // By the connection's name it is the same certificate.
    assert_eq!(scene.said(&["connection", "new-certificate", "Contoso", "--try"])["active"], true);
    let shown = scene.said(&["profile", "show", "Partner"]);
    assert_eq!(
        (&shown["profile"]["kind"], &shown["profile"]["next_until"]),
        (&json!("client_certificate"), &Value::Null)
    );
    scene.tenant.edit_registration(scene.tenant.own_client_id(), |app| app.secrets.clear()).expect("the own app");
    scene.import("Contoso");
    scene.import("Fabrikam");
}
