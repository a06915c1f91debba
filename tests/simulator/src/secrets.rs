//! Every credential that the simulation ever held or handed out, so that a leak test knows what to look for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Collects secrets; clones share one collection. It only grows, which is what a leak test needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecretLedger(Arc<Mutex<BTreeSet<String>>>);

impl SecretLedger {
    /// Records a secret and hands it back.
    pub(crate) fn record(&self, secret: String) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(secret.clone());
        secret
    }

    /// All secrets, sorted.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
