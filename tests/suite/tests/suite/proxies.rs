//! Behind a real proxy: squid lets requests through, or refuses them in every way that has an advice of its own.
//!
//! The tenant's names lead nowhere but at the proxy, so that whatever arrives went through it.

use crate::harness::forms::own_app;
use crate::harness::process::Trouble;
use crate::harness::scene::Import;
use crate::harness::squid::{DOMAIN, Manner, PASSWORD, Squid, USERNAME};
use crate::harness::{Finished, Scene};
use serde_json::Value;
use std::time::{Duration, Instant};

/// A tenant behind a proxy, and a connection `Contoso` that may read everything and knows of no proxy yet.
struct Behind {
    scene: Scene,
    squid: Squid,
}

impl Behind {
    fn new(manner: Manner) -> Self {
        let scene = Scene::below(DOMAIN);
        scene.tenant.permit_everything();
        scene.add_own_app("Contoso");
        let squid = Squid::start(manner, scene.tenant.ca_pem());
        Self { scene, squid }
    }

    /// The same, going through the proxy with the right password.
    fn signed_in(manner: Manner) -> Self {
        let behind = Self::new(manner);
        behind.goes_through(&behind.squid.address());
        behind
    }

    /// The argument that gives a password.
    fn password_file(&self, password: &str) -> String {
        self.scene.input("proxy-password.txt", password).display().to_string()
    }

    fn edit(&self, arguments: &[&str]) -> Finished {
        self.scene.beacon(&[&["--json", "connection", "edit", "Contoso"], arguments].concat()).exits(0)
    }

    fn goes_through(&self, server: &str) {
        self.goes_through_with(server, PASSWORD);
    }

    fn goes_through_with(&self, server: &str, password: &str) {
        let file = self.password_file(password);
        let account = ["--proxy-username", USERNAME, "--proxy-password-file", &file];
        self.edit(&[&["--proxy-server", server], &account[..]].concat());
    }

    /// What `connection test` and `run` say of what does not work; they have to say the same.
    #[track_caller]
    fn trouble(&self, exit: i32) -> Trouble {
        let tested = self.scene.beacon(&["--json", "connection", "test", "Contoso"]).exits(exit).error();
        let ran = self.scene.run("Contoso", &[]).exits(exit).error();
        assert_eq!((&tested.code, &tested.title, &tested.advice), (&ran.code, &ran.title, &ran.advice));
        assert_eq!(self.scene.packages(), Vec::<std::path::PathBuf>::new());
        ran
    }

    /// Checks code and words of what does not work.
    #[track_caller]
    fn fails(&self, exit: i32, code: &str, words: &[&str]) {
        let trouble = self.trouble(exit);
        assert_eq!(trouble.code, code, "{trouble:?}");
        let text = trouble.text();
        for word in words {
            assert!(text.contains(word), "{word:?} is missing in:\n{text}");
        }
    }

    /// How often the proxy answered a request for a tunnel to a host of the tenant with this status. It notes a tunnel
    /// when it ends, so this waits until there are as many as there have to be.
    fn tunnels(&self, site: &str, status: u16, least: usize) -> usize {
        let (host, status) = (format!(" CONNECT {site}.{DOMAIN}:"), format!("/{status} "));
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let noted = self.squid.log();
            let count = noted.iter().filter(|line| line.contains(&host) && line.contains(&status)).count();
            if count >= least || Instant::now() > deadline {
                return count;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The state of a table, with the code of its reason.
fn table(import: &Import, name: &str) -> (String, String) {
    let block = import.block();
    let tables = block["tables"].as_object().cloned().unwrap_or_default();
    let table = tables.get(name).unwrap_or_else(|| panic!("no table {name}: {block}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&table["status"]), text(&table["reason"]["code"]))
}

#[test]
fn an_import_through_a_proxy_in_each_of_its_three_forms() {
    let behind = Behind::new(Manner::Basic);
    behind.scene.trust(behind.squid.ca_pem());
    let address = behind.squid.address();
    let mut packages = Vec::new();
    for server in [format!("http://{address}"), address, behind.squid.secure_url()] {
        behind.goes_through(&server);
        let shown = behind.scene.beacon(&["--json", "connection", "show", "Contoso"]).exits(0).json();
        assert_eq!(shown["way_out"]["proxy"]["server"], *server);
        behind.scene.beacon(&["--json", "connection", "test", "Contoso"]).exits(0);
        let import = behind.scene.import("Contoso");
        assert_eq!(import.block()["address_check"], "proxy", "{server}");
        packages.push(import.package_id());
        for site in ["login", "graph", "reports"] {
            let (least, count) = (packages.len(), behind.tunnels(site, 200, packages.len()));
            assert!(count >= least, "{server}: {site}\n{:#?}", behind.squid.log());
        }
    }
    packages.dedup();
    assert_eq!(packages.len(), 1, "the way makes no difference to what is imported");
}

#[test]
fn a_proxy_that_asks_for_a_password_and_gets_none() {
    let behind = Behind::new(Manner::Basic);
    let address = behind.squid.address();
    let (about, advice) = ([address.as_str(), "407", "login.simulated.test"], "user name and password");
    behind.edit(&["--proxy-server", &address]);
    behind.fails(5, "proxy.credentials_missing", &[&about[..], &[advice]].concat());
    // A name alone is not enough here.
    behind.edit(&["--proxy-username", USERNAME]);
    behind.fails(5, "proxy.credentials_missing", &about);
}

#[test]
fn a_wrong_password_is_tried_once() {
    let behind = Behind::new(Manner::Basic);
    let address = behind.squid.address();
    behind.goes_through_with(&address, "wr0ng proxy password");
    behind.scene.keep_secret("wr0ng proxy password");
    behind.fails(5, "proxy.credentials_refused", &[&address, "may have expired, be locked"]);
    assert_eq!(behind.tunnels("login", 407, 2), 2, "once by the test, once by the run:\n{:#?}", behind.squid.log());
    behind.goes_through(&address);
    behind.scene.import("Contoso");
}

#[test]
fn a_proxy_that_is_not_there() {
    let behind = Behind::signed_in(Manner::Basic);
    let address = behind.squid.address();
    let Behind { scene, squid } = behind;
    drop(squid);
    let trouble = scene.run("Contoso", &[]).exits(7).error();
    assert_eq!(trouble.code, "proxy.unreachable", "{trouble:?}");
    assert!(trouble.text().contains(&address) && trouble.advice.contains("start it"), "{trouble:?}");
    // The password was stored for the other server, and goes to no new one by itself.
    let elsewhere = ["connection", "edit", "Contoso", "--proxy-server", "http://nowhere.invalid:3128"];
    scene.beacon(&elsewhere).exits(0);
    assert_eq!(scene.run("Contoso", &[]).exits(5).error().code, "vault.origins_changed");
    let file = scene.input("proxy-password.txt", PASSWORD).display().to_string();
    scene.beacon(&[&elsewhere[..], &["--proxy-password-file", &file]].concat()).exits(0);
    let trouble = scene.run("Contoso", &[]).exits(5).error();
    assert_eq!(trouble.code, "proxy.name_not_found", "{trouble:?}");
}

#[test]
fn the_wrong_scheme_before_a_proxy() {
    let behind = Behind::new(Manner::Basic);
    behind.goes_through(&behind.squid.secure_url());
    behind.fails(5, "proxy.untrusted", &["localhost", "--ca-file"]);
    behind.scene.trust(behind.squid.ca_pem());
    behind.goes_through(&behind.squid.secure_port_as_plain());
    behind.fails(7, "proxy.cut", &["https://"]);
    behind.goes_through(&format!("https://{}", behind.squid.address()));
    behind.fails(5, "proxy.no_tls", &["http://"]);
}

/// An examination names the proxy, the host that it refuses and whoever vouches for what answers, and tries a wrong password
/// once.
#[test]
fn an_examination_says_what_a_proxy_refuses() {
    let examined = |behind: &Behind, exit: i32| behind.scene.beacon(&["--json", "doctor"]).exits(exit).json();
    let codes = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().expect("findings").iter();
        let bad = findings.filter(|finding| finding["level"] == "failure");
        bad.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
    };
    let behind = Behind::new(Manner::Basic);
    let address = behind.squid.address();
    behind.goes_through_with(&address, "wr0ng proxy password");
    behind.scene.keep_secret("wr0ng proxy password");
    let report = examined(&behind, 12);
    assert_eq!(codes(&report), ["proxy.credentials_refused"], "{report:#}");
    assert!(report["findings"][0]["looked_at"].as_str().is_some_and(|place| place.contains(&address)), "{report:#}");
    let refused =
        |log: &[String]| log.iter().filter(|line| line.contains(" CONNECT ") && line.contains("/407 ")).count();
    behind.tunnels("graph", 407, 1);
    assert_eq!(refused(&behind.squid.log()), 1, "{:#?}", behind.squid.log());
    behind.goes_through(&address);
    assert_eq!(examined(&behind, 0)["level"], "ok");
    drop(behind);

    let behind = Behind::signed_in(Manner::WithoutReports);
    let report = examined(&behind, 12);
    assert_eq!(codes(&report), ["proxy.host_refused"], "{report:#}");
    assert!(report["findings"][0].to_string().contains(&format!("reports.{DOMAIN}")), "{report:#}");
    drop(behind);

    let behind = Behind::new(Manner::Inspecting);
    behind.edit(&["--proxy-server", &behind.squid.address()]);
    let report = examined(&behind, 13);
    assert!(codes(&report).iter().all(|code| code == "http.tls"), "{report:#}");
    assert!(report["findings"][0].to_string().contains("Authority of the proxy"), "{report:#}");
    behind.scene.trust(behind.squid.ca_pem());
    let report = examined(&behind, 0);
    assert!(report.to_string().contains("the authority of Authority of the proxy was added"), "{report:#}");
}

/// Also where the first host does not go through the proxy, and for all connections that share proxy and account.
#[test]
fn an_examination_tries_a_wrong_password_once_whoever_has_it() {
    let behind = Behind::new(Manner::Basic);
    let (address, scene) = (behind.squid.address(), &behind.scene);
    scene.keep_secret("wr0ng proxy password");
    let file = behind.password_file("wr0ng proxy password");
    let bypass = format!("graph.{DOMAIN}");
    let account = ["--proxy-username", USERNAME, "--proxy-password-file", &file, "--proxy-bypass", &bypass];
    let proxied = [&["--proxy-server", &address], &account[..]].concat();
    behind.edit(&proxied);
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let more = [&["--secret", secret.as_str(), "--second-connection"], &proxied[..]].concat();
    scene.add("Fabrikam", &own_app(&scene.tenant), &more).exits(0);
    let report = scene.beacon(&["--json", "doctor"]).exits(11).json();
    let refused: Vec<_> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|one| one["code"] == "proxy.credentials_refused")
        .collect();
    assert_eq!(refused.len(), 1, "{report:#}");
    assert_eq!(refused[0]["connections"], serde_json::json!(["Contoso", "Fabrikam"]));
    behind.tunnels("login", 407, 1);
    let tried = behind.squid.log().iter().filter(|line| line.contains("/407 ")).count();
    assert_eq!(tried, 1, "{:#?}", behind.squid.log());
}

#[test]
fn an_examination_says_nothing_of_a_proxy_that_nothing_went_through() {
    let scene = Scene::contoso();
    // Nobody listens there; the tenant's own names are on this machine.
    let proxied = ["connection", "edit", "Contoso", "--proxy-server", "127.0.0.1:1"];
    scene.beacon(&[&proxied[..], &["--proxy-bypass", "localhost, 127.0.0.0/8"]].concat()).exits(0);
    let report = scene.beacon(&["--json", "doctor"]).exits(0).json().to_string();
    assert!(report.contains("network.reached"), "{report}");
    assert!(!report.contains("proxy.lets_through") && !report.contains("by the proxy"), "{report}");
}

#[test]
fn a_proxy_that_wants_a_windows_sign_in() {
    let behind = Behind::signed_in(Manner::Windows);
    behind.fails(5, "proxy.sign_in_not_spoken", &["Negotiate and NTLM", "Only Basic is", "relay"]);
}

/// People, licences and products are there; what is missing is only what comes from the refused host, and its reason
/// names that host.
#[test]
fn a_proxy_that_refuses_the_host_of_report_files() {
    let behind = Behind::signed_in(Manner::WithoutReports);
    let finished = behind.scene.run("Contoso", &[]);
    assert!(matches!(finished.code, Some(0 | 3)), "{finished:?}");
    let import = Import::of(&finished);
    for mandatory in ["tenant", "products", "users", "assignments"] {
        assert_eq!(table(&import, mandatory), ("complete".to_owned(), String::new()), "{mandatory}");
    }
    let (status, code) = table(&import, "usage");
    assert_eq!((status.as_str(), code.as_str()), ("skipped", "proxy.host_refused"), "{}", import.block());
    let text = import.block()["tables"]["usage"].to_string();
    assert!(text.contains(&format!("reports.{DOMAIN}")) && text.contains("allow the host"), "{text}");
    let tested = behind.scene.beacon(&["--json", "connection", "test", "Contoso"]).exits(0).json();
    let checks = tested["checks"].as_array().cloned().unwrap_or_default();
    let usage = checks.iter().find(|check| check["check"] == "usage.read").expect("the check of usage");
    assert_eq!(usage["code"], "proxy.host_refused", "{usage}");
}

#[test]
fn a_proxy_that_inspects_tls_needs_its_authority() {
    let behind = Behind::new(Manner::Inspecting);
    behind.edit(&["--proxy-server", &behind.squid.address()]);
    behind.fails(5, "entra.untrusted", &["--ca-file"]);
    behind.scene.trust(behind.squid.ca_pem());
    let import = behind.scene.import("Contoso");
    assert_eq!(import.block()["address_check"], "proxy");
}

#[test]
fn the_default_proxy_is_for_whoever_says_nothing_else() {
    let behind = Behind::new(Manner::Basic);
    let (scene, address) = (&behind.scene, behind.squid.address());
    let file = behind.password_file(PASSWORD);
    let none = scene.beacon(&["--json", "proxy", "show"]).exits(0).json();
    assert_eq!(none["default_proxy"], Value::Null);
    // Without a proxy these names lead nowhere.
    assert_eq!(scene.run("Contoso", &[]).exits(7).error().code, "entra.unreachable");

    let account = ["--username", USERNAME, "--password-file", &file];
    scene.beacon(&[&["proxy", "set", &address], &account[..]].concat()).exits(0);
    let shown = scene.beacon(&["--json", "proxy", "show"]).exits(0).json();
    assert_eq!(shown["default_proxy"]["server"], *address);
    assert_eq!(shown["used_by"], serde_json::json!(["Contoso"]));
    let import = scene.import("Contoso");
    assert_eq!(import.block()["address_check"], "proxy");

    // Another list, the same server: the password stays. Another server: it does not.
    scene.beacon(&["proxy", "set", &address, "--username", USERNAME, "--bypass", ".elsewhere.test"]).exits(0);
    scene.import("Contoso");
    let otherwise = format!("http://localhost:{}", address.rsplit_once(':').expect("a port").1);
    scene.beacon(&["proxy", "set", &otherwise, "--username", USERNAME]).exits(0);
    assert_eq!(scene.run("Contoso", &[]).exits(5).error().code, "proxy.credentials_missing");
    scene.beacon(&[&["proxy", "set", &address], &account[..]].concat()).exits(0);

    behind.edit(&["--no-proxy"]);
    assert_eq!(scene.run("Contoso", &[]).exits(7).error().code, "entra.unreachable");
    let shown = scene.beacon(&["connection", "show", "Contoso"]).exits(0);
    assert!(shown.output.contains("none, not even the default"), "{}", shown.output);
    behind.edit(&["--default-proxy"]);
    scene.import("Contoso");

    let removed = scene.beacon(&["--json", "proxy", "remove"]).exits(0).json();
    assert_eq!(removed["removed"], true);
    assert_eq!(scene.run("Contoso", &[]).exits(7).error().code, "entra.unreachable");
}

#[test]
fn hosts_on_the_bypass_list_are_reached_without_the_proxy() {
    let scene = Scene::small();
    scene.tenant.permit_everything();
    scene.add_own_app("Contoso");
    // Nobody listens there; the tenant's own names are on this machine.
    let proxied = ["connection", "edit", "Contoso", "--proxy-server", "127.0.0.1:1"];
    scene.beacon(&[&proxied[..], &["--proxy-bypass", "localhost, 127.0.0.0/8"]].concat()).exits(0);
    let import = scene.import("Contoso");
    assert_eq!(import.block()["address_check"], "proxy");
    assert_eq!(table(&import, "usage").0, "complete");

    // What is reached directly is judged by the address rule, as without a proxy.
    let ca = scene.input("tenant-ca.pem", scene.tenant.ca_pem());
    let mut bare = scene.bare(&["--json", "--ca-file"]);
    bare.arg(ca).args(["run", "Contoso"]);
    let trouble = scene.run_command(bare).exits(5).error();
    assert!(trouble.text().contains("private, loopback"), "{trouble:?}");

    // A list that does not name the tenant's hosts: they are no full names, and behind a proxy only those are asked for.
    scene.beacon(&["connection", "edit", "Contoso", "--proxy-bypass", ".elsewhere.test"]).exits(0);
    let trouble = scene.run("Contoso", &[]).exits(5).error();
    assert!(trouble.text().contains("not a full host name"), "{trouble:?}");
}

#[test]
fn a_bypass_list_that_cannot_be_read_changes_nothing() {
    let scene = Scene::small();
    for (list, part) in
        [("https://a.example", "https://a.example"), ("a.example, b:1", "b:1"), ("*.example", "*.example")]
    {
        let more = ["--proxy-server", "proxy.example:3128", "--proxy-bypass", list];
        let trouble = scene.add("Contoso", &own_app(&scene.tenant), &more).exits(5).error();
        assert_eq!(trouble.code, "settings.proxy_bypass");
        assert!(trouble.text().contains(part), "{trouble:?}");
        let trouble =
            scene.beacon(&["--json", "proxy", "set", "proxy.example:3128", "--bypass", list]).exits(5).error();
        assert_eq!(trouble.code, "settings.proxy_bypass");
    }
    let shown = scene.beacon(&["--json", "proxy", "show"]).exits(0).json();
    assert_eq!(shown["default_proxy"], Value::Null);
    let list = scene.beacon(&["--json", "connection", "list"]).exits(0).json();
    assert_eq!(list["connections"].as_array().map(Vec::len), Some(0));
}
