//! Many connections at once.

use crate::answer::{Answer, Body, json};
use crate::app::App;
use crate::imports;
use crate::problem::Refusal;
use axum::extract::State;
use beacon_api::{BulkAction, BulkDone, BulkOrder, Happened};
use beacon_operations::bulk::{ManyEdit, edit_many};
use beacon_operations::{Installation, labels};
use beacon_store::{Connection, Hold};
use std::sync::Arc;

pub(crate) async fn order(State(app): State<Arc<App>>, Body(given): Body<BulkOrder>) -> Answer {
    let connections = given.connections.iter().map(|id| app.connection(id));
    let connections = connections.collect::<Result<Vec<_>, _>>()?;
    if connections.is_empty() {
        let title = "No connection was chosen.";
        return Err(Refusal::settings("many.none", title, "Choose at least one.").about("connections"));
    }
    let edit = match given.order {
        BulkAction::Execute => return json(&execute(&app, connections)?),
        BulkAction::Schedule { schedule } => {
            let schedule = schedule.as_deref().map(super::schedules::schedule_id).transpose()?;
            ManyEdit { schedule: Some(schedule), ..ManyEdit::default() }
        }
        BulkAction::Labels { add, remove } => ManyEdit {
            add_labels: labels(add.iter().map(String::as_str))?,
            remove_labels: labels(remove.iter().map(String::as_str))?,
            ..ManyEdit::default()
        },
        BulkAction::Hold { hold } => ManyEdit { hold: Some(super::health::held(hold)), ..ManyEdit::default() },
    };
    let changed = edit_many(&app.installation, &connections, &edit, Installation::now()).await?;
    super::schedules::changed(&app);
    let done = u64::try_from(changed.len()).unwrap_or(u64::MAX);
    json(&BulkDone { done, left_out: Vec::new() })
}

/// Imports them one after the other, as many side by side as may be.
fn execute(app: &Arc<App>, mut connections: Vec<Connection>) -> Result<BulkDone, Refusal> {
    let held = app.installation.store().held()?;
    let disabled = |connection: &Connection| held.get(&connection.id).is_some_and(|held| held.hold == Hold::Disabled);
    let mut left_out = Vec::new();
    connections.retain(|connection| {
        let starts = !disabled(connection) && imports::start_among(app, connection.clone());
        if !starts {
            left_out.push(connection.name.to_string());
        }
        starts
    });
    app.tell(Happened::Connections);
    Ok(BulkDone { done: u64::try_from(connections.len()).unwrap_or(u64::MAX), left_out })
}
