//! Seats: how many people hold a product, counted over `assignments`, beside what the service counts.
//!
//! Nothing proves that licences were mapped rightly. The service's own number of seats in use is the one thing to
//! compare with, and it may lag: a difference is worth a look, not a failure.

use crate::beacon_block::Warning;
use crate::row::{DamagedRow, RowCursor, Rows};
use beacon_contract::dataset::TableSchema;
use std::collections::BTreeMap;

/// What the warning is called.
const SEATS_DIFFER: &str = "products.seats_differ";

/// A tenant has some dozens of products. Numbers come from a module: beyond these, products are not compared.
const MOST_PRODUCTS: usize = 1_000;
const LONGEST_ID: usize = 64;
const LONGEST_NAME: usize = 100;

/// Tells the first row of each person and product that counts a seat. Rows are sorted by person and product, so all
/// sources of one licence are neighbours.
#[derive(Debug, Default)]
pub(crate) struct FirstSeat {
    user: Vec<u8>,
    sku: Vec<u8>,
    counted: bool,
}

impl FirstSeat {
    /// Whether this row gives its person a seat that no row before it gave.
    pub(crate) fn is_new(&mut self, user: &[u8], sku: &[u8], counts_seat: bool) -> bool {
        if self.user != user || self.sku != sku {
            user.clone_into(&mut self.user);
            sku.clone_into(&mut self.sku);
            self.counted = false;
        }
        let new = counts_seat && !self.counted;
        self.counted |= counts_seat;
        new
    }
}

/// One product.
#[derive(Debug, Default)]
struct Seats {
    name: String,
    /// What the service counts; `None` if nothing is to be compared.
    consumed: Option<i64>,
    people: i64,
}

/// Both counts of every product, taken while the two tables are written, in any order.
#[derive(Debug, Default)]
pub(crate) struct SeatCheck {
    products: BTreeMap<Vec<u8>, Seats>,
    first: FirstSeat,
}

impl SeatCheck {
    /// Takes rows of any table; others than `products` and `assignments` say nothing about seats.
    pub(crate) fn rows(&mut self, table: &TableSchema, rows: &Rows) -> Result<(), DamagedRow> {
        match table.name {
            "products" => rows.iter().try_for_each(|row| self.product(table, row)),
            "assignments" => rows.iter().try_for_each(|row| self.assignment(table, row)),
            _ => Ok(()),
        }
    }

    fn seats(&mut self, sku: &[u8]) -> Option<&mut Seats> {
        let has_room = self.products.len() < MOST_PRODUCTS && sku.len() <= LONGEST_ID;
        if has_room && !self.products.contains_key(sku) {
            self.products.insert(sku.to_vec(), Seats::default());
        }
        self.products.get_mut(sku)
    }

    fn product(&mut self, table: &TableSchema, row: &[u8]) -> Result<(), DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let (mut sku, mut name, mut part_number) = (&[][..], None, None);
        let (mut consumed, mut for_people) = (None, true);
        for column in table.columns {
            let mut value = RowCursor::new(cursor.skip(column.kind)?);
            match column.name {
                "sku_id" => sku = value.text()?.unwrap_or_default(),
                "product_name" => name = value.text()?,
                "sku_part_number" => part_number = value.text()?,
                "applies_to" => for_people = value.text()? != Some(b"Company"),
                "consumed_units" => consumed = value.integer()?,
                _ => {}
            }
        }
        if let Some(seats) = self.seats(sku) {
            let name = String::from_utf8_lossy(name.or(part_number).unwrap_or(sku));
            seats.name = name.chars().take(LONGEST_NAME).collect();
            seats.consumed = consumed.filter(|_| for_people);
        }
        Ok(())
    }

    fn assignment(&mut self, table: &TableSchema, row: &[u8]) -> Result<(), DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let (mut user, mut sku, mut counts_seat) = (&[][..], &[][..], false);
        for column in table.columns {
            let mut value = RowCursor::new(cursor.skip(column.kind)?);
            match column.name {
                "user_id" => user = value.text()?.unwrap_or_default(),
                "sku_id" => sku = value.text()?.unwrap_or_default(),
                "counts_seat" => counts_seat = value.boolean()? == Some(true),
                _ => {}
            }
        }
        if self.first.is_new(user, sku, counts_seat)
            && let Some(seats) = self.seats(sku)
        {
            seats.people += 1;
        }
        Ok(())
    }

    /// One for each product where the two counts differ. Only of use if both tables are complete.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let differ = self.products.iter().filter_map(|(sku, seats)| {
            let consumed = seats.consumed.filter(|consumed| *consumed != seats.people)?;
            Some((sku, seats, consumed))
        });
        let warning = |(sku, seats, consumed): (&Vec<u8>, &Seats, i64)| {
            let Seats { name, people, .. } = seats;
            let arguments = [
                ("sku_id", String::from_utf8_lossy(sku).into_owned()),
                ("product", name.clone()),
                ("people", people.to_string()),
                ("consumed_units", consumed.to_string()),
            ];
            Warning {
                code: SEATS_DIFFER.to_owned(),
                text: format!(
                    "{name}: {people} people hold it in this package, the service counts {consumed}. Its count may \
                     lag; if the next import says so as well, compare the people of this product in the admin center."
                ),
                arguments: arguments.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
            }
        };
        differ.map(warning).collect()
    }
}
