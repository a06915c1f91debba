//! Everybody, in the order of their ids: users, their assignments and their sign-ins are read side by side, and what
//! reports say about them is taken from the records of their part. In memory is one part of people at a time.

use crate::array::PART;
use crate::catalog::Catalog;
use crate::detail::{Detail, DetailBlocks, StoredHolding};
use crate::dictionary::Dictionary;
use crate::error::SnapshotError;
use crate::licences::Licences;
use crate::part_use::PartUse;
use crate::row_stream::RowStream;
use crate::search_text::SearchBlocks;
use crate::use_code::RULES;
use crate::use_rows::UseRecords;
use crate::user_columns::{ADDED_COLUMNS, DETAIL_COLUMNS, Keep, USER_COLUMNS, file_columns};
use beacon_api::ColumnKind;
use beacon_package::PackageFolder;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;

/// People by code of use, by application.
pub(crate) type UseHistogram = Vec<[u64; 256]>;

/// What was counted on the way.
#[derive(Default)]
pub(crate) struct PeopleCounts {
    pub(crate) users: u64,
    pub(crate) enabled_users: u64,
    pub(crate) licensed_users: u64,
    pub(crate) histogram: UseHistogram,
    /// Columns with more values than a dictionary holds.
    pub(crate) overflowed: Vec<&'static str>,
}

/// Where people are written to.
pub(crate) struct PeopleWriter<'c> {
    connection: &'c Connection,
    path: &'c Path,
    scratch: &'c Path,
    dictionaries: Vec<Dictionary>,
    search: SearchBlocks,
    details: DetailBlocks,
    insert: String,
    counts: PeopleCounts,
}

impl<'c> PeopleWriter<'c> {
    pub(crate) fn new(connection: &'c Connection, path: &'c Path, scratch: &'c Path) -> Self {
        let coded = file_columns().filter(|column| column.keep == Keep::Coded);
        let columns: Vec<_> = file_columns().map(|column| column.id).collect();
        Self {
            connection,
            path,
            scratch,
            dictionaries: coded.map(|column| Dictionary::new(column.id, column.kind)).collect(),
            search: SearchBlocks::default(),
            details: DetailBlocks::default(),
            insert: format!(
                "INSERT INTO people (number, user_id, {}) VALUES (?, ?{})",
                columns.join(", "),
                ", ?".repeat(columns.len())
            ),
            counts: PeopleCounts::default(),
        }
    }

    /// Writes everybody.
    pub(crate) fn write(
        mut self,
        package: &PackageFolder,
        catalog: &mut Catalog,
        records: &mut UseRecords,
        people: usize,
    ) -> Result<PeopleCounts, SnapshotError> {
        let listed = USER_COLUMNS.iter().map(|column| column.id);
        let details = DETAIL_COLUMNS.iter().map(|(id, _)| *id);
        let columns: Vec<_> = std::iter::once("user_id").chain(listed).chain(details).collect();
        let mut users = RowStream::open(package, "users", &columns)?;
        let mut sign_ins = RowStream::open(package, "sign_ins", &["user_id", "last_successful_at"])?;
        let mut has_sign_in = sign_ins.advance()?;
        let mut licences = Licences::open(package)?;
        self.counts.histogram = vec![[0; 256]; catalog.applications.len()];
        let mut part = PartUse::default();
        let mut number = 0;
        while users.advance()? {
            if number % PART == 0 {
                if number > 0 {
                    self.flush(&mut part, number / PART - 1)?;
                }
                let size = (people.saturating_sub(number)).min(PART);
                part = PartUse::load(records, number / PART, size, catalog, self.scratch)?;
            }
            let user_id = users.text(0).unwrap_or_default();
            while has_sign_in && sign_ins.text(0).unwrap_or_default() < user_id {
                has_sign_in = sign_ins.advance()?;
            }
            let last_sign_in = if has_sign_in && sign_ins.text(0) == Some(user_id) { sign_ins.time(1) } else { None };
            let shown = users.text(1).or_else(|| users.text(2)).unwrap_or(user_id);
            let holdings = licences.of(user_id, shown, catalog)?;
            self.person(&users, number, last_sign_in, holdings, &mut part, catalog)?;
            number += 1;
        }
        licences.rest(catalog)?;
        if number > 0 {
            self.flush(&mut part, (number - 1) / PART)?;
        }
        self.finish(catalog, &mut licences)
    }

    fn person(
        &mut self,
        users: &RowStream,
        number: usize,
        last_sign_in: Option<i64>,
        holdings: Vec<(StoredHolding, Vec<u16>)>,
        part: &mut PartUse,
        catalog: &Catalog,
    ) -> Result<(), SnapshotError> {
        let place = number % PART;
        let mut products = 0u64;
        for (holding, applications) in &holdings {
            if holding.counts_seat {
                products += 1;
                part.holds(place, holding.product, applications, catalog.products.len());
            }
        }
        self.counts.users += 1;
        self.counts.licensed_users += u64::from(products > 0);
        let mut values = vec![Value::Integer(number as i64), text_value(users.text(0))];
        for (column, definition) in (1..).zip(&USER_COLUMNS) {
            values.push(match definition.kind {
                ColumnKind::YesNo => users.boolean(column).map_or(Value::Null, |flag| Value::Integer(flag.into())),
                ColumnKind::Moment => users.time(column).map_or(Value::Null, Value::Integer),
                _ => text_value(users.text(column)),
            });
            if definition.id == "account_enabled" {
                self.counts.enabled_users += u64::from(users.boolean(column) == Some(true));
            }
        }
        values.push(last_sign_in.map_or(Value::Null, Value::Integer));
        values.push(Value::Integer(products as i64));
        for rule in 0..RULES.len() {
            values.push(Value::Integer(part.used(place, rule).into()));
        }
        let mut columns = values.iter().skip(2).zip(file_columns());
        for dictionary in &mut self.dictionaries {
            let value = columns.find(|(_, column)| column.id == dictionary.column()).map(|(value, _)| value);
            match value {
                Some(Value::Text(text)) => dictionary.push(Some(text)),
                Some(Value::Integer(number)) => dictionary.push(Some(&number.to_string())),
                _ => dictionary.push(None),
            }
        }
        let build = SnapshotError::build(self.path);
        let written = self.write_person(users, values, holdings);
        written.map_err(build)
    }

    fn write_person(
        &mut self,
        users: &RowStream,
        values: Vec<Value>,
        holdings: Vec<(StoredHolding, Vec<u16>)>,
    ) -> rusqlite::Result<()> {
        let place = |id: &str| USER_COLUMNS.iter().position(|column| column.id == id).map(|place| place + 1);
        let searched = ["display_name", "user_principal_name", "mail", "department", "employee_id"];
        let fields = searched.map(|id| place(id).and_then(|column| users.text(column)));
        self.search.push(self.connection, fields)?;
        let holdings = holdings.into_iter().map(|(holding, _)| holding).collect();
        self.details.push(self.connection, Detail { facts: facts(users), holdings })?;
        self.connection.prepare_cached(&self.insert)?.execute(params_from_iter(values))?;
        Ok(())
    }

    fn flush(&mut self, part: &mut PartUse, number: usize) -> Result<(), SnapshotError> {
        let build = SnapshotError::build(self.path);
        let connection = self.connection;
        let written = (|| {
            for dictionary in &mut self.dictionaries {
                dictionary.flush(connection, number)?;
            }
            part.write(connection, number, &mut self.counts.histogram)
        })();
        written.map_err(build)
    }

    fn finish(mut self, catalog: &Catalog, licences: &mut Licences) -> Result<PeopleCounts, SnapshotError> {
        let build = SnapshotError::build(self.path);
        let connection = self.connection;
        let written = (|| {
            self.search.flush(connection)?;
            self.details.flush(connection)?;
            licences.write_odd(connection)?;
            self.dictionaries.iter().try_for_each(|dictionary| dictionary.finish(connection))
        })();
        written.map_err(build)?;
        let overflowed = self.dictionaries.iter().filter(|dictionary| dictionary.too_many);
        self.counts.overflowed = overflowed.map(Dictionary::column).collect();
        self.counts.histogram.resize(catalog.applications.len(), [0; 256]);
        Ok(self.counts)
    }
}

fn text_value(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

/// What is shown about one person only.
fn facts(users: &RowStream) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for (column, (id, label)) in (1 + USER_COLUMNS.len()..).zip(DETAIL_COLUMNS) {
        match id {
            "alternate_addresses" => {
                let addresses = users.list(column);
                if !addresses.is_empty() {
                    facts.push((label.to_owned(), addresses.join("; ")));
                }
            }
            "extension_attributes" => facts.extend(users.map(column)),
            _ => facts.extend(users.owned(column).map(|value| (label.to_owned(), value))),
        }
    }
    facts
}

/// The added columns are written by hand above, in their order.
const _: () = assert!(ADDED_COLUMNS.len() == 2 + RULES.len());
