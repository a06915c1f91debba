//! `consent`: links for the people who may consent, and where each of them stands.

use crate::consent_arguments::{ConsentCommand, InviteArguments};
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, wrapped};
use beacon_operations::consents::{self, BoardRow, BoardState, board};
use beacon_operations::{Installation, Trouble};
use beacon_server::{ControlError, Serving};
use beacon_store::{Connection, Invitation, InvitationState};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) fn execute(
    installation: &Installation,
    command: &ConsentCommand,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        ConsentCommand::Board { state } => {
            let wanted = state.as_deref().map(str::parse::<BoardState>).transpose()?;
            if serving.is_none() {
                // What a beacon had in its memory ended with it.
                consents::settle_lost(installation, Installation::now())?;
            }
            show(&board(installation, Installation::now())?, wanted, terminal);
            Ok(Exit::Success)
        }
        ConsentCommand::Invite(arguments) => match serving {
            Some(serving) => invite(installation, arguments, serving, terminal),
            None => Err(Trouble {
                advice:
                    "A link leads to the page of a beacon that serves. Start it with `beacon serve`, with the same \
                         --data, and try again beside it."
                        .to_owned(),
                ..ControlError::NobodyServes.into()
            }),
        },
        ConsentCommand::Withdraw { name } => {
            let connection = installation.connection(name)?;
            match serving {
                Some(serving) => serving.withdraw_invitation(&connection)?,
                None => {
                    consents::withdraw(installation, &connection, Installation::now())?;
                }
            }
            terminal.json(&json!({ "withdrawn": connection.name }));
            terminal.result(&format!("The link of {} is not good any more.", connection.name));
            Ok(Exit::Success)
        }
    }
}

fn invite(
    installation: &Installation,
    arguments: &InviteArguments,
    serving: &Serving,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    // All of them exist, or no link is made.
    let connections: Vec<Connection> = if arguments.needed {
        consents::uninvited(installation, Installation::now())?
    } else {
        arguments.names.iter().map(|name| installation.connection(name)).collect::<Result<_, _>>()?
    };
    if let Some(path) = &arguments.csv {
        // Before any link is made: one that nobody can read helps nobody.
        terminal.write(path, "--csv", b"")?;
    }
    let made = serving.invite(&connections)?;
    if let Some(path) = &arguments.csv {
        terminal.write(path, "--csv", made.csv.as_bytes())?;
        let links = json!(made.links.iter().map(|link| &link.name).collect::<Vec<_>>());
        terminal.json(&json!({ "invited": links, "left_out": made.left_out, "file": path }));
        terminal.result(&format!("{} written to {}.", count(made.links.len()), path.display()));
    } else {
        terminal.json(&json!({ "links": made.links, "left_out": made.left_out }));
        let lines: Vec<String> = made.links.iter().map(|link| format!("{}\n  {}", link.name, link.address)).collect();
        if !lines.is_empty() {
            terminal.result(&format!("{}\n", lines.join("\n")));
        }
    }
    for one in &made.left_out {
        terminal.note(&format!("{}: {} {}", one.name, one.problem.title, one.problem.advice));
    }
    match (made.links.is_empty(), made.left_out.is_empty()) {
        (true, true) => terminal.result("No connection needs a link."),
        (true, false) => {}
        (false, _) => terminal.note(
            "Each link works once and for three days. Send it to the person who may consent; `beacon consent board` \
             tells what becomes of it.",
        ),
    }
    Ok(if made.left_out.is_empty() { Exit::Success } else { Exit::Settings })
}

fn count(links: usize) -> String {
    if links == 1 { "1 link".to_owned() } else { format!("{links} links") }
}

fn show(rows: &[BoardRow], wanted: Option<BoardState>, terminal: &Terminal) {
    let listed: Vec<Value> =
        rows.iter().filter(|row| wanted.is_none_or(|wanted| wanted == row.state)).map(described).collect();
    let counts: Vec<_> = BoardState::all()
        .into_iter()
        .map(|state| (state, of(rows, state).count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    let counted: Value = counts.iter().map(|(state, count)| (state.as_str().to_owned(), json!(count))).collect();
    terminal.json(&json!({ "counts": counted, "connections": listed }));
    if rows.is_empty() {
        return terminal.result("No connection needs a consent, and nobody was sent a link.");
    }
    for (state, count) in counts.into_iter().filter(|(state, _)| wanted.is_none_or(|wanted| wanted == *state)) {
        terminal.result(&terminal.paint(Style::Bold, &format!("{} ({count})", word(state, terminal))));
        for row in of(rows, state) {
            terminal.result(&text(row, terminal));
        }
    }
    if let Some(wanted) = wanted.filter(|_| listed.is_empty()) {
        terminal.result(&format!("No connection is in the state {:?}.", wanted.words()));
    }
}

/// The rows of one state.
fn of(rows: &[BoardRow], state: BoardState) -> impl Iterator<Item = &BoardRow> {
    rows.iter().filter(move |row| row.state == state)
}

/// The word for a state, painted.
fn word(state: BoardState, terminal: &Terminal) -> String {
    use InvitationState::{Confirmed, Expired, Granted, LinkMade, Opened, Refused, SigningIn, Unfinished, Withdrawn};
    let style = match state {
        BoardState::NoLink | BoardState::Invited(Expired | Unfinished | Granted) => Style::Warning,
        BoardState::Invited(Refused) => Style::Bad,
        BoardState::Invited(Confirmed) => Style::Good,
        BoardState::Invited(LinkMade | Opened | SigningIn | Withdrawn) => Style::Faint,
    };
    terminal.paint(style, state.words())
}

fn text(row: &BoardRow, terminal: &Terminal) -> String {
    let mut lines = vec![format!("  {}", row.connection.name)];
    let facts = row.invitation.as_ref().filter(|one| row.state == BoardState::Invited(one.state)).map(facts);
    let why = row.cause.as_ref().map(|cause| format!("{} ({})", cause.title, cause.code));
    for part in facts.into_iter().chain(why).chain(Some(row.next_step.clone())).filter(|part| !part.is_empty()) {
        lines.extend(wrapped(&part, terminal.width() - 4).into_iter().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

/// When, and how often its page was shown.
fn facts(invitation: &Invitation) -> String {
    let mut text = format!("Since {}", moment(invitation.since()));
    if invitation.state.is_link_good() {
        text.push_str(&format!(", good until {}", moment(invitation.ends_at)));
    }
    if let Some(shown) = invitation.shown {
        let times = if shown.count == 1 { "once".to_owned() } else { format!("{} times", shown.count) };
        text.push_str(&format!(", opened {times}, last {}", moment(shown.last)));
    }
    text.push('.');
    text
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// What a script gets of one connection.
fn described(row: &BoardRow) -> Value {
    json!({
        "connection": row.connection.name,
        "id": row.connection.id,
        "state": row.state.as_str(),
        "needed": row.needed,
        "invitation": row.invitation,
        "cause": row.cause,
        "next_step": row.next_step,
    })
}
