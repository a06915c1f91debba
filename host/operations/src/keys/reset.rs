//! Going on without keys that are lost.

use super::open;
use crate::acting;
use crate::folders::Folders;
use crate::installation::Place;
use crate::trouble::Trouble;
use beacon_store::Store;

/// A data folder whose keys are lost, opened without them.
pub struct Lost {
    store: Store,
    /// How many secrets nobody can open.
    pub secrets: usize,
}

impl Lost {
    /// Opens a data folder whose provider does not give the keys, or not the right ones.
    ///
    /// # Errors
    /// [`Trouble`] if the keys are there: then nothing is lost; of the store.
    pub fn find(place: &Place) -> Result<Self, Trouble> {
        let folders = Folders::new(place.data.clone())?;
        let mut store = Store::open(folders.root())?;
        acting::attend(&mut store);
        let stored = store.all_data_keys()?;
        let opens = open::open(&place.keys, &folders, &mut store, None)
            .and_then(|(_, vault)| Ok(vault.check(stored.iter().map(|(owner, key)| (*owner, key)))?));
        if opens.is_ok() {
            let advice = "Nothing was forgotten. `beacon secrets check` tells how each secret stands.";
            return Err(Trouble::settings("keys.not_lost", "the keys of this data folder are there", advice));
        }
        let secrets = store.sealed_rows()?.len();
        Ok(Self { store, secrets })
    }

    /// Forgets every secret, and who held the keys: the next start chooses anew. Everything else stays.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn forget(mut self) -> Result<usize, Trouble> {
        Ok(self.store.forget_secrets()?)
    }
}
