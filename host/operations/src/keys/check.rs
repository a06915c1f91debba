//! Whether every stored secret can be opened for what it would be used for.

use super::inventory::{Belongs, Inventory, Under, look};
use crate::folders::Folders;
use crate::trouble::Trouble;
use beacon_store::Store;
use beacon_vault::Vault;
use serde::Serialize;

/// One secret after the look at it.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// What it belongs to.
    pub belongs_to: Belongs,
    /// Its slot.
    pub slot: String,
    /// Why it cannot be opened, if it cannot.
    pub trouble: Option<Trouble>,
}

/// Opens every secret, and forgets it at once.
///
/// # Errors
/// [`Trouble`] of the store. What cannot be opened is no error here.
pub fn check(folders: &Folders, store: &Store, vault: &Vault) -> Result<Vec<Checked>, Trouble> {
    let inventory = Inventory::read(store, folders)?;
    let looked = look(&inventory, store, vault, Under::Today)?.into_iter();
    let checked = looked.map(|one| Checked {
        belongs_to: one.belongs,
        slot: one.row.slot.as_str().to_owned(),
        trouble: one.opened.err(),
    });
    Ok(checked.collect())
}
