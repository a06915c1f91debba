//! The commands, one file each.

mod add;
mod admin;
mod audit;
mod config;
mod consent;
mod consents;
mod delivery;
mod destination;
mod diagnostics;
mod doctor;
mod due;
mod edit;
mod health;
mod list;
mod many;
mod module;
mod moving;
mod names;
mod new_certificate;
mod notification;
mod package;
mod packages;
mod profile;
mod proxy;
mod run;
mod run_many;
mod schedule;
mod schedule_rule;
mod secrets;
mod serve;
mod service;
mod supervised;
mod tenant;
mod test;
mod usage;

use crate::arguments::{Arguments, Command, ConfigCommand, ConnectionCommand, ModuleCommand};
use crate::configuration::Configuration;
use crate::exit::Exit;
use crate::remote;
use crate::terminal::Terminal;
use crate::user;
use beacon_operations::rotation::Holder;
use beacon_operations::{Installation, Place, Trouble, acting_as};
use beacon_server::{ControlError, Serving};
use beacon_store::Hold;
use clap::CommandFactory as _;
use std::sync::Arc;

/// The code of a data folder that another process owns.
const LOCKED: &str = "store.locked";

/// The code of a beacon that ended while it executed a command.
const LOST: &str = "control.lost";

/// Executes a command line: in this process, or in the beacon that serves its data folder.
pub(crate) async fn execute(configuration: Configuration, terminal: &Terminal) -> Result<Exit, Trouble> {
    let arguments = &configuration.arguments;
    let served = |trouble: &Trouble| trouble.code == LOCKED && !matches!(arguments.command, Command::Serve(_));
    match acting_as(Arc::new(user::actor()), in_process(&configuration, None, terminal)).await {
        // Opening the data folder is the first thing that a command does.
        Err(trouble) if served(&trouble) => match (remote::execute(arguments, terminal), &arguments.command) {
            (Ok(Some(exit)), _) => Ok(exit),
            (Err(lost), _) if lost.code == LOST => Err(lost),
            (why, Command::Doctor { .. }) => {
                doctor::not_let_in(&arguments.place(), why.as_ref().err().unwrap_or(&trouble), terminal)
            }
            (why, Command::Diagnostics(diagnostics)) => {
                let why = why.as_ref().err().unwrap_or(&trouble);
                diagnostics::not_let_in(&configuration, diagnostics, why, terminal)
            }
            (Ok(None), _) => Err(trouble),
            (Err(trouble), _) => Err(trouble),
        },
        result => result,
    }
}

/// Executes a command line in this process, which may be a beacon that serves.
pub(crate) async fn in_process(
    configuration: &Configuration,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let arguments = &configuration.arguments;
    let opened = |alone: fn(&Place) -> Result<Installation, Trouble>| match serving {
        None => alone(&arguments.place()),
        Some(serving) => {
            let authorities = arguments.ca_file.as_deref().map(|path| terminal.read(path, "--ca-file")).transpose()?;
            Ok(serving.installation().seen_from(&arguments.place(), authorities))
        }
    };
    let open = || opened(Installation::open);
    let open_to_look = || opened(Installation::open_to_look);
    match &arguments.command {
        Command::Connection(command) => {
            let installation = open()?;
            match command {
                ConnectionCommand::Add(add) => add::execute(&installation, add, terminal).await,
                ConnectionCommand::AddMany(add) => many::add(&installation, add, terminal).await,
                ConnectionCommand::List { selection } => list::all(&installation, selection, terminal),
                ConnectionCommand::Show { name } => list::one(&installation, name, terminal),
                ConnectionCommand::Edit(edit) => edit::execute(&installation, edit, terminal).await,
                ConnectionCommand::EditMany(edit) => many::edit(&installation, edit, terminal).await,
                ConnectionCommand::Remove { name, yes } => edit::remove(&installation, name, *yes, terminal),
                ConnectionCommand::Pause(some) => health::hold(&installation, some, Some(Hold::Paused), terminal),
                ConnectionCommand::Resume(some) => health::hold(&installation, some, None, terminal),
                ConnectionCommand::Disable(some) => health::hold(&installation, some, Some(Hold::Disabled), terminal),
                ConnectionCommand::Consent(consent) => consent::execute(&installation, consent, terminal).await,
                ConnectionCommand::NewCertificate(arguments) => {
                    let connection = installation.connection(&arguments.name)?;
                    let holder = Holder::of(&installation, connection)?;
                    new_certificate::execute(&installation, &holder, arguments, terminal).await
                }
                ConnectionCommand::ImportLegacy(legacy) => moving::legacy(&installation, legacy, terminal).await,
                ConnectionCommand::Test { name, module } => test::execute(&installation, name, module, terminal).await,
            }
        }
        Command::Consent(command) => consents::execute(&open()?, command, serving, terminal),
        Command::Profile(command) => profile::execute(&open()?, command, terminal).await,
        Command::Tenant(command) => tenant::execute(&open()?, command, serving, terminal),
        Command::Run(run) => run::execute(&open()?, run, serving, terminal).await,
        Command::Schedule(command) => schedule::execute(&open()?, command, terminal),
        Command::Serve(serve) => {
            // Always opened anew, so that a second one is refused.
            serve::execute(Installation::open(&arguments.place())?, serve, configuration.shown(), terminal).await
        }
        Command::Admin(command) => match serving {
            Some(serving) => admin::execute(*command, serving, terminal),
            None => remote::execute(arguments, terminal)?.ok_or_else(|| ControlError::NobodyServes.into()),
        },
        Command::Usage(command) => usage::execute(&open()?, command, terminal),
        Command::Proxy(command) => proxy::execute(&open()?, command, terminal),
        Command::Package(command) => package::execute(command, terminal),
        Command::Packages(command) => packages::execute(&open()?, command, terminal),
        Command::Destination(command) => destination::execute(&open()?, command, terminal).await,
        Command::Delivery(command) => delivery::execute(&open()?, command, terminal).await,
        Command::Health { name, selection } => health::execute(&open()?, name.as_deref(), selection, terminal),
        Command::Doctor { name } => {
            doctor::execute(configuration, open_to_look, serving, name.as_deref(), terminal).await
        }
        Command::Diagnostics(diagnostics) => {
            diagnostics::execute(configuration, diagnostics, open_to_look, serving, terminal).await
        }
        Command::Notification(command) => notification::execute(&open()?, command, terminal).await,
        Command::Audit(command) => audit::execute(&open()?, command, terminal),
        Command::Module(ModuleCommand::Inspect { file }) => module::inspect(file, terminal),
        Command::Secrets(command) => secrets::execute(&arguments.place(), command, serving, terminal),
        Command::Config(ConfigCommand::Show) => config::show(configuration, terminal),
        Command::Config(ConfigCommand::Export(export)) => moving::export(&open()?, export, terminal),
        Command::Config(ConfigCommand::Import(import)) => moving::import(&open()?, import, terminal).await,
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
