//! Many connections from one table: a row for each, with a credential that they share.

use super::left::{Coming, of_connection};
use super::plan::{OnClash, Plan, PlannedConnection, Planner, usable};
use super::report::Fate;
use super::seen::Seen;
use crate::credential_profiles;
use crate::csv_table::{TableKind, TableRow, is_for_secrets, plain, shown};
use crate::draft::{check_draft, tenant_key};
use crate::installation::Installation;
use crate::modules::Module;
use crate::scheduling;
use crate::selection::listed_labels;
use crate::settings_text::set_text;
use crate::trouble::Trouble;
use beacon_contract::{Field, FieldKind, Settings};
use beacon_store::{ConnectionName, CredentialProfile, Label, ProxyChoice, ScheduleName};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const MANY: TableKind = TableKind { code: "many" };

/// What all connections of a table have in common.
#[derive(Default)]
pub struct ManyWish<'a> {
    /// Their source type.
    pub source_type: &'a str,
    /// Name of the credential profile that they use.
    pub profile: Option<&'a str>,
    /// Name of the schedule that they follow.
    pub schedule: Option<&'a str>,
    /// Labels that all of them get, beside those of their rows.
    pub labels: BTreeSet<Label>,
}

/// What a column says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Labels,
    /// Id of a field of the form.
    Field(String),
}

/// What is the same for all rows.
struct Common {
    defaults: BTreeMap<String, Value>,
    profile: Option<CredentialProfile>,
    schedule: Option<ScheduleName>,
    labels: BTreeSet<Label>,
}

/// Checks a table against a data folder; [`super::apply`] stores it, all of it or nothing.
///
/// # Errors
/// [`Trouble`] with everything that is wrong, each with its line, its column and what to do.
pub async fn add_many(installation: &Installation, file: &[u8], wish: ManyWish<'_>) -> Result<Plan, Trouble> {
    let profile = wish.profile.map(|name| credential_profiles::find(installation, name)).transpose()?;
    let schedule = wish.schedule.map(|name| scheduling::named(&installation.store(), name)).transpose()?;
    let mut planner = Planner::new(installation, OnClash::Refuse, Vec::new());
    let module = planner.module(wish.source_type)?;
    let table = MANY.open(MANY.text(file)?)?;
    let columns = columns(&table.names, &module, profile.as_ref())?;
    let labels: Vec<_> = columns.iter().map(|column| column.as_ref().map(Column::label)).collect();
    let rows = table.rows(&labels)?;
    if rows.is_empty() {
        return Err(MANY.refused("empty", "the file has no connections", "Write one into each row."));
    }
    let common = Common {
        defaults: installation.defaults()?.remove(&module.manifest.source_type).unwrap_or_default(),
        profile,
        schedule: schedule.map(|schedule| schedule.plan.name),
        labels: wish.labels,
    };
    let mut seen = Seen::new(MANY.code);
    let mut connections = Vec::new();
    for row in rows {
        let connection = read_row(&mut planner, &mut seen, &common, &module, &columns, row).await?;
        connections.extend(connection);
    }
    let Planner { findings, report, .. } = planner;
    findings.settled()?;
    Ok(Plan { connections, report, ..Plan::default() })
}

impl Column {
    fn label(&self) -> String {
        match self {
            Self::Name => "name".to_owned(),
            Self::Labels => "labels".to_owned(),
            Self::Field(id) => id.clone(),
        }
    }

    /// What a name means: a field by its id, or as the form labels it.
    fn of(name: &str, module: &Module) -> Option<Self> {
        let name = plain(name);
        let is_it = |field: &&Field| plain(field.id.as_str()) == name || plain(&field.label) == name;
        match name.as_str() {
            "name" | "connectionname" => Some(Self::Name),
            "label" | "labels" => Some(Self::Labels),
            _ => module.manifest.form.fields.iter().find(is_it).map(|field| Self::Field(field.id.to_string())),
        }
    }
}

/// The columns of a table; one without a name must be empty of meaning, and is left out.
fn columns(
    names: &[String],
    module: &Module,
    profile: Option<&CredentialProfile>,
) -> Result<Vec<Option<Column>>, Trouble> {
    let client_id = module.manifest.profiles.first().map(|grants| grants.client_id.to_string());
    let mut columns: Vec<Option<Column>> = Vec::new();
    for (number, name) in (1_usize..).zip(names) {
        let shown = shown(name);
        if shown.is_empty() {
            columns.push(None);
            continue;
        }
        let column = Column::of(name, module);
        if is_for_secrets(&plain(name)) || column.as_ref().is_some_and(|column| is_secret(column, module)) {
            return Err(MANY.secret_column(&shown));
        }
        let Some(column) = column else {
            let title = format!("column {number}, {shown:?}, is none that is understood");
            return Err(MANY.refused("unknown_column", title, &known(module)));
        };
        if columns.contains(&Some(column.clone())) {
            let title = format!("column {number}, {shown:?}, is the second one that says {}", column.label());
            return Err(MANY.refused("column_twice", title, "Remove one of them."));
        }
        if profile.is_some() && matches!(&column, Column::Field(id) if client_id.as_ref() == Some(id)) {
            let title = format!("column {number} gives a client id, and the credential profile has one");
            return Err(MANY.refused("own_client_id", title, "Remove the column."));
        }
        columns.push(Some(column));
    }
    if !columns.contains(&Some(Column::Name)) {
        let title = "the first line of the file names no column \"name\"";
        return Err(MANY.refused("no_name", title, "Write the names of the columns into the first line."));
    }
    Ok(columns)
}

fn is_secret(column: &Column, module: &Module) -> bool {
    let Column::Field(id) = column else { return false };
    module.manifest.form.field(id).is_some_and(|field| matches!(field.kind, FieldKind::Secret { .. }))
}

fn known(module: &Module) -> String {
    let fields = module.manifest.form.fields.iter().filter(|field| !matches!(field.kind, FieldKind::Secret { .. }));
    let fields: Vec<String> = fields.map(|field| field.id.to_string()).collect();
    format!("Remove it, or rename it. Known columns: name, labels, {}.", fields.join(", "))
}

/// One row; `None` if something is wrong with its name. All that is wrong is in the findings.
async fn read_row(
    planner: &mut Planner<'_>,
    seen: &mut Seen,
    common: &Common,
    module: &Module,
    columns: &[Option<Column>],
    row: TableRow,
) -> Result<Option<PlannedConnection>, Trouble> {
    let place = row.place;
    let mut settings = Settings::default();
    settings.0.extend(common.defaults.clone());
    let (mut name, mut labels) = (String::new(), common.labels.clone());
    for (column, cell) in columns.iter().zip(row.cells) {
        match column {
            Some(Column::Name) => name = cell,
            Some(Column::Labels) => {
                let found = planner.findings.take(format!("{place}, labels"), bare(listed_labels(&cell)));
                labels.extend(found.unwrap_or_default());
            }
            Some(Column::Field(id)) if !cell.is_empty() => {
                set_text(&module.manifest.form, &mut settings, id, &cell);
            }
            _ => {}
        }
    }
    if labels.len() > Label::MOST {
        let title = format!("the connection would have {} labels, and may have {}", labels.len(), Label::MOST);
        let trouble = Trouble::settings("many.labels", title, "Take some of them away.");
        planner.findings.problem(format!("{place}, labels"), &trouble);
    }
    if let Some(profile) = &common.profile {
        credential_profiles::fill(module, profile, &mut settings);
        planner.findings.take(&place, bare(credential_profiles::check(module, profile, &settings)));
    }
    let slots = usable(module, &settings, &[], &[], common.profile.as_ref());
    let checked = check_draft(&planner.installation.folders, module, &settings, slots.clone()).await;
    let checked = checked
        .and_then(|errors| if errors.is_empty() { Ok(()) } else { Err(Trouble::of_fields(&errors, &module.words())) });
    planner.findings.take(&place, checked);
    let tenant_key = tenant_key(module, &settings);
    seen.tenant(planner, &place, tenant_key.clone(), module)?;
    let Some(name) = seen.name(planner, &place, &format!("{place}, name"), &name)? else { return Ok(None) };
    let coming =
        Coming { name: name.as_str(), module, settings: &settings, slots: &slots, lacks_proxy_password: false };
    planner.report.left.extend(of_connection(&coming));
    planner.report.item("connection", &name, Fate::Added);
    Ok(Some(planned(name, settings, labels, common, module)))
}

/// The place says which column it is.
fn bare<T>(checked: Result<T, Trouble>) -> Result<T, Trouble> {
    checked.map_err(|trouble| Trouble { fields: Vec::new(), ..trouble })
}

fn planned(
    name: ConnectionName,
    settings: Settings,
    labels: BTreeSet<Label>,
    common: &Common,
    module: &Module,
) -> PlannedConnection {
    PlannedConnection {
        name,
        source_type: module.manifest.source_type.clone(),
        module_id: module.manifest.id.to_string(),
        tenant_key: tenant_key(module, &settings),
        settings,
        proxy: None,
        choice: ProxyChoice::default(),
        profile: common.profile.as_ref().map(|profile| profile.name.to_string()),
        schedule: common.schedule.clone(),
        hold: None,
        labels,
        tenant: None,
        existing: None,
        secrets: Vec::new(),
    }
}
