//! `connection add-many`: many connections at once.

use super::add::DEFAULT_SOURCE_TYPE;
use super::moving::carried_out;
use crate::exit::Exit;
use crate::many_arguments::AddManyArguments;
use crate::terminal::Terminal;
use beacon_operations::moving::{ManyWish, add_many};
use beacon_operations::{Installation, Trouble, labels};

pub(crate) async fn add(
    installation: &Installation,
    arguments: &AddManyArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let file = terminal.read(&arguments.file, "add-many")?;
    let wish = ManyWish {
        source_type: arguments.source_type.as_deref().unwrap_or(DEFAULT_SOURCE_TYPE),
        profile: arguments.profile.as_deref(),
        schedule: arguments.schedule.as_deref(),
        labels: labels(arguments.label.iter().map(String::as_str))?,
    };
    let planned = add_many(installation, &file, wish).await?;
    carried_out(installation, planned, arguments.dry_run, terminal)
}
