//! Figures for monitoring.

use crate::harness::Scene;
use crate::harness::served::{Served, Visitor};
use reqwest::{Method, StatusCode};
use std::collections::BTreeMap;

/// A token that lets monitoring in; a secret.
const TOKEN: &str = "n0t-a-real-metrics-token-4b1e";

/// The figures by name and labels, once the text is well-formed: each name declared once and before its figures, each
/// value a number, and the end marked.
#[track_caller]
fn figures(visitor: &Visitor<'_>) -> BTreeMap<String, f64> {
    let answered = visitor.sends(Method::GET, "/metrics", None).is(StatusCode::OK);
    let media_type = answered.headers["content-type"].to_str().expect("text").to_owned();
    assert!(media_type.starts_with("application/openmetrics-text"), "{media_type}");
    let text = String::from_utf8(answered.body).expect("UTF-8");
    assert!(text.ends_with("# EOF\n"), "{text}");
    let (mut found, mut declared) = (BTreeMap::new(), Vec::<(String, String)>::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a name and a kind");
            assert!(declared.iter().all(|(known, _)| known != name), "{name} is declared twice");
            declared.push((name.to_owned(), kind.to_owned()));
        } else if !line.starts_with('#') {
            let (figure, value) = line.rsplit_once(' ').expect("a figure and its value");
            let name = figure.split('{').next().unwrap_or_default();
            let (last, kind) = declared.last().expect("declared before");
            let expected = if kind == "counter" { format!("{last}_total") } else { last.clone() };
            assert_eq!(name, expected, "{line}");
            assert!(name.starts_with("beacon_"), "{line}");
            let value: f64 = value.parse().expect("a number");
            assert!(found.insert(figure.to_owned(), value).is_none(), "{figure} stands there twice");
        }
    }
    found
}

/// A tenant that was imported once, and a destination.
fn imported() -> Scene {
    let scene = Scene::contoso();
    scene.import("Contoso");
    scene.add_folder("Share", "share", &[]);
    scene
}

#[test]
fn figures_are_served_to_this_machine_once_they_are_switched_on() {
    let scene = imported();
    let mut served = Served::start(&scene);
    assert_eq!(served.visitor().sends(Method::GET, "/metrics", None).status, StatusCode::NOT_FOUND, "off by default");
    served.kill();
    let served = Served::start_with(&scene, &["--metrics"]);
    let figures = figures(&served.visitor());
    let users = scene.tenant.truth().users().count();
    let exactly = [
        ("beacon_connections{state=\"healthy\"}", 1.0),
        ("beacon_connections{state=\"failing\"}", 0.0),
        ("beacon_connection_state{connection=\"Contoso\",state=\"healthy\"}", 1.0),
        ("beacon_runs_total{connection=\"Contoso\",outcome=\"complete\"}", 1.0),
        ("beacon_rows{connection=\"Contoso\",table=\"users\"}", f64::from(u32::try_from(users).expect("few"))),
        ("beacon_due_runs", 0.0),
        ("beacon_deliveries_waiting{destination=\"Share\"}", 0.0),
    ];
    for (figure, value) in exactly {
        assert_eq!(figures.get(figure), Some(&value), "{figure} in {figures:#?}");
    }
    let some = [
        "beacon_requests_total{connection=\"Contoso\"}",
        "beacon_last_success_timestamp_seconds{connection=\"Contoso\"}",
    ];
    for figure in some {
        assert!(figures.get(figure).is_some_and(|value| *value > 0.0), "{figure} in {figures:#?}");
    }
    for name in ["beacon_build_info{version=", "beacon_module_info{source_type=\"Microsoft 365\""] {
        assert!(figures.keys().any(|figure| figure.starts_with(name)), "{name} in {figures:#?}");
    }
}

#[test]
fn a_token_lets_in_and_sums_name_no_connection() {
    let scene = imported();
    scene.keep_secret(TOKEN);
    let token = scene.input("metrics-token.txt", TOKEN).display().to_string();
    let file = format!("[metrics]\nenabled = true\ntoken_file = {token:?}\nper_connection = false\n");
    let file = scene.input("beacon.toml", file).display().to_string();
    let shown = scene.beacon(&["--json", "--config", &file, "config", "show"]).exits(0).json();
    assert_eq!(shown["settings"]["metrics.enabled"]["value"], "true");
    assert_eq!(shown["settings"]["metrics.per_connection"]["source"], "file");
    let served = Served::start_with(&scene, &["--config", &file]);
    let visitor = served.visitor();
    let with =
        |authorization: &str| visitor.sends_with(Method::GET, "/metrics", None, &[("authorization", authorization)]);
    assert_eq!(with("").is(StatusCode::FORBIDDEN).code(), "metrics.access");
    assert_eq!(with("Bearer another").status, StatusCode::FORBIDDEN);
    let answered = with(&format!("Bearer {TOKEN}")).is(StatusCode::OK);
    let text = String::from_utf8(answered.body).expect("UTF-8");
    assert!(text.contains("beacon_runs_total{outcome=\"complete\"} 1"), "{text}");
    assert!(!text.contains("Contoso"), "{text}");
}
