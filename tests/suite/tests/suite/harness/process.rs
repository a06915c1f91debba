//! The program as a process: started, talked to, ended.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine; a hang must end the test, not the day.
const PATIENCE: Duration = Duration::from_secs(240);

/// A process whose two outputs are read while it runs.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: JoinHandle<String>,
    errors: JoinHandle<()>,
    error_text: Arc<Mutex<Vec<u8>>>,
    lines: Receiver<String>,
    command: String,
}

/// How a process ended and what it said.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    /// Exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
    command: String,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let shown = command.get_args().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let input = child.stdin.take();
        let mut stdout = child.stdout.take().expect("piped");
        let output = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).expect("readable output");
            String::from_utf8(bytes).expect("UTF-8 output")
        });
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let (sender, lines) = channel();
        let error_text = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&error_text);
        let errors = std::thread::spawn(move || {
            let mut line = Vec::new();
            loop {
                // Not line by line: a question ends amid one.
                let some = stderr.fill_buf().expect("readable errors").to_vec();
                stderr.consume(some.len());
                kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&some);
                for byte in &some {
                    line.push(*byte);
                    if *byte == b'\n' {
                        let line = String::from_utf8(std::mem::take(&mut line)).expect("UTF-8 errors");
                        // Nobody has to listen.
                        let _ = sender.send(line);
                    }
                }
                if some.is_empty() {
                    break;
                }
            }
        });
        Self { child, input, output, errors, error_text, lines, command: shown }
    }

    /// The next line of the error output that fits, without the spaces around it.
    pub(crate) fn line(&self, fits: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if fits(line.trim()) => return line.trim().to_owned(),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let said = self.error_text();
                    panic!("{} never said what was waited for, but:\n{said}", self.command)
                }
            }
        }
    }

    /// Whether it said something that contains this on its error output.
    pub(crate) fn has_said(&self, text: &str) -> bool {
        self.error_text().contains(text)
    }

    /// What it said so far on its error output.
    fn error_text(&self) -> String {
        String::from_utf8_lossy(&self.error_text.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Whether the process is over.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a process of our own").is_some()
    }

    /// Types a line.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is still open");
        writeln!(input, "{line}").expect("the program reads its input");
    }

    /// Presses Ctrl-C.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a process of our own");
    }

    /// Ends the process without a chance to clean up.
    pub(crate) fn kill(mut self) -> Finished {
        self.child.kill().expect("a process of our own");
        self.wait()
    }

    /// Closes the input and waits for the end.
    pub(crate) fn wait(mut self) -> Finished {
        drop(self.input.take());
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().expect("a process of our own") {
                Some(status) => break status,
                None if Instant::now() > deadline => {
                    let _ = self.child.kill();
                    panic!("{} did not end within {PATIENCE:?}", self.command);
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let output = self.output.join().expect("the reader of the output");
        self.errors.join().expect("the reader of the errors");
        let errors = self.error_text.lock().unwrap_or_else(PoisonError::into_inner);
        let errors = String::from_utf8(errors.clone()).expect("UTF-8 errors");
        Finished { code: status.code(), output, errors, command: self.command }
    }
}

impl Finished {
    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        let Self { command, output, errors, .. } = &self;
        assert_eq!(self.code, Some(code), "{command}\n--- output\n{output}\n--- errors\n{errors}");
        self
    }

    /// The one JSON object on the output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| {
            panic!("{} gave no JSON ({error}):\n{}\n{}", self.command, self.output, self.errors)
        })
    }

    /// The error of a `--json` command.
    #[track_caller]
    pub(crate) fn error(&self) -> Trouble {
        let json = self.json();
        let error = &json["error"];
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let detail = error["detail"].as_array().into_iter().flatten().filter_map(Value::as_str);
        assert!(error.is_object(), "{} reports no error: {json}", self.command);
        Trouble {
            code: text("code"),
            title: text("title"),
            advice: text("advice"),
            detail: detail.map(str::to_owned).collect(),
        }
    }
}

/// A reported failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) advice: String,
    pub(crate) detail: Vec<String>,
}

impl Trouble {
    /// Everything a person reads.
    pub(crate) fn text(&self) -> String {
        [std::slice::from_ref(&self.title), std::slice::from_ref(&self.advice), &self.detail].concat().join("\n")
    }
}
