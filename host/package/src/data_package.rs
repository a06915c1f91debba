//! `datapackage.json`: Data Package v2 (datapackage.org), with the `beacon` block as an extension.

use crate::beacon_block::BeaconBlock;
use crate::column_data::{TENANT_COLUMN, holds_tenant};
use crate::csv_cell::CELL_RULES;
use crate::file_digest::FileFacts;
use beacon_contract::ColumnType;
use beacon_contract::dataset::TableSchema;
use serde::{Deserialize, Serialize};

/// Name of the manifest within the folder of a package.
pub const MANIFEST_NAME: &str = "datapackage.json";

/// The schema that the manifest follows.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const TABLE_SCHEMA_PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// The manifest of a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataPackage {
    /// The schema that the manifest follows.
    #[serde(rename = "$schema")]
    pub profile: String,
    /// Name of the package: `beacon-` and the run.
    pub name: String,
    /// One line for people.
    #[serde(default)]
    pub title: String,
    /// When the run ended.
    #[serde(default)]
    pub created: String,
    /// One per file.
    pub resources: Vec<Resource>,
    /// The making of the package.
    pub beacon: BeaconBlock,
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Name of the table for Parquet, followed by `-csv` for CSV.
    pub name: String,
    /// Name of the file.
    pub path: String,
    /// Always `table`.
    #[serde(rename = "type", default)]
    pub resource_type: String,
    /// `parquet` or `csv`.
    pub format: String,
    /// Media type of the file.
    pub mediatype: String,
    /// One sentence about the table.
    #[serde(default)]
    pub description: String,
    /// Size of the file.
    pub bytes: u64,
    /// `sha256:` and the digest of the file.
    pub hash: String,
    /// Table of the dataset.
    pub table: String,
    /// Columns, key and references.
    pub schema: serde_json::Value,
    /// For CSV: how its lines are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<serde_json::Value>,
    /// For CSV: the encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// What a file holds its table in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResourceFormat {
    Parquet,
    Csv,
}

impl ResourceFormat {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }

    fn resource_name(self, table: &str) -> String {
        match self {
            Self::Parquet => table.to_owned(),
            Self::Csv => format!("{table}-csv"),
        }
    }
}

fn field(kind: ColumnType) -> serde_json::Value {
    match kind {
        ColumnType::Text => serde_json::json!({"type": "string"}),
        ColumnType::Boolean => serde_json::json!({"type": "boolean"}),
        ColumnType::Integer => serde_json::json!({"type": "integer"}),
        ColumnType::Timestamp => serde_json::json!({"type": "datetime"}),
        ColumnType::Date => serde_json::json!({"type": "date"}),
        ColumnType::TextList => serde_json::json!({"type": "list", "delimiter": ";", "itemType": "string"}),
        ColumnType::TextMap => serde_json::json!({"type": "object"}),
    }
}

/// The Table Schema of a table. `keep` says which tables are in the package: a reference to another would dangle.
fn table_schema(table: &TableSchema, format: ResourceFormat, keep: &dyn Fn(&str) -> bool) -> serde_json::Value {
    let named = |name: &str, kind, required| {
        let mut field = field(kind);
        if let Some(members) = field.as_object_mut() {
            members.insert("name".into(), name.into());
            if required {
                members.insert("constraints".into(), serde_json::json!({"required": true}));
            }
        }
        field
    };
    let tenant = (!holds_tenant(table)).then(|| named(TENANT_COLUMN, ColumnType::Text, true));
    let own = table.columns.iter().map(|column| named(column.name, column.kind, !column.nullable));
    let key = std::iter::once(TENANT_COLUMN).chain(table.key.iter().copied().filter(|name| *name != TENANT_COLUMN));
    let references = table.references.iter().filter(|(_, other, _)| keep(other)).map(|(here, other, there)| {
        serde_json::json!({
            "fields": [here],
            "reference": {"resource": format.resource_name(other), "fields": [there]},
        })
    });
    serde_json::json!({
        "$schema": TABLE_SCHEMA_PROFILE,
        "fields": tenant.into_iter().chain(own).collect::<Vec<_>>(),
        "primaryKey": key.collect::<Vec<_>>(),
        "foreignKeys": references.collect::<Vec<_>>(),
    })
}

impl Resource {
    pub(crate) fn new(
        table: &TableSchema,
        format: ResourceFormat,
        facts: &FileFacts,
        keep: &dyn Fn(&str) -> bool,
    ) -> Self {
        let csv = format == ResourceFormat::Csv;
        Self {
            name: format.resource_name(table.name),
            path: format!("{}.{}", table.name, format.name()),
            resource_type: "table".to_owned(),
            format: format.name().to_owned(),
            mediatype: if csv { "text/csv" } else { "application/vnd.apache.parquet" }.to_owned(),
            description: if csv { format!("{} {CELL_RULES}", table.description) } else { table.description.to_owned() },
            bytes: facts.bytes,
            hash: format!("sha256:{}", facts.sha256),
            table: table.name.to_owned(),
            schema: table_schema(table, format, keep),
            dialect: csv.then(|| {
                serde_json::json!({
                    "delimiter": ",",
                    "lineTerminator": "\r\n",
                    "quoteChar": "\"",
                    "doubleQuote": true,
                    "header": true,
                })
            }),
            encoding: csv.then(|| "utf-8".to_owned()),
        }
    }

    pub(crate) fn kind(&self) -> Option<ResourceFormat> {
        ResourceFormat::from_name(&self.format)
    }
}

impl DataPackage {
    pub(crate) fn new(resources: Vec<Resource>, beacon: BeaconBlock) -> Self {
        let whose = beacon.tenant_name.as_ref().unwrap_or(&beacon.tenant_id);
        Self {
            profile: PROFILE.to_owned(),
            name: format!("beacon-{}", beacon.run_id.to_lowercase()),
            title: format!("{}: {whose}", beacon.connection),
            created: beacon.finished_at.clone(),
            resources,
            beacon,
        }
    }
}
