//! Whether the audit trail is what it was: every hash is made again.

use std::collections::BTreeSet;

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
        let (anchor, hash) = self.read(audit_rows::anchor)?;
        let mut look = Look::new(anchor, hash);
        if !self.read(audit_guards::stand)? {
            look.found(None, "its guards are missing or were changed");
        }
        if !self.read(audit_sent::is_there)? {
            look.found(Some(self.audit_sent_through()?), "the syslog server has it, and it is not here any more");
        }
        loop {
            let entries = self.audit_entries_after(&AuditQuery::default(), look.soundness.last, AT_ONCE)?;
            if entries.is_empty() {
                return Ok(look.ended());
            }
            entries.iter().for_each(|entry| look.at(entry));
        }
    }
}

struct Look {
    soundness: AuditSoundness,
    anchor_hash: String,
    erased: BTreeSet<u64>,
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
            findings: Vec::new(),
        };
        let anchored = anchor == 0 && hash == BEGINNING;
        Self { soundness, anchor_hash: hash, erased: BTreeSet::new(), named_erased: Vec::new(), anchored }
    }

    fn at(&mut self, entry: &AuditEntry) {
        if entry.number != self.soundness.last.saturating_add(1) {
            self.found(Some(entry.number), "entries before it are missing");
        }
        if entry.erased {
            self.soundness.erased = self.soundness.erased.saturating_add(1);
            self.erased.insert(entry.number);
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
        let details: Value = serde_json::from_str(&entry.details).unwrap_or_default();
        if entry.action == Action::AuditErased.as_str() {
            let numbers = details.get("numbers").and_then(Value::as_str).unwrap_or_default();
            self.named_erased.extend(Numbers::read(numbers).ranges());
        }
        if entry.action == Action::AuditResent.as_str() {
            self.found(Some(entry.number), "the syslog server had others before it");
        }
        if entry.action == Action::AuditForgotten.as_str() {
            let through = details.get("through").and_then(Value::as_u64);
            let hash = details.get("hash").and_then(Value::as_str);
            self.anchored |=
                through == Some(self.soundness.forgotten_through) && hash == Some(self.anchor_hash.as_str());
        }
    }

    fn ended(mut self) -> AuditSoundness {
        if !self.anchored {
            self.found(Some(self.soundness.forgotten_through), "nothing says that the entries up to it were forgotten");
        }
        let named = std::mem::take(&mut self.named_erased);
        let unnamed: Vec<u64> = std::mem::take(&mut self.erased)
            .into_iter()
            .filter(|number| !named.iter().any(|(first, last)| first <= number && number <= last))
            .collect();
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
