//! Frames on a stream: a line of JSON with the frame and the number of bytes that follow it, then those bytes. What
//! people type and what their files hold is never JSON, and leaves no copy in freed memory.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read as _, Write};
use zeroize::Zeroizing;

/// The longest line of a frame: a command line, or a trouble with its details.
const LONGEST_FRAME: u64 = 4 << 20;

/// The most bytes behind a frame: a file that is written, or a long list.
const MOST_BYTES: usize = 256 << 20;

#[derive(Serialize, Deserialize)]
struct Head<T> {
    frame: T,
    bytes: usize,
}

/// Sends a frame and the bytes that belong to it.
///
/// # Errors
/// Those of the stream.
pub(super) fn send(stream: &mut impl Write, frame: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let mut head = serde_json::to_vec(&Head { frame, bytes: bytes.len() })?;
    head.push(b'\n');
    stream.write_all(&head)?;
    stream.write_all(bytes)?;
    stream.flush()
}

/// The next frame with its bytes; `None` at the end of the stream.
///
/// # Errors
/// Those of the stream, and whatever is no frame.
pub(super) fn receive<T: DeserializeOwned>(stream: &mut impl BufRead) -> io::Result<Option<(T, Zeroizing<Vec<u8>>)>> {
    let mut line = Vec::new();
    if stream.by_ref().take(LONGEST_FRAME).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let Head { frame, bytes } = serde_json::from_slice(&line)?;
    if bytes > MOST_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = Zeroizing::new(vec![0; bytes]);
    stream.read_exact(&mut body)?;
    Ok(Some((frame, body)))
}

#[cfg(test)]
mod tests {
    use super::{receive, send};
    use crate::remote::frame::Reply;

    #[test]
    fn bytes_follow_their_frame_whatever_they_are() {
        let mut stream = Vec::new();
        send(&mut stream, &Reply::Piece, b"one\ntwo\0").unwrap();
        send(&mut stream, &Reply::Done, b"").unwrap();
        let mut stream = stream.as_slice();
        let (first, bytes) = receive::<Reply>(&mut stream).unwrap().unwrap();
        assert!(matches!(first, Reply::Piece));
        assert_eq!(bytes.as_slice(), b"one\ntwo\0");
        assert!(matches!(receive::<Reply>(&mut stream).unwrap(), Some((Reply::Done, _))));
        assert!(receive::<Reply>(&mut stream).unwrap().is_none());
    }

    #[test]
    fn nothing_else_is_a_frame_and_no_number_is_trusted() {
        let refused = [
            "GET / HTTP/1.1\r\n\r\n",
            "{\"frame\":\"done\",\"bytes\":99999999999}\n",
            "{\"frame\":\"piece\",\"bytes\":3}\nab",
            "{\"frame\":\"done\"",
        ];
        for text in refused {
            assert!(receive::<Reply>(&mut text.as_bytes()).is_err(), "{text}");
        }
    }
}
