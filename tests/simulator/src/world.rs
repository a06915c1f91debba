//! Everything one simulation consists of, shared by its listeners.

use crate::clock::Clock;
use crate::entra::scope::ResourceNames;
use crate::entra::{SigningKey, State};
use crate::faults::FaultPlan;
use crate::latency::LatencyModel;
use crate::options::{Cloud, SimulatorOptions};
use crate::quotas::Quotas;
use crate::reports::{Issue, Links, ReportSettings, ReportsState};
use crate::request_log::RequestLog;
use crate::secrets::SecretLedger;
use crate::tenant::Tenant;
use jiff::Timestamp;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ports of the listeners.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) login: u16,
    pub(crate) graph: u16,
    pub(crate) control: u16,
    pub(crate) reports: u16,
}

fn start_of_day(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second().div_euclid(86_400) * 86_400).unwrap_or(now)
}

/// The shared state.
pub(crate) struct World {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) clock: Clock,
    pub(crate) key: SigningKey,
    pub(crate) faults: FaultPlan,
    pub(crate) log: RequestLog,
    pub(crate) secrets: SecretLedger,
    pub(crate) links: Links,
    pub(crate) quotas: Quotas,
    pub(crate) latency: LatencyModel,
    /// Requests to the report site that carried an `Authorization` header.
    pub(crate) leaked_authorizations: AtomicU64,
    /// Sign-ins are seen from the start of this day, so that they do not change while somebody pages.
    pub(crate) first_day: Timestamp,
    reports: Mutex<ReportSettings>,
    pub(crate) ca_pem: String,
    pub(crate) ports: Ports,
    pub(crate) single_origin: bool,
    /// The sites are named below this domain.
    domain: Option<String>,
    pub(crate) largest_page: Option<u64>,
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
        let state = match options.tenant.cloud {
            Cloud::Global => ReportsState::Normal,
            Cloud::GccHigh | Cloud::Dod | Cloud::China => ReportsState::Absent,
        };
        Self {
            links: Links::default(),
            quotas: Quotas::new(options.quotas),
            latency: LatencyModel::new(options.latency),
            leaked_authorizations: AtomicU64::new(0),
            first_day: start_of_day(clock.now()),
            reports: Mutex::new(ReportSettings { state, ..ReportSettings::default() }),
            tenant,
            clock,
            key,
            faults: FaultPlan::default(),
            log: RequestLog::default(),
            secrets,
            ca_pem: authority.ca_pem.clone(),
            ports,
            single_origin: options.single_origin,
            domain: options.domain.clone(),
            largest_page: options.largest_page,
            page_seed: options.tenant.seed,
            entra,
        }
    }

    /// State of the sign-in site. Never hold it over an await.
    pub(crate) fn entra(&self) -> MutexGuard<'_, State> {
        self.entra.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches of the reports.
    pub(crate) fn report_settings(&self) -> ReportSettings {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn change_report_settings(&self, change: impl FnOnce(&mut ReportSettings)) {
        change(&mut self.reports.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What the reports say at a time.
    pub(crate) fn issue_at(&self, time: Timestamp) -> Issue {
        Issue::at(time, Arc::clone(&self.tenant), self.report_settings(), self.page_seed)
    }

    /// Another host than Graph's, so that clients drop their `Authorization` header on the way.
    pub(crate) fn report_origin(&self) -> String {
        format!("https://{}:{}", self.host("reports", "127.0.0.1"), self.ports.reports)
    }

    /// `https://localhost:port` of the sign-in site.
    pub(crate) fn login_origin(&self) -> String {
        format!("https://{}:{}", self.host("login", "localhost"), self.ports.login)
    }

    /// `localhost:port` of the Graph site.
    pub(crate) fn graph_authority(&self) -> String {
        format!("{}:{}", self.host("graph", "localhost"), self.ports.graph)
    }

    fn host(&self, site: &str, otherwise: &str) -> String {
        self.domain.as_ref().map_or_else(|| otherwise.to_owned(), |domain| format!("{site}.{domain}"))
    }

    /// Names under which Graph may be asked for in scopes.
    pub(crate) fn resources(&self) -> ResourceNames {
        let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned(), self.host("graph", "localhost")];
        let origins = hosts.map(|host| format!("https://{host}:{}", self.ports.graph));
        ResourceNames::new(self.tenant.cloud(), origins)
    }
}
