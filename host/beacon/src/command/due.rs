//! `run --due`: what a beacon that serves does by itself, for a scheduler from outside.

use super::notification;
use super::run::{self, Errand, Imported};
use crate::arguments::RunArguments;
use crate::exit::Exit;
use crate::terminal::Terminal;
use beacon_operations::{Installation, Trouble, exercising, offboarding, scheduling, settle_published};
use beacon_server::Serving;
use beacon_store::{ConnectionId, Held};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Imports one after the other what may start now. What has to wait, for its jitter or window, is for the next call.
pub(super) async fn execute(
    installation: &Installation,
    arguments: &RunArguments,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    // A run whose package is there is over in all but name; it must not begin anew.
    settle_published(installation)?;
    offboarding::finish(installation)?;
    let began = installation.store().held()?;
    let mut worst = Exit::Success;
    let mut results = Vec::new();
    // One that cannot be begun counts as run; nothing is tried twice in one call.
    let mut tried: BTreeSet<ConnectionId> = BTreeSet::new();
    loop {
        let now = Installation::now();
        let next = {
            let mut store = installation.store();
            scheduling::decide(&mut store, now)?;
            let busy = serving.map(Serving::busy).unwrap_or_default();
            let startable = scheduling::startable(&store, now, &busy, usize::MAX)?;
            startable.into_iter().find(|one| !tried.contains(&one.connection.id))
        };
        let Some(one) = next else { break };
        tried.insert(one.connection.id);
        let turn = match serving {
            None => None,
            Some(serving) => match serving.turn_of_due(&one.connection).await? {
                Some(turn) => Some(turn),
                // The beacon itself was faster.
                None => continue,
            },
        };
        // While it waited for its turn, somebody else may have done it.
        if installation.store().due_of(one.connection.id)?.is_none() {
            continue;
        }
        terminal.note(&format!("{}:", one.connection.name));
        let name = one.connection.name.to_string();
        let due_at = one.due.fired_at;
        let errand = Errand { due: Some(one.due), turn, company: None };
        match run::import_one(installation, &one.connection, arguments, errand, terminal).await {
            Ok(Imported { exit, value }) => {
                results.push(json!({ "connection": name, "due_at": due_at, "result": value }));
                if exit == Exit::Cancelled {
                    worst = exit;
                    break;
                }
                worst = worst.worse(exit);
            }
            Err(trouble) => {
                if !terminal.is_json() {
                    terminal.trouble(&trouble);
                }
                results.push(json!({ "connection": name, "due_at": due_at, "error": trouble }));
                worst = worst.worse(Exit::of(&trouble));
            }
        }
    }
    let left_out = left_out(installation, began)?;
    for (name, hold) in &left_out {
        terminal.note(&format!("{name} is {hold}: its run is left out."));
    }
    if results.is_empty() {
        terminal.result("Nothing is due.");
    }
    let kept_alive = if worst == Exit::Cancelled { Vec::new() } else { keep_alive(installation, terminal).await? };
    notification::after_imports(installation, serving, terminal).await?;
    terminal.json(&json!({ "runs": results, "left_out": left_out, "kept_alive": kept_alive }));
    Ok(worst)
}

/// Connections whose run came due in this call and was left out, because a person holds them.
fn left_out(
    installation: &Installation,
    before: BTreeMap<ConnectionId, Held>,
) -> Result<BTreeMap<String, &'static str>, Trouble> {
    let store = installation.store();
    let mut left_out = BTreeMap::new();
    for (id, held) in store.held()? {
        if before.get(&id).is_some_and(|before| before.skipped < held.skipped) {
            left_out.insert(store.connection(id)?.name.to_string(), held.hold.as_str());
        }
    }
    Ok(left_out)
}

/// Uses the sign-ins that nothing used for a day nearly, one after the other. A refusal is told, and is the business of
/// the next run: it changes no exit code.
async fn keep_alive(installation: &Installation, terminal: &Terminal) -> Result<Vec<Value>, Trouble> {
    let due = exercising::due(&installation.store(), Installation::now(), &BTreeSet::new())?;
    let mut kept = Vec::new();
    for connection in due {
        let trouble = exercising::exercise(installation, &connection, Installation::now()).await?;
        if let Some(trouble) = &trouble {
            let (title, advice) = (&trouble.title, &trouble.advice);
            terminal.note(&format!("{}: its sign-in could not be kept alive. {title} {advice}", connection.name));
        }
        kept.push(json!({ "connection": connection.name, "error": trouble }));
    }
    Ok(kept)
}
