//! From a task to the code that performs it.

use crate::{check, consent, import, manifest, preview, test_task};
use beacon_contract::{IdentifierError, Manifest, Task};
use beacon_kit::{Connector, Run, Settled};

/// The connector.
#[derive(Debug)]
pub struct Microsoft365;

impl Connector for Microsoft365 {
    fn manifest() -> Result<Manifest, IdentifierError> {
        manifest::manifest()
    }

    async fn run(run: Run) -> Settled {
        match run.task() {
            Task::Check => check::check(&run),
            Task::Consent => consent::consent(&run).await,
            Task::Test => test_task::test(&run).await,
            Task::Preview => preview::preview(&run).await,
            Task::Import => import::import(&run).await,
        }
    }
}
