//! Starting: listen, print nothing, hand back what there is to say.

use crate::app::{Address, App};
use crate::auditor::AuditOptions;
use crate::control::{CommandLine, Control, ControlError};
use crate::metrics::{self, MetricsOptions, Peer};
use crate::{
    assets, auditor, consent_link, deliverer, guard, health, health_keeper, keeper, listen, notifier, pruner,
    route_table, scheduler, tls,
};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::middleware;
use axum::routing::get;
use beacon_api::{ConnectionDraft, paths};
use beacon_operations::{Installation, Trouble, consents};
use beacon_store::{Action, Deed};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};

/// A client that does not finish its handshake, or its request line and headers, in this time is dropped.
const SLOW: Duration = Duration::from_secs(15);

/// Where and as what to serve.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Port on this machine.
    pub port: u16,
    /// Address to listen on instead, to be reached over the network; needs a certificate.
    pub listen: Option<SocketAddr>,
    /// Name under which it is reached over the network.
    pub host: Option<String>,
    /// Certificate chain and key, PEM files.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// A connection that a demonstration offers ready-made.
    pub preset: Option<ConnectionDraft>,
    /// How long a sign-in in a browser is waited for.
    pub sign_in_patience: Duration,
    /// How many imports may be at work at the same time, whoever started them.
    pub parallel_runs: usize,
    /// Who may read figures for monitoring; nobody without.
    pub metrics: Option<MetricsOptions>,
    /// What becomes of the audit trail.
    pub audit: AuditOptions,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on")]
    Bind {
        /// The address.
        address: String,
        /// The system's cause.
        #[source]
        source: std::io::Error,
    },
    /// Passwords and data would cross the network in the clear.
    #[error("{address} is reached over the network, and there is no certificate")]
    NeedsCertificate {
        /// The address.
        address: SocketAddr,
    },
    /// A certificate is for a name.
    #[error("a beacon that is reached over the network needs the name it is reached under")]
    NeedsHost,
    /// Certificate or key cannot be used.
    #[error("{} cannot be used", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The command line could not reach this process.
    #[error("the command line cannot be let in")]
    Control(#[source] ControlError),
}

impl From<ServeError> for Trouble {
    fn from(error: ServeError) -> Self {
        let (code, advice) = match &error {
            ServeError::Bind { .. } => ("serve.bind", "Choose another address or port."),
            ServeError::NeedsCertificate { .. } => (
                "serve.certificate_needed",
                "Passwords and personal data would cross the network in the clear. Give --tls-cert, --tls-key and \
                 --host, or listen on this machine only.",
            ),
            ServeError::NeedsHost => ("serve.host_needed", "Give it with --host NAME; the certificate must be for it."),
            ServeError::Certificate { .. } => ("serve.certificate", "Give PEM files: the chain, and its private key."),
            ServeError::Control(_) => ("serve.control", "Check free space and permissions of the data folder."),
        };
        Self::settings(code, &error, advice).caused_by(&error)
    }
}

/// A beacon that serves.
pub struct Running {
    app: Arc<App>,
    stop: watch::Sender<bool>,
    moved: bool,
    control: Control,
}

impl Running {
    /// Where to open it.
    #[must_use]
    pub fn address(&self) -> String {
        self.app.address.origin()
    }

    /// Whether the wanted port was taken, so that it is another one.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// Tells, whenever it is asked, whether the beacon still looks at its schedules.
    pub fn pulse(&self) -> impl Fn() -> bool + Send + 'static {
        let app = Arc::clone(&self.app);
        move || app.scheduler.is_alive()
    }

    /// Whether nobody has a password yet.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn is_new(&self) -> Result<bool, Trouble> {
        Ok(self.app.installation.store().accounts()?.is_empty())
    }

    /// A one-time link, which lets whoever opens it set the administrator's password.
    ///
    /// # Errors
    /// [`Trouble`] of the store; there is no link then.
    pub fn new_link(&self) -> Result<String, Trouble> {
        self.app.new_link()
    }

    /// Ends serving. Imports under way are left as they are, and go on with the next run of their connection. Command
    /// lines are told.
    pub async fn stop(self) {
        info!(under_way = self.app.imports.busy().len(), "the beacon ends");
        self.app.installation.park();
        self.stop.send_replace(true);
        self.app.stopped.cancel();
        self.control.close().await;
    }
}

impl App {
    /// A one-time link. Its secret stands behind the `#`, which no browser sends anywhere.
    ///
    /// # Errors
    /// [`Trouble`] of the store; there is no link then.
    pub(crate) fn new_link(&self) -> Result<String, Trouble> {
        self.installation.record(&Deed::to_installation(Action::LinkMade))?;
        Ok(format!("{}/first#token={}", self.address.origin(), self.sessions.new_link(Installation::now())))
    }
}

/// Starts to serve; returns as soon as it listens. Command lines are let in by `commands`.
///
/// # Errors
/// [`ServeError`]; nothing is served then.
pub async fn serve(
    installation: Installation,
    options: ServeOptions,
    commands: Arc<dyn CommandLine>,
) -> Result<Running, ServeError> {
    let tls = options.certificate.as_ref().map(|(certificate, key)| tls::acceptor(certificate, key)).transpose()?;
    let listening = match options.listen {
        None => listen::loopback(options.port).await?,
        Some(address) if tls.is_none() && !address.ip().is_loopback() => {
            return Err(ServeError::NeedsCertificate { address });
        }
        Some(address) => listen::on(address).await?,
    };
    let host = match (options.host, options.listen) {
        (Some(host), _) => host,
        (None, Some(address)) if !address.ip().is_loopback() => return Err(ServeError::NeedsHost),
        (None, _) => "localhost".to_owned(),
    };
    let address = Address { host, port: listening.port, secure: tls.is_some() };
    let (patience, parallel) = (options.sign_in_patience, options.parallel_runs);
    let app = App::new(installation, address, options.preset, patience, parallel, options.metrics, options.audit);
    let app = Arc::new(app);
    if let Err(trouble) = consents::settle_lost(&app.installation, Installation::now()) {
        // Links go on to work; only the board tells of sign-ins that are no more.
        warn!(code = trouble.code, title = trouble.title, "invitations to consent could not be looked at");
    }
    let control = Control::open(&app, commands).await.map_err(ServeError::Control)?;
    // Copies that a crash left behind; what cannot be removed now is with the next start.
    let _ = std::fs::remove_dir_all(app.installation.folders.incoming());
    app.data.prepare_all(&app);
    let router = Router::new()
        .merge(route_table::api(&app))
        .route(paths::CONSENT_LINK, get(consent_link::show).post(consent_link::follow))
        .route(paths::ALIVE, get(health::alive))
        .route(paths::READY, get(health::ready))
        .route(paths::METRICS, get(metrics::show))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(Arc::clone(&app));
    let stop = watch::Sender::new(false);
    for socket in listening.sockets {
        tokio::spawn(accept(socket, tls.clone(), router.clone(), stop.subscribe()));
    }
    tokio::spawn(scheduler::keep(Arc::clone(&app), stop.subscribe()));
    tokio::spawn(deliverer::keep(Arc::clone(&app), stop.subscribe()));
    tokio::spawn(health_keeper::keep(Arc::clone(&app), stop.subscribe()));
    tokio::spawn(notifier::keep(Arc::clone(&app), stop.subscribe()));
    tokio::spawn(auditor::keep(Arc::clone(&app), stop.subscribe()));
    tokio::spawn(keeper::keep(Arc::clone(&app), stop.subscribe()));
    tokio::spawn(pruner::keep(Arc::clone(&app), stop.subscribe()));
    info!(address = app.address.origin(), parallel_runs = app.scheduler.parallel_runs(), "the beacon serves");
    Ok(Running { app, stop, moved: listening.moved, control })
}

/// Accepts until it is stopped; open conversations end then as well.
async fn accept(socket: TcpListener, tls: Option<TlsAcceptor>, router: Router, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            _ = stop.changed() => return,
        };
        // A failed accept concerns one client; the next one may be fine.
        let Ok((stream, _)) = accepted else { continue };
        let (tls, router, mut stop) = (tls.clone(), router.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = converse(stream, tls, router) => {}
                _ = stop.changed() => {}
            }
        });
    }
}

async fn converse(stream: TcpStream, tls: Option<TlsAcceptor>, router: Router) {
    // Small answers need not wait for company; it is only a wish.
    let _ = stream.set_nodelay(true);
    let peer = Peer(stream.peer_addr().ok().map(|address| address.ip()));
    match tls {
        None => speak(stream, peer, router).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(SLOW, tls.accept(stream)).await {
                speak(stream, peer, router).await;
            }
        }
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, peer: Peer, router: Router) {
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let router = router.clone();
        async move { hyper::service::Service::call(&TowerToHyperService::new(router), request.map(Body::new)).await }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(SLOW);
    // How a conversation ends is the client's affair.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}
