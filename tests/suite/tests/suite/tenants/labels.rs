//! Labels, and filters on every list and command that works on many.

use super::{ELSEWHERE, add_other, listed};
use crate::harness::Scene;
use crate::harness::forms::own_app;
use serde_json::json;

#[test]
fn labels_are_given_taken_filtered_by_and_moved() {
    let scene = Scene::small();
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let labels = ["--label", "Gold", "--label", "region=EU"];
    scene.add("Contoso", &own_app(&scene.tenant), &[&["--secret", &secret], &labels[..]].concat()).exits(0);
    add_other(&scene, "Fabrikam", ELSEWHERE, &["--label", "gold"]);
    add_other(&scene, "Woodgrove", "woodgrove.example", &[]);

    // All labels have to fit, one of the states, and a part of the name in any case.
    assert_eq!(listed(&scene, &["--label", "GOLD"]), ["Contoso", "Fabrikam"]);
    assert_eq!(listed(&scene, &["--label", "gold", "--label", "region=eu"]), ["Contoso"]);
    assert_eq!(listed(&scene, &["--name", "GROVE"]), ["Woodgrove"]);
    assert_eq!(listed(&scene, &["--state", "never_ran", "--label", "gold"]), ["Contoso", "Fabrikam"]);
    assert_eq!(listed(&scene, &["--state", "failing"]), Vec::<String>::new());
    let text = scene.beacon(&["connection", "list"]).exits(0).output;
    assert!(text.contains("gold, region=eu"), "{text}");

    // Commands that work on many take the same.
    scene.said(&["connection", "pause", "--label", "gold"]);
    assert_eq!(listed(&scene, &["--state", "paused"]), ["Contoso", "Fabrikam"]);
    scene.said(&["connection", "resume", "--all"]);
    assert_eq!(listed(&scene, &["--state", "paused", "--state", "disabled"]), Vec::<String>::new());
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30"]);
    let linked = scene.said(&["schedule", "link", "Nightly", "--label", "gold"]);
    assert_eq!(linked["connections"], json!(["Contoso", "Fabrikam"]));
    let health = scene.said(&["health", "--label", "region=eu"]);
    assert_eq!(health["connections"].as_array().map(Vec::len), Some(1), "{health}");
    assert_eq!(scene.said(&["packages", "prune", "--keep", "1", "--label", "gold"])["packages"]["removed"], json!([]));
    assert_eq!(scene.said(&["delivery", "list", "--label", "gold"])["deliveries"], json!([]));

    // What fits nothing does nothing, and says which labels there are.
    let none = scene.refused(&["connection", "disable", "--label", "silver"]);
    assert_eq!(none.code, "connection.none_selected");
    assert!(none.text().contains("gold, region=eu"), "{}", none.text());
    assert_eq!(scene.beacon(&["connection", "pause"]).code, Some(2), "somebody has to be meant");

    scene.said(&["connection", "edit", "Contoso", "--label", "tier.1", "--remove-label", "GOLD"]);
    let shown = scene.said(&["connection", "show", "Contoso"]);
    assert_eq!(shown["connection"]["labels"], json!(["region=eu", "tier.1"]));
    for wrong in ["a b", "=x", "", "a/b", "a,b"] {
        let error = scene.refused(&["connection", "edit", "Contoso", "--label", wrong]);
        assert_eq!(error.code, "store.input", "{wrong:?}: {}", error.text());
    }

    // They move with the configuration.
    let file = scene.written("beacon.json").display().to_string();
    scene.said(&["config", "export", &file]);
    for name in ["Contoso", "Fabrikam", "Woodgrove"] {
        scene.said(&["connection", "remove", name, "--yes"]);
    }
    scene.said(&["schedule", "remove", "Nightly", "--yes"]);
    scene.said(&["config", "import", &file]);
    assert_eq!(listed(&scene, &["--label", "region=eu", "--label", "tier.1"]), ["Contoso"]);
    assert_eq!(listed(&scene, &["--label", "gold"]), ["Fabrikam"]);
}
