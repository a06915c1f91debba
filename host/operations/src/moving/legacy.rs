//! Connections of an older beacon, from a table or a list that somebody exported there: the names that its dialog uses,
//! and both names of its source types. A secret is never taken from such a file: it lies on disks and in mail.

mod columns;
mod endpoint;
mod table;
mod translate;

use super::carried::Carried;
use super::document::TenantEntry;
use super::left::{Coming, of_connection};
use super::plan::{OnClash, Plan, PlannedConnection, Planner};
use super::report::Fate;
use super::seen::Seen;
use crate::draft::{check_draft, tenant_key};
use crate::installation::Installation;
use crate::modules::Module;
use crate::trouble::Trouble;
use beacon_contract::Settings;
use beacon_store::{ConnectionName, ProxyChoice};
use std::collections::BTreeSet;
use table::Row;
use translate::{Translated, translate};

/// What becomes of connections of both older source types.
const SUCCESSOR: &str = "Microsoft 365";

/// The rows of a file.
pub struct Legacy {
    rows: Vec<Row>,
    ignored: Vec<String>,
}

/// Reads a file: CSV with a line of names, or JSON with a list of objects.
///
/// # Errors
/// [`Trouble`] if it is neither, or holds secrets.
pub fn read_legacy(file: &[u8]) -> Result<Legacy, Trouble> {
    table::read(file)
}

/// Checks all rows against a data folder; [`super::apply`] stores them.
///
/// # Errors
/// [`Trouble`] with everything that is wrong, each with its place.
pub async fn import_legacy(installation: &Installation, legacy: Legacy) -> Result<Plan, Trouble> {
    let mut planner = Planner::new(installation, OnClash::Refuse, Vec::new());
    if !legacy.ignored.is_empty() {
        planner.report.notes.push(format!("Columns that were not used: {}.", legacy.ignored.join(", ")));
    }
    let module = planner.module(SUCCESSOR)?;
    let defaults = installation.defaults()?.remove(&module.manifest.source_type).unwrap_or_default();
    let mut seen = Seen::new("legacy");
    let mut connections = Vec::new();
    for row in &legacy.rows {
        let mut settings = Settings::default();
        settings.0.extend(defaults.clone());
        let Some(translated) = translate(row, &module, settings, &mut planner.findings) else { continue };
        let at = row.at(columns::Column::Name);
        let Some(name) = seen.name(&mut planner, &row.place, &at, &translated.name)? else { continue };
        seen.tenant(&mut planner, &row.place, tenant_key(&module, &translated.settings), &module)?;
        let checked = check_draft(&installation.folders, &module, &translated.settings, BTreeSet::new()).await;
        let checked = checked.and_then(|errors| {
            if errors.is_empty() { Ok(()) } else { Err(Trouble::of_fields(&errors, &module.words())) }
        });
        planner.findings.take(&row.place, checked);
        planner.report.notes.extend(translated.notes.iter().map(|note| format!("{name}: {note}")));
        planner.report.left.extend(of_connection(&Coming {
            name: name.as_str(),
            module: &module,
            settings: &translated.settings,
            slots: &BTreeSet::new(),
            lacks_proxy_password: translated.proxy.as_ref().is_some_and(|proxy| proxy.username.is_some()),
        }));
        planner.report.item("connection", &name, Fate::Added);
        connections.push(planned(name, translated, &module));
    }
    let Planner { findings, report, .. } = planner;
    findings.settled()?;
    Ok(Plan { connections, report, ..Plan::default() })
}

fn planned(name: ConnectionName, translated: Translated, module: &Module) -> PlannedConnection {
    let (tenant, secrets): (Option<TenantEntry>, Vec<Carried>) = (None, Vec::new());
    PlannedConnection {
        name,
        source_type: module.manifest.source_type.clone(),
        module_id: module.manifest.id.to_string(),
        tenant_key: tenant_key(module, &translated.settings),
        settings: translated.settings,
        proxy: translated.proxy,
        choice: ProxyChoice::default(),
        profile: None,
        schedule: None,
        hold: None,
        labels: BTreeSet::new(),
        tenant,
        existing: None,
        secrets,
    }
}
