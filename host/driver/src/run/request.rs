//! What a run is given.

use crate::clock::Clock;
use crate::egress::{AddressRule, Route};
use crate::grant::{Interaction, SecretSlots};
use crate::http::{RetryPolicy, Transport};
use crate::journal::{JournalReader, JournalWriter};
use crate::observer::Observer;
use beacon_contract::{Manifest, Settings, Task, WishLimits};
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// One execution of one task.
pub struct RunRequest {
    /// What the module is and may do.
    pub manifest: Arc<Manifest>,
    /// The task.
    pub task: Task,
    /// Settings with defaults filled in.
    pub settings: Settings,
    /// Time of the run.
    pub now: Timestamp,
    /// Random per run, the same for a resumed one.
    pub seed: [u8; 16],
    /// What the last successful run handed over.
    pub plan: Option<serde_json::Value>,
    /// Tenant that the connection is pinned to.
    pub pinned_tenant: Option<String>,
}

/// What a run works with.
pub struct Surroundings {
    /// The network.
    pub transport: Arc<dyn Transport>,
    /// Which addresses may be connected to.
    pub addresses: AddressRule,
    /// How requests leave: behind a proxy resolved addresses cannot be checked.
    pub route: Route,
    /// Stored secrets of the connection.
    pub secrets: Arc<dyn SecretSlots>,
    /// The person in front of the beacon.
    pub interaction: Arc<dyn Interaction>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who watches.
    pub observer: Arc<dyn Observer>,
    /// Set to end the run early.
    pub cancel: Cancel,
    /// Folder for spooled bodies and spilled rows; its content is gone after the run.
    pub folder: PathBuf,
    /// The journal, if the run is to be kept.
    pub journal: Option<RunJournal>,
    /// Caps.
    pub limits: RunLimits,
}

/// Where a run writes down what it learns.
pub enum RunJournal {
    /// It begins.
    New(JournalWriter),
    /// It was cut off and goes on from what its journal holds.
    Resume {
        /// Opened with the key of the run.
        reader: JournalReader,
        /// The file.
        path: PathBuf,
    },
}

/// Caps of a run.
#[derive(Clone, Debug)]
pub struct RunLimits {
    /// Caps of one answer of the module.
    pub wishes: WishLimits,
    /// Requests that a module may have open; more is a broken rule.
    pub open_requests: usize,
    /// Requests sent at the same time; the others wait.
    pub parallel_requests: usize,
    /// Bytes of events in one poll. A page of 999 users fits in one.
    pub poll_bytes: usize,
    /// Bytes of one body as sent.
    pub wire_bytes: u64,
    /// Bytes of one body after unpacking.
    pub body_bytes: u64,
    /// Bytes of one body that stay in memory while it waits.
    pub body_memory_bytes: usize,
    /// Bytes of a journal; a run that would need more cannot be resumed. A million people take about 500 MB.
    pub journal_bytes: u64,
    /// Bytes of rows in memory before they are sorted to disk.
    pub spill_bytes: usize,
    /// When a request is repeated.
    pub retry: RetryPolicy,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            wishes: WishLimits::default(),
            open_requests: 128,
            // 32 parts of a list, and everything else beside them.
            parallel_requests: 40,
            poll_bytes: 8 << 20,
            wire_bytes: 512 << 20,
            body_bytes: 2 << 30,
            body_memory_bytes: 3 << 20,
            journal_bytes: 8 << 30,
            spill_bytes: beacon_package::DEFAULT_SPILL_MEMORY,
            retry: RetryPolicy::default(),
        }
    }
}

/// Ends a run early. Clones share the switch.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Sender<bool>);

impl Cancel {
    /// Not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Cancels; the run ends as soon as the module has answered.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is cancelled.
    pub async fn cancelled(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = receiver.wait_for(|cancelled| *cancelled).await;
    }
}

impl Default for Cancel {
    fn default() -> Self {
        Self::new()
    }
}
