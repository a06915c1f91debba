//! A file on its way into a request: read piece by piece, compared with what it should be before its last piece leaves.

use crate::digest::{Digest, Digester};
use crate::parcel::ParcelFile;
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

/// Bytes read at once.
const PIECE: usize = 256 << 10;

/// What the sender sees of a file that is on its way.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pieces: AtomicU64,
    altered: AtomicBool,
}

impl Watch {
    /// How many pieces have left: a number that stays the same means that nothing moves.
    pub(crate) fn pieces(&self) -> u64 {
        self.pieces.load(Ordering::Relaxed)
    }

    /// Whether the file is not what it should be; its last piece was not sent then.
    pub(crate) fn is_altered(&self) -> bool {
        self.altered.load(Ordering::Relaxed)
    }
}

struct Reading {
    file: File,
    left: u64,
    digester: Option<Digester>,
    expected: Digest,
    watch: Arc<Watch>,
}

/// The pieces of a file. It ends with an error, and without its last piece, if the file has other bytes than it should.
pub(crate) fn pieces(
    file: File,
    about: &ParcelFile,
    watch: Arc<Watch>,
) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let digester = Some(Digester::new());
    let reading = Reading { file, left: about.bytes, digester, expected: about.digest, watch };
    futures_util::stream::try_unfold(reading, |mut reading| async move {
        let piece = reading.next().await?;
        Ok(piece.map(|piece| (piece, reading)))
    })
}

impl Reading {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(digester) = &mut self.digester else { return Ok(None) };
        let mut piece = BytesMut::with_capacity(PIECE);
        let most = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        if most > 0 {
            (&mut self.file).take(most as u64).read_buf(&mut piece).await?;
            if piece.is_empty() {
                return Err(self.altered());
            }
        }
        digester.update(&piece);
        self.left = self.left.saturating_sub(piece.len() as u64);
        if self.left == 0 {
            // Decided before the last piece leaves: whoever sends may stop asking once the length is reached.
            let whole = self.digester.take().is_some_and(|digester| digester.finish() == self.expected);
            if !whole {
                return Err(self.altered());
            }
        }
        self.watch.pieces.fetch_add(1, Ordering::Relaxed);
        Ok(Some(piece.freeze()))
    }

    fn altered(&self) -> io::Error {
        self.watch.altered.store(true, Ordering::Relaxed);
        io::Error::new(io::ErrorKind::InvalidData, "the file is not as it was written")
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE, Watch, pieces};
    use crate::digest::Digest;
    use crate::parcel::ParcelFile;
    use futures_util::StreamExt as _;
    use std::sync::Arc;

    async fn sent(content: &[u8], promised: &[u8]) -> (usize, bool, bool) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let about = ParcelFile {
            name: "users.csv".to_owned(),
            media_type: "text/csv".to_owned(),
            bytes: promised.len() as u64,
            digest: Digest::of(promised),
        };
        let watch = Arc::new(Watch::default());
        let opened = tokio::fs::File::open(file.path()).await.unwrap();
        let all: Vec<_> = Box::pin(pieces(opened, &about, Arc::clone(&watch))).collect().await;
        let bytes = all.iter().filter_map(|piece| piece.as_ref().ok()).map(|piece| piece.len()).sum();
        (bytes, all.iter().any(Result::is_err), watch.is_altered())
    }

    #[tokio::test]
    async fn a_file_goes_out_whole() {
        for length in [0, 1, PIECE, PIECE + 1, 3 * PIECE] {
            let content = vec![7; length];
            assert_eq!(sent(&content, &content).await, (length, false, false), "{length}");
        }
    }

    #[tokio::test]
    async fn an_altered_file_never_goes_out_whole() {
        let promised = vec![7; PIECE + 10];
        let mut other = promised.clone();
        other[3] = 8;
        for content in [&other[..], &promised[..PIECE], &[]] {
            let (bytes, failed, altered) = sent(content, &promised).await;
            assert!(bytes < promised.len() && failed && altered);
        }
    }
}
