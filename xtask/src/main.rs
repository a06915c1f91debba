//! `cargo xtask …`: everything that is more than one cargo command.
//!
//! It knows how things are built and started, and nothing of what they do.

#![expect(clippy::print_stderr, reason = "a task runner talks to the person who started it")]
#![expect(clippy::disallowed_methods, reason = "cargo tells by environment where it is and where it builds")]

mod bench;
mod demo;
mod dist;
mod lint;
mod pack;
mod page;
mod places;
mod process;
mod setup;
mod test;

use clap::{Parser, Subcommand};

/// Tasks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what building and testing need
    Setup,
    /// Build the connector modules and pack them into target/modules
    Pack,
    /// Build the setup page into target/page
    Page,
    /// Set up, build, start a simulated tenant, and import it
    Demo(demo::DemoArguments),
    /// Build the program for use, and pack it with its documentation into target/dist
    Dist,
    /// Set up and run every test
    Test {
        /// Handed on to the test runner
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Take a picture of every screen of the setup page, light and dark, wide and narrow, into target/screens
    Screens,
    /// Format check, lints, dependency rules
    Lint,
    /// Measure, side by side in one run
    Bench {
        /// Handed on to the benchmark, for example `engine`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Setup => setup::everything(),
        Task::Pack => {
            setup::wasm_target()?;
            pack::all()
        }
        Task::Page => {
            setup::wasm_target()?;
            page::all()
        }
        Task::Demo(arguments) => demo::demo(&arguments),
        Task::Dist => dist::dist(),
        Task::Test { rest } => test::test(&rest),
        Task::Screens => test::screens(),
        Task::Lint => lint::lint(),
        Task::Bench { rest } => bench::bench(&rest),
    }
}
