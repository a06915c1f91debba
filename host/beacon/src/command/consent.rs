//! `connection consent`: a person signs in, sees for whom and what, and only then something is kept.

use super::run::checks_json;
use super::test::checks;
use crate::arguments::{ConsentArguments, Way};
use crate::exit::Exit;
use crate::settings_input;
use crate::sign_in::AtTerminal;
use crate::terminal::Terminal;
use beacon_contract::{CheckOutcome, Settings, Task};
use beacon_driver::{Cancel, Nobody, RunEnd};
use beacon_operations::{Installation, Session, Trouble, consents, explained, keep, offline};
use beacon_store::{Action, Connection, Deed, SecondConnection};
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &ConsentArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let connection = installation.connection(&arguments.name)?;
    let module = settings_input::module(installation, &arguments.module, &connection.source_type, terminal)?;
    let attempt = with_way(&connection, arguments.way);
    let session = Session::new(installation, &attempt, &module)?;
    let person = Arc::new(AtTerminal::new(terminal.clone(), arguments.way));
    let (mut outcome, _folder) = session.run(Task::Consent, person, Arc::new(Nobody), Cancel::new()).await?;
    let words = module.words();
    terminal.result(&checks(&outcome, &words, terminal));
    let consent = outcome.consent.take();
    if let RunEnd::Failed(fail) = &outcome.end {
        return Err(explained(Trouble::of_fail(fail, &words), outcome.refused.as_ref()));
    }
    let Some(consent) = consent else {
        terminal.json(&json!({ "checks": checks_json(&outcome, &words), "kept": false }));
        terminal.result("This connection signs in as an application: nobody has to consent here.");
        return Ok(Exit::Success);
    };
    let account = consent.account.clone().unwrap_or_else(|| "an account without a name".to_owned());
    let tenant = consent.tenant_id.clone().unwrap_or_else(|| "an unnamed tenant".to_owned());
    offline(&consent)?;
    terminal
        .note(&format!("\nSigned in as {account}\nTenant       {tenant}\nGranted      {}", consent.scopes.join(" ")));
    if !arguments.yes && !terminal.confirm("Keep this consent for the connection?") {
        installation.record(&Deed::to_connection(Action::ConsentRejected, &connection))?;
        terminal.note("Nothing was kept.");
        return Ok(Exit::Cancelled);
    }
    let changed = keep(installation, &module, &connection, &consent, SecondConnection::Refuse)?;
    consents::consented_otherwise(installation, connection.id, Installation::now())?;
    terminal.json(&json!({
        "checks": checks_json(&outcome, &words),
        "kept": true,
        "account": account,
        "tenant_id": tenant,
        "scopes": changed.granted_scopes,
    }));
    terminal.result(&format!("Kept. Next: beacon run {:?}", connection.name.as_str()));
    let fails = outcome.checks.iter().any(|check| check.outcome == CheckOutcome::Fail);
    Ok(if fails { Exit::Consent } else { Exit::Success })
}

/// The connection as this attempt uses it: a device code asked for on the command line is not stored.
fn with_way(connection: &Connection, way: Option<Way>) -> Connection {
    let mut attempt = connection.clone();
    if way == Some(Way::Device) {
        let mut settings = Settings(attempt.settings.into_iter().collect());
        settings.set("flow", "device_code");
        attempt.settings = settings.0.into_iter().collect();
    }
    attempt
}
