//! Bodies: unpacked while they arrive, within caps, in memory or in a file without a name.

use crate::http::transport::{RawBody, RawResponse, SendError};
use beacon_contract::FailureKind;
use bytes::Bytes;
use flate2::write::GzDecoder;
use futures_util::StreamExt as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::PathBuf;

/// Caps of one body.
#[derive(Clone, Debug)]
pub struct BodyLimits {
    /// Bytes as sent. A page of 999 users packs to less than 1 MiB; reports of large tenants reach 100 MiB.
    pub wire_bytes: u64,
    /// Bytes after unpacking; stops decompression bombs.
    pub plain_bytes: u64,
    /// Up to here a body stays in memory. A page of 999 users with licences is about 3 MiB.
    pub memory_bytes: usize,
    /// Where longer bodies lie while they wait for the module.
    pub folder: PathBuf,
}

/// A whole body without its content coding.
#[derive(Debug)]
pub enum Body {
    /// Short enough.
    Memory(Vec<u8>),
    /// A file that has no name any more, and its length.
    File(File, u64),
}

/// Why a body is not whole.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The connection broke.
    #[error(transparent)]
    Send(#[from] SendError),
    /// A cap is exceeded.
    #[error("the body is longer than the cap of {limit} bytes")]
    TooLarge {
        /// The cap.
        limit: u64,
    },
    /// The content coding is unknown or broken, or ends too early.
    #[error("the body cannot be unpacked")]
    Coding,
    /// The spool file cannot be written.
    #[error("the spool file cannot be written")]
    Spool(#[source] io::Error),
}

impl BodyError {
    /// Which kind of failure the module is told.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Send(error) => error.kind,
            Self::TooLarge { .. } => FailureKind::TooLarge,
            // A packed body that ends too early is a broken connection that nobody reported.
            Self::Coding => FailureKind::Cut,
            Self::Spool(_) => FailureKind::Other,
        }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Send(error) => error.code,
            Self::TooLarge { .. } => "http.body_too_large",
            Self::Coding => "http.body_coding",
            Self::Spool(_) => "http.spool",
        }
    }
}

/// Takes unpacked bytes, counts them, and moves to a file when they become many.
struct Spool {
    limits: BodyLimits,
    memory: Vec<u8>,
    file: Option<File>,
    length: u64,
    too_large: bool,
    failed: Option<io::Error>,
}

impl Spool {
    fn move_to_file(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            let mut file = tempfile::tempfile_in(&self.limits.folder)?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        self.file.as_mut().ok_or_else(|| io::Error::other("the spool file is gone"))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length = self.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.length > self.limits.plain_bytes {
            self.too_large = true;
            return Err(io::Error::other("the cap is exceeded"));
        }
        if self.file.is_none() && self.memory.len() + bytes.len() <= self.limits.memory_bytes {
            self.memory.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let written = self.move_to_file().and_then(|file| file.write_all(bytes));
        match written {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.failed = Some(io::Error::new(error.kind(), error.to_string()));
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Unpacking {
    Identity(Spool),
    Gzip(Box<GzDecoder<Spool>>),
}

impl Unpacking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Identity(spool) => spool.write_all(bytes),
            Self::Gzip(decoder) => decoder.write_all(bytes),
        }
    }

    fn spool(&mut self) -> &mut Spool {
        match self {
            Self::Identity(spool) => spool,
            Self::Gzip(decoder) => decoder.get_mut(),
        }
    }

    fn error(&mut self) -> BodyError {
        let spool = self.spool();
        if spool.too_large {
            return BodyError::TooLarge { limit: spool.limits.plain_bytes };
        }
        spool.failed.take().map_or(BodyError::Coding, BodyError::Spool)
    }
}

impl Body {
    /// Receives and unpacks the body of an answer.
    ///
    /// # Errors
    /// See [`BodyError`]; nothing of the body is left behind.
    pub async fn receive(response: RawResponse, limits: &BodyLimits) -> Result<Self, BodyError> {
        Ok(Self::receive_both(response, limits).await?.0)
    }

    /// As [`Body::receive`], with the pieces as they were sent if they were packed and the body is in memory: whoever
    /// keeps a body, keeps it packed without packing it again.
    ///
    /// # Errors
    /// See [`BodyError`]; nothing of the body is left behind.
    pub(crate) async fn receive_both(
        response: RawResponse,
        limits: &BodyLimits,
    ) -> Result<(Self, Vec<Bytes>), BodyError> {
        let packed = match response.header("content-encoding").map(str::trim) {
            None | Some("" | "identity") => false,
            Some(coding) if coding.eq_ignore_ascii_case("gzip") => true,
            Some(_) => return Err(BodyError::Coding),
        };
        let mut spool =
            Spool { limits: limits.clone(), memory: Vec::new(), file: None, length: 0, too_large: false, failed: None };
        let announced = response.header("content-length").and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
        // The number is a hint from outside: it never reserves more than what may stay in memory.
        spool.memory.reserve(if packed { announced.saturating_mul(8) } else { announced }.min(limits.memory_bytes));
        let unpacking =
            if packed { Unpacking::Gzip(Box::new(GzDecoder::new(spool))) } else { Unpacking::Identity(spool) };
        Self::collect(response.body, unpacking, limits).await
    }

    async fn collect(
        mut body: RawBody,
        mut unpacking: Unpacking,
        limits: &BodyLimits,
    ) -> Result<(Self, Vec<Bytes>), BodyError> {
        let mut wire = 0u64;
        let mut sent = Vec::new();
        while let Some(piece) = body.next().await {
            let piece = piece?;
            wire = wire.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if wire > limits.wire_bytes {
                return Err(BodyError::TooLarge { limit: limits.wire_bytes });
            }
            if unpacking.write(&piece).is_err() {
                return Err(unpacking.error());
            }
            match &unpacking {
                Unpacking::Gzip(decoder) if decoder.get_ref().file.is_none() => sent.push(piece),
                _ => sent.clear(),
            }
        }
        let spool = match unpacking {
            Unpacking::Identity(spool) => spool,
            Unpacking::Gzip(mut decoder) => {
                if wire > 0 && decoder.try_finish().is_err() {
                    return Err(Unpacking::Gzip(decoder).error());
                }
                // `finish` checks length and checksum of the trailer; a cut body fails here.
                decoder.finish().map_err(|_| BodyError::Coding)?
            }
        };
        match spool.file {
            None => Ok((Self::Memory(spool.memory), sent)),
            Some(mut file) => {
                file.seek(SeekFrom::Start(0)).map_err(BodyError::Spool)?;
                Ok((Self::File(file, spool.length), Vec::new()))
            }
        }
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::File(_, length) => *length,
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands the body over in pieces of at most `piece` bytes.
    ///
    /// # Errors
    /// The first error of `take`, or a spool file that cannot be read.
    pub fn read_pieces<E: From<io::Error>>(
        self,
        piece: usize,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Memory(bytes) => bytes.chunks(piece.max(1)).try_for_each(take),
            Self::File(mut file, _) => {
                let mut buffer = vec![0; piece.max(1)];
                loop {
                    let mut filled = 0;
                    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                        match file.read(rest)? {
                            0 => break,
                            read => filled += read,
                        }
                    }
                    match buffer.get(..filled) {
                        Some([]) | None => return Ok(()),
                        Some(bytes) => take(bytes)?,
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    fn limits() -> BodyLimits {
        BodyLimits { wire_bytes: 10_000, plain_bytes: 50_000, memory_bytes: 1_000, folder: std::env::temp_dir() }
    }

    fn response(coding: &str, pieces: Vec<Vec<u8>>) -> RawResponse {
        let pieces = pieces.into_iter().map(|piece| Ok(Bytes::from(piece)));
        RawResponse {
            status: 200,
            headers: vec![("content-encoding".to_owned(), coding.to_owned())],
            body: futures_util::stream::iter(pieces).boxed(),
        }
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    async fn read(response: RawResponse) -> Result<Vec<u8>, &'static str> {
        let body = Body::receive(response, &limits()).await.map_err(|error| error.code())?;
        let mut all = Vec::new();
        body.read_pieces::<io::Error>(7, |piece| {
            all.extend_from_slice(piece);
            Ok(())
        })
        .expect("readable");
        Ok(all)
    }

    #[tokio::test]
    async fn short_and_long_packed_and_plain() {
        for length in [0, 10, 900, 5_000] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).expect("below 251")).collect();
            assert_eq!(read(response("identity", vec![bytes.clone()])).await.as_ref(), Ok(&bytes));
            let packed = gzip(&bytes);
            let pieces = packed.chunks(3).map(<[u8]>::to_vec).collect();
            assert_eq!(read(response("GZIP", pieces)).await.as_ref(), Ok(&bytes));
        }
    }

    #[tokio::test]
    async fn a_bomb_a_cut_body_and_an_unknown_coding_are_refused() {
        let bomb = gzip(&vec![0; 60_000]);
        assert!(bomb.len() < 1_000);
        assert_eq!(read(response("gzip", vec![bomb])).await, Err("http.body_too_large"));
        assert_eq!(read(response("identity", vec![vec![0; 10_001]])).await, Err("http.body_too_large"));
        let whole = gzip(&[7; 500]);
        for cut in [1, 5, whole.len() - 1] {
            assert_eq!(read(response("gzip", vec![whole[..cut].to_vec()])).await, Err("http.body_coding"), "{cut}");
        }
        assert_eq!(read(response("br", vec![vec![1]])).await, Err("http.body_coding"));
    }
}
