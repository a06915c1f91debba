//! Microsoft's published list of products and service plans, read with all its dirt.
//!
//! The list ("Product names and service plan identifiers for licensing") has a line per product and plan. Seen in it:
//! a byte order mark, no-break spaces, tabs and spaces around values, commas in quotes, ids that come again with
//! another name. The first line of an id counts.

use crate::error::PackageError;
use crate::names::{NameEntry, NameTable};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

/// The published list has more than 600 products; a list of fewer than this is another file.
const FEWEST_PRODUCTS: usize = 50;

/// Office 365 E3, Microsoft 365 E3, Exchange Online Plan 1: ids that never change. A list without any of them is
/// another file.
const KNOWN_PRODUCTS: [&str; 3] = [
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "05e9a617-0261-4cee-bb44-138d3ef5d965",
    "4b9405b0-7788-4568-add1-99614e613b69",
];

const COLUMNS: [&str; 6] = [
    "Product_Display_Name",
    "String_Id",
    "GUID",
    "Service_Plan_Name",
    "Service_Plan_Id",
    "Service_Plans_Included_Friendly_Names",
];

/// A product as the list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedProduct {
    /// Its part number and name.
    pub entry: NameEntry,
    /// Ids of its service plans, in the order of the list.
    pub plans: Vec<String>,
}

/// The published list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductList {
    /// Products by id.
    pub products: BTreeMap<String, ListedProduct>,
    /// Service plans by id.
    pub plans: BTreeMap<String, NameEntry>,
}

/// One space for every run of white space, no-break spaces included; none at the ends.
fn clean(text: &str) -> String {
    let dirt = |character: char| character.is_whitespace() || matches!(character, '\u{feff}' | '\u{200b}');
    text.split(dirt).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn guid(text: &str) -> Option<String> {
    let id = clean(text).to_ascii_lowercase();
    let fits = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    fits.then_some(id)
}

impl ProductList {
    /// Reads the list.
    ///
    /// # Errors
    /// [`PackageError::NamesCsv`] if it is no CSV in UTF-8, [`PackageError::Names`] that names a missing column, or
    /// the line of an id that is none.
    pub fn read(list: impl Read) -> Result<Self, PackageError> {
        let refuse = |why: String| PackageError::Names { why };
        // Lines end at LF alone, so that lines are counted right; a CR before it is cleaned away like other dirt.
        let terminator = csv::Terminator::Any(b'\n');
        let mut reader = csv::ReaderBuilder::new().flexible(true).terminator(terminator).from_reader(list);
        let header: Vec<_> = reader.headers().map_err(PackageError::NamesCsv)?.iter().map(clean).collect();
        let mut positions = [0; 6];
        for (position, name) in positions.iter_mut().zip(COLUMNS) {
            let found = header.iter().position(|column| column.eq_ignore_ascii_case(name));
            *position = found.ok_or_else(|| refuse(format!("the column {name} is missing")))?;
        }
        let mut products: BTreeMap<String, ListedProduct> = BTreeMap::new();
        let mut plans = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(PackageError::NamesCsv)?;
            if record.iter().all(|value| clean(value).is_empty()) {
                continue;
            }
            let line = record.position().map_or(0, csv::Position::line);
            let [name, code, id, plan_code, plan_id, plan_name] =
                positions.map(|position| record.get(position).unwrap_or_default());
            let id = guid(id).ok_or_else(|| refuse(format!("line {line} has no product id but {id:?}")))?;
            let plan_id =
                guid(plan_id).ok_or_else(|| refuse(format!("line {line} has no service plan id but {plan_id:?}")))?;
            let product = products.entry(id).or_insert_with(|| ListedProduct {
                entry: NameEntry { code: clean(code), name: clean(name) },
                plans: Vec::new(),
            });
            if !product.plans.contains(&plan_id) {
                product.plans.push(plan_id.clone());
            }
            plans.entry(plan_id).or_insert_with(|| NameEntry { code: clean(plan_code), name: clean(plan_name) });
        }
        if products.len() < FEWEST_PRODUCTS {
            return Err(refuse(format!(
                "only {} products are in it, so it is not the list that Microsoft publishes",
                products.len()
            )));
        }
        if !KNOWN_PRODUCTS.iter().any(|known| products.contains_key(*known)) {
            return Err(refuse("none of the best-known products is in it, so it is another list".to_owned()));
        }
        Ok(Self { products, plans })
    }

    /// Names of the products that `keep` accepts by part number and name, and of all their plans.
    pub fn names_of(&self, mut keep: impl FnMut(&NameEntry) -> bool) -> NameTable {
        let kept: Vec<_> = self.products.iter().filter(|(_, product)| keep(&product.entry)).collect();
        let plan_ids = kept.iter().flat_map(|(_, product)| &product.plans);
        let plans = plan_ids.filter_map(|id| self.plans.get_key_value(id));
        NameTable::new(
            kept.iter().map(|(id, product)| ((*id).clone(), product.entry.clone())).collect(),
            plans.map(|(id, entry)| (id.clone(), entry.clone())).collect(),
        )
    }
}

impl NameTable {
    /// Names of everything in Microsoft's published list.
    ///
    /// # Errors
    /// See [`ProductList::read`].
    pub fn parse_microsoft_csv(list: impl Read) -> Result<Self, PackageError> {
        Ok(ProductList::read(list)?.names_of(|_| true))
    }
}

/// Replaces the names in `data_file` by those of Microsoft's published list in `csv`; at once, or not at all.
///
/// # Errors
/// See [`ProductList::read`]; [`PackageError::Storage`].
pub fn update_names(csv: &Path, data_file: &Path) -> Result<NameTable, PackageError> {
    let list = File::open(csv).map_err(PackageError::storage("read", csv))?;
    let names = NameTable::parse_microsoft_csv(BufReader::new(list))?;
    let folder = data_file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || PackageError::storage("write", data_file);
    std::fs::create_dir_all(folder).map_err(failed())?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
    file.write_all(names.to_text().as_bytes()).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(data_file).map_err(|error| failed()(error.error))?;
    Ok(names)
}
