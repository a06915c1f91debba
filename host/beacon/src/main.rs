//! `beacon`: imports Microsoft 365 tenants and writes packages that prove their own completeness.
//!
//! Nothing but wiring: the command line, the terminal, and where things lie. Start reading at `arguments.rs` for what
//! there is, at `session.rs` for how a run is put together.

mod arguments;
mod bundled;
mod command;

mod exit;
mod file;
mod folders;
mod installation;
mod modules;
mod progress;
mod refusal;
mod secrets;
mod session;
mod settings_input;
mod sign_in;
mod terminal;
mod trouble;
mod usage_files;
mod words;

use arguments::Arguments;
use clap::Parser as _;
use std::process::ExitCode;
use terminal::Terminal;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new(arguments.json);
    // Few threads: the allocator keeps memory for each, and pages of megabytes wander through all of them. One is enough
    // for the network: the module, on a thread of its own, takes many times as long for a page.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).max_blocking_threads(4).enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(command::execute(arguments, &terminal)),
        Err(error) => Err(trouble::Trouble::unexpected(&error)),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(trouble) => {
            terminal.trouble(&trouble);
            trouble.exit().into()
        }
    }
}
