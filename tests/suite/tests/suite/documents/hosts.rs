//! Whoever opens a firewall by the documentation has opened it for everything that the connector may ask, and for
//! nothing else.

use crate::harness::document::{Document, quoted};
use beacon_contract::{FieldKind, OriginPattern, Settings};
use beacon_kit::Connector as _;
use beacon_microsoft_365::Microsoft365;
use std::collections::BTreeSet;
use url::Url;

/// Where tokens and device codes come from, and where a person signs in.
const SIGN_IN: [&str; 4] = ["login_root", "token_endpoint", "authorization_endpoint", "device_endpoint"];

/// The value of a cloud whose hosts are typed.
const CUSTOM: &str = "custom";

fn hosts(settings: &Settings, fields: &[&str]) -> BTreeSet<String> {
    let host = |field: &&str| {
        let url = Url::parse(settings.text(field).expect(field)).expect("an address");
        assert_eq!((url.scheme(), url.port()), ("https", None), "{url}");
        url.host_str().expect("a host").to_owned()
    };
    fields.iter().map(host).collect()
}

#[test]
fn the_hosts_of_each_cloud_are_those_of_the_manifest() {
    let manifest = Microsoft365::manifest().expect("a manifest");
    let mut downloads = BTreeSet::new();
    let mut settings = BTreeSet::new();
    for rule in &manifest.egress {
        match &rule.origin {
            OriginPattern::Exact(origin) => panic!("{origin} stands in no column"),
            OriginPattern::Suffix(suffix) => {
                assert!(rule.redirect_only, "{suffix} is documented as a place that only redirects lead to");
                downloads.insert(format!("*{suffix}"));
            }
            OriginPattern::Setting(field) => {
                settings.insert(field.as_str());
            }
        }
    }
    // The second is for clouds of one's own; elsewhere it is one of Microsoft's, which the suffixes cover.
    assert_eq!(settings, BTreeSet::from(["graph_root", "report_root"]));
    let field = manifest.form.fields.iter().find(|field| field.id.as_str() == "cloud").expect("the field of the cloud");
    let FieldKind::Choice { choices } = &field.kind else { panic!("clouds are a choice") };
    let rows = Document::read("docs/operations.md").section("Hosts and ports").rows();
    let named = |cell: &String| quoted(cell).into_iter().collect::<BTreeSet<_>>();
    for cloud in choices.iter().map(|choice| choice.value.as_str()).filter(|cloud| *cloud != CUSTOM) {
        let mut chosen = Settings::default();
        chosen.set("cloud", cloud);
        let effective = manifest.form.effective(&chosen);
        let row =
            rows.iter().find(|row| named(&row[0]).contains(cloud)).unwrap_or_else(|| panic!("{cloud} is missing"));
        assert_eq!(named(&row[1]), hosts(&effective, &SIGN_IN), "sign-in of {cloud}");
        assert_eq!(named(&row[2]), hosts(&effective, &["graph_root"]), "data of {cloud}");
        assert_eq!(named(&row[3]), downloads, "reports of {cloud}");
        for host in hosts(&effective, &["report_root"]) {
            assert!(downloads.iter().any(|download| host.ends_with(download.trim_start_matches('*'))), "{host}");
        }
    }
}
