//! The polled part: reads events, asks the family of the behaviour what to do.

use crate::listing::{Listing, stop};
use crate::{Behaviour, breach, crash, misfit_rows, smuggle};
use beacon_contract::{Done, Event, FieldErrors, FrameWriter, Start, Task, Wish, decode_events};

/// What a poll leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An ordinary answer.
    Message(Vec<u8>),
    /// A reply that names an answer that is not there.
    Forged {
        /// Where it is said to lie.
        address: u32,
        /// How long it is said to be.
        length: u32,
    },
    /// A reply that lies outside of the memory itself.
    NoReply,
}

/// The memory of one run.
#[derive(Debug, Default)]
pub struct Guest {
    listing: Option<Listing>,
    status: u16,
    body: Vec<u8>,
}

impl Guest {
    /// A run that waits for its start.
    #[must_use]
    pub const fn new() -> Self {
        Self { listing: None, status: 0, body: Vec::new() }
    }

    /// Answers a message of events.
    pub fn poll(&mut self, message: &[u8]) -> Answer {
        let mut writer = FrameWriter::new();
        let Ok(events) = decode_events(message) else {
            stop(&mut writer, "unreadable events");
            return Answer::Message(writer.finish());
        };
        for event in events {
            match event {
                Event::Start(start) => return self.start(&start),
                event => self.take(event, &mut writer),
            }
        }
        Answer::Message(writer.finish())
    }

    fn start(&mut self, start: &Start) -> Answer {
        let mut writer = FrameWriter::new();
        if Task::from_name(&start.task) != Some(Task::Import) {
            Wish::FieldErrors(FieldErrors { errors: Vec::new() }).write(&mut writer);
            Wish::Done(Done::default()).write(&mut writer);
            return Answer::Message(writer.finish());
        }
        let settings = &start.settings;
        let Some(behaviour) = settings.text("behaviour").and_then(Behaviour::from_name) else {
            stop(&mut writer, "an unknown behaviour");
            return Answer::Message(writer.finish());
        };
        crash::crash(behaviour);
        let organization = format!("{}/v1.0/organization", settings.text("graph_root").unwrap_or_default());
        let at_once = breach::breach(behaviour, &organization)
            .or_else(|| misfit_rows::misfit(behaviour))
            .or_else(|| smuggle::smuggle(behaviour, settings));
        match (behaviour, at_once) {
            (Behaviour::BadReplyPointer, _) => Answer::NoReply,
            (Behaviour::BadOutputPointer, _) => Answer::Forged { address: u32::MAX - 7, length: 64 },
            (Behaviour::AbsurdLength, _) => Answer::Forged { address: 8, length: u32::MAX },
            (_, Some(message)) => Answer::Message(message),
            (behaviour, None) => {
                self.listing = Listing::begin(behaviour, settings, &mut writer);
                Answer::Message(writer.finish())
            }
        }
    }

    fn take(&mut self, event: Event<'_>, writer: &mut FrameWriter) {
        match event {
            Event::Head(head) => {
                self.status = head.status;
                self.body.clear();
                if self.listing.is_none() {
                    Wish::Fail(smuggle::answered(&head)).write(writer);
                }
            }
            Event::Chunk { bytes, .. } => self.body.extend_from_slice(bytes),
            Event::End { .. } => {
                if let Some(listing) = &mut self.listing {
                    listing.answered(self.status, &self.body, writer);
                }
            }
            Event::Failed(failed) if self.listing.is_none() => Wish::Fail(smuggle::refused(&failed)).write(writer),
            Event::Failed(failed) => stop(writer, &failed.code),
            Event::Granted(_) => {
                if let Some(listing) = &mut self.listing {
                    listing.granted(writer);
                }
            }
            Event::Refused(refused) => stop(writer, &format!("{} {:?}", refused.error, refused.codes)),
            Event::Start(_) | Event::Cancel => stop(writer, "an unexpected event"),
        }
    }
}
