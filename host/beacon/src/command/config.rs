//! `config show`: which settings are in force, and where each comes from.

use crate::configuration::Configuration;
use crate::exit::Exit;
use crate::terminal::{Terminal, table};
use beacon_operations::Trouble;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn show(configuration: &Configuration, terminal: &Terminal) -> Result<Exit, Trouble> {
    let origins = configuration.origins();
    let values: BTreeMap<&str, Value> =
        origins.iter().map(|origin| (origin.key, json!({ "value": origin.value, "source": origin.source }))).collect();
    let defaults = &configuration.arguments.defaults;
    terminal.json(&json!({ "file": configuration.file, "settings": values, "defaults": defaults }));
    let mut rows = vec![["SETTING", "VALUE", "FROM"].map(str::to_owned).to_vec()];
    rows.extend(
        origins
            .into_iter()
            .map(|origin| vec![origin.key.to_owned(), origin.value.unwrap_or_default(), origin.source.to_owned()]),
    );
    for (source_type, fields) in defaults {
        rows.extend(fields.iter().map(|(field, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            vec![format!("defaults.{source_type:?}.{field}"), value, "file".to_owned()]
        }));
    }
    let file = configuration.file.as_ref().map_or_else(|| "none".to_owned(), |file| file.display().to_string());
    terminal.result(&format!("Configuration file: {file}\n\n{}", table(&rows)));
    Ok(Exit::Success)
}
