//! The consent board, and links for people who may consent.

use crate::answer::{Answer, Asked, Body, done, json};
use crate::app::App;
use crate::invitations;
use crate::problem::problem;
use crate::sessions::Signed;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use beacon_api::{
    ConsentBoard, ConsentChange, ConsentCount, ConsentRow, ConsentState, InvitationFacts, InvitationOrder, LinkOpened,
    Problem, Role,
};
use beacon_operations::Installation;
use beacon_operations::consents::{self, BoardRow, BoardState};
use beacon_store::{Connection, Invitation, InvitationState};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(crate) struct BoardQuery {
    #[serde(default)]
    state: Option<ConsentState>,
}

pub(crate) async fn board(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Asked(query): Asked<BoardQuery>,
) -> Answer {
    let mut board = ConsentBoard::default();
    for row in consents::board(&app.installation, Installation::now())? {
        let state = shown(row.state);
        match board.counts.last_mut().filter(|count| count.state == state) {
            Some(count) => count.count += 1,
            None => board.counts.push(ConsentCount { state, count: 1 }),
        }
        if query.state.is_none_or(|wanted| wanted == state) {
            board.rows.push(view(&app, signed.role, row));
        }
    }
    json(&board)
}

pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Body(order): Body<InvitationOrder>,
) -> Answer {
    let connections: Vec<Connection> = match &order.connections {
        // All of them exist, or no link is made.
        Some(ids) => ids.iter().map(|id| app.connection(id)).collect::<Result<_, _>>()?,
        None => consents::uninvited(&app.installation, Installation::now())?,
    };
    let made = invitations::invite_all(&app, &connections, Some(&signed.account))?;
    Ok((StatusCode::CREATED, axum::Json(made)).into_response())
}

pub(crate) async fn invite_one(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Path(id): Path<String>,
) -> Answer {
    let link = invitations::invite(&app, &app.connection(&id)?, Some(&signed.account))?;
    Ok((StatusCode::CREATED, axum::Json(link)).into_response())
}

pub(crate) async fn withdraw(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    invitations::withdraw(&app, &app.connection(&id)?)?;
    done()
}

fn view(app: &App, role: Role, row: BoardRow) -> ConsentRow {
    let administrator = role == Role::Administrator;
    let waits = row.state == BoardState::Invited(InvitationState::Granted) && administrator;
    ConsentRow {
        connection: row.connection.id.to_string(),
        name: row.connection.name.to_string(),
        state: shown(row.state),
        needed: row.needed,
        invitation: row.invitation.map(|invitation| facts(invitation, administrator)),
        problem: row.cause.map(problem).map(|problem| match administrator {
            true => problem,
            false => Problem { detail: Vec::new(), ..problem },
        }),
        next_step: row.next_step,
        task: waits.then(|| app.tasks.unconfirmed(row.connection.id)).flatten(),
    }
}

fn facts(invitation: Invitation, administrator: bool) -> InvitationFacts {
    InvitationFacts {
        made_at: invitation.made_at.to_string(),
        made_by: invitation.made_by.filter(|_| administrator),
        ends_at: invitation.ends_at.to_string(),
        opened: invitation.shown.map(|shown| LinkOpened {
            count: shown.count,
            first: shown.first.to_string(),
            last: shown.last.to_string(),
        }),
        changes: invitation
            .changes
            .into_iter()
            .map(|change| ConsentChange { state: shown(BoardState::Invited(change.state)), at: change.at.to_string() })
            .collect(),
    }
}

const fn shown(state: BoardState) -> ConsentState {
    match state {
        BoardState::NoLink => ConsentState::NoLink,
        BoardState::Invited(state) => match state {
            InvitationState::LinkMade => ConsentState::LinkMade,
            InvitationState::Opened => ConsentState::Opened,
            InvitationState::SigningIn => ConsentState::SigningIn,
            InvitationState::Granted => ConsentState::Granted,
            InvitationState::Confirmed => ConsentState::Confirmed,
            InvitationState::Refused => ConsentState::Refused,
            InvitationState::Unfinished => ConsentState::Unfinished,
            InvitationState::Expired => ConsentState::Expired,
            InvitationState::Withdrawn => ConsentState::Withdrawn,
        },
    }
}
