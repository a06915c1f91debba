//! A simulated tenant that runs beside the test.

use beacon_simulator::{FaultRule, GroundTruth, Simulator, SimulatorOptions, TenantOptions};
use std::ops::Deref;
use tokio::runtime::{Builder, Runtime};

/// A running tenant. Everything of [`Simulator`] can be called on it.
pub(crate) struct Tenant {
    simulator: Simulator,
    runtime: Runtime,
}

impl Tenant {
    /// A tenant with this many users; the same seed gives the same tenant.
    pub(crate) fn start(users: u64, seed: u64) -> Self {
        Self::paged(users, seed, None)
    }

    /// As [`Tenant::start`], with no more entries on a page of any list than this.
    pub(crate) fn paged(users: u64, seed: u64, largest_page: Option<u64>) -> Self {
        let tenant = TenantOptions { users, seed, ..TenantOptions::default() };
        Self::with(SimulatorOptions { tenant, largest_page, ..SimulatorOptions::default() })
    }

    /// As [`Tenant::start`], with sites that have names below this domain, which only a proxy resolves.
    pub(crate) fn below(domain: &str, users: u64, seed: u64) -> Self {
        let tenant = TenantOptions { users, seed, ..TenantOptions::default() };
        Self::with(SimulatorOptions { tenant, domain: Some(domain.to_owned()), ..SimulatorOptions::default() })
    }

    fn with(options: SimulatorOptions) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let simulator = runtime.block_on(Simulator::start(options)).expect("a simulated tenant");
        Self { simulator, runtime }
    }

    /// Waits for something that needs the tenant's runtime.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// What a right import finds.
    pub(crate) fn truth(&self) -> GroundTruth {
        self.simulator.ground_truth()
    }

    /// Lets the own app read everything that an import can hold.
    #[track_caller]
    pub(crate) fn permit_everything(&self) {
        let own = self.own_client_id();
        let more = ["AuditLog.Read.All", "ReportSettings.Read.All", "Reports.Read.All"];
        let edited = self.edit_registration(own, |app| {
            app.application_permissions.extend(more.map(str::to_owned));
        });
        edited.expect("the own app");
        self.grant_consent(own);
    }

    /// Orders several faults.
    pub(crate) fn disturb(&self, rules: impl IntoIterator<Item = FaultRule>) {
        rules.into_iter().for_each(|rule| self.simulator.add_fault(rule));
    }

    /// How many requests with this path reached Graph.
    pub(crate) fn asked(&self, path: &str) -> usize {
        let of_path = |target: &str| target.split('?').next() == Some(path);
        self.simulator.requests().iter().filter(|request| of_path(&request.target)).count()
    }
}

impl Deref for Tenant {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
