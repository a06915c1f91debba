//! `connection add-many` and `connection edit-many`: many connections at once.

use super::add::DEFAULT_SOURCE_TYPE;
use super::moving::carried_out;
use crate::arguments::split_pair;
use crate::exit::Exit;
use crate::many_arguments::{AddManyArguments, EditManyArguments};
use crate::terminal::Terminal;
use beacon_operations::bulk::{ManyChanged, ManyEdit, edit_many};
use beacon_operations::moving::{ManyWish, add_many};
use beacon_operations::{Installation, Trouble, labels, scheduling, select_some};
use beacon_store::{Action, Hold};
use serde_json::{Value, json};

pub(crate) async fn add(
    installation: &Installation,
    arguments: &AddManyArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let file = terminal.read(&arguments.file, "add-many")?;
    let wish = ManyWish {
        source_type: arguments.source_type.as_deref().unwrap_or(DEFAULT_SOURCE_TYPE),
        profile: arguments.profile.as_deref(),
        schedule: arguments.schedule.as_deref(),
        labels: labels(arguments.label.iter().map(String::as_str))?,
    };
    let planned = add_many(installation, &file, wish).await?;
    carried_out(installation, planned, Action::TableImported, arguments.dry_run, terminal)
}

pub(crate) async fn edit(
    installation: &Installation,
    arguments: &EditManyArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let edit = wanted(installation, arguments)?;
    let connections = select_some(installation, &arguments.which.selection()?)?;
    let names: Vec<String> = connections.iter().map(|connection| connection.name.to_string()).collect();
    let count = match names.len() {
        1 => "1 connection".to_owned(),
        several => format!("{several} connections"),
    };
    // Names that were typed were meant; what a filter finds is shown first.
    let found = arguments.which.names.is_empty();
    if found && !arguments.yes && !terminal.confirm(&format!("Change {count}: {}?", names.join(", "))) {
        terminal.note("Nothing was changed.");
        return Ok(Exit::Cancelled);
    }
    let changed = edit_many(installation, &connections, &edit, Installation::now()).await?;
    let shown: Vec<Value> =
        changed.iter().map(|one| json!({ "connection": one.connection, "disabled": one.disabled })).collect();
    terminal.json(&json!({ "connections": shown }));
    terminal.result(&format!("Changed {count}: {}.", names.join(", ")));
    for ManyChanged { connection, disabled } in &changed {
        for label in disabled {
            let name = &connection.name;
            terminal
                .note(&format!("{name}: its {label} was stored for other addresses and is disabled: enter it again."));
        }
    }
    Ok(Exit::Success)
}

fn wanted(installation: &Installation, arguments: &EditManyArguments) -> Result<ManyEdit, Trouble> {
    let schedule = match &arguments.schedule {
        Some(name) => Some(Some(scheduling::named(&installation.store(), name)?.id)),
        None => arguments.no_schedule.then_some(None),
    };
    let profile = match &arguments.profile {
        Some(name) => Some(Some(name.clone())),
        None => arguments.no_profile.then_some(None),
    };
    let hold = match (arguments.pause, arguments.resume, arguments.disable) {
        (true, _, _) => Some(Some(Hold::Paused)),
        (_, true, _) => Some(None),
        (_, _, true) => Some(Some(Hold::Disabled)),
        _ => None,
    };
    let pairs = arguments.set.iter().map(|pair| split_pair(pair, "--set"));
    let pairs = pairs.map(|pair| pair.map(|(field, value)| (field.to_owned(), value.to_owned())));
    Ok(ManyEdit {
        schedule,
        profile,
        add_labels: labels(arguments.add_label.iter().map(String::as_str))?,
        remove_labels: labels(arguments.remove_label.iter().map(String::as_str))?,
        hold,
        set: pairs.collect::<Result<_, _>>()?,
        unset: arguments.unset.clone(),
    })
}
