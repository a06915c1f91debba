//! What a program takes: time, processor, memory.

use anyhow::Context as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that has ended.
pub(crate) struct Measured {
    pub(crate) succeeded: bool,
    pub(crate) wall: Duration,
    /// User and system time of the program and its children, seconds; only right if no other program ended meanwhile.
    pub(crate) processor: f64,
    /// The kernel's own high-water mark of resident memory, MB.
    pub(crate) peak: f64,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// Ends a process with us.
pub(crate) struct Running(pub(crate) Child);

/// What a program that runs has taken so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Taken {
    /// User and system time, seconds.
    pub(crate) processor: f64,
    /// The kernel's own high-water mark of resident memory, MB.
    pub(crate) peak: f64,
}

impl Running {
    pub(crate) fn taken(&self) -> Taken {
        let folder = format!("/proc/{}", self.0.id());
        let [user, system, ..] = times(&format!("{folder}/stat"));
        Taken { processor: user + system, peak: high_water(Path::new(&format!("{folder}/status"))) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program to its end, with a line of input.
pub(crate) fn measure(command: &mut Command, input: &str) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir()?;
    let (output, errors) = (folder.path().join("output"), folder.path().join("errors"));
    command.stdin(Stdio::piped()).stdout(File::create(&output)?).stderr(File::create(&errors)?);
    let before = ended_children();
    let started = Instant::now();
    let child = command.spawn().with_context(|| format!("{} does not start", command.get_program().display()))?;
    let mut run = Running(child);
    if let Some(mut stdin) = run.0.stdin.take() {
        // A program that wants none may be gone already.
        let _ = writeln!(stdin, "{input}");
    }
    let status_file = format!("/proc/{}/status", run.0.id());
    let mut peak = 0.0f64;
    let status = loop {
        peak = peak.max(high_water(Path::new(&status_file)));
        if let Some(status) = run.0.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Ok(Measured {
        succeeded: status.success(),
        wall: started.elapsed(),
        processor: ended_children() - before,
        peak,
        output: fs::read_to_string(output)?,
        errors: fs::read_to_string(errors)?,
    })
}

fn high_water(status: &Path) -> f64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0 / 1e6
}

/// User and system time of this process, without its children, seconds.
pub(crate) fn own_processor() -> f64 {
    let [user, system, ..] = times("/proc/self/stat");
    user + system
}

/// User and system time of ended children, seconds.
fn ended_children() -> f64 {
    let [.., user, system] = times("/proc/self/stat");
    user + system
}

/// User and system time of a process itself and of its ended children, seconds: the 14th to 17th field of its stat
/// (proc(5)), in ticks of 10 ms.
fn times(stat: &str) -> [f64; 4] {
    let text = fs::read_to_string(stat).unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let mut fields = after_name.split(' ').skip(11);
    std::array::from_fn(|_| fields.next().and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0) / 100.0)
}
