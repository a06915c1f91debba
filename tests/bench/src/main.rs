//! Benchmarks: run by `cargo xtask bench`, never part of the tests. Ratios are measured side by side in one run.

#![expect(clippy::print_stdout, reason = "figures are the result")]

mod beacon;
mod browser;
mod daemon;
mod engine;
mod import;
mod import_once;
mod made_up;
mod made_up_rows;
mod memory;
mod meter;
mod package;
mod page;
mod page_in_browser;
mod people;
mod recorded;
mod secrets;
mod simulated;

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// The import engine: sandboxed against native, module size and start, peak memory
    Engine {
        /// Users of the speed measurement
        #[arg(long, default_value_t = 200_000)]
        users: u64,
        /// Repetitions of each side; the fastest counts
        #[arg(long, default_value_t = 3)]
        repeat: u32,
        /// Import usage reports as well; a person then has some forty rows instead of three
        #[arg(long)]
        usage: bool,
        /// Leave out the peak memory of whole imports, which takes minutes
        #[arg(long)]
        without_memory: bool,
        /// Folder of the packed modules
        #[arg(long, default_value = "target/modules")]
        modules: PathBuf,
    },
    /// Packages without a connector: rows from columns to files, then checked and compared
    Package {
        /// Users of the package
        #[arg(long, default_value_t = 200_000)]
        users: u64,
    },
    /// Finding the people behind the addresses of reports
    People {
        /// Users, with one row of usage each
        #[arg(long, default_value_t = 200_000)]
        users: u64,
    },
    /// The page: the snapshot behind it, its size and the time of its answers; then the page itself in a browser
    Page {
        /// Users of the tenant
        #[arg(long, default_value_t = 1_000_000)]
        users: u64,
        /// Only one of the two
        #[arg(long, value_enum)]
        only: Option<PagePart>,
    },
    /// A whole import: parts against a single chain, processor and memory, and the same work by others
    Import(import::Choices),
    /// A beacon that serves hundreds of tenants which are all due at one moment
    Daemon(daemon::Choices),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PagePart {
    /// The data, without a browser
    Data,
    /// What a person sees
    Browser,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().bench {
        Bench::Engine { users, repeat, usage, without_memory, modules } => {
            let module = std::fs::read(modules.join("microsoft-365.wasm"))?;
            engine::speed(&module, users, repeat, usage)?;
            if !without_memory {
                memory::peaks()?;
            }
            Ok(())
        }
        Bench::Package { users } => package::package(users),
        Bench::People { users } => people::people(users),
        Bench::Page { users, only } => {
            if only != Some(PagePart::Browser) {
                page::page(users)?;
            }
            if only != Some(PagePart::Data) {
                page_in_browser::measure(users)?;
            }
            Ok(())
        }
        Bench::Import(choices) => import::measure(&choices),
        Bench::Daemon(choices) => daemon::measure(&choices),
    }
}
