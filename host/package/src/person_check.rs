//! The person on whose behalf a delegated connection reads: whether the imported list of people still has them, enabled.

use crate::beacon_block::Warning;
use crate::row::{DamagedRow, RowCursor, Rows};
use beacon_contract::dataset::TableSchema;
use std::collections::BTreeMap;

/// What the warnings are called.
const DISABLED: &str = "consent.person_disabled";
const MISSING: &str = "consent.person_missing";

/// Whom to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consenter {
    /// Their object id, if a token told it.
    pub id: Option<String>,
    /// Their sign-in name.
    pub account: String,
}

/// Looks for one person while the rows of `users` are written.
#[derive(Debug)]
pub(crate) struct PersonCheck {
    person: Consenter,
    found: Option<Enabled>,
}

/// What the directory says of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enabled {
    Yes,
    No,
    Untold,
}

impl PersonCheck {
    pub(crate) fn new(person: Consenter) -> Self {
        Self { person, found: None }
    }

    /// Takes rows of any table; others than `users` say nothing about people.
    pub(crate) fn rows(&mut self, table: &TableSchema, rows: &Rows) -> Result<(), DamagedRow> {
        if table.name != "users" || self.found.is_some() {
            return Ok(());
        }
        rows.iter().try_for_each(|row| self.row(table, row))
    }

    fn row(&mut self, table: &TableSchema, row: &[u8]) -> Result<(), DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let (mut name, mut enabled) = (None, None);
        for column in table.columns {
            let mut value = RowCursor::new(cursor.skip(column.kind)?);
            match column.name {
                // The first column: nearly all rows end here.
                "user_id" => {
                    let id = value.text()?.unwrap_or_default();
                    if self.person.id.as_ref().is_some_and(|wanted| !wanted.as_bytes().eq_ignore_ascii_case(id)) {
                        return Ok(());
                    }
                }
                "user_principal_name" => name = value.text()?,
                "account_enabled" => enabled = value.boolean()?,
                _ => {}
            }
        }
        let is_named = name.is_some_and(|name| self.person.account.as_bytes().eq_ignore_ascii_case(name));
        if self.person.id.is_some() || is_named {
            self.found = Some(match enabled {
                Some(true) => Enabled::Yes,
                Some(false) => Enabled::No,
                None => Enabled::Untold,
            });
        }
        Ok(())
    }

    /// What is wrong with the account. Only of use if all people were read.
    pub(crate) fn warning(&self) -> Option<Warning> {
        let account = &self.person.account;
        let (code, what) = match self.found {
            Some(Enabled::Yes | Enabled::Untold) => return None,
            Some(Enabled::No) => (DISABLED, "is disabled"),
            None => (MISSING, "is not in the directory any more"),
        };
        Some(Warning {
            code: code.to_owned(),
            text: format!(
                "{account}, who consented to this connection, {what}: the sign-in behind the imports ends any moment. \
                 Let somebody else sign in and consent."
            ),
            arguments: BTreeMap::from([("account".to_owned(), account.clone())]),
        })
    }
}
