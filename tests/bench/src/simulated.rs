//! A simulated tenant within this process, and what the benchmarks change about it.

use beacon_simulator::{Simulator, SimulatorOptions};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// A tenant that is served until it is dropped.
pub(crate) struct Simulated {
    /// Serves in the background.
    _runtime: Arc<Runtime>,
    pub(crate) simulator: Simulator,
}

/// What the own application is allowed to beside people, products and groups.
pub(crate) const SIGN_INS: &str = "AuditLog.Read.All";
pub(crate) const REPORTS: &str = "Reports.Read.All";

impl Simulated {
    pub(crate) fn start(options: SimulatorOptions) -> anyhow::Result<Self> {
        Self::within(&Arc::new(Builder::new_multi_thread().enable_all().build()?), options)
    }

    /// Several tenants, served by the same threads.
    pub(crate) fn several(options: impl IntoIterator<Item = SimulatorOptions>) -> anyhow::Result<Vec<Self>> {
        let runtime = Arc::new(Builder::new_multi_thread().enable_all().build()?);
        options.into_iter().map(|options| Self::within(&runtime, options)).collect()
    }

    fn within(runtime: &Arc<Runtime>, options: SimulatorOptions) -> anyhow::Result<Self> {
        let simulator = runtime.block_on(Simulator::start(options))?;
        Ok(Self { _runtime: Arc::clone(runtime), simulator })
    }

    /// Gives the own application a permission or takes it away; without it the connector asks for nothing of the kind.
    pub(crate) fn permit(&self, permission: &str, permitted: bool) -> anyhow::Result<()> {
        let own = self.simulator.own_client_id();
        self.simulator.revoke_consent(own);
        self.simulator.edit_registration(own, |app| {
            if permitted {
                app.application_permissions.insert(permission.to_owned());
            } else {
                app.application_permissions.remove(permission);
            }
        })?;
        self.simulator.grant_consent(own);
        Ok(())
    }
}
