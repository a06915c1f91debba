//! A file that is written piece by piece, wherever the person is.

use super::{Person, Terminal};
use crate::files::Growing;
use crate::remote::Line;
use beacon_operations::Trouble;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// Bytes that cross a line at once.
const PIECE: usize = 256 << 10;

/// The file, as whoever writes it sees it.
pub(crate) enum Pieces {
    /// At this process.
    Here(Box<Growing>),
    /// At the other end of a line.
    Away(Arc<Line>, Vec<u8>),
}

impl Terminal {
    /// Writes a file that the person names, for its owner's eyes, piece by piece: whole or not at all.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument; those of `write`.
    pub(crate) fn write_pieces(
        &self,
        path: &Path,
        argument: &str,
        write: impl FnOnce(&mut Pieces) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut pieces = match &self.person {
            Person::Here => Pieces::Here(Box::new(Growing::begin(path, argument)?)),
            Person::Away(line) => {
                line.begin_file(path, argument)?;
                Pieces::Away(Arc::clone(line), Vec::new())
            }
        };
        let written = write(&mut pieces);
        match (pieces, written) {
            (Pieces::Here(file), Ok(())) => file.finish(),
            (Pieces::Away(line, rest), Ok(())) => line.end_file(&rest, true),
            // What was written so far goes.
            (Pieces::Here(_), Err(trouble)) => Err(trouble),
            (Pieces::Away(line, _), Err(trouble)) => {
                // The cause says more than a failure to clean up.
                let _ = line.end_file(&[], false);
                Err(trouble)
            }
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Here(file) => file.write(bytes)?,
            Self::Away(line, waiting) => {
                waiting.extend_from_slice(bytes);
                if waiting.len() >= PIECE {
                    line.grow_file(waiting).map_err(|trouble| io::Error::other(trouble.title))?;
                    waiting.clear();
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
