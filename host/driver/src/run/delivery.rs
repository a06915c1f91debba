//! Deliveries: one thing that happened, on its way into the module.

use crate::http::{Answer, Body};
use crate::journal::PackedAnswer;
use crate::run::RunError;
use beacon_contract::{CHUNK_BYTES, Event, Failed, FrameWriter, Granted, Head, PageOf, Refused, RequestId, Start};

/// One thing that happened outside.
pub(super) enum Delivery {
    Start(Start),
    Answer { id: RequestId, page_of: Option<PageOf>, answer: Answer },
    Failed(Failed),
    Granted(Granted),
    Refused(Refused),
    Cancel,
}

impl Delivery {
    /// The list or the table that an answer belongs to.
    pub(super) fn page_of(&self) -> Option<&PageOf> {
        match self {
            Self::Answer { page_of, .. } => page_of.as_ref(),
            _ => None,
        }
    }

    /// The page that the ledger should scan: only a body that a module may take for one.
    pub(super) fn page(&self) -> Option<(&PageOf, &Body)> {
        match self {
            Self::Answer { page_of: Some(page_of), answer, .. } if answer.status == 200 => {
                Some((page_of, &answer.body))
            }
            _ => None,
        }
    }

    /// Hands the events over in messages of at most about `poll_bytes`, with the shorter form of a message that holds
    /// one whole answer.
    pub(super) fn messages(
        self,
        poll_bytes: usize,
        mut take: impl FnMut(Vec<u8>, Option<PackedAnswer<'_>>) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mut writer = FrameWriter::new();
        match self {
            Self::Start(start) => Event::Start(start).write(&mut writer),
            Self::Failed(failed) => Event::Failed(failed).write(&mut writer),
            Self::Granted(granted) => Event::Granted(granted).write(&mut writer),
            Self::Refused(refused) => Event::Refused(refused).write(&mut writer),
            Self::Cancel => Event::Cancel.write(&mut writer),
            Self::Answer { id, answer, .. } => {
                let mut headers = answer.headers;
                // A hint for the module's buffer; the true one, since the body is whole and unpacked.
                headers.retain(|(name, _)| name != "content-length");
                headers.push(("content-length".to_owned(), answer.body.len().to_string()));
                Event::Head(Head { id, status: answer.status, headers }).write(&mut writer);
                let head = writer.len();
                let mut whole = true;
                answer.body.read_pieces(CHUNK_BYTES, |bytes| {
                    if writer.len() + bytes.len() > poll_bytes {
                        whole = false;
                        take(writer.take(), None)?;
                    }
                    Event::Chunk { id, bytes }.write(&mut writer);
                    Ok::<_, RunError>(())
                })?;
                Event::End { id }.write(&mut writer);
                let packed = PackedAnswer { id, head, gzip: &answer.gzip };
                let packed = Some(packed).filter(|packed| whole && !packed.gzip.is_empty());
                return take(writer.finish(), packed);
            }
        }
        take(writer.finish(), None)
    }
}

impl From<std::io::Error> for RunError {
    fn from(error: std::io::Error) -> Self {
        Self::Spool(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_comes_in_messages_of_one_piece() {
        let body = Body::Memory(vec![b'x'; 2 * CHUNK_BYTES + 7]);
        let answer = Answer { status: 200, headers: Vec::new(), body, gzip: Vec::new() };
        let delivery = Delivery::Answer { id: RequestId(1), page_of: None, answer };
        let mut lengths = Vec::new();
        let taken = delivery.messages(CHUNK_BYTES, |message, _| {
            lengths.push(message.len());
            Ok(())
        });
        taken.expect("nothing refuses");
        assert_eq!(lengths.len(), 4, "the head, two whole pieces, the rest: {lengths:?}");
        assert!(lengths.iter().all(|length| *length < CHUNK_BYTES + 1_000), "{lengths:?}");
    }
}
