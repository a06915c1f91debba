//! Assignments, person by person, and the people behind a difference between two counts of seats.

use crate::catalog::Catalog;
use crate::detail::StoredHolding;
use crate::error::SnapshotError;
use crate::row_stream::RowStream;
use beacon_package::PackageFolder;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// More people than this explain nothing to anybody.
const MOST_ODD: usize = 200;

/// What Graph writes where nothing is wrong.
const NO_ERROR: &str = "None";

/// The table `assignments`, sorted by person and product, while it is read.
pub(crate) struct Licences {
    rows: RowStream,
    has_row: bool,
    odd: Vec<(u16, String)>,
}

/// All sources of one product of one person.
struct Licence {
    sku_id: String,
    sources: Vec<String>,
    /// Plans that every source in force has off; `None` if no source counts a seat.
    off: Option<BTreeSet<String>>,
    error: Option<String>,
}

impl Licences {
    pub(crate) fn open(package: &PackageFolder) -> Result<Self, SnapshotError> {
        let columns = ["user_id", "sku_id", "source", "counts_seat", "error", "disabled_plans", "state"];
        let mut rows = RowStream::open(package, "assignments", &columns)?;
        let has_row = rows.advance()?;
        Ok(Self { rows, has_row, odd: Vec::new() })
    }

    /// What somebody holds, with the applications of each product. People have to be asked for in their order.
    pub(crate) fn of(
        &mut self,
        user_id: &str,
        shown: &str,
        catalog: &mut Catalog,
    ) -> Result<Vec<(StoredHolding, Vec<u16>)>, SnapshotError> {
        while self.has_row && self.rows.text(0).unwrap_or_default() < user_id {
            self.stranger(catalog)?;
        }
        let mut holdings = Vec::new();
        while self.has_row && self.rows.text(0) == Some(user_id) {
            let licence = self.licence(user_id)?;
            let Some((number, product)) = catalog.product(&licence.sku_id) else { continue };
            let counts_seat = licence.off.is_some();
            product.people += u64::from(counts_seat);
            let why = match (&licence.error, counts_seat) {
                (Some(error), _) => Some(format!("{shown}: assigned with the error {error}")),
                (None, false) => Some(format!("{shown}: assigned without a counting seat")),
                (None, true) => None,
            };
            let applications = licence.off.as_ref().map(|off| product.applications_without(off));
            if let Some(why) = why {
                note(&mut self.odd, number, &mut product.odd, why);
            }
            let Licence { sources, error, .. } = licence;
            let holding = StoredHolding { product: number, sources, counts_seat, error };
            holdings.push((holding, applications.into_iter().flatten().collect()));
        }
        Ok(holdings)
    }

    /// Assignments of people who come after the last of `users`.
    pub(crate) fn rest(&mut self, catalog: &mut Catalog) -> Result<(), SnapshotError> {
        while self.has_row {
            self.stranger(catalog)?;
        }
        Ok(())
    }

    /// A product of somebody who is not among the users, because that list is not complete.
    fn stranger(&mut self, catalog: &mut Catalog) -> Result<(), SnapshotError> {
        let user_id = self.rows.owned(0).unwrap_or_default();
        let licence = self.licence(&user_id)?;
        if let Some((number, product)) = catalog.product(&licence.sku_id) {
            product.people += u64::from(licence.off.is_some());
            note(&mut self.odd, number, &mut product.odd, format!("{user_id}: not among the users of this import"));
        }
        Ok(())
    }

    fn licence(&mut self, user_id: &str) -> Result<Licence, SnapshotError> {
        let sku_id = self.rows.owned(1).unwrap_or_default();
        let mut licence = Licence { sku_id, sources: Vec::new(), off: None, error: None };
        while self.has_row && self.rows.text(0) == Some(user_id) && self.rows.text(1) == Some(&licence.sku_id) {
            licence.sources.extend(self.rows.owned(2));
            if self.rows.boolean(3) == Some(true) {
                let off: BTreeSet<_> = self.rows.list(5).into_iter().collect();
                // A plan is off only if every source disables it.
                licence.off = Some(match licence.off.take() {
                    Some(known) => known.intersection(&off).cloned().collect(),
                    None => off,
                });
            }
            if let Some(error) = self.rows.text(4).filter(|error| !error.is_empty() && *error != NO_ERROR) {
                licence.error = Some(error.to_owned());
            }
            self.has_row = self.rows.advance()?;
        }
        Ok(licence)
    }

    pub(crate) fn write_odd(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached("INSERT INTO odd_holders (product, who) VALUES (?1, ?2)")?;
        for (product, who) in self.odd.drain(..) {
            statement.execute((product, who))?;
        }
        Ok(())
    }
}

fn note(odd: &mut Vec<(u16, String)>, product: u16, count: &mut usize, why: String) {
    *count += 1;
    if *count <= MOST_ODD {
        odd.push((product, why));
    }
}
