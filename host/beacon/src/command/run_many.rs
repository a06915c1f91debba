//! `run` of several connections: side by side, as many as may be, never two of one tenant; in the end one table.

use super::destination::text;
use super::run::{Errand, Imported, import_one};
use super::{delivery, notification};
use crate::arguments::RunArguments;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::terminal::{Style, Terminal, table};
use beacon_contract::FailKind;
use beacon_driver::Cancel;
use beacon_operations::{Installation, Selection, Trouble, scheduling, select_some};
use beacon_server::Serving;
use beacon_store::{Connection, Hold};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

/// How one of them ended.
struct OneEnded<'c> {
    connection: &'c Connection,
    result: Result<Imported, Trouble>,
}

pub(super) async fn execute(
    installation: &Installation,
    selection: &Selection,
    arguments: &RunArguments,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let mut connections = select_some(installation, selection)?;
    let disabled = if selection.names.is_empty() { take_disabled(installation, &mut connections)? } else { Vec::new() };
    if !disabled.is_empty() {
        terminal.note(&format!("Left out, because somebody disabled them: {}.", disabled.join(", ")));
    }
    let interrupt = Interrupt::listen(terminal);
    let ended = all(installation, &connections, arguments, serving, interrupt.cancel(), terminal).await;
    let cancelled = interrupt.cancel().is_cancelled();
    drop(interrupt);
    let deliveries = if cancelled { Vec::new() } else { delivery::after_import(installation, terminal).await };
    notification::after_imports(installation, serving, terminal).await?;
    let not_begun: Vec<&str> = connections
        .iter()
        .filter(|connection| ended.iter().all(|one| one.connection.id != connection.id))
        .map(|connection| connection.name.as_str())
        .collect();
    let runs: Vec<Value> = ended.iter().map(told).collect();
    terminal.json(&json!({
        "runs": runs, "not_begun": not_begun, "disabled": disabled, "deliveries": deliveries,
    }));
    if !ended.is_empty() {
        terminal.result(&table(&rows(&ended)));
    }
    if !not_begun.is_empty() {
        terminal.note(&format!("Not begun: {}.", not_begun.join(", ")));
    }
    terminal.result(&counts(&ended, terminal));
    Ok(if cancelled { Exit::Cancelled } else { exit(&ended) })
}

/// Those that nobody may start go; gives their names.
fn take_disabled(installation: &Installation, connections: &mut Vec<Connection>) -> Result<Vec<String>, Trouble> {
    let held = installation.store().held()?;
    let is_disabled =
        |connection: &Connection| held.get(&connection.id).is_some_and(|held| held.hold == Hold::Disabled);
    let names = connections.iter().filter(|one| is_disabled(one)).map(|one| one.name.to_string()).collect();
    connections.retain(|connection| !is_disabled(connection));
    Ok(names)
}

/// Imports all of them; when it is cancelled, none begins any more.
async fn all<'c>(
    installation: &Installation,
    connections: &'c [Connection],
    arguments: &RunArguments,
    serving: Option<&Serving>,
    cancel: &Cancel,
    terminal: &Terminal,
) -> Vec<OneEnded<'c>> {
    let limit = serving.map_or(usize::from(arguments.parallel), Serving::parallel_runs);
    let mut waiting: Vec<&Connection> = connections.iter().collect();
    let mut at_work: Vec<&Connection> = Vec::new();
    let mut working = FuturesUnordered::new();
    let mut ended = Vec::new();
    loop {
        while working.len() < limit && !cancel.is_cancelled() {
            let free = |one: &&Connection| !at_work.iter().any(|other| scheduling::share_tenant(one, other));
            let Some(next) = waiting.iter().position(free) else { break };
            let connection = waiting.remove(next);
            at_work.push(connection);
            terminal.note(&format!("{}: begins.", connection.name));
            working.push(import_among(installation, connection, arguments, serving, cancel, terminal));
        }
        let Some(one) = working.next().await else { break };
        at_work.retain(|connection| connection.id != one.connection.id);
        terminal.note(&format!("{}: {}.", one.connection.name, outcome(&one)));
        ended.push(one);
    }
    // In the order in which they were asked for.
    ended.sort_by_key(|one| connections.iter().position(|connection| connection.id == one.connection.id));
    ended
}

/// Imports one of them, in its turn.
async fn import_among<'c>(
    installation: &Installation,
    connection: &'c Connection,
    arguments: &RunArguments,
    serving: Option<&Serving>,
    cancel: &Cancel,
    terminal: &Terminal,
) -> OneEnded<'c> {
    let turn = async {
        match serving {
            Some(serving) => serving.turn_among(connection).await.map(Some),
            None => Ok(None),
        }
    };
    let turn = tokio::select! {
        turn = turn => turn,
        () = cancel.cancelled() => {
            let trouble = Trouble::new(FailKind::Retry, "run.not_begun", "it was not begun", "Run it again.");
            return OneEnded { connection, result: Err(trouble) };
        }
    };
    let result = match turn {
        Ok(turn) => {
            let errand = Errand { due: None, turn, company: Some(cancel.clone()) };
            import_one(installation, connection, arguments, errand, terminal).await
        }
        Err(trouble) => Err(trouble),
    };
    OneEnded { connection, result }
}

fn told(one: &OneEnded<'_>) -> Value {
    match &one.result {
        Ok(imported) => json!({ "connection": one.connection.name, "result": imported.value }),
        Err(trouble) => json!({ "connection": one.connection.name, "error": trouble }),
    }
}

/// How it ended, in a word or two.
fn outcome(one: &OneEnded<'_>) -> String {
    match &one.result {
        Ok(imported) => text(&imported.value, "state").replace('_', " "),
        Err(_) => "could not begin".to_owned(),
    }
}

fn rows(ended: &[OneEnded<'_>]) -> Vec<Vec<String>> {
    let mut rows = vec![["CONNECTION", "ENDED", "PACKAGE, OR WHY THERE IS NONE"].map(str::to_owned).to_vec()];
    rows.extend(ended.iter().map(|one| {
        let why =
            |error: &Value| format!("{} {} ({})", text(error, "title"), text(error, "advice"), text(error, "code"));
        let detail = match &one.result {
            Ok(imported) if has_package(one) => text(&imported.value, "package"),
            Ok(imported) => imported.value.get("error").filter(|error| error.is_object()).map(why).unwrap_or_default(),
            Err(trouble) => format!("{} {} ({})", trouble.title, trouble.advice, trouble.code),
        };
        vec![one.connection.name.to_string(), outcome(one), detail]
    }));
    rows
}

fn has_package(one: &OneEnded<'_>) -> bool {
    one.result.as_ref().is_ok_and(|imported| matches!(imported.exit, Exit::Success | Exit::Partial))
}

fn counts(ended: &[OneEnded<'_>], terminal: &Terminal) -> String {
    let imported = ended.iter().filter(|one| has_package(one)).count();
    let style = if imported == ended.len() { Style::Good } else { Style::Bad };
    terminal.paint(style, &format!("{imported} of {} imported.", ended.len()))
}

/// What is the same for all of them, or that some were imported and some were not.
fn exit(ended: &[OneEnded<'_>]) -> Exit {
    let of = |one: &OneEnded<'_>| match &one.result {
        Ok(imported) => imported.exit,
        Err(trouble) => Exit::of(trouble),
    };
    let imported = ended.iter().filter(|one| has_package(one)).count();
    if imported > 0 && imported < ended.len() {
        return Exit::Mixed;
    }
    ended.iter().map(of).fold(Exit::Success, Exit::worse)
}
