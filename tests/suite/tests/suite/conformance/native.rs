//! The connector as ordinary code.

use super::case::{Case, Poll};
use beacon_contract::{
    CONTRACT_VERSION, Event, FieldError, FrameWriter, Settings, SlotName, Start, Task, Wish, WishLimits, decode_wishes,
};
use beacon_driver::{Guest, GuestFault};
use beacon_microsoft_365::Microsoft365;
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// Runs these events through a fresh connector.
pub(super) fn run(name: &str, messages: Vec<Vec<u8>>) -> Case {
    let mut guest = beacon_kit::Guest::<Microsoft365>::new();
    let poll = |events: Vec<u8>| Poll { wishes: guest.poll(&events), events };
    Case { name: name.to_owned(), polls: messages.into_iter().map(poll).collect() }
}

/// What the rules of the connector say about settings.
pub(super) fn check(settings: Settings, configured: BTreeSet<SlotName>) -> Vec<FieldError> {
    let mut writer = FrameWriter::new();
    let start = Start {
        contract: CONTRACT_VERSION,
        task: Task::Check.name().to_owned(),
        settings,
        configured,
        now: "2026-06-01T00:00:00Z".to_owned(),
        seed: "0".repeat(32),
        plan: None,
    };
    Event::Start(start).write(&mut writer);
    let case = run("check", vec![writer.finish()]);
    let wishes = decode_wishes(&case.polls[0].wishes, WishLimits::default()).expect("readable wishes");
    let errors = wishes.into_iter().find_map(|wish| match wish {
        Wish::FieldErrors(found) => Some(found.errors),
        _ => None,
    });
    errors.expect("an answer")
}

/// For a driver, remembering every poll. On a thread of its own: its futures stay where they were made.
pub(super) struct Recorded {
    events: Sender<Vec<u8>>,
    wishes: Receiver<Vec<u8>>,
    polls: Arc<Mutex<Vec<Poll>>>,
}

impl Recorded {
    /// A fresh connector, and where its polls will be.
    pub(super) fn start() -> (Self, Arc<Mutex<Vec<Poll>>>) {
        let (events, incoming) = channel::<Vec<u8>>();
        let (outgoing, wishes) = channel();
        std::thread::spawn(move || {
            let mut guest = beacon_kit::Guest::<Microsoft365>::new();
            // Ends when the run drops its end.
            while let Ok(message) = incoming.recv() {
                if outgoing.send(guest.poll(&message)).is_err() {
                    break;
                }
            }
        });
        let polls = Arc::<Mutex<Vec<Poll>>>::default();
        (Self { events, wishes, polls: Arc::clone(&polls) }, polls)
    }
}

impl Guest for Recorded {
    fn poll(&mut self, events: &[u8], output: &mut Vec<u8>) -> Result<(), GuestFault> {
        self.events.send(events.to_vec()).expect("the connector's thread");
        *output = self.wishes.recv().expect("the connector's thread");
        let poll = Poll { events: events.to_vec(), wishes: output.clone() };
        self.polls.lock().expect("no other panic").push(poll);
        Ok(())
    }
}
