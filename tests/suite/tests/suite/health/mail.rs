//! Telling people by mail.

use super::{WRONG, give_secret};
use crate::harness::Scene;
use crate::harness::mail_server::{MailServer, PASSWORD, USERNAME};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

#[test]
fn a_mail_goes_by_starttls_with_the_password_of_the_vault() {
    let scene = Scene::contoso();
    scene.keep_secret(PASSWORD);
    let server = MailServer::start(&scene.tenant);
    scene.import("Contoso");
    let port = server.port.to_string();
    let password = scene.input("password.txt", PASSWORD).display().to_string();
    let add = ["--json", "notification", "add", "Team", "--mail-server", "localhost", "--mail-port", &port];
    let who = ["--from", "beacon@example.test", "--to", "ops@example.test", "--to", "night@example.test"];
    let login = ["--username", USERNAME, "--password-file", &password, "--collect", "0"];
    scene.beacon(&[&add[..], &who, &login].concat()).exits(0);
    // Nobody vouches for the server yet: nothing is sent, least of all the password.
    let refused = scene.beacon(&["--json", "notification", "test", "Team"]).exits(5).error();
    assert_eq!(refused.code, "notification.tls", "{refused:?}");
    assert!(server.taken().is_empty());
    scene.trust(&server.authority);
    scene.beacon(&["notification", "test", "Team"]).exits(0);
    give_secret(&scene, WRONG, &[]);
    scene.run("Contoso", &[]).exits(5);
    let [test, mail] = &server.taken()[..] else { panic!("{:?}", server.taken()) };
    assert!(test.signed_in && test.mail.contains("Subject: beacon: a test message\n"), "{test:?}");
    assert_eq!(mail.from, "beacon@example.test");
    assert_eq!(mail.to, ["ops@example.test", "night@example.test"]);
    let (head, text) = mail.mail.split_once("\n\n").expect("headers, then a text");
    for line in ["Subject: beacon: Contoso: failing", "From: beacon@example.test", "Auto-Submitted: auto-generated"] {
        assert!(head.lines().any(|found| found == line), "{line} is not in\n{head}");
    }
    let text = BASE64_STANDARD.decode(text.replace('\n', "")).expect("base64");
    let text = String::from_utf8(text).expect("UTF-8");
    for part in ["Failing (1)", "- Contoso, since ", "healthy before", "(aadsts.7000215)"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}
