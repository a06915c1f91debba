//! Going on with a run that was cut off: its journal is fed to a fresh module, and what the module then still waits for
//! is done for real.
//!
//! An answer that was not journaled as a whole is cut off and asked for again. Everything else is not asked a second
//! time, and its rows and proofs come out as they did, because the same events give the same wishes.

use super::core::{Action, Core};
use super::error::RunError;
use super::outcome::RunEnd;
use crate::journal::{JournalEntry, JournalReader, JournaledCost};
use aws_lc_rs::digest::{SHA256, digest};
use beacon_contract::{Event, Granted, PageOf, Refused, RequestId, decode_events};
use std::collections::BTreeMap;
use std::path::Path;

/// What a replay leads to.
#[derive(Default)]
pub(super) struct Replayed {
    /// Whether anything was replayed; if not, the run starts from its beginning.
    pub(super) began: bool,
    /// Wishes without an answer, in their order.
    pub(super) open: BTreeMap<RequestId, Action>,
    pub(super) end: Option<RunEnd>,
    pub(super) grants: Vec<Granted>,
    pub(super) refused: Option<Refused>,
    pub(super) exchanges: u64,
    pub(super) retries: u64,
}

/// Messages that belong to one answer, and what they led to.
#[derive(Default)]
struct Group {
    costs: Vec<JournaledCost>,
    messages: Vec<(Vec<u8>, Option<[u8; 32]>)>,
}

/// A body on its way through the messages of a group.
struct Body {
    page_of: Option<PageOf>,
    status: u16,
    bytes: Vec<u8>,
}

/// Whether a body is still open after a message, given whether one was open before it.
fn is_open_after(message: &[u8], open: bool) -> Result<bool, RunError> {
    let mut open = open;
    for event in decode_events(message).map_err(|_| RunError::Replay)? {
        match event {
            Event::Head(_) => open = true,
            Event::End { .. } => open = false,
            _ => {}
        }
    }
    Ok(open)
}

/// Feeds the journal at `path` to the module and leaves it open for writing on.
pub(super) fn replay(core: &mut Core, mut reader: JournalReader, path: &Path) -> Result<Replayed, RunError> {
    let mut replayed = Replayed::default();
    let mut group = Group::default();
    let mut open = false;
    let mut position = reader.position();
    while let Some(entry) = reader.next() {
        match entry? {
            JournalEntry::Cost(cost) => group.costs.push(cost),
            JournalEntry::Events(message) => {
                open = is_open_after(&message, open)?;
                group.messages.push((message, None));
            }
            JournalEntry::Wishes(hash) => {
                let last = group.messages.last_mut().ok_or(RunError::Replay)?;
                last.1 = Some(hash);
                if !open {
                    replayed.feed(core, std::mem::take(&mut group))?;
                    position = reader.position();
                }
            }
        }
    }
    // The last events may be there without the note of what they led to.
    let unanswered = !open && !group.messages.is_empty();
    if unanswered {
        position = reader.position();
        replayed.feed(core, group)?;
    }
    let mut writer = reader.write_on(path, position)?;
    if unanswered {
        writer.wishes(core.output())?;
    }
    core.journal = Some(writer);
    Ok(replayed)
}

impl Replayed {
    fn feed(&mut self, core: &mut Core, group: Group) -> Result<(), RunError> {
        self.began = true;
        for JournaledCost { page_of, facts } in group.costs {
            self.retries += facts.retries;
            core.ledger.cost(&page_of, facts);
        }
        let mut body = None;
        for (message, _) in &group.messages {
            for event in decode_events(message).map_err(|_| RunError::Replay)? {
                self.see(core, &event, &mut body);
            }
        }
        for (message, hash) in group.messages {
            let mut actions = Vec::new();
            core.poll(&message, None, &mut actions)?;
            if hash.is_some_and(|hash| digest(&SHA256, core.output()).as_ref() != hash) {
                return Err(RunError::Replay);
            }
            for action in actions {
                match action {
                    Action::Http(http, body) => drop(self.open.insert(http.id, Action::Http(http, body))),
                    Action::Grant(grant) => drop(self.open.insert(grant.id, Action::Grant(grant))),
                    Action::Done(done) => self.end = Some(RunEnd::Done(done)),
                    Action::Fail(fail) => self.end = Some(RunEnd::Failed(fail)),
                }
            }
        }
        Ok(())
    }

    /// What the driver itself knew after an event: which wish is answered, and what a page held.
    fn see(&mut self, core: &mut Core, event: &Event<'_>, body: &mut Option<Body>) {
        match event {
            Event::Head(head) => {
                self.exchanges += 1;
                let page_of = match self.open.get(&head.id) {
                    Some(Action::Http(http, _)) => http.page_of.clone(),
                    _ => None,
                };
                *body = Some(Body { page_of, status: head.status, bytes: Vec::new() });
            }
            Event::Chunk { bytes, .. } => {
                let list =
                    |body: &&mut Body| body.page_of.as_ref().is_some_and(|page| core.ledger.is_list(&page.table));
                if let Some(body) = body.as_mut().filter(list) {
                    body.bytes.extend_from_slice(bytes);
                }
            }
            Event::End { id } => {
                self.open.remove(id);
                if let Some(Body { page_of: Some(page_of), status: 200, bytes }) = body.take() {
                    core.ledger.page(&page_of, &bytes);
                }
            }
            Event::Failed(failed) => drop(self.open.remove(&failed.id)),
            Event::Granted(granted) => {
                self.open.remove(&granted.id);
                self.grants.push(granted.clone());
            }
            Event::Refused(refused) => {
                self.open.remove(&refused.id);
                self.refused = Some(refused.clone());
            }
            Event::Start(_) | Event::Cancel => {}
        }
    }
}
