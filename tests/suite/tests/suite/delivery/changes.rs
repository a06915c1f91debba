//! Destinations are changed in place: nothing that waits is lost, and no credential goes to a server it is not for.

use super::{add_upload, assert_arrived, destination, waiting};
use crate::harness::Scene;
use crate::harness::nginx::{Nginx, TOKEN};
use serde_json::json;

#[test]
fn what_waits_goes_to_the_changed_place_and_a_credential_stays_with_its_server() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    let file = |name: &str, text: &str| scene.input(name, text).display().to_string();
    let (right, wrong) = (file("token.txt", TOKEN), file("wrong.txt", "n0t-the-right-one-5c21"));
    scene.keep_secret(TOKEN);
    scene.keep_secret("n0t-the-right-one-5c21");
    add_upload(&scene, "Archive", &nginx.secure("bearer"), &["--bearer-file", &wrong]);
    let import = scene.import("Contoso");
    assert_eq!(waiting(&scene)[0]["last_error"]["code"], "delivery.unauthorized");

    let edit = |more: &[&str]| scene.beacon(&[&["--json", "destination", "edit", "Archive"], more].concat());
    let moved = edit(&["--upload", &nginx.strict("bearer")]).exits(5).error();
    assert_eq!(moved.code, "delivery.credential_missing", "{moved:?}");
    let shown = destination(&scene, "Archive");
    assert_eq!(shown["address"], nginx.secure("bearer"), "nothing was changed: {shown}");
    // Elsewhere on the same server the stored one is shown.
    edit(&["--upload", &nginx.secure("bearer/deeper"), "--only-complete"]).exits(0);
    assert_eq!(destination(&scene, "Archive")["access"], "bearer");
    edit(&["--upload", &nginx.secure("bearer"), "--bearer-file", &right, "--rename", "Vault", "--all-packages"])
        .exits(0);
    let shown = destination(&scene, "vault");
    assert_eq!(
        json!([shown["name"], shown["only_complete"], shown["failures"]]),
        json!(["Vault", false, 0]),
        "{shown}"
    );
    // It is due at once, although it had failed a moment ago.
    scene.beacon(&["--json", "delivery", "send"]).exits(0);
    assert_arrived(&scene, &nginx.folder("bearer"), &[&import]);

    scene.beacon(&["destination", "edit", "Vault", "--no-credential"]).exits(0);
    assert_eq!(destination(&scene, "Vault")["access"], "open");
    let database = rusqlite::Connection::open(scene.data().join("beacon.sqlite")).expect("a database");
    let count = database.query_row("SELECT count(*) FROM destination_secrets", [], |row| row.get::<_, i64>(0));
    assert_eq!(count.expect("SQL"), 0, "what is not shown any more is not stored any more");
}
