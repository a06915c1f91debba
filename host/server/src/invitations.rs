//! Links for people who may consent and have no account here: making them, taking them back, and noting what comes of
//! them.

use crate::app::App;
use crate::problem::problem;
use crate::secret_text;
use beacon_api::{ConsentLink, Happened, InvitationLink, InvitationsMade, NotInvited, paths};
use beacon_operations::{Installation, Trouble, consents};
use beacon_package::put_csv_text;
use beacon_store::{Connection, ConnectionId, Invitation, InvitationEvent, InvitationId};
use jiff::Timestamp;
use tracing::{info, warn};

/// Makes a link. Its secret is in the answer, and nowhere else.
pub(crate) fn invite(app: &App, connection: &Connection, by: Option<&str>) -> Result<ConsentLink, Trouble> {
    waits_not(app, connection)?;
    let token = secret_text::new();
    let link = secret_text::known(&token);
    let invitation = consents::invite(&app.installation, connection, link, by, Installation::now())?;
    let link = made(app, connection, &token, &invitation);
    app.tell(Happened::Consents);
    Ok(link)
}

/// Makes links for several connections: all of them are stored before one is told. A connection that gets none is told
/// with its reason, and keeps no other from its own. An order for many stops nobody who is signing in just now.
pub(crate) fn invite_all(app: &App, connections: &[Connection], by: Option<&str>) -> Result<InvitationsMade, Trouble> {
    let mut answer = InvitationsMade::default();
    let named = |one: &Connection| (one.id.to_string(), one.name.to_string());
    let leave_out = |one: &Connection, trouble| {
        let (connection, name) = named(one);
        NotInvited { connection, name, problem: problem(trouble) }
    };
    let mut wished = Vec::new();
    for one in connections {
        match waits_not(app, one).and_then(|()| signs_in_not(app, one)) {
            Ok(()) => wished.push((one, secret_text::new())),
            Err(trouble) => answer.left_out.push(leave_out(one, trouble)),
        }
    }
    let links: Vec<_> = wished.iter().map(|(one, token)| (*one, secret_text::known(token))).collect();
    let invited = consents::invite_many(&app.installation, &links, by, Installation::now())?;
    for ((one, token), invited) in wished.iter().zip(invited) {
        match invited {
            Ok(invitation) => {
                let (connection, name) = named(one);
                let ConsentLink { address, expires_at } = made(app, one, token, &invitation);
                answer.links.push(InvitationLink { connection, name, address, expires_at });
            }
            Err(trouble) => answer.left_out.push(leave_out(one, trouble)),
        }
    }
    // Told once: whoever listens asks for the whole board each time.
    app.tell(Happened::Consents);
    answer.csv = csv(&answer.links);
    Ok(answer)
}

/// Refuses where a consent waits for confirmation, whoever began it: a link would take it away.
fn waits_not(app: &App, connection: &Connection) -> Result<(), Trouble> {
    app.tasks.unconfirmed(connection.id).map_or(Ok(()), |_| Err(consents::waits(connection)))
}

/// Refuses where somebody is signing in by a link.
fn signs_in_not(app: &App, connection: &Connection) -> Result<(), Trouble> {
    if app.tasks.is_invited(connection.id) { Err(consents::signing_in(connection)) } else { Ok(()) }
}

/// A link whose invitation is stored.
fn made(app: &App, connection: &Connection, token: &str, invitation: &Invitation) -> ConsentLink {
    // Whoever was signing in by the link before does it for nothing.
    app.tasks.give_up_invited(connection.id);
    info!(connection = connection.name.as_str(), "a link to consent was made");
    let address = format!("{}{}", app.address.origin(), paths::with(paths::CONSENT_LINK, token));
    ConsentLink { address, expires_at: invitation.ends_at.to_string() }
}

/// Takes the link of a connection back, and stops whoever is signing in by it.
pub(crate) fn withdraw(app: &App, connection: &Connection) -> Result<(), Trouble> {
    consents::withdraw(&app.installation, connection, Installation::now())?;
    app.tasks.give_up_invited(connection.id);
    info!(connection = connection.name.as_str(), "a link to consent was taken back");
    app.tell(Happened::Consents);
    // A consent that waited for confirmation waits no more.
    app.tell(Happened::Connections);
    Ok(())
}

/// Something happened to the invitation that a task belongs to. What cannot be stored is told to the log: the sign-in
/// itself does not depend on it.
pub(crate) fn happened(app: &App, invitation: InvitationId, event: InvitationEvent, cause: Option<&Trouble>) {
    changed(app, consents::happened(&app.installation, invitation, event, cause, Installation::now()));
}

/// A connection got its consent, and not by a link.
pub(crate) fn consented_otherwise(app: &App, connection: ConnectionId) {
    changed(app, consents::consented_otherwise(&app.installation, connection, Installation::now()));
}

/// Looks at what time alone changes: links that end, and consents that nobody confirmed.
pub(crate) fn look(app: &App, now: Timestamp) {
    for lost in app.tasks.retire(now, None) {
        happened(app, lost, InvitationEvent::BrokenOff, Some(&consents::overtaken()));
    }
    changed(app, consents::expire(&app.installation, now).map(|expired| expired > 0));
}

fn changed(app: &App, result: Result<bool, Trouble>) {
    match result {
        Ok(true) => app.tell(Happened::Consents),
        Ok(false) => {}
        Err(trouble) => warn!(code = trouble.code, title = trouble.title, "an invitation could not be followed"),
    }
}

/// The links for a mail merge.
fn csv(links: &[InvitationLink]) -> String {
    let mut lines = b"name,link,good_until\r\n".to_vec();
    for link in links {
        for (cell, after) in [(&link.name, b','), (&link.address, b','), (&link.expires_at, b'\r')] {
            put_csv_text(&mut lines, cell);
            lines.push(after);
        }
        lines.push(b'\n');
    }
    // It was put together from texts.
    String::from_utf8_lossy(&lines).into_owned()
}
