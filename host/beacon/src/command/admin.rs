//! `admin link` and `admin reset`: for whoever may use the data folder of a beacon that serves.

use crate::arguments::AdminCommand;
use crate::exit::Exit;
use crate::terminal::Terminal;
use beacon_operations::Trouble;
use beacon_server::Serving;
use serde_json::json;

pub(crate) fn execute(command: AdminCommand, serving: &Serving, terminal: &Terminal) -> Result<Exit, Trouble> {
    let link = match command {
        AdminCommand::Link => serving.new_link()?,
        AdminCommand::Reset { yes } => {
            if !yes && !terminal.confirm("Remove all accounts of the page and sign everybody out?") {
                terminal.note("Nothing was removed.");
                return Ok(Exit::Cancelled);
            }
            serving.forget_accounts()?
        }
    };
    terminal.json(&json!({ "link": link }));
    terminal.result(&format!("Open this link within 24 hours and set a password:\n\n  {link}\n"));
    Ok(Exit::Success)
}
