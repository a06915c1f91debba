//! The person's end of the line: sends the command line, shows what comes back, and asks, reads and writes on their
//! behalf.

use super::frame::{Order, Reply, Say, Step};
use super::wire;
use crate::arguments::{Arguments, Command};
use crate::exit::Exit;
use crate::files::{self, Growing};
use crate::progress::Bars;
use crate::terminal::{self, Terminal};
use crate::user;
use beacon_contract::FailKind;
use beacon_operations::{Folders, Trouble};
use beacon_server::{ControlError, reach};
use std::io::{self, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Lets the beacon that serves the data folder execute the command line; `None` if none serves it.
///
/// # Errors
/// [`Trouble`] if it cannot be reached or is lost. What the command itself has to say was shown already.
pub(crate) fn execute(arguments: &Arguments, terminal: &Terminal) -> Result<Option<Exit>, Trouble> {
    let folders = Folders::new(arguments.data.clone())?;
    let stream = match reach(folders.root()) {
        Err(ControlError::NobodyServes) => return Ok(None),
        reached => reached?,
    };
    let order = order(arguments, terminal)?;
    let reader = BufReader::new(stream.try_clone().map_err(|error| lost(&error))?);
    let answering = Arc::new(AtomicBool::new(false));
    let person = Person { stream: Arc::new(Mutex::new(stream)), answering, named: order.named(arguments) };
    wire::send(&mut *person.stream(), &order, &[]).map_err(|error| lost(&error))?;
    let interrupting = tokio::spawn(interrupts(person.clone()));
    let ended = person.converse(reader, terminal);
    interrupting.abort();
    ended.map(Some)
}

fn order(arguments: &Arguments, terminal: &Terminal) -> Result<Order, Trouble> {
    let folder = std::env::current_dir().map_err(|error| {
        let title = "the current folder cannot be used";
        Trouble::settings("beacon.folder", title, "Go to another folder and try again.").with(error)
    })?;
    let typed = std::env::args_os().skip(1).map(|argument| {
        argument.into_string().map_err(|argument| {
            let title = format!("the argument {} is no text", argument.display());
            Trouble::settings("beacon.argument", title, "Give the file a name without foreign bytes.")
        })
    });
    Ok(Order {
        arguments: typed.collect::<Result<_, _>>()?,
        folder,
        look: terminal.look().clone(),
        ca_file: arguments.ca_file.clone(),
        allow_address: arguments.allow_address.iter().map(ToString::to_string).collect(),
        defaults: arguments.defaults.clone(),
        user: user::actor().who,
    })
}

impl Order {
    /// Everything that the command line could name a file by.
    fn named(&self, arguments: &Arguments) -> Arc<[String]> {
        let after = |argument: &String| {
            let tails = argument.match_indices('=').filter_map(|(at, _)| argument.get(at + 1..)).map(str::to_owned);
            tails.chain([argument.clone()]).collect::<Vec<_>>()
        };
        let mut named: Vec<String> = self.arguments.iter().flat_map(after).collect();
        named.extend(self.ca_file.iter().map(|path| path.display().to_string()));
        // It has a name without anybody naming it.
        if let Command::Diagnostics(diagnostics) = &arguments.command {
            named.push(diagnostics.out.display().to_string());
        }
        named.into()
    }
}

/// Ctrl-C is the beacon's to decide about, except where this process waits for the person, or it is pressed twice.
async fn interrupts(person: Person) {
    let mut told = false;
    while tokio::signal::ctrl_c().await.is_ok() {
        if told || person.answering.load(Ordering::Relaxed) || person.reply(&Reply::Interrupt, &[]).is_err() {
            std::process::exit(Exit::Cancelled as i32);
        }
        told = true;
    }
}

#[derive(Clone)]
struct Person {
    stream: Arc<Mutex<TcpStream>>,
    /// Whether the person is asked for something just now.
    answering: Arc<AtomicBool>,
    named: Arc<[String]>,
}

impl Person {
    fn stream(&self) -> std::sync::MutexGuard<'_, TcpStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, reply: &Reply, bytes: &[u8]) -> io::Result<()> {
        wire::send(&mut *self.stream(), reply, bytes)
    }

    fn converse(&self, mut reader: BufReader<TcpStream>, terminal: &Terminal) -> Result<Exit, Trouble> {
        let mut bars: Option<Bars> = None;
        let mut growing: Option<Growing> = None;
        loop {
            let said = wire::receive::<Say>(&mut reader).map_err(|error| lost(&error))?;
            let Some((say, bytes)) = said else { return Err(lost(&io::ErrorKind::UnexpectedEof.into())) };
            let replied = match say {
                Say::Output => {
                    terminal::put(&bytes);
                    continue;
                }
                Say::Error => {
                    terminal::put_error(&String::from_utf8_lossy(&bytes));
                    continue;
                }
                Say::Progress(step) => {
                    let finished = matches!(step, Step::Finished);
                    bars.get_or_insert_with(|| Bars::new(terminal.clone())).show(step);
                    if finished {
                        bars = None;
                    }
                    continue;
                }
                Say::Exit(code) => return Ok(Exit::of_code(code)),
                Say::Ask => self.typed(&String::from_utf8_lossy(&bytes)),
                Say::Read { path, argument } => self.file(&path, &argument),
                Say::Secret { path, argument } => self.secret(&path, &argument),
                Say::Write { path, argument } => {
                    self.is_named(&path).and_then(|()| files::write(&path, &argument, &bytes))
                }
                Say::Begin { path, argument } => self.is_named(&path).and_then(|()| {
                    growing = Some(Growing::begin(&path, &argument)?);
                    Ok(())
                }),
                Say::Grow => grow(growing.as_mut(), &bytes),
                Say::End { whole: true } => grow(growing.as_mut(), &bytes).and_then(|()| {
                    let file = growing.take();
                    file.map_or(Ok(()), Growing::finish)
                }),
                Say::End { whole: false } => {
                    growing = None;
                    Ok(())
                }
            };
            let reply = replied.map_or_else(Reply::Failed, |()| Reply::Done);
            self.reply(&reply, &[]).map_err(|error| lost(&error))?;
        }
    }

    /// Ctrl-C ends this process while it does this.
    fn answering<T>(&self, answer: impl FnOnce() -> T) -> T {
        self.answering.store(true, Ordering::Relaxed);
        let answer = answer();
        self.answering.store(false, Ordering::Relaxed);
        answer
    }

    fn piece(&self, bytes: &[u8]) -> Result<(), Trouble> {
        self.reply(&Reply::Piece, bytes).map_err(|error| lost(&error))
    }

    fn typed(&self, text: &str) -> Result<(), Trouble> {
        let Some(line) = self.answering(|| terminal::typed(text)) else {
            return Err(Trouble::settings("beacon.input", "the input cannot be read", "Try again."));
        };
        self.piece(line.as_bytes())
    }

    fn file(&self, path: &Path, argument: &str) -> Result<(), Trouble> {
        self.is_named(path)?;
        files::pieces(path, argument, |bytes| self.piece(bytes))
    }

    fn secret(&self, path: &Path, argument: &str) -> Result<(), Trouble> {
        self.is_named(path)?;
        let secret = self.answering(|| files::secret(path, argument))?;
        self.piece(secret.expose())
    }

    /// The beacon may run as somebody else: it gets and replaces what the person named, and nothing else that they may
    /// read or write.
    fn is_named(&self, path: &Path) -> Result<(), Trouble> {
        if path.to_str().is_some_and(|path| self.named.iter().any(|named| named == path)) {
            return Ok(());
        }
        let title = format!("the beacon asked for the file {}, which this command line does not name", path.display());
        Err(Trouble::new(FailKind::Defect, "control.foreign_file", title, "It did not get it. Report this."))
    }
}

fn grow(growing: Option<&mut Growing>, bytes: &[u8]) -> Result<(), Trouble> {
    let written = growing.map_or_else(|| Err(io::ErrorKind::InvalidInput.into()), |file| file.write(bytes));
    written.map_err(|error| {
        let title = "the file cannot be written";
        Trouble::new(FailKind::Retry, "beacon.file_write", title, "Check free space, then try again.").with(error)
    })
}

fn lost(error: &io::Error) -> Trouble {
    let title = "the beacon that serves this data folder ended before the command was done";
    let advice = "Look at its log. An import under way goes on with its next start.";
    Trouble::new(FailKind::Retry, "control.lost", title, advice).with(error)
}
