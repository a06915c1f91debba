//! `beacon`: imports Microsoft 365 tenants and writes packages that prove their own completeness.
//!
//! Nothing but wiring: the command line, the terminal, and where things lie. Start reading at `arguments.rs` for what
//! there is; what a command does is in `beacon-operations`.

mod archive;
mod arguments;
mod audit_arguments;
mod certificate_input;
mod command;
mod configuration;
mod consent_arguments;
mod credential_arguments;
mod delivery_arguments;
mod exit;
mod files;
mod interrupt;
mod log_arguments;
mod many_arguments;
mod moving_arguments;
mod notification_arguments;
mod progress;
mod proxy_arguments;
mod remote;
mod secrets_arguments;
mod selection_arguments;
mod settings_input;
mod sign_in;
mod tenant_arguments;
mod terminal;
mod user;

use arguments::Command;
use beacon_operations::Trouble;
use exit::Exit;
use std::process::ExitCode;
use terminal::Terminal;

fn main() -> ExitCode {
    let configuration = match configuration::load(std::env::args_os()) {
        Ok(configuration) => configuration,
        Err(trouble) => {
            let json = std::env::args_os().any(|argument| argument == "--json");
            Terminal::new(json).trouble(&trouble);
            return Exit::of(&trouble).into();
        }
    };
    let terminal = Terminal::new(configuration.arguments.json);
    if let Err(trouble) = log_arguments::start(&configuration.arguments) {
        terminal.trouble(&trouble);
        return Exit::of(&trouble).into();
    }
    // Few threads: the allocator keeps memory for each, and pages of megabytes wander through all of them. One is enough
    // for the network: the module, on a thread of its own, takes many times as long for a page. A beacon that serves
    // needs one for each module at work, and for whoever asks for data.
    let (network, blocking) =
        if matches!(configuration.arguments.command, Command::Serve(_)) { (2, 64) } else { (1, 4) };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(network)
        .max_blocking_threads(blocking)
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(command::execute(configuration, &terminal)),
        Err(error) => Err(Trouble::unexpected(&error)),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(trouble) => {
            terminal.trouble(&trouble);
            Exit::of(&trouble).into()
        }
    }
}
