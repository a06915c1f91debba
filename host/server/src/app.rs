//! What all requests share.

use crate::auditor::AuditOptions;
use crate::data::Data;
use crate::imports::Imports;
use crate::metrics::{MetricsOptions, Throttles};
use crate::problem::Refusal;
use crate::scheduler::Scheduler;
use crate::sessions::Sessions;
use crate::tasks::Tasks;
use beacon_api::{ConnectionDraft, Defaults, Happened};
use beacon_driver::Cancel;
use beacon_operations::Installation;
use beacon_store::{Connection, ConnectionId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast};

/// Events that a slow listener may be behind; it asks for everything anew when it has lost some.
const EVENTS: usize = 256;

/// The one address under which the page is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) secure: bool,
}

impl Address {
    /// Host and port as a browser sends them: without the port that the scheme implies.
    pub(crate) fn authority(&self) -> String {
        let implied = if self.secure { 443 } else { 80 };
        if self.port == implied { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    pub(crate) fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    pub(crate) fn is_loopback_literal(&self, host: &str) -> bool {
        self.host == "localhost"
            && [format!("127.0.0.1:{}", self.port), format!("[::1]:{}", self.port)].iter().any(|one| one == host)
    }
}

/// What all requests share.
pub(crate) struct App {
    pub(crate) installation: Arc<Installation>,
    pub(crate) address: Address,
    pub(crate) sessions: Sessions,
    pub(crate) tasks: Tasks,
    pub(crate) imports: Imports,
    pub(crate) scheduler: Scheduler,
    /// There may be a new package to send.
    pub(crate) packages: Notify,
    /// Other packages go by themselves than before.
    pub(crate) retention: Notify,
    /// Something happened that may change how a connection stands.
    pub(crate) health: Notify,
    /// A connection's state changed: there may be somebody to tell.
    pub(crate) state_changed: Notify,
    pub(crate) throttles: Arc<Throttles>,
    /// Who may read figures; nobody without.
    pub(crate) metrics: Option<MetricsOptions>,
    /// What becomes of the audit trail.
    pub(crate) audit: AuditOptions,
    pub(crate) data: Data,
    pub(crate) events: broadcast::Sender<Happened>,
    pub(crate) preset: Option<ConnectionDraft>,
    /// How long a sign-in in a browser is waited for.
    pub(crate) sign_in_patience: Duration,
    /// The beacon ends.
    pub(crate) stopped: Cancel,
}

impl App {
    pub(crate) fn new(
        installation: Installation,
        address: Address,
        preset: Option<ConnectionDraft>,
        sign_in_patience: Duration,
        parallel_runs: usize,
        metrics: Option<MetricsOptions>,
        audit: AuditOptions,
    ) -> Self {
        let installation = Arc::new(installation);
        let data = Data::new(Arc::clone(&installation));
        Self {
            installation,
            address,
            sessions: Sessions::default(),
            tasks: Tasks::default(),
            imports: Imports::default(),
            scheduler: Scheduler::new(parallel_runs),
            packages: Notify::new(),
            retention: Notify::new(),
            health: Notify::new(),
            state_changed: Notify::new(),
            throttles: Arc::default(),
            metrics,
            audit,
            data,
            events: broadcast::Sender::new(EVENTS),
            preset,
            sign_in_patience,
            stopped: Cancel::new(),
        }
    }

    /// Tells whoever listens. That nobody does is fine.
    pub(crate) fn tell(&self, happened: Happened) {
        if happened == Happened::Connections {
            self.health.notify_one();
        }
        let _ = self.events.send(happened);
    }

    /// The connection of an id in an address.
    pub(crate) fn connection(&self, id: &str) -> Result<Connection, Refusal> {
        let id: ConnectionId = id.parse().map_err(|_| Refusal::not_found("connection"))?;
        Ok(self.installation.store().connection(id)?)
    }

    /// What the organisation wants filled in.
    pub(crate) fn defaults(&self) -> Result<Defaults, Refusal> {
        let stored = self.installation.store().defaults()?;
        // Defaults of a later version that cannot be read are none.
        let stored: Defaults = stored.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
        Ok(Defaults { values: self.installation.defaults()?, ..stored })
    }
}
