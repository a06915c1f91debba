//! The commands, one file each.

mod add;
mod admin;
mod config;
mod consent;
mod delivery;
mod destination;
mod due;
mod edit;
mod health;
mod list;
mod module;
mod names;
mod notification;
mod package;
mod packages;
mod proxy;
mod run;
mod schedule;
mod schedule_rule;
mod serve;
mod service;
mod supervised;
mod test;
mod usage;

use crate::arguments::{Arguments, Command, ConfigCommand, ConnectionCommand, ModuleCommand};
use crate::configuration::Configuration;
use crate::exit::Exit;
use crate::terminal::Terminal;
use beacon_operations::{Installation, Trouble};
use beacon_store::Hold;
use clap::CommandFactory as _;

/// Executes a command line.
pub(crate) async fn execute(configuration: Configuration, terminal: &Terminal) -> Result<Exit, Trouble> {
    let arguments = &configuration.arguments;
    let open = || Installation::open(&arguments.place());
    match &arguments.command {
        Command::Connection(command) => {
            let installation = open()?;
            match command {
                ConnectionCommand::Add(add) => add::execute(&installation, add, terminal).await,
                ConnectionCommand::List => list::all(&installation, terminal),
                ConnectionCommand::Show { name } => list::one(&installation, name, terminal),
                ConnectionCommand::Edit(edit) => edit::execute(&installation, edit, terminal).await,
                ConnectionCommand::Remove { name, yes } => edit::remove(&installation, name, *yes, terminal),
                ConnectionCommand::Pause { names } => health::hold(&installation, names, Some(Hold::Paused), terminal),
                ConnectionCommand::Resume { names } => health::hold(&installation, names, None, terminal),
                ConnectionCommand::Disable { names } => {
                    health::hold(&installation, names, Some(Hold::Disabled), terminal)
                }
                ConnectionCommand::Consent(consent) => consent::execute(&installation, consent, terminal).await,
                ConnectionCommand::Test { name, module } => {
                    test::execute(&installation, name, module.file.as_deref(), terminal).await
                }
            }
        }
        Command::Run(run) => run::execute(&open()?, run, terminal).await,
        Command::Schedule(command) => schedule::execute(&open()?, command, terminal),
        Command::Serve(serve) => serve::execute(open()?, serve, terminal).await,
        Command::Admin(command) => admin::execute(arguments, *command, terminal),
        Command::Usage(command) => usage::execute(&open()?, command, terminal),
        Command::Proxy(command) => proxy::execute(&open()?, command, terminal),
        Command::Package(command) => package::execute(command, terminal),
        Command::Packages(command) => packages::execute(&open()?, command, terminal),
        Command::Destination(command) => destination::execute(&open()?, command, terminal).await,
        Command::Delivery(command) => delivery::execute(&open()?, command, terminal).await,
        Command::Health { name } => health::execute(&open()?, name.as_deref(), terminal),
        Command::Notification(command) => notification::execute(&open()?, command, terminal).await,
        Command::Module(ModuleCommand::Inspect { file }) => module::inspect(file, terminal),
        Command::Config(ConfigCommand::Show) => config::show(&configuration, terminal),
        Command::Service(command) => service::execute(command, terminal),
        Command::Names(command) => names::execute(&open()?, command, terminal),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "beacon", &mut script);
            terminal.raw(&script);
            Ok(Exit::Success)
        }
    }
}
