//! Whether the audit trail is what it was: every hash is made again.

use serde::Serialize;
use serde_json::Value;

use crate::audit::{AuditEntry, AuditQuery, ERASED};
use crate::audit_chain::{BEGINNING, chained, content_hash};
use crate::numbers::Numbers;
use crate::{Action, Store, StoreError, audit_guards, audit_rows, audit_sent};

/// Entries that are read at once.
const AT_ONCE: u32 = 500;

/// Findings that are told; behind a broken link there may be many.
const MOST_FINDINGS: usize = 20;

/// What is wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// The entry; none if it is about the trail as a whole.
    pub number: Option<u64>,
    /// What is wrong with it.
    pub what: &'static str,
}

/// How the trail stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditSoundness {
    /// How many entries there are.
    pub entries: u64,
    /// The last entry that was forgotten because of its age; 0 if none was.
    pub forgotten_through: u64,
    /// Entries whose content was erased.
    pub erased: u64,
    /// Number of the last entry.
    pub last: u64,
    /// Its hash. Whoever notes it elsewhere notices later whether what came before is still the same.
    pub hash: String,
    /// The last entry that a syslog server has.
    #[serde(skip)]
    pub syslog_through: u64,
    /// What is wrong; the first of it.
    pub findings: Vec<AuditFinding>,
}

impl AuditSoundness {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

impl Store {
    /// Checks the whole trail. It is read piece by piece, whatever its length.
    ///
    /// # Errors
    /// Those of reading; what is wrong with the trail is in the answer.
    pub fn check_audit(&self) -> Result<AuditSoundness, StoreError> {
        self.read(|database| {
            // All of one moment, whatever is written meanwhile.
            let _moment = database.unchecked_transaction()?;
            let (anchor, hash) = audit_rows::anchor(database)?;
            let mut look = Look::new(anchor, hash);
            look.soundness.syslog_through = audit_sent::sent(database)?.0;
            if !audit_guards::stand(database)? {
                look.found(None, "its guards are missing or were changed");
            }
            if !audit_sent::is_there(database)? {
                let through = look.soundness.syslog_through;
                look.found(Some(through), "the syslog server has it, and it is not here any more");
            }
            loop {
                let entries = self.audit_entries_after(&AuditQuery::default(), look.soundness.last, AT_ONCE)?;
                if entries.is_empty() {
                    return Ok(look.ended());
                }
                entries.iter().for_each(|entry| look.at(entry));
            }
        })
    }
}

struct Look {
    soundness: AuditSoundness,
    anchor_hash: String,
    /// In ascending order.
    erased: Vec<u64>,
    named_erased: Vec<(u64, u64)>,
    /// Whether an entry says of the anchor what it is.
    anchored: bool,
}

impl Look {
    fn new(anchor: u64, hash: String) -> Self {
        let soundness = AuditSoundness {
            entries: 0,
            forgotten_through: anchor,
            erased: 0,
            last: anchor,
            hash: hash.clone(),
            syslog_through: 0,
            findings: Vec::new(),
        };
        let anchored = anchor == 0 && hash == BEGINNING;
        Self { soundness, anchor_hash: hash, erased: Vec::new(), named_erased: Vec::new(), anchored }
    }

    fn at(&mut self, entry: &AuditEntry) {
        if entry.number != self.soundness.last.saturating_add(1) {
            self.found(Some(entry.number), "entries before it are missing");
        }
        if entry.erased {
            self.soundness.erased = self.soundness.erased.saturating_add(1);
            self.erased.push(entry.number);
            if !is_empty(entry) {
                self.found(Some(entry.number), "it is marked as erased and still says something");
            }
        } else if content_hash(entry) != entry.content_hash {
            self.found(Some(entry.number), "what it says was changed");
        }
        if chained(&self.soundness.hash, entry) != entry.hash {
            self.found(Some(entry.number), "it does not follow the entry before");
        }
        if !entry.erased {
            self.told(entry);
        }
        self.soundness.entries = self.soundness.entries.saturating_add(1);
        self.soundness.last = entry.number;
        self.soundness.hash.clone_from(&entry.hash);
    }

    /// What an entry says about other entries.
    fn told(&mut self, entry: &AuditEntry) {
        let details = || serde_json::from_str::<Value>(&entry.details).unwrap_or_default();
        match entry.action.parse() {
            Ok(Action::AuditErased) => {
                let details = details();
                let numbers = details.get("numbers").and_then(Value::as_str).unwrap_or_default();
                self.named_erased.extend(Numbers::read(numbers).ranges());
            }
            Ok(Action::AuditForgotten) => {
                let details = details();
                let through = details.get("through").and_then(Value::as_u64);
                let hash = details.get("hash").and_then(Value::as_str);
                self.anchored |=
                    through == Some(self.soundness.forgotten_through) && hash == Some(self.anchor_hash.as_str());
            }
            Ok(Action::AuditResent) => self.found(Some(entry.number), "the syslog server had others before it"),
            _ => {}
        }
    }

    fn ended(mut self) -> AuditSoundness {
        if !self.anchored {
            self.found(Some(self.soundness.forgotten_through), "nothing says that the entries up to it were forgotten");
        }
        self.named_erased.sort_unstable();
        let mut named = std::mem::take(&mut self.named_erased).into_iter().peekable();
        let mut through = 0;
        let is_unnamed = |number: &u64| {
            while let Some((_, last)) = named.next_if(|(first, _)| first <= number) {
                through = through.max(last);
            }
            *number > through
        };
        let unnamed: Vec<u64> = std::mem::take(&mut self.erased).into_iter().filter(is_unnamed).collect();
        for number in unnamed {
            self.found(Some(number), "nothing says that it was erased");
        }
        self.soundness
    }

    fn found(&mut self, number: Option<u64>, what: &'static str) {
        if self.soundness.findings.len() < MOST_FINDINGS {
            self.soundness.findings.push(AuditFinding { number, what });
        }
    }
}

fn is_empty(entry: &AuditEntry) -> bool {
    let texts = [
        &entry.who,
        &entry.way,
        &entry.client,
        &entry.subject_kind,
        &entry.subject_id,
        &entry.subject_name,
        &entry.outcome,
    ];
    texts.iter().all(|text| *text == ERASED) && entry.connection_id.is_empty() && entry.details == "{}"
}
