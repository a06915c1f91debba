//! Storing invitations to consent.

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::Acting;
use crate::column::{Json, Text, Time};
use crate::{
    Action, ConnectionId, Deed, Invitation, InvitationChange, InvitationEvent, InvitationId, InvitationState,
    LinkDigest, LinkShown, NewInvitation, Store, StoreError, connection_rows,
};

const COLUMNS: &str =
    "id, connection_id, made_by, made_at, ends_at, state, shown, first_shown_at, last_shown_at, cause";

/// Invitations that are remembered of one connection.
const REMEMBERED: u32 = 10;

impl Store {
    /// Stores a new invitation. The one before it, if it is open, is taken back for the given cause: a connection has one
    /// link at a time.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`].
    pub fn insert_invitation(
        &mut self,
        new: &NewInvitation,
        replaced: &Value,
        now: Timestamp,
    ) -> Result<Invitation, StoreError> {
        let id = InvitationId::from(Uuid::new_v4());
        self.change(|database, acting| {
            let mut deed = deed(database, Action::ConsentLinkMade, new.connection)?.with("good_until", new.ends_at);
            if let Some(before) = newest(database, new.connection)?
                && advance(database, before, InvitationEvent::Withdrawn, Some(replaced), now)?.is_some()
            {
                deed = deed.with("older_link", "taken back");
            }
            acting.record(database, &deed)?;
            let state = InvitationState::LinkMade.as_str();
            database.execute(
                "INSERT INTO invitations (id, connection_id, link_digest, made_by, made_at, ends_at, state) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (Text(id), Text(new.connection), new.link, &new.made_by, Time(now), Time(new.ends_at), state),
            )?;
            note(database, id, InvitationState::LinkMade, now)?;
            database.execute(
                "DELETE FROM invitations WHERE connection_id = ?1 AND rowid NOT IN (SELECT rowid FROM invitations \
                 WHERE connection_id = ?1 ORDER BY rowid DESC LIMIT ?2)",
                (Text(new.connection), REMEMBERED),
            )?;
            load(database, "id = ?1", Text(id))?.ok_or(StoreError::NoSuchConnection { id: new.connection })
        })
    }

    /// Counts that the page of a link was shown; `None` if the link is not good any more.
    ///
    /// # Errors
    /// Those of writing.
    pub fn show_invitation(&mut self, link: LinkDigest, now: Timestamp) -> Result<Option<Invitation>, StoreError> {
        self.change(|database, acting| {
            let Some(found) = good(database, link, now)? else { return Ok(None) };
            database.execute(
                "UPDATE invitations SET shown = shown + 1, first_shown_at = coalesce(first_shown_at, ?2), \
                 last_shown_at = ?2 WHERE id = ?1",
                (Text(found.id), Time(now)),
            )?;
            let id = found.id;
            // Only the first time: whatever looks at links in mails may do it without end.
            if let Some(opened) = advance(database, found, InvitationEvent::Shown, None, now)? {
                tell(database, acting, Action::ConsentLinkOpened, opened.connection)?;
            }
            load(database, "id = ?1", Text(id))
        })
    }

    /// Uses a link up; `None` if it is not good any more. Of two who follow it at once, one gets it.
    ///
    /// # Errors
    /// Those of writing.
    pub fn follow_invitation(&mut self, link: LinkDigest, now: Timestamp) -> Result<Option<Invitation>, StoreError> {
        self.change(|database, acting| {
            let Some(found) = good(database, link, now)? else { return Ok(None) };
            let followed = advance(database, found, InvitationEvent::Followed, None, now)?;
            if let Some(followed) = &followed {
                tell(database, acting, Action::ConsentLinkUsed, followed.connection)?;
            }
            Ok(followed)
        })
    }

    /// The invitation of a link, as long as it can be followed.
    ///
    /// # Errors
    /// Those of reading.
    pub fn invitation_by_link(&self, link: LinkDigest, now: Timestamp) -> Result<Option<Invitation>, StoreError> {
        self.read(|database| good(database, link, now))
    }

    /// Notes what happened to an invitation, and why; `None` if that changes nothing about it, or it is gone.
    ///
    /// # Errors
    /// Those of writing.
    pub fn advance_invitation(
        &mut self,
        id: InvitationId,
        event: InvitationEvent,
        cause: Option<&Value>,
        now: Timestamp,
    ) -> Result<Option<Invitation>, StoreError> {
        self.write(|database| match load(database, "id = ?1", Text(id))? {
            Some(found) => advance(database, found, event, cause, now),
            None => Ok(None),
        })
    }

    /// Notes whose time is over; tells how many. Nothing is written where that is nobody's.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub fn expire_invitations(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let over = self.read(|database| over(database, now))?;
        if over.is_empty() {
            return Ok(0);
        }
        self.write(|database| {
            let mut expired = 0;
            for id in over {
                if let Some(found) = load(database, "id = ?1", Text(id))? {
                    expired += usize::from(advance(database, found, InvitationEvent::EndCame, None, now)?.is_some());
                }
            }
            Ok(expired)
        })
    }

    /// The newest invitation of a connection.
    ///
    /// # Errors
    /// Those of reading.
    pub fn invitation_of(&self, connection: ConnectionId) -> Result<Option<Invitation>, StoreError> {
        self.read(|database| newest(database, connection))
    }

    /// The newest invitation of each connection that has one.
    ///
    /// # Errors
    /// Those of reading.
    pub fn invitations(&self) -> Result<Vec<Invitation>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM invitations WHERE rowid IN (SELECT max(rowid) FROM invitations \
             GROUP BY connection_id) ORDER BY rowid"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            let found: Vec<Invitation> = statement.query_map([], from_row)?.collect::<Result<_, _>>()?;
            found.into_iter().map(|one| with_changes(database, one)).collect()
        })
    }
}

fn deed(database: &Database, action: Action, connection: ConnectionId) -> Result<Deed, StoreError> {
    Ok(Deed::to_connection(action, &connection_rows::load(database, connection)?))
}

fn tell(database: &Database, acting: &Acting, action: Action, connection: ConnectionId) -> Result<(), StoreError> {
    acting.record(database, &deed(database, action, connection)?)
}

fn newest(database: &Database, connection: ConnectionId) -> Result<Option<Invitation>, StoreError> {
    load(database, "connection_id = ?1 ORDER BY rowid DESC LIMIT 1", Text(connection))
}

/// The invitation of a link that can be followed now.
fn good(database: &Database, link: LinkDigest, now: Timestamp) -> Result<Option<Invitation>, StoreError> {
    Ok(load(database, "link_digest = ?1", link)?.filter(|found| found.is_link_good(now)))
}

/// Invitations whose link was good until its time was over.
fn over(database: &Database, now: Timestamp) -> Result<Vec<InvitationId>, StoreError> {
    let sql = "SELECT id FROM invitations WHERE ends_at <= ?1 AND state IN (?2, ?3)";
    let [made, opened] = [InvitationState::LinkMade, InvitationState::Opened].map(InvitationState::as_str);
    let mut statement = database.prepare(sql)?;
    let ids = statement.query_map((Time(now), made, opened), |row| Ok(row.get::<_, Text<_>>(0)?.0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn load(database: &Database, which: &str, value: impl rusqlite::ToSql) -> Result<Option<Invitation>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE {which}");
    let found = database.query_row(&sql, [value], from_row).optional()?;
    found.map(|found| with_changes(database, found)).transpose()
}

/// Lets it become what the table says; `None` if it stays as it is.
fn advance(
    database: &Database,
    mut invitation: Invitation,
    event: InvitationEvent,
    cause: Option<&Value>,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let state = invitation.state.after(event);
    if state == invitation.state {
        return Ok(None);
    }
    database.execute(
        "UPDATE invitations SET state = ?2, cause = ?3 WHERE id = ?1",
        (Text(invitation.id), state.as_str(), cause.map(Json)),
    )?;
    note(database, invitation.id, state, now)?;
    invitation.state = state;
    invitation.cause = cause.cloned();
    invitation.changes.push(InvitationChange { state, at: now });
    Ok(Some(invitation))
}

fn note(database: &Database, id: InvitationId, state: InvitationState, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO invitation_changes (invitation_id, state, at) VALUES (?1, ?2, ?3)";
    database.execute(sql, (Text(id), state.as_str(), Time(now)))?;
    Ok(())
}

fn with_changes(database: &Database, mut invitation: Invitation) -> Result<Invitation, StoreError> {
    let sql = "SELECT state, at FROM invitation_changes WHERE invitation_id = ?1 ORDER BY rowid";
    let mut statement = database.prepare_cached(sql)?;
    let changes = statement.query_map([Text(invitation.id)], |row| {
        Ok(InvitationChange { state: row.get::<_, Text<_>>("state")?.0, at: row.get::<_, Time>("at")?.0 })
    })?;
    invitation.changes = changes.collect::<Result<_, _>>()?;
    Ok(invitation)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Invitation> {
    let first = row.get::<_, Option<Time>>("first_shown_at")?;
    let last = row.get::<_, Option<Time>>("last_shown_at")?;
    let count = row.get("shown")?;
    Ok(Invitation {
        id: row.get::<_, Text<_>>("id")?.0,
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        made_by: row.get("made_by")?,
        made_at: row.get::<_, Time>("made_at")?.0,
        ends_at: row.get::<_, Time>("ends_at")?.0,
        state: row.get::<_, Text<_>>("state")?.0,
        shown: first.zip(last).map(|(first, last)| LinkShown { count, first: first.0, last: last.0 }),
        cause: row.get::<_, Option<Json<_>>>("cause")?.map(|json| json.0),
        changes: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
