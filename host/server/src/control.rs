//! How the command line reaches a beacon that serves: a second port on this machine, and a file in the data folder, for
//! the owner's eyes only, that says which and holds a secret. A file and a port work the same on every system.
//!
//! Both sides prove that they know the secret before either says anything else (`greeting.rs`): a port that somebody else
//! took over after a crash learns nothing. What is said then is the command line's own affair: [`CommandLine`].

mod error;
mod greeting;
mod known;
mod reach;

pub use error::ControlError;
pub use reach::reach;

use crate::app::App;
use crate::serving::Serving;
use known::Known;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Command lines at work at the same time; more of them wait for their turn.
const AT_ONCE: u32 = 32;

/// How long whoever knocks may take to prove who they are.
const GREETING: Duration = Duration::from_secs(5);

/// How long the end of a beacon waits for command lines to take note.
const FAREWELL: Duration = Duration::from_secs(3);

/// Executes what command lines ask for; brought by the program.
pub trait CommandLine: Send + Sync + 'static {
    /// Speaks with one of them until it is done. Called on a thread of its own.
    fn converse(&self, serving: &Serving, stream: std::net::TcpStream);
}

/// The open door; closed when this is dropped.
pub(crate) struct Control {
    file: PathBuf,
    listening: tokio::task::JoinHandle<()>,
    turns: Arc<Semaphore>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.listening.abort();
        // A file that stays leads nowhere.
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Control {
    pub(crate) async fn open(app: &Arc<App>, commands: Arc<dyn CommandLine>) -> Result<Self, ControlError> {
        let file = known::file(app.installation.folders.root());
        let failed = |source| ControlError::Storage { path: file.clone(), source };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let known = Known::new(socket.local_addr().map_err(failed)?.port());
        known.write(&file).map_err(failed)?;
        let turns = Arc::new(Semaphore::new(AT_ONCE as usize));
        let door = Door { serving: Serving::new(app), commands, known: Arc::new(known), turns: Arc::clone(&turns) };
        let listening = tokio::spawn(door.keep(socket));
        Ok(Self { file, listening, turns })
    }

    /// Lets nobody in any more, and waits a moment for those who are.
    pub(crate) async fn close(self) {
        self.listening.abort();
        // Whoever needs longer loses the connection when the process ends.
        let _ = tokio::time::timeout(FAREWELL, self.turns.acquire_many(AT_ONCE)).await;
    }
}

/// What lets command lines in.
#[derive(Clone)]
struct Door {
    serving: Serving,
    commands: Arc<dyn CommandLine>,
    known: Arc<Known>,
    turns: Arc<Semaphore>,
}

impl Door {
    async fn keep(self, socket: TcpListener) {
        loop {
            // A failed accept concerns one client; the next one may be fine.
            let Ok((stream, _)) = socket.accept().await else { continue };
            let door = self.clone();
            tokio::spawn(async move {
                // How a conversation with somebody who is not let in ends is their affair.
                let _ = door.meet(stream).await;
            });
        }
    }

    async fn meet(self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        tokio::time::timeout(GREETING, greeting::admit(&mut stream, &self.known)).await??;
        let Ok(turn) = self.turns.acquire_owned().await else { return Ok(()) };
        let stream = stream.into_std()?;
        stream.set_nonblocking(false)?;
        // A thread of its own: a command waits for answers and for the disk, and must not keep the network waiting.
        std::thread::Builder::new().name("command".to_owned()).spawn(move || {
            let _turn: OwnedSemaphorePermit = turn;
            self.commands.converse(&self.serving, stream);
        })?;
        Ok(())
    }
}
