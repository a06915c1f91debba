//! A running simulation and everything a test can do to it.

mod switches;

use crate::certificates::{self, CertificateError};
use crate::control;
use crate::entra::{
    self, AppRegistration, Decision, Policies, SignInFailed, SigningKey, SigningKeyError, UnknownUserCode,
};
use crate::faults::FaultRule;
use crate::identifiers::{ClientId, TenantId};
use crate::options::SimulatorOptions;
use crate::request_log::{LoggedRequest, RequestCounts, Site};
use crate::server;
use crate::service;
use crate::tenant::Tenant;
use crate::truth::GroundTruth;
use crate::world::{Ports, World};
use crate::{Account, Clock};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Why a simulation could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be had.
    #[error("a loopback port could not be opened")]
    Listen(#[source] std::io::Error),
    /// No server certificate.
    #[error("the simulator has no server certificate")]
    Certificate(#[from] CertificateError),
    /// No signing key.
    #[error("the simulator has no token signing key")]
    SigningKey(#[from] SigningKeyError),
}

/// Something named does not exist in the simulation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownName {
    /// No account with this name.
    #[error("no account is named {0}")]
    Account(String),
    /// No registration with this client id.
    #[error("no application is registered as {0}")]
    Application(ClientId),
}

/// A running simulation. Dropping it ends it.
pub struct Simulator {
    world: Arc<World>,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Starts the sign-in site, the Graph site, the report site and the control interface on 127.0.0.1.
    ///
    /// # Errors
    /// When a port is taken, or keys cannot be made.
    pub async fn start(options: SimulatorOptions) -> Result<Self, StartError> {
        let key = SigningKey::generate()?;
        let authority = certificates::issue(options.domain.as_deref())?;
        let login = server::bind(options.login_port).await.map_err(StartError::Listen)?;
        let graph = match options.single_origin {
            true => None,
            false => Some(server::bind(options.graph_port).await.map_err(StartError::Listen)?),
        };
        let reports = server::bind(options.reports_port).await.map_err(StartError::Listen)?;
        let control = server::bind(options.control_port).await.map_err(StartError::Listen)?;
        let port = |listener: &tokio::net::TcpListener| listener.local_addr().map(|address| address.port());
        let ports = Ports {
            login: port(&login).map_err(StartError::Listen)?,
            graph: port(graph.as_ref().unwrap_or(&login)).map_err(StartError::Listen)?,
            control: port(&control).map_err(StartError::Listen)?,
            reports: port(&reports).map_err(StartError::Listen)?,
        };
        let tls = TlsAcceptor::from(Arc::clone(&authority.server));
        let world = Arc::new(World::new(&options, key, &authority, ports));
        let (stop, stopped) = watch::channel(false);
        let site = |listener, site: Site| {
            let world = Arc::clone(&world);
            let handler = move |request| {
                let world = Arc::clone(&world);
                async move { service::answer(&world, site, request).await }
            };
            tokio::spawn(server::serve(listener, Some(tls.clone()), handler, stopped.clone()))
        };
        let mut listeners = vec![site(login, Site::Login)];
        listeners.extend(graph.map(|graph| site(graph, Site::Graph)));
        listeners.push(site(reports, Site::Reports));
        let controlled = Arc::clone(&world);
        let handler = move |request| {
            let world = Arc::clone(&controlled);
            async move { control::answer(&world, request).await }
        };
        listeners.push(tokio::spawn(server::serve(control, None, handler, stopped.clone())));
        Ok(Self { world, stop, listeners })
    }

    /// Ends the simulation and waits for its listeners; open connections are cut.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        for listener in std::mem::take(&mut self.listeners) {
            // A listener that panicked has told so already.
            let _ = listener.await;
        }
    }

    /// `https://localhost:port` of the sign-in site, or a name below the domain; `127.0.0.1` works as well.
    #[must_use]
    pub fn login_origin(&self) -> String {
        self.world.login_origin()
    }

    /// `https://localhost:port` of the Graph site, or a name below the domain; `127.0.0.1` works as well.
    #[must_use]
    pub fn graph_origin(&self) -> String {
        format!("https://{}", self.world.graph_authority())
    }

    /// `https://127.0.0.1:port` of the report site: another host than Graph's, so that clients drop their token.
    #[must_use]
    pub fn report_origin(&self) -> String {
        self.world.report_origin()
    }

    /// `http://127.0.0.1:port` of the control interface.
    #[must_use]
    pub fn control_origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.world.ports.control)
    }

    /// Certificate of the authority that clients must trust.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.world.ca_pem
    }

    /// Writes [`Simulator::ca_pem`] to a file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_ca(&self, path: &Path) -> std::io::Result<()> {
        std::fs::write(path, self.ca_pem())
    }

    /// The tenant behind the answers.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.world.tenant
    }

    /// Directory id.
    #[must_use]
    pub fn tenant_id(&self) -> TenantId {
        self.world.tenant.id()
    }

    /// Typed rows of everything a right import would find.
    #[must_use]
    pub fn ground_truth(&self) -> GroundTruth {
        let issue = self.world.issue_at(self.world.clock.now());
        GroundTruth::new(Arc::clone(&self.world.tenant), issue, self.world.first_day)
    }

    /// The clock by which everything expires.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// The accounts that can sign in: administrator, reader, person.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.world.entra().accounts.clone()
    }

    /// The administrator's account name.
    #[must_use]
    pub fn administrator(&self) -> String {
        self.world.tenant.principal_name(0)
    }

    /// Every registration.
    #[must_use]
    pub fn registrations(&self) -> Vec<AppRegistration> {
        self.world.entra().registrations.clone()
    }

    /// The vendor's multi-tenant public application; nobody has consented to it yet.
    #[must_use]
    pub fn vendor_client_id(&self) -> ClientId {
        ClientId(entra::VENDOR_CLIENT)
    }

    /// The tenant's own confidential application, with its application permissions granted.
    #[must_use]
    pub fn own_client_id(&self) -> ClientId {
        let state = self.world.entra();
        state
            .registrations
            .iter()
            .find(|known| known.own)
            .map_or(ClientId(entra::VENDOR_CLIENT), |known| known.client_id)
    }

    /// First secret of [`Simulator::own_client_id`].
    #[must_use]
    pub fn own_client_secret(&self) -> String {
        let state = self.world.entra();
        let own = state.registrations.iter().find(|known| known.own);
        own.and_then(|own| own.secrets.first()).map(|secret| secret.value.clone()).unwrap_or_default()
    }

    /// Adds a registration.
    pub fn register(&self, registration: AppRegistration) {
        let mut state = self.world.entra();
        for secret in &registration.secrets {
            self.world.secrets.record(secret.value.clone());
        }
        state.registrations.push(registration);
    }

    /// Changes a registration.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn edit_registration(
        &self,
        client_id: ClientId,
        edit: impl FnOnce(&mut AppRegistration),
    ) -> Result<(), UnknownName> {
        let mut state = self.world.entra();
        state.registration_mut(client_id).map(edit).ok_or(UnknownName::Application(client_id))
    }

    /// Registers a certificate (DER) with an application.
    ///
    /// # Errors
    /// When the application does not exist.
    pub fn add_certificate(&self, client_id: ClientId, der: Vec<u8>) -> Result<(), UnknownName> {
        self.edit_registration(client_id, |registration| registration.certificates.push(der))
    }

    /// Makes a new secret for an application, valid this long.
    ///
    /// # Errors
    /// When the application does not exist.
    pub fn add_secret(&self, client_id: ClientId, valid: Duration) -> Result<String, UnknownName> {
        let now = self.world.clock.now();
        self.world.entra().add_secret(client_id, now, valid).ok_or(UnknownName::Application(client_id))
    }

    /// An administrator consents for everybody to all permissions an application has registered.
    pub fn grant_consent(&self, client_id: ClientId) {
        self.world.entra().grant_everything(client_id);
    }

    /// Takes all consent of an application back.
    pub fn revoke_consent(&self, client_id: ClientId) {
        self.world.entra().revoke_consent(client_id);
    }

    /// Voids everything an account was granted until now ("revoke sessions").
    ///
    /// # Errors
    /// When the account does not exist.
    pub fn revoke_sessions(&self, account: &str) -> Result<(), UnknownName> {
        let now = self.world.clock.now();
        self.world.entra().revoke_sessions(account, now).ok_or_else(|| UnknownName::Account(account.to_owned()))
    }

    /// Switches of the tenant's administrators.
    pub fn set_policies(&self, policies: Policies) {
        self.world.entra().policies = policies;
    }

    /// Lets a person answer an authorize or admin-consent address; the result is the address the browser would go to.
    ///
    /// # Errors
    /// When the sign-in ends on an error page, which the application would never learn of.
    pub fn sign_in(&self, address: &str, account: &str, decision: Decision) -> Result<String, SignInFailed> {
        entra::sign_in(&self.world, address, account, decision)
    }

    /// Lets a person enter a device's user code and accept.
    ///
    /// # Errors
    /// When no device waits for the code, or the account does not exist.
    pub fn approve_device(&self, user_code: &str, account: &str) -> Result<(), UnknownUserCode> {
        let now = self.world.clock.now();
        let mut state = self.world.entra();
        let id = state.account_named(account).map(|account| account.id).ok_or(UnknownUserCode)?;
        state.answer_device(user_code, Some(id), now)
    }

    /// Lets a person enter a device's user code and refuse.
    ///
    /// # Errors
    /// When no device waits for the code.
    pub fn decline_device(&self, user_code: &str) -> Result<(), UnknownUserCode> {
        let now = self.world.clock.now();
        self.world.entra().answer_device(user_code, None, now)
    }

    /// Orders a fault.
    pub fn add_fault(&self, rule: FaultRule) {
        self.world.faults.add(rule);
    }

    /// Refuses the next `times` token calls with this AADSTS number.
    pub fn fail_token_calls(&self, number: u32, times: usize) {
        let refused = entra::by_number(number);
        self.world.entra().queued_errors.extend(std::iter::repeat_n(refused, times));
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
        self.world.entra().queued_errors.clear();
    }

    /// Everything that was asked since the start or the last [`Simulator::clear_requests`].
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.world.log.all()
    }

    /// Number of the request that was answered last; requests count from 1 and never restart.
    #[must_use]
    pub fn last_request(&self) -> u64 {
        self.world.log.last_number()
    }

    /// How often what was asked.
    #[must_use]
    pub fn request_counts(&self) -> RequestCounts {
        self.world.log.counts()
    }

    /// Forgets what was asked.
    pub fn clear_requests(&self) {
        self.world.log.clear();
    }

    /// Every secret the simulation ever held or handed out: client secrets, passwords, private keys, codes, tokens,
    /// download links.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.world.secrets.all()
    }

    /// What people and programs need to use the simulation; what the binary writes to its ready file.
    #[must_use]
    pub fn describe(&self) -> serde_json::Value {
        control::describe(&self.world)
    }
}
