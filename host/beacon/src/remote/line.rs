//! The beacon's end of a line to a person at a command line.

use super::frame::{Order, Reply, Say, Step};
use super::wire;
use beacon_contract::FailKind;
use beacon_driver::Cancel;
use beacon_operations::Trouble;
use beacon_vault::Secret;
use std::io::{self, BufReader};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a command line may take to say what it wants.
const ORDER: Duration = Duration::from_secs(10);

/// How long a command line may take to take what it is told. One that was stopped takes nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Pieces of a file that wait for the command.
const PIECES: usize = 4;

/// A line to a person.
pub(crate) struct Line {
    stream: Mutex<TcpStream>,
    replies: Mutex<Receiver<(Reply, Zeroizing<Vec<u8>>)>>,
    attention: Arc<Mutex<Attention>>,
    abandoned: Cancel,
    folder: PathBuf,
}

/// Who has to know of Ctrl-C, and that nobody waits any more.
#[derive(Default)]
struct Attention {
    attending: Option<Cancel>,
    gone: bool,
}

/// Somebody who ends in order at Ctrl-C, and goes on if only the person is gone.
pub(crate) struct Attending {
    line: Arc<Line>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Line {
    /// Takes the order, and listens from then on.
    ///
    /// # Errors
    /// Those of the stream.
    pub(super) fn open(stream: TcpStream) -> io::Result<Option<(Order, Arc<Self>)>> {
        stream.set_read_timeout(Some(ORDER))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let Some((order, _)) = wire::receive::<Order>(&mut reader)? else { return Ok(None) };
        stream.set_read_timeout(None)?;
        let (sender, replies) = sync_channel(PIECES);
        let attention = Arc::default();
        let abandoned = Cancel::new();
        let listener = Listener { attention: Arc::clone(&attention), abandoned: abandoned.clone(), replies: sender };
        std::thread::Builder::new().name("command line".to_owned()).spawn(move || listener.listen(reader))?;
        let folder = order.folder.clone();
        let stream = Mutex::new(stream);
        let line = Self { stream, replies: Mutex::new(replies), attention, abandoned, folder };
        Ok(Some((order, Arc::new(line))))
    }

    /// Nobody waits for the command, and it does nothing that should go on.
    pub(super) fn abandoned(&self) -> &Cancel {
        &self.abandoned
    }

    /// The folder in which the command line was typed.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn say(&self, say: &Say, bytes: &[u8]) {
        let mut stream = locked(&self.stream);
        if wire::send(&mut *stream, say, bytes).is_err() {
            // Whoever is gone, or takes nothing any more, needs not be told the rest.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn output(&self, bytes: &[u8]) {
        self.say(&Say::Output, bytes);
    }

    pub(crate) fn error(&self, text: &str) {
        self.say(&Say::Error, text.as_bytes());
    }

    pub(crate) fn step(&self, step: Step) {
        self.say(&Say::Progress(step), &[]);
    }

    /// Ends the conversation.
    pub(super) fn exit(&self, code: u8) {
        self.say(&Say::Exit(code), &[]);
        // The other side may be faster.
        let _ = locked(&self.stream).shutdown(Shutdown::Both);
    }

    /// Says what is wanted, and takes the pieces of the answer. One question at a time.
    fn question(
        &self,
        say: &Say,
        bytes: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let replies = locked(&self.replies);
        self.say(say, bytes);
        let mut taken = Ok(());
        loop {
            match replies.recv() {
                // The rest comes anyway, and must not be taken for the answer to the next question.
                Ok((Reply::Piece, piece)) => taken = taken.and_then(|()| take(&piece)),
                Ok((Reply::Done | Reply::Interrupt, _)) => return taken,
                Ok((Reply::Failed(trouble), _)) => return Err(trouble),
                Err(_) => return Err(gone()),
            }
        }
    }

    pub(crate) fn ask(&self, text: &str) -> Option<Zeroizing<String>> {
        let mut line = Zeroizing::new(Vec::new());
        let take = |piece: &[u8]| {
            line.extend_from_slice(piece);
            Ok(())
        };
        self.question(&Say::Ask, text.as_bytes(), take).ok()?;
        std::str::from_utf8(&line).ok().map(|text| Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn pieces(
        &self,
        path: &Path,
        argument: &str,
        take: impl FnMut(&[u8]) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let say = Say::Read { path: path.to_owned(), argument: argument.to_owned() };
        self.question(&say, &[], take)
    }

    pub(crate) fn secret(&self, path: &Path, argument: &str) -> Result<Secret, Trouble> {
        let say = Say::Secret { path: path.to_owned(), argument: argument.to_owned() };
        let mut bytes = Zeroizing::new(Vec::new());
        self.question(&say, &[], |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(Secret::new(std::mem::take(&mut *bytes)))
    }

    pub(crate) fn write(&self, path: &Path, argument: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let say = Say::Write { path: path.to_owned(), argument: argument.to_owned() };
        self.question(&say, bytes, |_| Ok(()))
    }

    /// Begins a file that comes in pieces.
    pub(crate) fn begin_file(&self, path: &Path, argument: &str) -> Result<(), Trouble> {
        let say = Say::Begin { path: path.to_owned(), argument: argument.to_owned() };
        self.question(&say, &[], |_| Ok(()))
    }

    /// Sends the next piece of it.
    pub(crate) fn grow_file(&self, bytes: &[u8]) -> Result<(), Trouble> {
        self.question(&Say::Grow, bytes, |_| Ok(()))
    }

    /// Sends the last piece of it; without being whole it is thrown away.
    pub(crate) fn end_file(&self, bytes: &[u8], whole: bool) -> Result<(), Trouble> {
        self.question(&Say::End { whole }, bytes, |_| Ok(()))
    }

    /// From now on Ctrl-C cancels this, and the command goes on if only the person is gone.
    pub(crate) fn attend(self: &Arc<Self>, cancel: &Cancel) -> Attending {
        locked(&self.attention).attending = Some(cancel.clone());
        Attending { line: Arc::clone(self) }
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        let mut attention = locked(&self.line.attention);
        attention.attending = None;
        if attention.gone {
            self.line.abandoned.cancel();
        }
    }
}

fn gone() -> Trouble {
    let title = "the command line that asked for this is gone";
    Trouble::new(FailKind::Retry, "control.gone", title, "Nothing has to be done.")
}

/// Hears what the command line says, on a thread of its own.
struct Listener {
    attention: Arc<Mutex<Attention>>,
    abandoned: Cancel,
    replies: SyncSender<(Reply, Zeroizing<Vec<u8>>)>,
}

impl Listener {
    fn listen(self, mut reader: BufReader<TcpStream>) {
        // What is no frame comes from nobody who could go on.
        while let Ok(Some((reply, bytes))) = wire::receive::<Reply>(&mut reader) {
            match reply {
                Reply::Interrupt => self.interrupted(),
                // The command is over, and nobody asked.
                reply => drop(self.replies.send((reply, bytes))),
            }
        }
        let mut attention = locked(&self.attention);
        attention.gone = true;
        if attention.attending.is_none() {
            self.abandoned.cancel();
        }
    }

    fn interrupted(&self) {
        match &locked(&self.attention).attending {
            Some(cancel) => cancel.cancel(),
            None => self.abandoned.cancel(),
        }
    }
}
