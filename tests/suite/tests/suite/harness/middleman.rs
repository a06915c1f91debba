//! Somebody between the program and a server who disturbs what passes: exactly once at exactly one request.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A hang must end the test, not the day.
const PATIENCE: Duration = Duration::from_secs(120);

/// What happens to an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
    /// It is answered with a failure, and never reaches the server.
    Refuse,
    /// The connection ends before the server has seen anything.
    CutBefore,
    /// The connection ends in the middle of the file.
    CutWithin,
    /// The server does its work, and its answer is lost.
    LoseAnswer,
    /// It stops here until the test has done something; then the connection ends.
    HoldBefore,
    /// The server does its work; then it stops here until the test has done something, and the answer is lost.
    HoldAnswer,
}

impl Mischief {
    /// Those that need no test beside them.
    pub(crate) const ALONE: [Self; 4] = [Self::Refuse, Self::CutBefore, Self::CutWithin, Self::LoseAnswer];
}

/// The somebody. Speaks HTTP without TLS, one request for each connection.
pub(crate) struct Middleman {
    port: u16,
    state: Arc<Mutex<State>>,
    held: Receiver<()>,
}

struct State {
    server: u16,
    /// For each place (the first part of a path) which of its uploads is disturbed, and how.
    orders: BTreeMap<String, (usize, Mischief)>,
    uploads: BTreeMap<String, usize>,
    holding: Sender<()>,
    /// Ends what is held when it is dropped.
    hold: Option<Sender<()>>,
}

struct Request {
    head: Vec<u8>,
    method: String,
    place: String,
    length: usize,
}

impl Middleman {
    /// Before the server at this port of this machine.
    pub(crate) fn before(server: u16) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let (holding, held) = channel();
        let state = State { server, orders: BTreeMap::new(), uploads: BTreeMap::new(), holding, hold: None };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        // It ends with the process of the test.
        std::thread::spawn(move || {
            for client in socket.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || drop(serve(client, &state)));
            }
        });
        Self { port, state, held }
    }

    /// Address of a place behind it.
    pub(crate) fn address(&self, place: &str) -> String {
        format!("http://127.0.0.1:{}/{place}/", self.port)
    }

    /// Disturbs the upload of this number (from zero) to a place, counted from now.
    pub(crate) fn disturb(&self, place: &str, upload: usize, mischief: Mischief) {
        let mut state = self.state();
        state.orders.insert(place.to_owned(), (upload, mischief));
        state.uploads.remove(place);
    }

    /// How many uploads to a place there were since it was last disturbed.
    pub(crate) fn uploads(&self, place: &str) -> usize {
        self.state().uploads.get(place).copied().unwrap_or(0)
    }

    /// Orders that nothing fitted yet.
    pub(crate) fn open_orders(&self) -> Vec<String> {
        self.state().orders.keys().cloned().collect()
    }

    /// Waits until something is held.
    #[track_caller]
    pub(crate) fn wait_until_held(&self) {
        self.held.recv_timeout(PATIENCE).expect("something is held");
    }

    /// Ends what is held.
    pub(crate) fn release(&self) {
        self.state().hold = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(mut client: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let Some(request) = Request::read(&mut client)? else { return Ok(()) };
    let locked = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let (server, mischief) = {
        let mut state = locked();
        let mut mischief = None;
        if request.method == "PUT" {
            let count = state.uploads.entry(request.place.clone()).or_default();
            let number = *count;
            *count += 1;
            if state.orders.get(&request.place).is_some_and(|(upload, _)| *upload == number) {
                mischief = state.orders.remove(&request.place).map(|(_, mischief)| mischief);
            }
        }
        (state.server, mischief)
    };
    let hold = || {
        let (sender, released) = channel::<()>();
        let mut state = locked();
        state.hold = Some(sender);
        // The test may be over.
        let _ = state.holding.send(());
        drop(state);
        let _ = released.recv_timeout(PATIENCE);
    };
    match mischief {
        None => {
            let answer = forward(&mut client, &request, server, request.length)?;
            client.write_all(&answer)?;
            client.shutdown(Shutdown::Write)
        }
        Some(Mischief::Refuse) => {
            std::io::copy(&mut (&mut client).take(request.length as u64), &mut std::io::sink())?;
            client.write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
            client.shutdown(Shutdown::Write)
        }
        Some(Mischief::CutBefore) => Ok(()),
        Some(Mischief::CutWithin) => forward(&mut client, &request, server, request.length / 2).map(drop),
        Some(Mischief::LoseAnswer) => forward(&mut client, &request, server, request.length).map(drop),
        Some(Mischief::HoldBefore) => {
            hold();
            Ok(())
        }
        Some(Mischief::HoldAnswer) => {
            let answer = forward(&mut client, &request, server, request.length).map(drop);
            hold();
            answer
        }
    }
}

/// Passes on the head and so many bytes of the body. Gives the answer if that is all.
fn forward(client: &mut TcpStream, request: &Request, server: u16, bytes: usize) -> std::io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
    upstream.set_read_timeout(Some(PATIENCE))?;
    upstream.write_all(&request.head)?;
    std::io::copy(&mut client.take(bytes as u64), &mut upstream)?;
    let mut answer = Vec::new();
    if bytes == request.length {
        upstream.read_to_end(&mut answer)?;
    }
    Ok(answer)
}

impl Request {
    /// The head of a request, made to be the only one of its connection.
    fn read(client: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            if client.read(&mut byte)? == 0 {
                return Ok(None);
            }
            bytes.push(byte[0]);
        }
        let text = String::from_utf8(bytes).expect("a head in ASCII");
        let mut lines = text.trim_end().split("\r\n");
        let first = lines.next().expect("a request line");
        let mut words = first.split(' ');
        let method = words.next().expect("a method").to_owned();
        let place = words.next().expect("a path").split('/').nth(1).unwrap_or_default().to_owned();
        let (mut length, mut head) = (0, format!("{first}\r\nconnection: close\r\n"));
        for line in lines {
            let (name, value) = line.split_once(':').expect("a header");
            match name.to_ascii_lowercase().as_str() {
                "connection" => continue,
                "content-length" => length = value.trim().parse().expect("a length"),
                "transfer-encoding" => panic!("a file is sent with its length, not in pieces: {line}"),
                _ => {}
            }
            head += line;
            head += "\r\n";
        }
        head += "\r\n";
        Ok(Some(Self { head: head.into_bytes(), method, place, length }))
    }
}

/// A line that ends after so many bytes in both directions together, whatever they say: for connections inside TLS.
pub(crate) struct Fuse {
    port: u16,
    left: Arc<Mutex<Option<u64>>>,
}

impl Fuse {
    /// Before the server at this port of this machine. Nothing is cut until [`Self::burns_after`] says so.
    pub(crate) fn before(server: u16) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let left = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&left);
        std::thread::spawn(move || {
            for client in socket.incoming().flatten() {
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { continue };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    let left = Arc::clone(&shared);
                    std::thread::spawn(move || pass(from, to, &left));
                }
            }
        });
        Self { port, left }
    }

    /// The port to connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Every connection ends once so many bytes have passed from now on; with `None` nothing ends.
    pub(crate) fn burns_after(&self, bytes: Option<u64>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &Mutex<Option<u64>>) {
    let mut buffer = vec![0; 1 << 10];
    loop {
        let read = from.read(&mut buffer).unwrap_or(0);
        let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
        let passes = left.map_or(read, |left| read.min(usize::try_from(left).unwrap_or(usize::MAX)));
        if let Some(left) = left.as_mut() {
            *left -= passes as u64;
        }
        drop(left);
        if read == 0 || to.write_all(&buffer[..passes]).is_err() || passes < read {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
}
