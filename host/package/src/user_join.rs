//! Rows of usage, activations and storage get the person they are about.
//!
//! Reports name people by an address. It is compared without regard to case with the principal names, mail addresses
//! and alternate addresses of the table `users`; the first of these three that fits decides, and only if it fits one
//! person.

use crate::address_index::AddressIndex;
use crate::address_lookup::{AddressLookup, Found};
use crate::address_record::AddressRank;
use crate::error::PackageError;
use crate::row::{self, DamagedRow, RowCursor, Rows};
use beacon_contract::dataset::TableSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Memory for the addresses of users before they go to disk.
pub const DEFAULT_JOIN_MEMORY: usize = 24 << 20;

/// The table whose people are found.
const PEOPLE: &str = "users";

/// Digits of a name that the tenant's setting conceals.
const CONCEALED_LENGTH: usize = 32;

/// Rows of a table by what their address led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleFacts {
    /// Rows whose address is one person's: they have a `user_id`.
    pub matched: u64,
    /// Rows whose address is nobody's, for example of people who were deleted.
    pub unmatched: u64,
    /// Rows whose address several people have, so that nobody can be named.
    pub ambiguous: u64,
    /// Rows with a concealed name: they say nothing about anybody.
    pub concealed: u64,
}

/// The join, from the first user to the last row of usage.
#[derive(Debug)]
pub(crate) struct UserJoin {
    memory: usize,
    folder: PathBuf,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Waiting,
    Filling(AddressIndex),
    Finding(Box<AddressLookup>),
}

/// Whether rows of this table get a `user_id` from the host.
#[must_use]
pub fn is_joined_to_users(table: &TableSchema) -> bool {
    table.column("user_id").is_some_and(|column| column.by_host)
}

pub(crate) fn is_concealed(name: &[u8]) -> bool {
    name.len() == CONCEALED_LENGTH && name.iter().all(u8::is_ascii_hexdigit)
}

/// Whether a row says nothing about anybody, because the name in it is concealed.
pub(crate) fn names_nobody(user_key: &[u8], attributable: Option<bool>) -> bool {
    attributable == Some(false) || is_concealed(user_key)
}

impl UserJoin {
    pub(crate) fn new(memory: usize) -> Self {
        Self { memory, folder: PathBuf::new(), step: Step::Waiting }
    }

    /// Begins to take users, if this is their table. Files of the index go to `folder`.
    pub(crate) fn begin(&mut self, table: &TableSchema, folder: &Path, seed: [u8; 16]) -> Result<(), PackageError> {
        if table.name == PEOPLE {
            folder.clone_into(&mut self.folder);
            let index = AddressIndex::create(folder, seed, self.memory);
            self.step = Step::Filling(index.map_err(PackageError::storage("create a file in", folder))?);
        } else if is_joined_to_users(table) && matches!(self.step, Step::Waiting) {
            return Err(PackageError::Report { table: table.name.into(), why: "it has to be written after users" });
        }
        Ok(())
    }

    /// Takes users, or fills in who rows are about and counts them.
    pub(crate) fn rows(
        &mut self,
        table: &TableSchema,
        rows: &mut Rows,
        facts: &mut PeopleFacts,
    ) -> Result<(), PackageError> {
        let damaged = |_| PackageError::DamagedSpill(table.name);
        match &mut self.step {
            Step::Filling(index) if table.name == PEOPLE => rows.iter().try_for_each(|row| {
                let user = addresses(table, row).map_err(damaged)?;
                let added = index.add(user.id, user.addresses);
                added.map_err(PackageError::storage("write addresses into", &self.folder))
            }),
            Step::Finding(lookup) if is_joined_to_users(table) => {
                let mut filled = Rows::default();
                for row in rows.iter() {
                    let place = Place::of(table, row).map_err(damaged)?;
                    let found = if place.concealed {
                        facts.concealed += 1;
                        Found::Nobody
                    } else {
                        let found = lookup.find(place.user_key);
                        let found = found.map_err(PackageError::storage("read addresses from", &self.folder))?;
                        match found {
                            Found::Person => facts.matched += 1,
                            Found::Nobody => facts.unmatched += 1,
                            Found::Several => facts.ambiguous += 1,
                        }
                        found
                    };
                    filled.bytes.extend_from_slice(place.before);
                    match found {
                        Found::Person => row::put_text(&mut filled.bytes, lookup.user_id()),
                        Found::Nobody | Found::Several => row::put_null(&mut filled.bytes),
                    }
                    filled.bytes.extend_from_slice(place.after);
                    filled.close_row();
                }
                *rows = filled;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Ends taking users, if this is their table.
    pub(crate) fn end(&mut self, table: &TableSchema) -> Result<(), PackageError> {
        if table.name == PEOPLE
            && let Step::Filling(index) = std::mem::replace(&mut self.step, Step::Waiting)
        {
            let lookup = index.finish().map_err(PackageError::storage("write addresses into", &self.folder))?;
            self.step = Step::Finding(Box::new(lookup));
        }
        Ok(())
    }
}

/// A user with the addresses that reports may know them by.
struct User<'r> {
    id: &'r [u8],
    addresses: Vec<(AddressRank, &'r str)>,
}

fn addresses<'r>(table: &TableSchema, row: &'r [u8]) -> Result<User<'r>, DamagedRow> {
    let mut cursor = RowCursor::new(row);
    let mut user = User { id: &[], addresses: Vec::with_capacity(4) };
    for column in table.columns {
        let rank = match column.name {
            "user_id" => {
                user.id = cursor.text()?.unwrap_or_default();
                continue;
            }
            "user_principal_name" => AddressRank::PrincipalName,
            "mail" => AddressRank::Mail,
            "alternate_addresses" => {
                for _ in 0..cursor.entries()?.unwrap_or(0) {
                    user.take(AddressRank::Alternate, cursor.entry()?)?;
                }
                // The last of the columns that matter.
                break;
            }
            _ => {
                cursor.skip(column.kind)?;
                continue;
            }
        };
        if let Some(address) = cursor.text()? {
            user.take(rank, address)?;
        }
    }
    Ok(user)
}

impl<'r> User<'r> {
    fn take(&mut self, rank: AddressRank, address: &'r [u8]) -> Result<(), DamagedRow> {
        let address = std::str::from_utf8(address).map_err(|_| DamagedRow)?;
        if !address.is_empty() {
            self.addresses.push((rank, address));
        }
        Ok(())
    }
}

/// Where the `user_id` of a row goes.
struct Place<'r> {
    user_key: &'r [u8],
    concealed: bool,
    before: &'r [u8],
    after: &'r [u8],
}

impl<'r> Place<'r> {
    fn of(table: &TableSchema, row: &'r [u8]) -> Result<Self, DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let mut place = Self { user_key: &[], concealed: false, before: &[], after: &[] };
        let (mut read, mut attributable) = (0, None);
        for column in table.columns {
            let value = cursor.skip(column.kind)?;
            let start = read;
            read += value.len();
            match column.name {
                "user_key" => place.user_key = RowCursor::new(value).text()?.ok_or(DamagedRow)?,
                "user_id" => {
                    let (before, rest) = row.split_at_checked(start).ok_or(DamagedRow)?;
                    place.before = before;
                    place.after = rest.get(value.len()..).ok_or(DamagedRow)?;
                }
                "attributable" => attributable = RowCursor::new(value).boolean()?,
                _ => {}
            }
        }
        place.concealed = names_nobody(place.user_key, attributable);
        Ok(place)
    }
}
