//! How the command line reaches a beacon that serves: a second port on this machine, and a file in the data folder, for
//! the owner's eyes only, that says which and holds a secret. A file and a port work the same on every system.

use crate::app::App;
use crate::secret_text;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

const FILE: &str = "control.json";

/// How long the command line waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer is one line.
const LONGEST_ANSWER: u64 = 64 << 10;

/// Why the two do not come together.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No beacon serves this data folder.
    #[error("no beacon serves this data folder")]
    NobodyServes,
    /// The file or the port cannot be used.
    #[error("{} cannot be used", path.display())]
    Storage {
        /// The file.
        path: PathBuf,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// It answered something else.
    #[error("the beacon that serves this data folder refused: {0}")]
    Refused(String),
}

#[derive(Serialize, Deserialize)]
struct Known {
    port: u16,
    token: String,
}

/// The open door; closed when this is dropped.
pub(crate) struct Control {
    file: PathBuf,
    listening: tokio::task::JoinHandle<()>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.listening.abort();
        // A file that stays leads nowhere.
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Control {
    pub(crate) async fn open(app: &Arc<App>) -> Result<Self, ControlError> {
        let file = app.installation.folders.root().join(FILE);
        let failed = |source| ControlError::Storage { path: file.clone(), source };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let known = Known { port: socket.local_addr().map_err(failed)?.port(), token: secret_text::new() };
        write(&file, &known).map_err(failed)?;
        let token: Arc<str> = known.token.into();
        let router = Router::new()
            .route("/link", post(link))
            .route("/reset", post(reset))
            .layer(middleware::from_fn_with_state(token, admit))
            .with_state(Arc::clone(app));
        // It ends with the process or with `Control`.
        let listening = tokio::spawn(async move { drop(axum::serve(socket, router).await) });
        Ok(Self { file, listening })
    }
}

async fn admit(State(token): State<Arc<str>>, request: Request, next: Next) -> Result<Response, StatusCode> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).map(secret_text::known);
    if given == Some(secret_text::known(&token)) { Ok(next.run(request).await) } else { Err(StatusCode::FORBIDDEN) }
}

async fn link(State(app): State<Arc<App>>) -> String {
    app.new_link()
}

/// Forgets all accounts and sessions, so that the next link sets a new administrator's password.
async fn reset(State(app): State<Arc<App>>) -> Result<String, StatusCode> {
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR;
    let accounts = app.installation.store().accounts().map_err(failed)?;
    for account in accounts {
        app.installation.store().delete_account(&account.name).map_err(failed)?;
        app.sessions.close_account(&account.name);
    }
    Ok(app.new_link())
}

fn write(file: &Path, known: &Known) -> io::Result<()> {
    let json = Zeroizing::new(serde_json::to_vec(known).map_err(io::Error::other)?);
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    // On Windows the data folder's own permissions keep others out.
    options.open(file)?.write_all(&json)
}

/// A one-time link of the beacon that serves a data folder.
///
/// # Errors
/// [`ControlError::NobodyServes`] if none does.
pub fn ask_for_link(data: &Path) -> Result<String, ControlError> {
    ask(data, "/link")
}

/// Makes the beacon that serves a data folder forget all accounts; gives the link that sets a new password.
///
/// # Errors
/// [`ControlError::NobodyServes`] if none does.
pub fn forget_accounts(data: &Path) -> Result<String, ControlError> {
    ask(data, "/reset")
}

/// One request and one line back: not worth a client, which would bring proxies and redirects along.
fn ask(data: &Path, path: &str) -> Result<String, ControlError> {
    let file = data.join(FILE);
    let failed = |source| ControlError::Storage { path: file.clone(), source };
    let json = match std::fs::read(&file) {
        Ok(json) => Zeroizing::new(json),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ControlError::NobodyServes),
        Err(error) => return Err(failed(error)),
    };
    let known: Known = serde_json::from_slice(&json).map_err(|_| ControlError::NobodyServes)?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, known.port)).map_err(|_| ControlError::NobodyServes)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let request = Zeroizing::new(format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n",
        known.token
    ));
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer).map_err(failed)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.contains(" 200 ") { Ok(body.trim().to_owned()) } else { Err(ControlError::Refused(status.to_owned())) }
}
