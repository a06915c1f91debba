//! Everything one simulation consists of, shared by its listeners.

use crate::clock::Clock;
use crate::entra::scope::ResourceNames;
use crate::entra::{SigningKey, State};
use crate::faults::FaultPlan;
use crate::options::SimulatorOptions;
use crate::request_log::RequestLog;
use crate::secrets::SecretLedger;
use crate::tenant::Tenant;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ports of the listeners.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) login: u16,
    pub(crate) graph: u16,
    pub(crate) control: u16,
}

/// The shared state.
pub(crate) struct World {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) clock: Clock,
    pub(crate) key: SigningKey,
    pub(crate) faults: FaultPlan,
    pub(crate) log: RequestLog,
    pub(crate) secrets: SecretLedger,
    pub(crate) ca_pem: String,
    pub(crate) ports: Ports,
    pub(crate) single_origin: bool,
    /// Binds page tokens to this simulation.
    pub(crate) page_seed: u64,
    entra: Mutex<State>,
}

impl World {
    pub(crate) fn new(
        options: &SimulatorOptions,
        key: SigningKey,
        authority: &crate::certificates::Authority,
        ports: Ports,
    ) -> Self {
        let secrets = SecretLedger::default();
        secrets.record(key.private_pem.clone());
        for private in &authority.private_keys {
            secrets.record(private.clone());
        }
        let tenant = Arc::new(Tenant::new(&options.tenant));
        let clock = Clock::starting_at(options.now);
        let entra = Mutex::new(State::new(&tenant, options.tenant.seed, clock.now(), secrets.clone()));
        Self {
            tenant,
            clock,
            key,
            faults: FaultPlan::default(),
            log: RequestLog::default(),
            secrets,
            ca_pem: authority.ca_pem.clone(),
            ports,
            single_origin: options.single_origin,
            page_seed: options.tenant.seed,
            entra,
        }
    }

    /// State of the sign-in site. Never hold it over an await.
    pub(crate) fn entra(&self) -> MutexGuard<'_, State> {
        self.entra.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `localhost:port` of the Graph site.
    pub(crate) fn graph_authority(&self) -> String {
        format!("localhost:{}", self.ports.graph)
    }

    /// Names under which Graph may be asked for in scopes.
    pub(crate) fn resources(&self) -> ResourceNames {
        let origins = ["localhost", "127.0.0.1"].map(|host| format!("https://{host}:{}", self.ports.graph));
        ResourceNames::new(self.tenant.cloud(), origins)
    }
}
