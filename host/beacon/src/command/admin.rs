//! `admin link` and `admin reset`: for whoever may read the data folder.

use crate::arguments::{AdminCommand, Arguments};
use crate::exit::Exit;
use crate::terminal::Terminal;
use beacon_operations::{Folders, Trouble};
use beacon_server::{ControlError, ask_for_link, forget_accounts};
use serde_json::json;

pub(crate) fn execute(arguments: &Arguments, command: AdminCommand, terminal: &Terminal) -> Result<Exit, Trouble> {
    let folders = Folders::new(arguments.data.clone())?;
    let link = match command {
        AdminCommand::Link => ask_for_link(folders.root()),
        AdminCommand::Reset { yes } => {
            if !yes && !terminal.confirm("Remove all accounts of the page and sign everybody out?") {
                terminal.note("Nothing was removed.");
                return Ok(Exit::Cancelled);
            }
            forget_accounts(folders.root())
        }
    };
    let link = link.map_err(|error| {
        let advice = match error {
            ControlError::NobodyServes => "Start it with `beacon serve`, with the same --data.",
            _ => "Run this as the user that the beacon runs as.",
        };
        Trouble::settings("admin.unreachable", &error, advice).caused_by(&error)
    })?;
    terminal.json(&json!({ "link": link }));
    terminal.result(&format!("Open this link within 24 hours and set a password:\n\n  {link}\n"));
    Ok(Exit::Success)
}
