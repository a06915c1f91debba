//! Which connections a command is about. Every list and every command that works on many takes the same.

use beacon_operations::health::State;
use beacon_operations::{Selection, Trouble, labels};
use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args};

/// Filters of a list.
#[derive(Debug, Default, Args)]
pub(crate) struct SelectionArguments {
    /// Only connections with this label; with several labels, only those that have all of them
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    /// Only connections in this state; with several, those that are in one of them
    #[arg(long, value_name = "STATE", value_parser = states())]
    pub(crate) state: Vec<String>,
    /// Only connections with this text in their name, in any case
    #[arg(long = "name", value_name = "TEXT")]
    pub(crate) name_part: Option<String>,
}

/// The connections that a command works on: named, all, or all that fit.
#[derive(Debug, Default, Args)]
pub(crate) struct WhichArguments {
    /// Names of the connections
    pub(crate) names: Vec<String>,
    /// All connections
    #[arg(long, conflicts_with_all = ["names", "label", "state", "name_part"])]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) fitting: SelectionArguments,
}

/// The same, where a command needs some.
#[derive(Debug, Args)]
#[command(group = which_group())]
pub(crate) struct SomeArguments {
    #[command(flatten)]
    pub(crate) which: WhichArguments,
}

/// What says which connections are meant; one of it has to be there.
pub(crate) fn which_group() -> ArgGroup {
    ArgGroup::new("which").required(true).multiple(true).args(["names", "all", "label", "state", "name_part"])
}

fn states() -> PossibleValuesParser {
    PossibleValuesParser::new(State::ALL.map(State::as_str))
}

impl SelectionArguments {
    /// What they choose.
    ///
    /// # Errors
    /// [`Trouble`] about a label that is none.
    pub(crate) fn selection(&self) -> Result<Selection, Trouble> {
        Ok(Selection {
            names: Vec::new(),
            labels: labels(self.label.iter().map(String::as_str))?,
            // The parser knows all of them.
            states: self.state.iter().filter_map(|name| name.parse().ok()).collect(),
            part: self.name_part.clone(),
        })
    }
}

impl WhichArguments {
    /// What they choose.
    ///
    /// # Errors
    /// [`Trouble`] about a label that is none.
    pub(crate) fn selection(&self) -> Result<Selection, Trouble> {
        Ok(Selection { names: self.names.clone(), ..self.fitting.selection()? })
    }
}
