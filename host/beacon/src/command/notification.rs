//! `notification`: who is told when the state of a connection changes.

use super::destination::text;
use crate::exit::Exit;
use crate::notification_arguments::{NotificationAddArguments, NotificationCommand};
use crate::terminal::{Style, Terminal, table};
use beacon_operations::notifications::{self, DraftWay, NotificationDraft};
use beacon_operations::notifying::{self, Tried, When};
use beacon_operations::{Installation, MailServer, Trouble};
use beacon_server::Serving;
use beacon_store::{Notification, Way};
use serde_json::json;

/// Where mail is handed in, with STARTTLS (RFC 6409) and with TLS at once (RFC 8314).
const PORTS: [u16; 2] = [587, 465];

pub(crate) async fn execute(
    installation: &Installation,
    command: &NotificationCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        NotificationCommand::Add(arguments) => add(installation, arguments, terminal),
        NotificationCommand::List => list(installation, terminal),
        NotificationCommand::Test { name } => {
            let notification = notifications::find(installation, name)?;
            notifications::test(installation, &notification).await?;
            terminal.json(&json!({ "sent": true }));
            terminal.result(&terminal.paint(Style::Good, &format!("A test was sent to {}.", notification.name)));
            Ok(Exit::Success)
        }
        NotificationCommand::Send => {
            let tried = notifying::tell(installation, Installation::now(), When::Now).await?;
            terminal.json(&json!({ "messages": tried }));
            if tried.is_empty() {
                terminal.result("Nothing to tell.");
            }
            tell(&tried, terminal);
            let failed = tried.iter().filter_map(|one| one.error.as_ref());
            Ok(failed.map(Exit::of).fold(Exit::Success, Exit::worse))
        }
        NotificationCommand::Remove { name, yes } => remove(installation, name, *yes, terminal),
    }
}

/// Tells at once what imports changed: nothing more is coming. They are over, whatever comes of this. A beacon that serves
/// tells by itself.
pub(super) async fn after_imports(
    installation: &Installation,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<(), Trouble> {
    if serving.is_some() {
        return Ok(());
    }
    beacon_operations::health::look(installation, Installation::now())?;
    let tried = notifying::tell(installation, Installation::now(), When::Now).await?;
    tell(&tried, terminal);
    Ok(())
}

fn tell(tried: &[Tried], terminal: &Terminal) {
    for one in tried {
        match &one.error {
            None => terminal.note(&format!("Told {}: {}.", one.notification, one.subject)),
            Some(error) => {
                terminal.note(&terminal.paint(Style::Warning, &format!("Not told yet: {}.", one.notification)));
                terminal.note(&format!("  {} {} ({})", error.title, error.advice, error.code));
            }
        }
    }
}

fn add(
    installation: &Installation,
    arguments: &NotificationAddArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let draft = NotificationDraft {
        name: arguments.name.clone(),
        way: way(arguments, terminal)?,
        collect_seconds: arguments.collect,
    };
    let notification = notifications::add(installation, draft)?;
    terminal.json(&json!({ "notification": notification }));
    terminal.result(&format!("Added the notification {}.", notification.name));
    let name = notification.name.as_str();
    terminal.note(&format!("It is told of changes from now on. Try it out: beacon notification test {name:?}"));
    Ok(Exit::Success)
}

fn way(arguments: &NotificationAddArguments, terminal: &Terminal) -> Result<DraftWay, Trouble> {
    if let (Some(address), Some(key)) = (&arguments.webhook_file, &arguments.signing_key_file) {
        let address = terminal.read_secret(address, "--webhook-file")?;
        return Ok(DraftWay::Webhook { address, key: terminal.read_secret(key, "--signing-key-file")? });
    }
    let login = match (&arguments.username, &arguments.password_file) {
        (Some(username), Some(file)) => Some((username.clone(), terminal.read_secret(file, "--password-file")?)),
        _ => None,
    };
    let [starttls, at_once] = PORTS;
    let usual = if arguments.implicit_tls { at_once } else { starttls };
    Ok(DraftWay::Mail {
        server: MailServer {
            host: arguments.mail_server.clone().unwrap_or_default(),
            port: arguments.mail_port.unwrap_or(usual),
            implicit_tls: arguments.implicit_tls,
        },
        from: arguments.from.clone().unwrap_or_default(),
        to: arguments.to.clone(),
        login,
    })
}

fn list(installation: &Installation, terminal: &Terminal) -> Result<Exit, Trouble> {
    let all = installation.store().notifications()?;
    terminal.json(&json!({ "notifications": all }));
    if all.is_empty() {
        terminal.result("Nobody is told yet. Add somebody with `beacon notification add NAME`.");
        return Ok(Exit::Success);
    }
    let mut rows = vec![["NAME", "WHERE", "COLLECTS", "WAITING", "STATE"].map(str::to_owned).to_vec()];
    rows.extend(all.iter().map(|one| {
        vec![
            one.name.to_string(),
            place(one),
            format!("{} s", one.collect_seconds),
            one.waiting.to_string(),
            state(one),
        ]
    }));
    terminal.result(&table(&rows));
    Ok(Exit::Success)
}

fn remove(installation: &Installation, name: &str, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let notification = notifications::find(installation, name)?;
    if !yes && !terminal.confirm(&format!("Remove the notification {} with its secret?", notification.name)) {
        terminal.note("Nothing was removed.");
        return Ok(Exit::Cancelled);
    }
    notifications::remove(installation, &notification)?;
    terminal.json(&json!({ "removed": notification.name }));
    terminal.result(&format!("Removed the notification {}.", notification.name));
    Ok(Exit::Success)
}

fn place(notification: &Notification) -> String {
    match &notification.way {
        Way::Webhook { origin } => origin.clone(),
        Way::Mail { host, port, to, .. } => format!("{} by {host}:{port}", to.join(", ")),
    }
}

fn state(notification: &Notification) -> String {
    match (&notification.last_error, notification.sent_at) {
        (Some(error), _) => format!("failed: {}", text(error, "code")),
        (None, Some(at)) => at.strftime("told, %Y-%m-%d %H:%M UTC").to_string(),
        (None, None) => "nothing told yet".to_owned(),
    }
}
