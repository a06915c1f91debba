//! Deliveries through a real proxy, if a destination asks for one.

use super::{add_upload, assert_arrived, destination};
use crate::harness::Scene;
use crate::harness::nginx::{Nginx, TOKEN};
use crate::harness::squid::{DOMAIN, Manner, PASSWORD, Squid, USERNAME};
use serde_json::json;

const WRONG: &str = "wr0ng proxy password of a destination";

/// A destination behind a proxy: its name leads nowhere but there.
struct Behind {
    scene: Scene,
    nginx: Nginx,
    squid: Squid,
}

impl Behind {
    fn new(manner: Manner) -> Self {
        let scene = Scene::contoso();
        for secret in [PASSWORD, TOKEN, WRONG] {
            scene.keep_secret(secret);
        }
        let (nginx, squid) = (Nginx::start(), Squid::start(manner, scene.tenant.ca_pem()));
        nginx.is_trusted_by(&scene);
        scene.trust(squid.ca_pem());
        let token = scene.input("token.txt", TOKEN).display().to_string();
        add_upload(&scene, "Archive", &nginx.behind_proxy("bearer"), &["--bearer-file", &token]);
        Self { scene, nginx, squid }
    }

    fn edit(&self, more: &[&str]) {
        self.scene.beacon(&[&["destination", "edit", "Archive"], more].concat()).exits(0);
    }

    fn goes_through(&self, server: &str, password: &str) {
        let file = self.scene.input("proxy-password.txt", password).display().to_string();
        self.edit(&["--proxy-server", server, "--proxy-username", USERNAME, "--proxy-password-file", &file]);
    }

    /// What trying it out says.
    #[track_caller]
    fn fails(&self, exit: i32, code: &str, words: &[&str]) {
        let trouble = self.scene.beacon(&["--json", "destination", "test", "Archive"]).exits(exit).error();
        assert_eq!(trouble.code, code, "{trouble:?}");
        let text = trouble.text();
        for word in words {
            assert!(text.contains(word), "{word:?} is missing in:\n{text}");
        }
    }
}

#[test]
fn a_package_goes_through_the_proxy_of_its_destination_in_each_of_three_forms() {
    let behind = Behind::new(Manner::Basic);
    let Behind { scene, nginx, squid } = &behind;
    behind.fails(7, "delivery.name_not_found", &[]);
    let address = squid.address();
    for server in [format!("http://{address}"), squid.secure_url(), address.clone()] {
        behind.goes_through(&server, PASSWORD);
        scene.beacon(&["--json", "destination", "test", "Archive"]).exits(0);
        let shown = destination(scene, "Archive");
        assert_eq!(json!([shown["proxy"]["choice"], shown["proxy"]["server"]]), json!(["own", server]), "{shown}");
    }
    let import = scene.import("Contoso");
    assert_arrived(scene, &nginx.folder("bearer"), &[&import]);
    let tunnel = format!(" CONNECT files.{DOMAIN}:{}", nginx.secure_port());
    assert!(squid.log().iter().any(|line| line.contains(&tunnel)), "{:#?}", squid.log());

    // The default proxy, if it is asked for; its list of exceptions counts.
    let file = scene.input("proxy-password.txt", PASSWORD).display().to_string();
    let set = ["proxy", "set", &address, "--username", USERNAME, "--password-file", &file];
    scene.beacon(&set).exits(0);
    behind.edit(&["--default-proxy"]);
    scene.beacon(&["--json", "destination", "test", "Archive"]).exits(0);
    let shown = scene.beacon(&["--json", "proxy", "show"]).exits(0).json();
    assert_eq!(shown["destinations"], json!(["Archive"]));
    scene.beacon(&[&set[..], &["--bypass", &format!(".{DOMAIN}")]].concat()).exits(0);
    behind.fails(7, "delivery.name_not_found", &[]);
    scene.beacon(&set).exits(0);
    // What a name resolves to cannot be seen through a proxy, so a single word is not asked for.
    let token = scene.input("token.txt", TOKEN).display().to_string();
    let arguments = ["--json", "destination", "edit", "Archive", "--bearer-file", &token, "--upload"];
    let refused = scene.beacon(&[&arguments[..], &[&nginx.secure("bearer")]].concat()).exits(5).error();
    assert_eq!(refused.code, "delivery.not_a_name", "{refused:?}");
    behind.edit(&["--no-proxy"]);
    behind.fails(7, "delivery.name_not_found", &[]);
}

#[test]
fn what_the_proxy_refuses_has_its_advice_and_the_package_waits() {
    let behind = Behind::new(Manner::Basic);
    let Behind { scene, nginx, squid } = &behind;
    let address = squid.address();
    behind.edit(&["--proxy-server", &address]);
    behind.fails(5, "proxy.credentials_missing", &["407", "user name and password"]);
    behind.goes_through(&address, WRONG);
    behind.fails(5, "proxy.credentials_refused", &[&address, "may have expired, be locked"]);
    let import = scene.import("Contoso");
    let attempt = &import.report["deliveries"][0];
    assert_eq!(attempt["error"]["code"], "proxy.credentials_refused", "{attempt}");
    assert!(nginx.asked("bearer").is_empty(), "nothing went past the proxy");
    // A password belongs to its proxy.
    let elsewhere = ["--json", "destination", "edit", "Archive", "--proxy-server", "http://nowhere.invalid:3128"];
    assert_eq!(scene.beacon(&elsewhere).exits(5).error().code, "settings.proxy_password");
    behind.goes_through(&address, PASSWORD);
    scene.beacon(&["--json", "delivery", "send"]).exits(0);
    assert_arrived(scene, &nginx.folder("bearer"), &[&import]);
}

#[test]
fn a_proxy_that_wants_a_windows_sign_in_is_told_so() {
    let behind = Behind::new(Manner::Windows);
    behind.goes_through(&behind.squid.address(), PASSWORD);
    behind.fails(5, "proxy.sign_in_not_spoken", &["Negotiate and NTLM", "Only Basic is", "relay"]);
    let Behind { scene, squid, .. } = behind;
    drop(squid);
    let trouble = scene.beacon(&["--json", "destination", "test", "Archive"]).exits(7).error();
    assert_eq!(trouble.code, "proxy.unreachable", "{trouble:?}");
}
