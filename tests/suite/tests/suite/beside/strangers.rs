//! Nobody else gets in, and nobody else gets to hear anything.

use crate::harness::Scene;
use crate::harness::modes::assert_private;
use crate::harness::served::Served;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// The file that leads to the beacon.
fn control(scene: &Scene) -> Value {
    let file = std::fs::read(scene.data().join("control.json")).expect("the file of a beacon that serves");
    serde_json::from_slice(&file).expect("JSON")
}

fn hello(program: &str) -> String {
    let hello = json!({ "program": program, "protocol": 1, "nonce": "a-number-of-nobody", "proof": "bm9uZQ" });
    format!("{hello}\n")
}

#[test]
fn the_way_in_is_for_the_owner_alone() {
    let scene = Scene::contoso();
    let served = Served::start(&scene);
    assert_private(&scene.data().join("control.json"));
    drop(served);
}

#[test]
fn whoever_does_not_know_the_secret_is_sent_away() {
    let scene = Scene::contoso();
    let _served = Served::start(&scene);
    let port = u16::try_from(control(&scene)["port"].as_u64().expect("a port")).expect("a port");
    let order =
        json!({ "frame": { "arguments": ["connection", "remove", "Contoso", "--yes"], "folder": "/" }, "bytes": 0 });
    let proof = json!({ "proof": "bm9uZQ" });
    let attempts = [
        format!("{}{proof}\n{order}\n", hello(env!("CARGO_PKG_VERSION"))),
        format!("{order}\n"),
        "POST /link HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer x\r\n\r\n".to_owned(),
        "x".repeat(100_000),
    ];
    for attempt in attempts {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time");
        // It may hang up before all of it is said.
        let _ = stream.write_all(attempt.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.lines().count() <= 1 && !answer.contains("Contoso"), "{answer}");
    }
    scene.beacon(&["connection", "show", "Contoso"]).exits(0);
}

/// Somebody else at the port of a beacon that is gone, while another process has the folder.
struct Impostor {
    _lock: File,
    heard: std::thread::JoinHandle<String>,
}

impl Impostor {
    fn start(scene: &Scene, program: &'static str) -> Self {
        let lock = File::options().write(true).open(scene.data().join("beacon.lock")).expect("the lock");
        lock.try_lock().expect("nobody has the folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let file = json!({ "port": port, "token": "the-secret-of-a-beacon-that-is-gone" });
        std::fs::write(scene.data().join("control.json"), file.to_string()).expect("a file");
        let heard = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a command line");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut first = String::new();
            reader.read_line(&mut first).expect("a line");
            (&stream).write_all(hello(program).as_bytes()).expect("it listens");
            let mut rest = String::new();
            reader.read_to_string(&mut rest).expect("text");
            rest
        });
        Self { _lock: lock, heard }
    }
}

#[test]
fn a_beacon_of_another_version_is_told_with_the_next_step() {
    let scene = Scene::contoso();
    let impostor = Impostor::start(&scene, "0.0.1");
    let refused = scene.beacon(&["--json", "connection", "list"]).exits(5).error();
    assert_eq!(refused.code, "control.other_version");
    assert!(refused.title.contains("0.0.1") && refused.advice.contains("Restart"), "{refused:?}");
    assert_eq!(impostor.heard.join().expect("no panic"), "", "nothing more was said");
}

#[test]
fn somebody_else_at_the_port_learns_nothing() {
    let scene = Scene::contoso();
    let impostor = Impostor::start(&scene, env!("CARGO_PKG_VERSION"));
    let secret = scene.secret("client_secret", "a-secret-for-the-beacon-alone");
    scene.keep_secret("a-secret-for-the-beacon-alone");
    let refused = scene.beacon(&["--json", "connection", "edit", "Contoso", "--secret", &secret]).exits(5).error();
    assert_eq!(refused.code, "control.somebody_else");
    assert_eq!(impostor.heard.join().expect("no panic"), "", "nothing more was said");
}
