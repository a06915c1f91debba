//! `health`: how connections stand, and what to do; and holding them.

use crate::exit::Exit;
use crate::selection_arguments::{SelectionArguments, SomeArguments};
use crate::terminal::{Style, Terminal, table, wrapped};
use beacon_operations::health::{self, Action, Standing, State};
use beacon_operations::{Installation, Selection, Trouble, select, select_some};
use beacon_store::{Connection, Hold};
use serde_json::{Value, json};

pub(crate) fn execute(
    installation: &Installation,
    name: Option<&str>,
    selection: &SelectionArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let selection = Selection { names: name.into_iter().map(str::to_owned).collect(), ..selection.selection()? };
    let all = select(installation, &selection)?;
    let mut standings = health::look(installation, Installation::now())?.standings;
    let mut found: Vec<(Connection, Standing)> =
        all.into_iter().filter_map(|one| standings.remove(&one.id).map(|standing| (one, standing))).collect();
    // Names stay in order.
    found.sort_by_key(|(_, standing)| standing.state);
    let listed: Vec<Value> = found.iter().map(|(connection, standing)| described(connection, standing)).collect();
    terminal.json(&json!({ "connections": listed }));
    if found.is_empty() && !selection.is_all() {
        terminal.result("No connection fits.");
    } else if found.is_empty() {
        terminal.result("No connections yet. Add one with `beacon connection add NAME`.");
    }
    for state in State::ALL {
        let of_state: Vec<_> = found.iter().filter(|(_, standing)| standing.state == state).collect();
        if let Some(text) = group(state, &of_state, terminal) {
            terminal.result(&text);
        }
    }
    Ok(found.iter().map(|(_, standing)| exit(standing.state)).fold(Exit::Success, Exit::worse))
}

/// Pauses connections, disables them, or lets them run again: all of them, or none.
pub(crate) fn hold(
    installation: &Installation,
    some: &SomeArguments,
    hold: Option<Hold>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let connections = select_some(installation, &some.which.selection()?)?;
    let mut shown = Vec::new();
    for connection in &connections {
        let standing = health::hold(installation, connection, hold, Installation::now())?;
        shown.push(described(connection, &standing));
        let word = match hold {
            Some(Hold::Paused) => "is paused: its schedule does not start it; `beacon run` does",
            Some(Hold::Disabled) => "is disabled: nothing starts it",
            None => "runs again by its schedule",
        };
        terminal.result(&format!("{} {word}.", connection.name));
    }
    terminal.json(&json!({ "connections": shown }));
    Ok(Exit::Success)
}

/// The word for a state, painted.
pub(super) fn word(state: State, terminal: &Terminal) -> String {
    let style = match state {
        State::NeedsConsent | State::Failing => Style::Bad,
        State::Degraded => Style::Warning,
        State::Healthy => Style::Good,
        State::NeverRan | State::Paused | State::Disabled => Style::Faint,
    };
    terminal.paint(style, state.words())
}

/// What a script gets of one connection.
pub(super) fn described(connection: &Connection, standing: &Standing) -> Value {
    let mut value = json!(standing);
    if let Value::Object(members) = &mut value {
        members.insert("connection".to_owned(), json!(connection.name));
        members.insert("id".to_owned(), json!(connection.id));
    }
    value
}

/// All connections of one state; those that need nobody in one table.
fn group(state: State, found: &[&(Connection, Standing)], terminal: &Terminal) -> Option<String> {
    if found.is_empty() {
        return None;
    }
    let mut lines = vec![terminal.paint(Style::Bold, &format!("{} ({})", word(state, terminal), found.len()))];
    if state.needs_somebody() || state.is_held() {
        for (connection, standing) in found {
            let since = standing.since.strftime("%Y-%m-%d %H:%M UTC");
            lines.push(format!("  {}, since {since} ({})", connection.name, standing.cause.code));
            let command = command(connection, standing.cause.action);
            for text in [&standing.cause.title, &standing.cause.next_step] {
                lines.extend(wrapped(text, terminal.width() - 4).into_iter().map(|line| format!("    {line}")));
            }
            lines.extend(command.map(|command| format!("    {command}")));
        }
    } else {
        let rows: Vec<_> = found
            .iter()
            .map(|(connection, standing)| {
                let since = standing.since.strftime("since %Y-%m-%d %H:%M UTC").to_string();
                vec![format!("  {}", connection.name), since]
            })
            .collect();
        lines.push(table(&rows));
    }
    lines.push(String::new());
    Some(lines.join("\n"))
}

/// What can be typed next.
fn command(connection: &Connection, action: Action) -> Option<String> {
    let name = connection.name.as_str();
    Some(match action {
        Action::None => return None,
        Action::Consent => format!("beacon connection consent {name:?}"),
        Action::Edit => format!("beacon connection show {name:?}"),
        Action::LookAtRun | Action::Execute => format!("beacon run {name:?}"),
        Action::Schedule => "beacon schedule list".to_owned(),
        Action::Delivery => "beacon destination list".to_owned(),
        Action::Resume => format!("beacon connection resume {name:?}"),
    })
}

const fn exit(state: State) -> Exit {
    match state {
        State::NeedsConsent => Exit::Consent,
        State::Failing => Exit::Later,
        State::Degraded => Exit::Partial,
        State::NeverRan | State::Healthy | State::Paused | State::Disabled => Exit::Success,
    }
}
