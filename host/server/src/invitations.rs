//! Links for people who may consent and have no account here: making them, taking them back, and noting what comes of
//! them.

use crate::app::App;
use crate::problem::problem;
use crate::secret_text;
use beacon_api::{ConsentLink, Happened, InvitationLink, InvitationsMade, NotInvited, paths};
use beacon_contract::FailKind;
use beacon_operations::{Installation, Trouble, consents};
use beacon_package::put_csv_text;
use beacon_store::{Connection, ConnectionId, InvitationEvent, InvitationId};
use jiff::Timestamp;
use tracing::{info, warn};

/// Makes a link. Its secret is in the answer, and nowhere else.
pub(crate) fn invite(app: &App, connection: &Connection, by: Option<&str>) -> Result<ConsentLink, Trouble> {
    let link = make(app, connection, by)?;
    app.tell(Happened::Consents);
    Ok(link)
}

fn make(app: &App, connection: &Connection, by: Option<&str>) -> Result<ConsentLink, Trouble> {
    let token = secret_text::new();
    let link = secret_text::known(&token);
    let invitation = consents::invite(&app.installation, connection, link, by, Installation::now())?;
    // Whoever was signing in by the link before does it for nothing.
    app.tasks.give_up_invited(connection.id);
    info!(connection = connection.name.as_str(), "a link to consent was made");
    let address = format!("{}{}", app.address.origin(), paths::with(paths::CONSENT_LINK, &token));
    Ok(ConsentLink { address, expires_at: invitation.ends_at.to_string() })
}

/// Makes links for several connections. One that gets none is told with its reason, and keeps no other from its own.
pub(crate) fn invite_all(app: &App, connections: &[Connection], by: Option<&str>) -> Result<InvitationsMade, Trouble> {
    let mut made = InvitationsMade::default();
    for one in connections {
        let (connection, name) = (one.id.to_string(), one.name.to_string());
        match make(app, one, by) {
            Ok(ConsentLink { address, expires_at }) => {
                made.links.push(InvitationLink { connection, name, address, expires_at });
            }
            Err(trouble) if trouble.kind == FailKind::Settings => {
                made.left_out.push(NotInvited { connection, name, problem: problem(trouble) });
            }
            // What is wrong with the beacon is wrong with all of them.
            Err(trouble) => return Err(trouble),
        }
    }
    // Told once: whoever listens asks for the whole board each time.
    app.tell(Happened::Consents);
    made.csv = csv(&made.links);
    Ok(made)
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
