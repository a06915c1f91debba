//! Filters in the query of an address: the same for every list.

use crate::problem::Refusal;
use beacon_operations::health::State;
use beacon_operations::{Selection, Trouble, listed_labels};
use serde::Deserialize;

/// What a list is narrowed to.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Filter {
    /// Labels with commas between them; connections have all of them.
    #[serde(default)]
    label: String,
    /// States with commas between them; connections are in one of them.
    #[serde(default)]
    state: String,
    /// A part of the name.
    #[serde(default)]
    name: String,
}

impl Filter {
    /// The connections that it means.
    pub(crate) fn selection(&self) -> Result<Selection, Refusal> {
        let states = self.state.split(',').filter(|state| !state.is_empty()).map(|state| {
            state.parse::<State>().map_err(|error| {
                let advice = "See the description of the API at /api/v1/openapi.json.";
                Refusal::from(Trouble::settings("request.state", error, advice).about("state"))
            })
        });
        Ok(Selection {
            names: Vec::new(),
            labels: listed_labels(&self.label)?,
            states: states.collect::<Result<_, _>>()?,
            part: Some(self.name.clone()).filter(|part| !part.is_empty()),
        })
    }
}
