//! Telling people what changed. The outbox is in the store: a change is there from the transaction that stores the new
//! state, and a message keeps its id through every attempt. Everything here may be interrupted anywhere and done again.

use crate::installation::Installation;
use crate::notifications::{beacon, ready};
use crate::trouble::Trouble;
use beacon_notify::{Digest, GIVEN_UP_AFTER, Told, next_attempt};
use beacon_store::{Message, MessageEnd, Notification};
use jiff::Timestamp;
use serde::Serialize;

/// What is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// What was collected for long enough, and what is tried again now.
    Due,
    /// Everything that there is to tell: nothing more is coming.
    Now,
}

/// One message that was tried.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// Who gets it.
    pub notification: String,
    /// Its id.
    pub message: String,
    /// In one line.
    pub subject: String,
    /// Why it did not arrive, if it did not.
    pub error: Option<Trouble>,
}

/// When there is something to do next: in the past if it is now, `None` if there is nothing to tell.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn next_at(installation: &Installation) -> Result<Option<Timestamp>, Trouble> {
    Ok(installation.store().next_message_at()?)
}

/// Puts together what was collected, sends what is to be sent, and stores what came of it.
///
/// # Errors
/// [`Trouble`] of the store; why something did not arrive is in [`Tried`].
pub async fn tell(installation: &Installation, now: Timestamp, when: When) -> Result<Vec<Tried>, Trouble> {
    let (waiting, notifications) = {
        let mut store = installation.store();
        store.gather_messages(now, when == When::Now)?;
        let due_by = (when == When::Due).then_some(now);
        (store.waiting_messages(due_by)?, store.notifications()?)
    };
    let mut tried = Vec::new();
    for message in waiting {
        let Some(notification) = notifications.iter().find(|one| one.id == message.notification) else { continue };
        tried.extend(send(installation, &message, notification).await?);
    }
    Ok(tried)
}

async fn send(
    installation: &Installation,
    message: &Message,
    notification: &Notification,
) -> Result<Option<Tried>, Trouble> {
    let now = Installation::now();
    let settle = |end| installation.store().settle_message(message, end, now);
    let Some(digest) = digest(installation, message)? else {
        settle(MessageEnd::Needless)?;
        return Ok(None);
    };
    let sent = match ready(installation, notification) {
        Ok(ready) => ready.tell(&digest, now).await.map_err(Trouble::from),
        Err(trouble) => Err(trouble),
    };
    let error = match sent {
        Ok(()) => {
            settle(MessageEnd::Sent)?;
            None
        }
        Err(trouble) => {
            let json = serde_json::to_value(&trouble).map_err(|error| Trouble::unexpected(&error))?;
            let failures = message.attempts.saturating_add(1);
            let retry_at = next_attempt(failures, Installation::now());
            installation.store().message_failed(message, &json, retry_at)?;
            if now.duration_since(message.created_at) > GIVEN_UP_AFTER {
                settle(MessageEnd::GivenUp)?;
            }
            Some(trouble)
        }
    };
    let (notification, message) = (notification.name.to_string(), message.id.to_string());
    Ok(Some(Tried { notification, message, subject: digest.subject(), error }))
}

fn digest(installation: &Installation, message: &Message) -> Result<Option<Digest>, Trouble> {
    let changes = installation.store().state_changes(message.first_change, message.last_change)?;
    let told = changes
        .into_iter()
        .map(|change| Told::new(change.connection.to_string(), change.connection_name, change.before, &change.after));
    Ok(Digest::new(message.id.to_string(), beacon(installation), message.created_at, told))
}
