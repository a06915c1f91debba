//! No keys, for whoever only looks at a data folder in which nothing is wrapped with any.

use beacon_vault::{KekId, KeyEncryptionKey, KeyProvider, ProviderError};
use std::collections::BTreeSet;

/// A provider that holds nothing and makes nothing.
pub(super) struct NoKeys;

const REFUSAL: &str = "a look at a data folder makes no keys";

impl KeyProvider for NoKeys {
    fn name(&self) -> &'static str {
        "none"
    }

    fn location(&self) -> String {
        "nowhere".to_owned()
    }

    fn ids(&self) -> Vec<KekId> {
        Vec::new()
    }

    fn active(&self) -> Result<&KeyEncryptionKey, ProviderError> {
        Err(REFUSAL.into())
    }

    fn find(&self, _id: KekId) -> Result<Option<&KeyEncryptionKey>, ProviderError> {
        Ok(None)
    }

    fn add(&mut self) -> Result<KekId, ProviderError> {
        Err(REFUSAL.into())
    }

    fn retire(&mut self, _in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, ProviderError> {
        Err(REFUSAL.into())
    }

    fn erase(&mut self) -> Result<(), ProviderError> {
        Err(REFUSAL.into())
    }
}
