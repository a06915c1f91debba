//! Who is told when states change: adding them with their secrets, trying them out, using them.

use crate::installation::Installation;
use crate::proxy::keys;
use crate::trouble::Trouble;
use beacon_delivery::UploadOptions;
use beacon_notify::{Digest, Mail, MailServer, NotifyError, SigningKey, Webhook, WebhookAddress};
use beacon_store::{
    Action, Deed, InvalidInput, MessageId, NewNotification, Notification, NotificationId, NotificationName, StoreError,
    Way,
};
use beacon_vault::{InvalidOrigin, InvalidSlotName, Origin, Secret, SecretBinding, SlotName};
use jiff::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How slots of notifications begin.
const SLOT: &str = "notification.";

/// The longest that changes are collected: a message that comes the next day is none.
const LONGEST_COLLECTED: u32 = 86_400;

/// A notification as somebody entered it.
pub struct NotificationDraft {
    /// Its name, still unchecked.
    pub name: String,
    /// How, still unchecked.
    pub way: DraftWay,
    /// How long changes are collected into one message.
    pub collect_seconds: u32,
}

/// A way to tell somebody, as it was entered.
pub enum DraftWay {
    /// A request to a server.
    Webhook {
        /// Its address.
        address: Secret,
        /// The key for signatures.
        key: Secret,
    },
    /// A mail.
    Mail {
        /// The mail server.
        server: MailServer,
        /// The sender.
        from: String,
        /// Who gets it.
        to: Vec<String>,
        /// User name and password, if the server asks for them.
        login: Option<(String, Secret)>,
    },
}

/// A way, ready to be used. It holds secrets.
pub(crate) enum Ready {
    Webhook(Box<Webhook>),
    Mail(Box<Mail>),
}

impl Ready {
    pub(crate) async fn tell(&self, digest: &Digest, now: Timestamp) -> Result<(), NotifyError> {
        match self {
            Self::Webhook(webhook) => webhook.tell(digest, now).await,
            Self::Mail(mail) => mail.tell(digest).await,
        }
    }
}

/// Adds who is told, with their secret, or nothing.
///
/// # Errors
/// [`Trouble`] about the name, an address, the key or the time.
pub fn add(installation: &Installation, draft: NotificationDraft) -> Result<Notification, Trouble> {
    let name: NotificationName = draft.name.parse().map_err(|error: InvalidInput| {
        Trouble::settings("notification.name", &error, "Choose another name.").about("name")
    })?;
    if draft.collect_seconds > LONGEST_COLLECTED {
        let title = format!("changes cannot be collected for {} seconds", draft.collect_seconds);
        return Err(Trouble::settings("notification.collect", title, "Give 0 to 86400 seconds.").about("collect"));
    }
    let id = NotificationId::from(Uuid::new_v4());
    let (way, secret) = understood(installation, draft.way)?;
    let new = NewNotification { id, name: name.clone(), way, collect_seconds: draft.collect_seconds };
    let sealed = match &secret {
        None => None,
        Some(secret) => {
            let binding = binding(installation, id, &new.way)?;
            Some((keys(installation)?.seal(&binding, 1, secret)?, binding.slot))
        }
    };
    let sealed = sealed.as_ref().map(|(value, slot)| (slot, value));
    installation.store().insert_notification(&new, sealed, Installation::now()).map_err(|error| {
        let about_name = matches!(error, StoreError::NotificationNameTaken { .. });
        let trouble = Trouble::from(error);
        if about_name { trouble.about("name") } else { trouble }
    })?;
    find(installation, name.as_str())
}

/// Who is told by this name, or an error that lists what there is.
///
/// # Errors
/// [`Trouble`] if there is none.
pub fn find(installation: &Installation, name: &str) -> Result<Notification, Trouble> {
    let store = installation.store();
    if let Some(notification) = store.notification_by_name(name)? {
        return Ok(notification);
    }
    let names: Vec<String> = store.notifications()?.iter().map(|one| one.name.to_string()).collect();
    let advice = if names.is_empty() {
        "Add one with `beacon notification add NAME`.".to_owned()
    } else {
        format!("Notifications: {}.", names.join(", "))
    };
    Err(Trouble::settings("notification.unknown", format!("there is no notification named {name:?}"), advice))
}

/// Removes who is told, with the secret and what waits.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn remove(installation: &Installation, notification: &Notification) -> Result<(), Trouble> {
    installation.store().delete_notification(notification.id, &slot(notification.id)?)?;
    Ok(())
}

/// Sends a message that says it is a test.
///
/// # Errors
/// [`Trouble`] that a message would meet.
pub async fn test(installation: &Installation, notification: &Notification) -> Result<(), Trouble> {
    let now = Installation::now();
    let id = MessageId::from(Uuid::new_v4()).to_string();
    let digest = Digest::test(id, beacon(installation), now);
    let attempt = async { Ok(ready(installation, notification)?.tell(&digest, now).await?) }.await;
    let deed = Deed::new(Action::NotificationTested, "notification", notification.id, &notification.name);
    installation.record_attempt(deed, attempt)
}

/// How messages call this beacon.
pub(crate) fn beacon(installation: &Installation) -> String {
    installation.store().installation().to_string()
}

/// What is stored of a way, and its secret. Everything is made once, so that what cannot be used is refused now and not in
/// the night.
fn understood(installation: &Installation, draft: DraftWay) -> Result<(Way, Option<Secret>), Trouble> {
    match draft {
        DraftWay::Webhook { address, key } => {
            let text = address.expose_str().unwrap_or_default().trim();
            let address = WebhookAddress::new(text).map_err(|error| Trouble::from(error).about("address"))?;
            let way = Way::Webhook { origin: address.origin() };
            let secret = joined(&address, &key);
            webhook(installation, &secret)?;
            Ok((way, Some(secret)))
        }
        DraftWay::Mail { server, from, to, login } => {
            let username = login.as_ref().map(|(username, _)| username.clone());
            let (username_given, password) = login.unzip();
            let given = username_given.zip(password.as_ref().map(copy));
            mail(installation, &server, &from, &to, given)?;
            let MailServer { host, port, implicit_tls } = server;
            Ok((Way::Mail { host, port, implicit_tls, username, from, to }, password))
        }
    }
}

/// A way with its secret unlocked.
pub(crate) fn ready(installation: &Installation, notification: &Notification) -> Result<Ready, Trouble> {
    match &notification.way {
        Way::Webhook { .. } => Ok(Ready::Webhook(Box::new(webhook(installation, &open(installation, notification)?)?))),
        Way::Mail { host, port, implicit_tls, username, from, to } => {
            let server = MailServer { host: host.clone(), port: *port, implicit_tls: *implicit_tls };
            let login = match username {
                Some(username) => Some((username.clone(), open(installation, notification)?)),
                None => None,
            };
            Ok(Ready::Mail(Box::new(mail(installation, &server, from, to, login)?)))
        }
    }
}

/// The secret of a webhook: its address in the first line, its key behind it.
fn joined(address: &WebhookAddress, key: &Secret) -> Secret {
    let mut text = Vec::with_capacity(address.expose().len() + 1 + key.expose().len());
    text.extend_from_slice(address.expose().as_bytes());
    text.push(b'\n');
    text.extend_from_slice(key.expose());
    Secret::new(text)
}

fn webhook(installation: &Installation, secret: &Secret) -> Result<Webhook, Trouble> {
    let bytes = secret.expose();
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (address, key) = bytes.split_at(end);
    let address = Zeroizing::new(String::from_utf8_lossy(address).into_owned());
    let key = Secret::new(key.get(1..).unwrap_or_default().to_vec());
    let key = SigningKey::new(&key).ok_or_else(|| Trouble::from(NotifyError::Key).about("key"))?;
    let options = UploadOptions {
        extra_authorities: installation.extra_authorities()?,
        addresses: installation.addresses(),
        proxy: None,
    };
    Ok(Webhook::new(WebhookAddress::new(&address)?, key, options)?)
}

fn mail(
    installation: &Installation,
    server: &MailServer,
    from: &str,
    to: &[String],
    login: Option<(String, Secret)>,
) -> Result<Mail, Trouble> {
    let authorities = installation.extra_authorities()?;
    Ok(Mail::new(server.clone(), from, to, login, &authorities, installation.addresses())?)
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}

fn open(installation: &Installation, notification: &Notification) -> Result<Secret, Trouble> {
    let binding = binding(installation, notification.id, &notification.way)?;
    let stored = installation.store().installation_secret(&binding.slot)?;
    let stored = stored.ok_or_else(|| {
        let title = format!("the secret of {} is not there any more", notification.name);
        Trouble::settings("notification.secret", title, "Remove the notification and add it again.")
    })?;
    Ok(keys(installation)?.open(&binding, &stored)?)
}

fn slot(id: NotificationId) -> Result<SlotName, Trouble> {
    format!("{SLOT}{id}").parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))
}

/// What a secret is tied to: the notification, and the one server it goes to. A server of this very machine that speaks
/// plain http has no such place; its secret is the key of a signature, which goes nowhere.
fn binding(installation: &Installation, id: NotificationId, way: &Way) -> Result<SecretBinding, Trouble> {
    let origin = match way {
        Way::Webhook { origin } => Some(origin.clone()).filter(|origin| origin.starts_with("https://")),
        Way::Mail { host, port, .. } => Some(format!("https://{host}:{port}")),
    };
    let origin: Option<Origin> = origin
        .map(|origin| origin.parse())
        .transpose()
        .map_err(|error: InvalidOrigin| Trouble::settings("notification.server", error, "Check the server's name."))?;
    let owner = installation.store().installation().into();
    Ok(SecretBinding { connection: owner, slot: slot(id)?, origins: origin.into_iter().collect::<BTreeSet<_>>() })
}

impl From<NotifyError> for Trouble {
    fn from(error: NotifyError) -> Self {
        Self::new(error.kind(), error.code(), &error, error.next_step()).caused_by(&error)
    }
}
