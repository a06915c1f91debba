//! A file as a stream of pieces, made while it is being sent: a report of a million people never exists as a whole.

use super::columns;
use super::function::Call;
use super::issue::Issue;
use super::lines;
use super::row::RowWriter;
use axum::body::{Body, Bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use std::io::Write as _;

/// Pieces are about this large before compression.
const PIECE: usize = 64 * 1_024;

/// The file of a report.
pub(super) fn body(issue: Issue, call: Call, gzip: bool) -> Body {
    let columns = columns::of(call);
    let writer = RowWriter::begin(&columns, &issue.settings.shape, issue.refreshed_on());
    let mut file = File { issue, call, writer, place: 0 };
    if !gzip {
        return Body::from_stream(stream::iter(std::iter::from_fn(move || file.piece().map(Ok::<_, std::io::Error>))));
    }
    let mut encoder = Some(GzEncoder::new(Vec::new(), Compression::fast()));
    let pieces = std::iter::from_fn(move || {
        loop {
            let packing = encoder.as_mut()?;
            let packed = match file.piece() {
                Some(piece) => packing.write_all(&piece).map(|()| std::mem::take(packing.get_mut())),
                None => encoder.take()?.finish(),
            };
            match packed {
                Ok(packed) if packed.is_empty() => {}
                packed => return Some(packed.map(Bytes::from)),
            }
        }
    });
    Body::from_stream(stream::iter(pieces))
}

struct File {
    issue: Issue,
    call: Call,
    writer: RowWriter,
    place: u64,
}

impl File {
    /// The next piece; `None` after the last.
    fn piece(&mut self) -> Option<Bytes> {
        let places = self.issue.places();
        while self.place < places && self.writer.len() < PIECE {
            for person in self.issue.rows_at(self.call.report, self.place) {
                lines::write(&self.issue, self.call, &person, &mut self.writer);
            }
            self.place += 1;
        }
        let piece = self.writer.take();
        (!piece.is_empty()).then(|| Bytes::from(piece))
    }
}
