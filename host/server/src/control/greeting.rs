//! Before anything is said: both sides prove that they know the secret of the file, and tell their versions. Three lines
//! of JSON: the command line's number drawn for this once, the beacon's with its proof, the command line's proof. A proof
//! is a keyed digest over who speaks and both numbers, so that none of it can be used again.

use super::known::Known;
use crate::secret_text;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Version of what is said between the two; another one is not understood.
const PROTOCOL: u32 = 1;

/// A line is far shorter.
const LONGEST: usize = 1 << 10;

/// Version of this program.
pub(super) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What each side says of itself.
#[derive(Serialize, Deserialize)]
struct Hello {
    program: String,
    protocol: u32,
    nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
}

/// What the command line adds once it knows with whom it speaks.
#[derive(Serialize, Deserialize)]
struct Proof {
    proof: String,
}

/// Who speaks.
#[derive(Clone, Copy)]
enum Side {
    Beacon,
    CommandLine,
}

/// How the greeting of a command line went.
pub(super) enum Greeted {
    /// It is the beacon of this data folder.
    Welcome,
    /// It does not know the secret.
    SomebodyElse,
    /// It is another version.
    OtherVersion(String),
}

impl Hello {
    fn new(proof: Option<String>, nonce: String) -> Self {
        Self { program: PROGRAM.to_owned(), protocol: PROTOCOL, nonce, proof }
    }
}

fn said(side: Side, ours: &str, theirs: &str) -> String {
    let side = match side {
        Side::Beacon => "beacon",
        Side::CommandLine => "command line",
    };
    // The side comes first: whatever stands in a number, no proof of one can be taken for one of the other.
    format!("{side}\n{ours}\n{theirs}")
}

fn key(known: &Known) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, known.token.as_bytes())
}

fn prove(known: &Known, side: Side, command_line: &str, beacon: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&key(known), said(side, command_line, beacon).as_bytes()))
}

fn is_proven(known: &Known, side: Side, command_line: &str, beacon: &str, proof: &str) -> bool {
    let Ok(proof) = URL_SAFE_NO_PAD.decode(proof) else { return false };
    hmac::verify(&key(known), said(side, command_line, beacon).as_bytes(), &proof).is_ok()
}

/// The beacon's side; an error if whoever knocks is not let in.
pub(super) async fn admit(stream: &mut TcpStream, known: &Known) -> io::Result<()> {
    let hello: Hello = heard(&read_line(stream).await?)?;
    let ours = secret_text::new();
    let answer = Hello::new(Some(prove(known, Side::Beacon, &hello.nonce, &ours)), ours.clone());
    stream.write_all(&line(&answer)?).await?;
    let Proof { proof } = heard(&read_line(stream).await?)?;
    if is_proven(known, Side::CommandLine, &hello.nonce, &ours, &proof) {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// The command line's side.
pub(super) fn introduce(stream: &mut (impl io::Read + io::Write), known: &Known) -> io::Result<Greeted> {
    let ours = secret_text::new();
    stream.write_all(&line(&Hello::new(None, ours.clone()))?)?;
    let mut text = Vec::new();
    let mut byte = [0];
    // Byte by byte: what follows the line belongs to somebody else.
    loop {
        stream.read_exact(&mut byte)?;
        match byte {
            [b'\n'] => break,
            [other] if text.len() < LONGEST => text.push(other),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    let Ok(hello) = heard::<Hello>(&text) else { return Ok(Greeted::SomebodyElse) };
    if hello.protocol != PROTOCOL || hello.program != PROGRAM {
        return Ok(Greeted::OtherVersion(hello.program));
    }
    let proof = hello.proof.unwrap_or_default();
    if !is_proven(known, Side::Beacon, &ours, &hello.nonce, &proof) {
        return Ok(Greeted::SomebodyElse);
    }
    let proof = prove(known, Side::CommandLine, &ours, &hello.nonce);
    stream.write_all(&line(&Proof { proof })?)?;
    Ok(Greeted::Welcome)
}

async fn read_line(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        match stream.read_u8().await? {
            b'\n' => return Ok(text),
            other if text.len() < LONGEST => text.push(other),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    Ok(text)
}

fn heard<T: DeserializeOwned>(text: &[u8]) -> io::Result<T> {
    Ok(serde_json::from_slice(text)?)
}

#[cfg(test)]
mod tests {
    use super::{Greeted, Known, admit, introduce};
    use tokio::net::TcpListener;

    /// How a command line that knows one secret is greeted by a beacon that knows another, and whether it is let in.
    async fn meets(ours: Known, theirs: Known) -> (Option<Greeted>, bool) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let caller = std::thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            introduce(&mut stream, &ours).ok()
        });
        let (mut stream, _) = listener.accept().await.unwrap();
        let admitted = admit(&mut stream, &theirs).await.is_ok();
        (caller.join().unwrap(), admitted)
    }

    #[tokio::test]
    async fn whoever_knows_the_secret_is_let_in() {
        let known = Known::new(1);
        let same = Known { port: 1, token: known.token.clone() };
        let (greeted, admitted) = meets(known, same).await;
        assert!(matches!(greeted, Some(Greeted::Welcome)));
        assert!(admitted);
    }

    #[tokio::test]
    async fn whoever_does_not_is_not_and_learns_that_this_is_another_beacon() {
        let (greeted, admitted) = meets(Known::new(1), Known::new(1)).await;
        assert!(matches!(greeted, Some(Greeted::SomebodyElse)));
        assert!(!admitted);
    }
}
