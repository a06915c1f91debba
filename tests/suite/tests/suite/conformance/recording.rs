//! Recording: the real driver between the connector as ordinary code and a simulated tenant.

use super::case::Case;
use super::native::Recorded;
use super::person::{InMemory, Person};
use crate::harness::Tenant;
use crate::harness::forms::Fields;
use beacon_contract::Task;
use beacon_driver::{
    AddressRule, Cancel, ClientOptions, NetworkTransport, Nobody, Route, RunLimits, RunRequest, Surroundings,
    SystemClock, run,
};
use beacon_kit::Connector as _;
use beacon_microsoft_365::Microsoft365;
use beacon_simulator::Decision;
use std::sync::Arc;
use tempfile::TempDir;

/// Makes cases.
pub(super) struct Recorder {
    tenant: Arc<Tenant>,
}

impl Recorder {
    pub(super) fn new(tenant: Tenant) -> Self {
        Self { tenant: Arc::new(tenant) }
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// One task from its start to its end.
    pub(super) fn record(&self, name: &str, task: Task, fields: &Fields, secret: &str, decision: Decision) -> Case {
        let manifest = Microsoft365::manifest().expect("a manifest");
        let addresses = || AddressRule::new(vec!["127.0.0.0/8".parse().expect("a range")]);
        let transport = NetworkTransport::new(ClientOptions {
            extra_authorities: self.tenant.ca_pem().as_bytes().to_vec(),
            proxy: None,
            addresses: addresses(),
        });
        let folder = TempDir::new().expect("a temporary folder");
        let request = RunRequest {
            settings: manifest.form.effective(&fields.settings()),
            manifest: Arc::new(manifest),
            task,
            now: self.tenant.clock().now(),
            seed: [7; 16],
            plan: None,
            pinned_tenant: None,
        };
        let surroundings = Surroundings {
            transport: Arc::new(transport.expect("a client")),
            addresses: addresses(),
            route: Route::Direct,
            secrets: Arc::new(InMemory::with(secret)),
            interaction: Arc::new(Person { tenant: Arc::clone(&self.tenant), decision }),
            clock: Arc::new(SystemClock),
            observer: Arc::new(Nobody),
            cancel: Cancel::new(),
            folder: folder.path().to_owned(),
            journal: None,
            limits: RunLimits::default(),
        };
        let (guest, polls) = Recorded::start();
        let outcome = self.tenant.wait(run(Box::new(guest), request, surroundings));
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        let polls = polls.lock().expect("no other panic").clone();
        Case { name: name.to_owned(), polls }
    }
}
