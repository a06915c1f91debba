//! The command line of customers.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Erase a customer everywhere here: connections, secrets, runs, packages, everything that is told of them
    Offboard {
        /// Name of one of its connections; or id, domain or name of the tenant
        customer: String,
        /// Tell what would be erased, and erase nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
