//! The trail at a syslog server: by datagrams, by TLS, and after the server was down.

use super::last;
use crate::harness::served::{Served, eventually};
use crate::harness::{Scene, mail_server};
use serde_json::Value;
use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// Header and entry of a message.
#[track_caller]
fn read(message: &str) -> (String, Value) {
    let (header, entry) = message.split_once(" - {").expect("a header without structured data");
    (header.to_owned(), serde_json::from_str(&format!("{{{entry}")).expect("JSON"))
}

/// Messages of a stream, each behind its length.
#[track_caller]
fn unframed(mut stream: &str) -> Vec<(String, Value)> {
    let mut messages = Vec::new();
    while !stream.is_empty() {
        let (length, rest) = stream.split_once(' ').expect("a length");
        let (message, rest) = rest.split_at(length.parse().expect("a number"));
        messages.push(read(message));
        stream = rest;
    }
    messages
}

fn numbers(messages: &[(String, Value)]) -> Vec<u64> {
    messages.iter().map(|(_, entry)| entry["number"].as_u64().expect("a number")).collect()
}

#[test]
fn entries_go_out_by_datagrams_as_rfc_5424_says() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a time");
    let address = format!("udp://{}", socket.local_addr().expect("an address"));
    let _served = Served::start_with(&scene, &["--audit-syslog", &address]);
    let mut taken = Vec::new();
    let mut buffer = [0; 65_536];
    while taken.len() < 3 {
        let length = socket.recv(&mut buffer).expect("a message");
        taken.push(read(std::str::from_utf8(&buffer[..length]).expect("ASCII")));
    }
    assert_eq!(numbers(&taken), [1, 2, 3]);
    let (header, entry) = &taken[0];
    let parts: Vec<&str> = header.split(' ').collect();
    assert_eq!((parts[0], parts[3], parts[5]), ("<109>1", "m365-beacon", "connection.added"), "{header}");
    assert!(parts[1].ends_with('Z') && parts[1].len() == "2026-01-01T00:00:00.000000Z".len(), "{header}");
    assert_eq!(entry["subject"]["name"], "Contoso");
    assert_eq!(taken[1].1["details"]["slot"], "client_secret");
    assert_eq!(taken[2].1["action"], "sign_in.link_made");
}

#[test]
fn a_server_that_is_down_blocks_nothing_and_gets_everything_later() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    // A port where nobody listens, until somebody does.
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("an address")
    };
    let syslog = format!("tcp://{address}");
    let _served = Served::start_with(&scene, &["--audit-syslog", &syslog]);
    scene.beacon(&["connection", "pause", "Contoso"]).exits(0);
    let expected = last(&scene);
    let listener = TcpListener::bind(address).expect("the port is still free");
    let mut taken = Vec::new();
    while taken.len() < usize::try_from(expected).expect("few") {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("ASCII");
        taken.extend(unframed(&text));
    }
    assert_eq!(numbers(&taken), (1..=expected).collect::<Vec<_>>());
    let sent = || {
        let verified = scene.beacon(&["--json", "audit", "verify"]).exits(0).json();
        (verified["syslog_through"] == expected).then_some(())
    };
    eventually("the beacon knows that everything is there", sent);
}

#[test]
fn by_tls_only_a_server_that_proves_its_name_gets_anything() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    let (acceptor, authority) = mail_server::certified();
    let taken: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
    let kept = Arc::clone(&taken);
    let port = scene.tenant.wait(async {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                // Whoever does not trust us breaks off.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut text = String::new();
                if stream.read_to_string(&mut text).await.is_ok() {
                    kept.lock().expect("no other panic").extend(unframed(&text));
                }
            }
        });
        port
    });
    let syslog = format!("tls://localhost:{port}");
    let mut served = Served::start_with(&scene, &["--audit-syslog", &syslog]);
    served.waits_to_say("syslog.tls");
    served.kill();
    assert!(taken.lock().expect("no other panic").is_empty());
    scene.trust(&authority);
    let _served = Served::start_with(&scene, &["--audit-syslog", &syslog]);
    eventually("everything has arrived", || (taken.lock().expect("no other panic").len() >= 3).then_some(()));
}

/// A process that hangs: the system takes connections and bytes in its name, and nobody reads them.
#[test]
fn what_a_hanging_server_did_not_read_it_does_not_have() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("an address")
    };
    let served = Served::start_with(&scene, &["--audit-syslog", &format!("tcp://{address}")]);
    served.waits_to_say("syslog.unreachable");
    let listener = TcpListener::bind(address).expect("the port is still free");
    // Another failure than before is told as well.
    served.waits_to_say("syslog.silent");
    let sent = || scene.said(&["audit", "verify"])["syslog_through"].as_u64().expect("a number");
    assert_eq!(sent(), 0);
    // It reads again.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.expect("a connection").read_to_end(&mut Vec::new());
        }
    });
    let expected = last(&scene);
    eventually("everything is there", || (sent() == expected).then_some(()));
}

#[test]
fn datagrams_need_no_authorities() {
    let scene = Scene::small();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a time");
    let address = format!("udp://{}", socket.local_addr().expect("an address"));
    let served = Served::start_with(&scene, &["--audit-syslog", &address]);
    std::fs::remove_file(scene.input("ca.pem", "")).expect("the file of --ca-file");
    served.administrator();
    let mut buffer = [0; 65_536];
    let mut action = Value::Null;
    while action != "sign_in.done" {
        let length = socket.recv(&mut buffer).expect("a message");
        action = read(std::str::from_utf8(&buffer[..length]).expect("ASCII")).1["action"].clone();
    }
}
