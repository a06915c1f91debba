//! The three ways to sign in at a server, and that what they show is nowhere else.

use super::{add_upload, assert_arrived, destination, send_all};
use crate::harness::leak::Search;
use crate::harness::nginx::{Nginx, PASSWORD, TOKEN, USERNAME};
use crate::harness::scene::Import;
use crate::harness::{Finished, Scene};
use std::path::PathBuf;

const WRONG: &str = "n0t-the-right-one-31d9";

struct Keys {
    token: PathBuf,
    password: PathBuf,
    wrong: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    strange_certificate: PathBuf,
    strange_key: PathBuf,
}

impl Keys {
    fn of(scene: &Scene, nginx: &Nginx) -> Self {
        let file = |name: &str, text: &str| scene.input(name, text);
        Self {
            token: file("token.txt", &format!("{TOKEN}\n")),
            password: file("password.txt", &format!("{PASSWORD}\n")),
            wrong: file("wrong.txt", WRONG),
            certificate: file("client.pem", &nginx.client.0),
            key: file("client.key", &nginx.client.1),
            strange_certificate: file("stranger.pem", &nginx.stranger.0),
            strange_key: file("stranger.key", &nginx.stranger.1),
        }
    }
}

fn arguments<const N: usize>(parts: [(&str, &std::path::Path); N]) -> Vec<String> {
    parts.iter().flat_map(|(name, path)| [(*name).to_owned(), path.display().to_string()]).collect()
}

/// Adds a destination, tries it out and gives what that said.
fn tried(scene: &Scene, name: &str, address: &str, more: &[String]) -> Finished {
    let more: Vec<_> = more.iter().map(String::as_str).collect();
    add_upload(scene, name, address, &more);
    scene.beacon(&["--json", "destination", "test", name])
}

/// Nothing that was written or said holds any of the secrets.
#[track_caller]
fn assert_secret(scene: &Scene, nginx: &Nginx, said: &[Finished]) {
    let key_lines = |pem: &str| {
        let lines = pem.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    let mut secrets = vec![TOKEN.to_owned(), PASSWORD.to_owned(), WRONG.to_owned()];
    secrets.extend(key_lines(&nginx.client.1));
    secrets.extend(key_lines(&nginx.stranger.1));
    let mut search = Search::new(&secrets);
    search.folder(&scene.data());
    for finished in said {
        search.bytes("standard output", finished.output.as_bytes());
        search.bytes("standard error", finished.errors.as_bytes());
    }
    let found = search.found();
    assert!(found.is_empty(), "secrets leaked:\n{}", found.join("\n"));
}

#[test]
fn each_way_lets_in_and_a_wrong_one_does_not() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    let keys = Keys::of(&scene, &nginx);
    let basic = |password: &std::path::Path| {
        [vec!["--username".to_owned(), USERNAME.to_owned()], arguments([("--password-file", password)])].concat()
    };
    let certificate = |certificate: &std::path::Path, key: &std::path::Path| {
        arguments([("--client-certificate", certificate), ("--client-key", key)])
    };
    let right = [
        ("Bearer", nginx.secure("bearer"), arguments([("--bearer-file", &*keys.token)])),
        ("Basic", nginx.secure("basic"), basic(&keys.password)),
        ("Certificate", nginx.strict("certificate"), certificate(&keys.certificate, &keys.key)),
    ];
    let wrong = [
        ("No bearer", nginx.secure("bearer"), Vec::new(), "delivery.unauthorized"),
        ("Other bearer", nginx.secure("bearer"), arguments([("--bearer-file", &*keys.wrong)]), "delivery.unauthorized"),
        ("Other basic", nginx.secure("basic"), basic(&keys.wrong), "delivery.unauthorized"),
        ("No certificate", nginx.strict("certificate"), Vec::new(), "delivery.unexpected"),
        (
            "Strange certificate",
            nginx.strict("certificate"),
            certificate(&keys.strange_certificate, &keys.strange_key),
            "delivery.unexpected",
        ),
    ];
    let mut said = Vec::new();
    for (name, address, more) in &right {
        said.push(tried(&scene, name, address, more).exits(0));
        let shown = destination(&scene, name);
        assert_eq!(shown["access"], name.to_lowercase().replace("certificate", "client_certificate"), "{shown}");
    }
    for (name, address, more, code) in &wrong {
        let finished = tried(&scene, name, address, more).exits(5);
        assert_eq!(finished.error().code, *code, "{name}: {}", finished.output);
        said.push(finished);
    }
    let finished = scene.run("Contoso", &[]).exits(0);
    let import = Import::of(&finished);
    said.push(finished);
    for place in ["bearer", "basic", "certificate"] {
        assert_arrived(&scene, &nginx.folder(place), &[&import]);
    }
    said.push(send_all(&scene).exits(5));
    let attempts = said.last().expect("just said").json()["attempts"].as_array().map(Vec::len);
    assert_eq!(attempts, Some(wrong.len()), "the right ones got their package");
    for place in ["bearer", "basic", "certificate"] {
        assert_arrived(&scene, &nginx.folder(place), &[&import]);
        // Every file went out with its digest (RFC 9530).
        let puts: Vec<_> = nginx.asked(place).into_iter().filter(|line| line.contains(" 201 ")).collect();
        assert!(!puts.is_empty() && puts.iter().all(|line| line.contains("sha-256=:")), "{puts:?}");
    }
    assert_secret(&scene, &nginx, &said);
}

#[test]
fn a_credential_that_cannot_be_used_is_refused_when_it_is_given() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let keys = Keys::of(&scene, &nginx);
    let refused = |address: &str, more: Vec<String>| {
        let mut arguments = vec!["--json", "destination", "add", "Archive", "--upload", address];
        arguments.extend(more.iter().map(String::as_str));
        let trouble = scene.beacon(&arguments).exits(5).error();
        assert!(!trouble.text().contains(TOKEN), "{trouble:?}");
        trouble.code
    };
    let bearer = || arguments([("--bearer-file", &*keys.token)]);
    let mismatched = arguments([("--client-certificate", &*keys.certificate), ("--client-key", &*keys.strange_key)]);
    let no_pem = arguments([("--client-certificate", &*keys.token), ("--client-key", &*keys.token)]);
    let secure = nginx.secure("open");
    let plain = format!("http://127.0.0.1:{}/open/", nginx.plain_port());
    assert_eq!(refused(&plain, bearer()), "delivery.credential");
    assert_eq!(refused(&secure, mismatched), "delivery.credential");
    assert_eq!(refused(&secure, no_pem), "delivery.credential");
    assert_eq!(refused("http://files.example.com/", Vec::new()), "delivery.invalid_address");
    assert_eq!(refused(&format!("https://x:{TOKEN}@files.example.com/"), Vec::new()), "delivery.invalid_address");
    assert_eq!(refused("https://10.1.2.3/", Vec::new()), "delivery.address");
    let both =
        [bearer(), vec!["--username".to_owned(), "x".to_owned()], arguments([("--password-file", &*keys.password)])];
    let both = both.concat();
    let mut all = vec!["destination", "add", "Archive", "--upload", &secure];
    all.extend(both.iter().map(String::as_str));
    scene.beacon(&all).exits(2);
    let list = scene.beacon(&["--json", "destination", "list"]).exits(0).json();
    assert_eq!(list["destinations"].as_array().map(Vec::len), Some(0), "{list}");
}

/// An address that was granted when the destination was added is held against what is granted now.
#[test]
fn an_address_that_is_not_granted_any_more_gets_nothing() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let address = format!("http://127.0.0.1:{}/open/", nginx.plain_port());
    let literal = "https://127.0.0.1:1/open/";
    let named = format!("https://localhost:{}/open/", nginx.secure_port());
    for (name, address) in [("Plain", address.as_str()), ("Literal", literal), ("Named", &named)] {
        add_upload(&scene, name, address, &[]);
        let trouble = scene.run_command(scene.bare(&["--json", "destination", "test", name])).exits(5).error();
        assert_eq!(trouble.code, "delivery.address", "{name}: {trouble:?}");
    }
    assert!(nginx.asked("open").is_empty());
}
