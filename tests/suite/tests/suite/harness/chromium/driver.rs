//! The process between test and browser.

use crate::harness::places;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What it says when it listens; the port follows.
const STARTED: &str = "ChromeDriver was started successfully on port ";

/// How often it is started until it listens.
const ATTEMPTS: usize = 5;

/// A running chromedriver.
pub(super) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts it on a free port. It takes one of IPv4 and gives up if somebody has the same one of IPv6.
    pub(super) fn start() -> Self {
        let program = places::chromedriver();
        let started = (0..ATTEMPTS).find_map(|_| Self::attempt(&program));
        started.expect("chromedriver says where it listens")
    }

    fn attempt(program: &Path) -> Option<Self> {
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start ({error}): run `cargo xtask setup`", program.display()));
        let output = BufReader::new(process.stdout.take().expect("piped"));
        let port = |line: String| line.strip_prefix(STARTED)?.trim_end_matches('.').parse().ok();
        let port = output.lines().map_while(Result::ok).find_map(port);
        let mut driver = Self { process, port: 0 };
        driver.port = port?;
        Some(driver)
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
