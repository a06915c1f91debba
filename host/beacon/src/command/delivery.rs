//! `delivery`: what is owed to destinations, and sending it.

use super::destination::text;
use crate::delivery_arguments::DeliveryCommand;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::selection_arguments::SelectionArguments;
use crate::terminal::{Style, Terminal, table};
use beacon_operations::delivery::{Attempt, Which, deliver_due, give_up};
use beacon_operations::{Installation, Trouble, destinations, selected_ids, settle_published};
use beacon_store::{Action, Deed, Delivery, DeliveryState, RunId};
use serde_json::json;

pub(crate) async fn execute(
    installation: &Installation,
    command: &DeliveryCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        DeliveryCommand::List { waiting, limit, selection } => {
            list(installation, *waiting, *limit, selection, terminal)
        }
        DeliveryCommand::Send { now } => {
            // A run that was killed between its package and its end owes its package, too.
            settle_published(installation)?;
            installation.record(&Deed::to_installation(Action::DeliveryStarted).with("all", now))?;
            let which = if *now { Which::Waiting } else { Which::Due };
            let attempts = send(installation, which, terminal).await?;
            terminal.json(&json!({ "attempts": attempts }));
            if attempts.is_empty() {
                terminal.result("Nothing to send.");
            }
            tell(&attempts, terminal);
            let failed = attempts.iter().filter_map(|attempt| attempt.error.as_ref());
            Ok(failed.map(Exit::of).fold(Exit::Success, Exit::worse))
        }
        DeliveryCommand::GiveUp { run, destination } => {
            let id: RunId = run.parse().map_err(|_| {
                let advice = "Copy it from `beacon delivery list --waiting`.";
                Trouble::settings("delivery.run", format!("{run:?} is not the id of a run"), advice)
            })?;
            let destination = destinations::find(installation, destination)?;
            give_up(installation, id, &destination)?;
            terminal.json(&json!({ "given_up": { "run": id, "destination": destination.name } }));
            terminal.result(&format!("The package of run {id} is not sent to {} any more.", destination.name));
            Ok(Exit::Success)
        }
    }
}

/// Sends until everything was tried, or the operator interrupts.
pub(super) async fn send(
    installation: &Installation,
    which: Which,
    terminal: &Terminal,
) -> Result<Vec<Attempt>, Trouble> {
    let interrupt = Interrupt::listen(terminal);
    deliver_due(installation, Installation::now(), which, interrupt.cancel()).await
}

/// Sends what an import owes, at once. The import is over, whatever comes of this.
pub(super) async fn after_import(installation: &Installation, terminal: &Terminal) -> Vec<Attempt> {
    match send(installation, Which::Due, terminal).await {
        Ok(attempts) => {
            tell(&attempts, terminal);
            attempts
        }
        Err(trouble) => {
            terminal.note(&terminal.block(&trouble));
            Vec::new()
        }
    }
}

/// One line for each attempt, with the next step for those that failed.
pub(super) fn tell(attempts: &[Attempt], terminal: &Terminal) {
    for Attempt { delivery, already_there, error } in attempts {
        let what = format!("{} to {}", package_name(delivery), delivery.destination_name);
        match error {
            None if *already_there => terminal.result(&format!("Was delivered already: {what}.")),
            None => terminal.result(&terminal.paint(Style::Good, &format!("Delivered: {what}."))),
            Some(error) => {
                terminal.note(&terminal.paint(Style::Warning, &format!("Not delivered yet: {what}.")));
                terminal.note(&format!("  {} {} ({})", error.title, error.advice, error.code));
            }
        }
    }
}

fn list(
    installation: &Installation,
    waiting: bool,
    limit: u32,
    selection: &SelectionArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let wanted = selected_ids(installation, &selection.selection()?)?;
    let store = installation.store();
    let newest = if wanted.is_some() { u32::MAX } else { limit };
    let mut deliveries = if waiting { store.waiting_deliveries(None)? } else { store.deliveries(newest)? };
    deliveries.retain(|delivery| wanted.as_ref().is_none_or(|wanted| wanted.contains(&delivery.connection)));
    deliveries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    terminal.json(&json!({ "deliveries": deliveries }));
    if deliveries.is_empty() {
        terminal.result(if waiting { "Nothing waits." } else { "Nothing was to be delivered yet." });
    } else {
        terminal.result(&listed(&deliveries));
    }
    Ok(Exit::Success)
}

pub(super) fn listed(deliveries: &[Delivery]) -> String {
    let mut rows =
        vec![["PACKAGE", "CONNECTION", "DESTINATION", "STATE", "TRIED", "NEXT", "RUN"].map(str::to_owned).to_vec()];
    rows.extend(deliveries.iter().map(|delivery| {
        let state = match (delivery.state, &delivery.last_error) {
            (DeliveryState::Waiting, Some(error)) => format!("waiting: {}", text(error, "code")),
            (DeliveryState::Waiting, None) => "waiting".to_owned(),
            (DeliveryState::Delivered, _) => "delivered".to_owned(),
            (DeliveryState::GivenUp, _) => "given up".to_owned(),
        };
        let next = delivery.next_attempt_at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
        vec![
            package_name(delivery),
            delivery.connection_name.clone().unwrap_or_else(|| "removed".to_owned()),
            delivery.destination_name.clone(),
            state,
            delivery.attempts.to_string(),
            next.unwrap_or_default(),
            delivery.run.to_string(),
        ]
    }));
    table(&rows)
}

fn package_name(delivery: &Delivery) -> String {
    delivery.package_dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
