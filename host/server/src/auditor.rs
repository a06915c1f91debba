//! Looks after the audit trail, as long as the beacon serves: brings it to the syslog server, and forgets what is too old.
//! What a server does not have yet waits in the trail itself; a server that is down holds nothing up.

use crate::app::App;
use crate::syslog::{Source, SyslogAddress, SyslogError, send};
use beacon_operations::audit::DEFAULT_KEEP_DAYS;
use beacon_operations::{Installation, Trouble};
use beacon_store::{AuditEntry, AuditQuery, StoreError};
use std::cmp::Ordering;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tracing::{info, warn};

/// Between two looks at the trail.
const LOOK: Duration = Duration::from_secs(2);

/// After a failure: at first, and at most.
const SHORTEST_REST: Duration = Duration::from_secs(5);
const LONGEST_REST: Duration = Duration::from_secs(300);

/// After so many attempts, some five minutes, a server that is silent is taken to be one that never ends a connection.
const MOST_SILENCES: u32 = 7;

/// How often old entries are looked for.
const DAILY: Duration = Duration::from_secs(24 * 3_600);

/// Entries of one batch.
const BATCH: u32 = 200;

/// What becomes of the audit trail.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    /// Days for which entries are kept.
    pub keep_days: u16,
    /// The server that gets them, too.
    pub syslog: Option<SyslogAddress>,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { keep_days: DEFAULT_KEEP_DAYS, syslog: None }
    }
}

/// Looks, sends, forgets, waits, until it is stopped. What is under way then is sent again after the next start.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let source = Source::new(&host(), std::process::id(), app.installation.store().installation().to_string());
    let mut forgot = None::<Instant>;
    let mut sending = Sending::default();
    loop {
        let work = async {
            if forgot.is_none_or(|last| last.elapsed() >= DAILY) {
                forgot = Some(Instant::now());
                forget(&app);
            }
            match &app.audit.syslog {
                Some(address) => sending.go_on(&app, address, &source).await,
                None => LOOK,
            }
        };
        let pause = tokio::select! {
            pause = work => pause,
            _ = stop.changed() => return,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

fn forget(app: &App) {
    let (days, only_sent) = (app.audit.keep_days, app.audit.syslog.is_some());
    match app.installation.forget_audit(days, only_sent, Installation::now()) {
        Ok(0) => {}
        Ok(entries) => info!(entries, days, "old entries of the audit trail were forgotten"),
        Err(trouble) => warn!(code = trouble.code, title = trouble.title, "the audit trail could not be looked after"),
    }
}

/// How sending stands.
#[derive(Default)]
struct Sending {
    failures: u32,
    /// Code of the failure that was told last.
    told: Option<String>,
    silence: Silence,
}

/// How often in a row a server gave no sign of having read what it was sent.
#[derive(Default)]
struct Silence(u32);

/// Why a batch was not sent.
enum NotSent {
    Trouble(Trouble),
    Syslog(SyslogError),
}

impl Sending {
    /// Sends what the server does not have yet; gives how long there is nothing to do.
    async fn go_on(&mut self, app: &App, address: &SyslogAddress, source: &Source) -> Duration {
        loop {
            match self.batch(app, address, source).await {
                Ok(0) => return LOOK,
                Ok(_) if self.failures > 0 => {
                    info!(%address, "the syslog server takes the audit trail again");
                    (self.failures, self.told) = (0, None);
                }
                Ok(_) => {}
                Err(why) => return self.failed(address, &why),
            }
        }
    }

    /// Sends the next entries; gives how many there were.
    async fn batch(&mut self, app: &App, address: &SyslogAddress, source: &Source) -> Result<usize, NotSent> {
        let failed = |error: StoreError| NotSent::Trouble(error.into());
        let entries = unsent(app).map_err(failed)?;
        let Some(last) = entries.last() else { return Ok(0) };
        let messages: Vec<Vec<u8>> = entries.iter().map(|entry| source.message(entry)).collect();
        let authorities = match address {
            SyslogAddress::Tls { .. } => app.installation.extra_authorities().map_err(NotSent::Trouble)?,
            _ => Vec::new(),
        };
        let sent = send(address, &messages, &authorities).await;
        self.silence.judged(sent).map_err(NotSent::Syslog)?;
        app.installation.store().audit_sent(last).map_err(failed)?;
        Ok(messages.len())
    }

    fn failed(&mut self, address: &SyslogAddress, why: &NotSent) -> Duration {
        let code = match why {
            NotSent::Trouble(trouble) => trouble.code.as_str(),
            NotSent::Syslog(error) => error.code(),
        };
        // Told once, and not at every attempt.
        if self.told.as_deref() != Some(code) {
            self.told = Some(code.to_owned());
            match why {
                NotSent::Trouble(trouble) => {
                    warn!(%address, code, title = trouble.title, "the audit trail cannot be sent just now");
                }
                NotSent::Syslog(error) => {
                    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
                    warn!(%address, code, cause, "the audit trail waits for its syslog server: {error}");
                }
            }
        }
        let rest = SHORTEST_REST.saturating_mul(1_u32.checked_shl(self.failures.min(16)).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1);
        rest.min(LONGEST_REST)
    }
}

impl Silence {
    /// What counts as sent. A server that is silent has failed: it may hang. One that stays so, attempt after attempt, is
    /// one that never ends a connection, and must not stop the trail.
    fn judged(&mut self, sent: Result<(), SyslogError>) -> Result<(), SyslogError> {
        match sent {
            Err(SyslogError::Silent { address }) => {
                self.0 = self.0.saturating_add(1);
                match self.0.cmp(&MOST_SILENCES) {
                    Ordering::Less => return Err(SyslogError::Silent { address }),
                    Ordering::Equal => {
                        warn!(address, "the syslog server never ends a connection; what it is sent counts as there");
                    }
                    Ordering::Greater => {}
                }
                Ok(())
            }
            Ok(()) => {
                self.0 = 0;
                Ok(())
            }
            failed => failed,
        }
    }
}

/// The next entries that the server does not have.
fn unsent(app: &App) -> Result<Vec<AuditEntry>, StoreError> {
    let mut store = app.installation.store();
    if let Some(number) = store.resend_lost_audit()? {
        let code = "audit.resent";
        warn!(code, number, "the syslog server has entries that are not in the audit trail; all of it is sent again");
    }
    let through = store.audit_sent_through()?;
    store.audit_entries_after(&AuditQuery::default(), through, BATCH)
}

/// The name of this machine, where the system tells it.
fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{MOST_SILENCES, Silence};
    use crate::syslog::SyslogError;

    #[test]
    fn a_silent_server_has_failed_until_it_is_known_that_it_never_ends() {
        let silent = || Err(SyslogError::Silent { address: "tcp://log:601".to_owned() });
        let mut silence = Silence::default();
        for _ in 1..MOST_SILENCES {
            assert!(silence.judged(silent()).is_err());
        }
        // One that ended a connection is known to do so.
        assert!(silence.judged(Ok(())).is_ok());
        for _ in 1..MOST_SILENCES {
            assert!(silence.judged(silent()).is_err());
        }
        assert!(silence.judged(silent()).is_ok());
        assert!(silence.judged(silent()).is_ok());
        silence.judged(Ok(())).unwrap();
        assert!(silence.judged(silent()).is_err());
    }
}
