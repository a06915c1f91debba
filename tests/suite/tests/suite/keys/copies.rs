//! All secrets for somebody's own key: whole, readable by that one alone, and by no mistake with the wrong half.

use super::{PROXY_PASSWORD, SECRETS, SHARED_SECRET, TOKEN, with_secrets_of_all_kinds};
use crate::harness::modes;
use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use serde_json::{Value, json};

#[test]
fn an_export_opens_with_the_identity_and_holds_what_is_needed() {
    let scene = with_secrets_of_all_kinds();
    let identity = Identity::generate();
    let to = identity.to_public().to_string();
    let path = scene.written("secrets.age");
    let shown = path.display().to_string();
    let exported = scene.beacon(&["--json", "secrets", "export", "--to", &to, "--output", &shown]).exits(0).json();
    assert_eq!((&exported["secrets"], &exported["recipient"]), (&json!(SECRETS), &json!(to)));
    let file = std::fs::read(&path).expect("the export");
    modes::assert_private(&path);
    assert!(age::decrypt(&Identity::generate(), &file).is_err());
    let text = age::decrypt(&identity, &file).expect("the identity of the recipient");
    let content: Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!((&content["format"], &content["version"]), (&json!("beacon-secrets"), &json!(1)));
    let found: Vec<_> = content["secrets"]
        .as_array()
        .expect("secrets")
        .iter()
        .map(|one| {
            assert!(one["origins"].as_array().is_some_and(|origins| !origins.is_empty()), "where it may go");
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let owner = &one["belongs_to"];
            [text(&owner["kind"]), text(&owner["name"]), text(&one["slot"]), text(&one["value"])]
        })
        .collect();
    let client_secret = scene.tenant.own_client_secret();
    let profile = content["secrets"][2]["belongs_to"]["id"].as_str().unwrap_or_default();
    let shared = format!("profile.{profile}.client_secret");
    let expected = [
        ["connection", "Contoso", "client_secret", &client_secret],
        ["destination", "Files", "destination.bearer", TOKEN],
        ["profile", "Shared", &shared, SHARED_SECRET],
        ["installation", "default proxy", "proxy.password", PROXY_PASSWORD],
    ];
    // Compared without a word about what was found: a failing test must not print a secret either.
    assert!(found == expected.map(|parts| parts.map(str::to_owned)), "the export holds something else");
    assert_eq!(content["secrets"][0]["source_type"], "Microsoft 365");
}

#[test]
fn a_secret_key_is_refused_where_the_public_one_belongs() {
    let scene = with_secrets_of_all_kinds();
    let identity = Identity::generate().to_string().expose_secret().to_owned();
    scene.keep_secret(&identity);
    let path = scene.written("secrets.age");
    let shown = path.display().to_string();
    let export = |to: &str| scene.beacon(&["--json", "secrets", "export", "--to", to, "--output", &shown]);
    let refused = export(&identity).exits(5).error();
    assert_eq!(refused.code, "age.identity_instead");
    assert!(refused.advice.contains("age-keygen -y"), "{refused:?}");
    assert_eq!(export("somebody").exits(5).error().code, "age.not_a_recipient");
    // A copy that lacks one secret would be taken for whole.
    scene.tamper("UPDATE secrets SET ciphertext = zeroblob(40)");
    let refused = export(&Identity::generate().to_public().to_string()).exits(5).error();
    assert!(refused.text().contains("connection Contoso: client_secret"), "{refused:?}");
    assert!(!path.exists());
}
