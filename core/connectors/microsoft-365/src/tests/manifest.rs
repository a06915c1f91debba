//! The manifest: readable by the host, complete, and the same as the code.

use crate::Microsoft365;
use beacon_contract::{Manifest, Settings};
use beacon_kit::Connector;

fn manifest() -> Manifest {
    Microsoft365::manifest().expect("a manifest")
}

#[test]
fn the_host_accepts_it() {
    let manifest = manifest();
    assert_eq!(Manifest::from_json(&manifest.to_json()).expect("accepted"), manifest);
    assert_eq!((manifest.egress.len(), manifest.chains.len(), manifest.tables.len()), (12, 6, 12));
}

#[test]
fn the_form_stays_as_it_is() {
    insta::assert_json_snapshot!(manifest().form);
}

#[test]
fn defaults_follow_the_cloud_and_the_way_of_signing_in() {
    let form = manifest().form;
    let filled = |pairs: &[(&str, &str)]| {
        let mut settings = Settings::default();
        pairs.iter().for_each(|(field, value)| settings.set(*field, *value));
        form.effective(&settings)
    };
    let vendor = filled(&[("sign_in", "vendor_app"), ("cloud", "us_government_l5")]);
    for (field, expected) in [
        ("flow", "authorization_code"),
        ("client_id", "5bb1a5a2-0d97-4335-9448-119f7b27aff9"),
        ("token_endpoint", "https://login.microsoftonline.us/common/oauth2/v2.0/token"),
        ("redirect_uri", "https://login.microsoftonline.us/common/oauth2/nativeclient"),
        ("graph_root", "https://dod-graph.microsoft.us"),
        ("permission_set", "licences_and_usage"),
    ] {
        assert_eq!(vendor.text(field), Some(expected), "{field}");
    }
    let own = filled(&[]);
    for (field, expected) in [
        ("sign_in", Some("own_app")),
        ("flow", Some("client_secret")),
        ("client_id", None),
        ("authorization_endpoint", Some("https://login.microsoftonline.com/common/oauth2/v2.0/authorize")),
        ("redirect_uri", Some("http://localhost")),
    ] {
        assert_eq!(own.text(field), expected, "{field}");
    }
}

/// Every code that stands in this crate's own sources, as a text literal.
#[test]
fn every_code_has_a_text() {
    let sources = [
        include_str!("../check.rs"),
        include_str!("../consent.rs"),
        include_str!("../names.rs"),
        include_str!("../preview.rs"),
        include_str!("../probe.rs"),
        include_str!("../rules.rs"),
        include_str!("../session.rs"),
        include_str!("../tenant.rs"),
        include_str!("../users.rs"),
    ];
    let texts = manifest().texts;
    let literals = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let codes: Vec<_> = literals.filter(|literal| literal.starts_with("microsoft_365.")).collect();
    assert!(codes.len() > 15, "the search finds {}", codes.len());
    for code in codes {
        assert!(texts.contains_key(code), "{code} has no text");
    }
    for code in ["kit.cancelled", "graph.permission_missing", "entra.unknown", "aadsts.50173"] {
        assert!(texts.contains_key(code), "{code} has no text");
    }
}
