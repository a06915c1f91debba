//! The keys of the vault: where they come from, how they are changed, and what they open.
//!
//! A change of keys needs the data folder for itself: whoever serves holds unlocked keys of before. So it opens the folder
//! by [`Keys::open`], which nobody can do while an [`crate::Installation`] is open. Looks work with both.

mod change;
mod check;
mod export;
mod inventory;
mod no_keys;
mod open;
mod reset;
mod source;
mod status;

pub use change::{Rekeyed, Rotated, rekey, rotate};
pub use check::{Checked, check};
pub use export::{Exported, export};
pub use inventory::Belongs;
pub use open::Keys;
pub(crate) use open::{open, open_to_look};
pub use reset::Lost;
pub use source::{KeySource, PassphraseSource};
pub use status::{DataKeyStatus, KeyStatus, status, status_of};
