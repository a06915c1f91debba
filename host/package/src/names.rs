//! The names people know products and plans by.

use crate::error::PackageError;
use crate::row::{self, DamagedRow, RowCursor, Rows};
use crate::table_hash::hex;
use aws_lc_rs::digest;
use beacon_contract::dataset::TableSchema;
use std::collections::BTreeMap;
use std::path::Path;

/// The common products and all their plans, generated from Microsoft's published list by the example
/// `generate-names`.
const EMBEDDED: &str = include_str!("../names/common.tsv");

/// First line of a table of names.
const HEAD: &str = "beacon-names\t1";

/// Where the host takes names from.
pub trait NameSource {
    /// Name of a product by its id, else by its part number (`SPE_E3`).
    fn product_name(&self, sku_id: &str, part_number: Option<&str>) -> Option<&str>;
    /// Name of a service plan by its id.
    fn plan_name(&self, plan_id: &str) -> Option<&str>;
}

/// No names: the columns stay null.
#[derive(Clone, Copy, Debug)]
pub struct NoNames;

impl NameSource for NoNames {
    fn product_name(&self, _: &str, _: Option<&str>) -> Option<&str> {
        None
    }

    fn plan_name(&self, _: &str) -> Option<&str> {
        None
    }
}

/// What one id is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameEntry {
    /// Code: part number of a product, service plan name of a plan.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// Names of products and plans by id (GUID, lower case).
///
/// As a file: the line `beacon-names<TAB>1`, then a line per entry: `product` or `plan`, id, code, name, separated by
/// tabs, sorted, ended by line feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTable {
    products: BTreeMap<String, NameEntry>,
    plans: BTreeMap<String, NameEntry>,
    by_code: BTreeMap<String, Option<String>>,
    digest: String,
}

impl NameTable {
    /// A table of these entries. A part number that stands for products of different names names none of them.
    pub(crate) fn new(products: BTreeMap<String, NameEntry>, plans: BTreeMap<String, NameEntry>) -> Self {
        let mut by_code: BTreeMap<String, Option<String>> = BTreeMap::new();
        for entry in products.values() {
            let name = by_code.entry(entry.code.to_ascii_uppercase()).or_insert_with(|| Some(entry.name.clone()));
            if name.as_ref().is_some_and(|name| *name != entry.name) {
                *name = None;
            }
        }
        let mut table = Self { products, plans, by_code, digest: String::new() };
        table.digest = hex(digest::digest(&digest::SHA256, table.to_text().as_bytes()).as_ref());
        table
    }

    /// The names that every beacon has.
    #[must_use]
    pub fn embedded() -> Self {
        // A test reads the embedded text; it cannot be broken in a released binary.
        Self::from_text(EMBEDDED).unwrap_or_else(|_| Self::new(BTreeMap::new(), BTreeMap::new()))
    }

    /// Reads a file that [`crate::update_names`] wrote.
    ///
    /// # Errors
    /// [`PackageError::Storage`], or [`PackageError::Names`] with the line that is not understood.
    pub fn load(path: &Path) -> Result<Self, PackageError> {
        let text = std::fs::read_to_string(path).map_err(PackageError::storage("read", path))?;
        Self::from_text(&text)
    }

    pub(crate) fn from_text(text: &str) -> Result<Self, PackageError> {
        let wrong = |line: usize, why: &str| PackageError::Names { why: format!("line {line} {why}") };
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        if lines.next().is_none_or(|(_, line)| line != HEAD) {
            return Err(wrong(1, "does not begin a table of names"));
        }
        let (mut products, mut plans) = (BTreeMap::new(), BTreeMap::new());
        for (number, line) in lines {
            let mut parts = line.split('\t');
            let (Some(kind), Some(id), Some(code), Some(name), None) =
                (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
            else {
                return Err(wrong(number, "does not have four parts"));
            };
            let entries = match kind {
                "product" => &mut products,
                "plan" => &mut plans,
                _ => return Err(wrong(number, "names neither a product nor a plan")),
            };
            entries.insert(id.to_owned(), NameEntry { code: code.to_owned(), name: name.to_owned() });
        }
        Ok(Self::new(products, plans))
    }

    /// The table as a file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEAD}\n");
        for (kind, entries) in [("product", &self.products), ("plan", &self.plans)] {
            for (id, entry) in entries {
                for part in [kind, "\t", id, "\t", &entry.code, "\t", &entry.name, "\n"] {
                    text.push_str(part);
                }
            }
        }
        text
    }

    /// SHA-256 of [`Self::to_text`], hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Products by id.
    #[must_use]
    pub fn products(&self) -> &BTreeMap<String, NameEntry> {
        &self.products
    }

    /// Number of products.
    #[must_use]
    pub fn product_count(&self) -> u64 {
        u64::try_from(self.products.len()).unwrap_or(u64::MAX)
    }

    /// Number of service plans.
    #[must_use]
    pub fn plan_count(&self) -> u64 {
        u64::try_from(self.plans.len()).unwrap_or(u64::MAX)
    }

    /// Service plans by id.
    #[must_use]
    pub fn plans(&self) -> &BTreeMap<String, NameEntry> {
        &self.plans
    }
}

impl NameSource for NameTable {
    fn product_name(&self, sku_id: &str, part_number: Option<&str>) -> Option<&str> {
        let by_code = || self.by_code.get(&part_number?.to_ascii_uppercase())?.as_ref();
        let by_id = self.products.get(&sku_id.to_ascii_lowercase()).map(|entry| &entry.name);
        by_id.or_else(by_code).map(String::as_str)
    }

    fn plan_name(&self, plan_id: &str) -> Option<&str> {
        self.plans.get(&plan_id.to_ascii_lowercase()).map(|entry| entry.name.as_str())
    }
}

/// Fills `product_name` and `plan_name` where the table has them; other columns of the host stay null.
pub(crate) fn fill_names(table: &TableSchema, rows: &mut Rows, names: &dyn NameSource) -> Result<(), DamagedRow> {
    let Some(column) = table.columns.iter().position(|column| matches!(column.name, "product_name" | "plan_name"))
    else {
        return Ok(());
    };
    let id = table.position(if table.name == "products" { "sku_id" } else { "plan_id" });
    let code = table.position("sku_part_number");
    let mut filled = Rows::default();
    for row in rows.iter() {
        let mut cursor = RowCursor::new(row);
        let mut values = Vec::with_capacity(table.columns.len());
        for column in table.columns {
            values.push(cursor.skip(column.kind)?);
        }
        let text = |position: Option<usize>| {
            let value = position.and_then(|position| values.get(position))?;
            std::str::from_utf8(RowCursor::new(value).text().ok()??).ok()
        };
        let name = match (table.name, text(id)) {
            ("products", Some(id)) => names.product_name(id, text(code)),
            (_, Some(id)) => names.plan_name(id),
            (_, None) => None,
        };
        for (position, value) in values.iter().enumerate() {
            match name {
                Some(name) if position == column => row::put_text(&mut filled.bytes, name.as_bytes()),
                _ => filled.bytes.extend_from_slice(value),
            }
        }
        filled.close_row();
    }
    *rows = filled;
    Ok(())
}
