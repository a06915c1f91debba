//! A consent that waits for its confirmation: what may change meanwhile, what may not, and that nobody takes it away.

use super::{BOARD, added, follow, invited, links_of, path, row, stands, waits};
use crate::harness::Scene;
use crate::harness::served::{Served, Visitor};
use beacon_simulator::Decision;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A consent for `Contoso` by a link; the path of the task that waits.
#[track_caller]
fn waiting(scene: &Scene, served: &Served<'_>, administrator: &Visitor<'_>) -> String {
    let id = added(scene, administrator, "Contoso");
    follow(scene, &served.visitor(), &invited(administrator, &id), Decision::Accept);
    format!("/api/v1/tasks/{}", waits(administrator, "Contoso"))
}

/// The only connection.
#[track_caller]
fn only(administrator: &Visitor<'_>) -> Value {
    administrator.reads("/api/v1/connections")[0].clone()
}

#[test]
fn what_changed_meanwhile_stays_and_what_cannot_be_kept_waits_on() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let task = waiting(&scene, &served, &administrator);
    let confirm = format!("{task}/confirm");
    let edit = ["connection", "edit", "Contoso", "--rename", "Fabrikam", "--set", "redirect_uri=http://localhost:8400"];
    scene.said(&edit);

    // Nothing of it is kept if its token cannot be stored, and it can be confirmed again.
    scene.tamper(
        "CREATE TRIGGER no_room BEFORE INSERT ON secrets WHEN NEW.slot = 'refresh_token' \
         BEGIN SELECT RAISE(ABORT, 'no room'); END",
    );
    administrator.sends(Method::POST, &confirm, None).is(StatusCode::INTERNAL_SERVER_ERROR);
    let untouched = only(&administrator);
    assert_eq!((&untouched["consent"], &untouched["tenant_id"]), (&Value::Null, &Value::Null), "{untouched}");
    let id = untouched["id"].as_str().expect("an id").to_owned();
    let refused = administrator.sends(Method::POST, &links_of(&id), None).is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.code(), "consent.waits");
    scene.tamper("DROP TRIGGER no_room");
    administrator.sends(Method::POST, &confirm, None).is(StatusCode::OK);
    stands(&administrator, "Fabrikam", "confirmed");
    let kept = only(&administrator);
    assert_eq!(
        (&kept["name"], &kept["settings"]["redirect_uri"]),
        (&json!("Fabrikam"), &json!("http://localhost:8400"))
    );
    assert_eq!(kept["consent"]["account"], json!(scene.tenant.administrator()));
    assert_eq!(kept["tenant_id"], json!(scene.tenant.tenant_id().to_string()));
    assert_eq!(kept["secrets"].as_array().map(Vec::len), Some(1), "{kept}");
    scene.import("Fabrikam");
    // There is nothing to confirm twice.
    assert_eq!(administrator.sends(Method::POST, &confirm, None).is(StatusCode::CONFLICT).code(), "consent.none");
}

#[test]
fn it_is_not_kept_for_another_sign_in_address_or_app() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let task = waiting(&scene, &served, &administrator);
    let confirm = format!("{task}/confirm");
    let login = format!("login_root={}", scene.tenant.login_origin());
    for (changed, back) in [
        (["--set", "login_root=https://login.elsewhere.example"], ["--set", login.as_str()]),
        (["--set", "client_id=7f4b3c5e-1111-4222-8333-444455556666"], ["--unset", "client_id"]),
    ] {
        scene.said(&[&["connection", "edit", "Contoso"], &changed[..]].concat());
        let refused = administrator.sends(Method::POST, &confirm, None).is(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.code(), "consent.meant_otherwise");
        assert_eq!(only(&administrator)["consent"], Value::Null);
        scene.said(&[&["connection", "edit", "Contoso"], &back[..]].concat());
    }
    administrator.sends(Method::POST, &confirm, None).is(StatusCode::OK);
    stands(&administrator, "Contoso", "confirmed");
}

#[test]
fn a_link_takes_away_neither_a_consent_that_waits_nor_a_sign_in_under_way() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let id = added(&scene, &administrator, "Contoso");
    let link = invited(&administrator, &id);
    let order = json!({ "kind": "consent", "runs_in": "host", "way": "browser" });
    let task = administrator.task(&id, &order);
    let address = task["sign_in_address"].as_str().expect("an address");
    let back = scene.tenant.sign_in(address, &scene.tenant.administrator(), Decision::Accept).expect("it leads back");
    administrator.sends(Method::GET, &path(&json!(back)), None).is(StatusCode::SEE_OTHER);
    let task = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
    administrator.reads_until(&task, |task| task["phase"] == "waiting_for_confirmation");

    // Whoever was sent the link does not override it, and can use the link later.
    let customer = served.visitor();
    customer.sends(Method::POST, &link, None).is(StatusCode::CONFLICT);
    customer.sends(Method::GET, &link, None).is(StatusCode::OK);
    let refused = administrator.sends(Method::POST, &links_of(&id), None).is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.code(), "consent.waits");
    let many = json!({ "connections": [id] });
    let left_out = || administrator.sends(Method::POST, BOARD, Some(&many)).is(StatusCode::CREATED).json();
    assert_eq!(left_out()["left_out"][0]["problem"]["code"], "consent.waits");
    assert_eq!(administrator.reads(&task)["phase"], "waiting_for_confirmation");
    administrator.sends(Method::DELETE, &task, None).is(StatusCode::NO_CONTENT);
    customer.sends(Method::POST, &link, None).is(StatusCode::OK);

    // An order for many stops nobody who is signing in; one for this connection alone does.
    let answer = left_out();
    assert_eq!(answer["left_out"][0]["problem"]["code"], "consent.signing_in", "{answer}");
    assert_eq!(row(&administrator.reads(BOARD), "Contoso")["state"], "signing_in");
    invited(&administrator, &id);
    stands(&administrator, "Contoso", "link_made");
}
