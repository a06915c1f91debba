//! Everything about one person, and about one product.

use crate::applications_view::by_state;
use crate::array::{Kind, read, read_some};
use crate::cell::{day_text, json, moment_text};
use crate::detail::{BLOCK, Detail};
use crate::error::SnapshotError;
use crate::file::Damage;
use crate::licences_view::StoredProduct;
use crate::tenant::Tenant;
use crate::use_code::{STATES, place_of, state_of};
use crate::user_columns::USER_COLUMNS;
use beacon_api::{ApplicationUse, Holding, PersonPane, PersonUse, PlanFacts, ProductPane};
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A block of details is never larger than this; a longer one is damaged.
const LARGEST_BLOCK: usize = 64 << 20;

impl Tenant {
    /// One person.
    pub(crate) fn person(&self, user_id: &str, rule: usize) -> Result<PersonPane, SnapshotError> {
        let unknown = || SnapshotError::UnknownPerson(user_id.to_owned());
        let number = self.file.number_of(user_id)?.ok_or_else(unknown)?;
        let names: Vec<_> = USER_COLUMNS.iter().map(|column| column.id).collect();
        let text = format!("SELECT last_sign_in_at, {} FROM people WHERE number = ?1", names.join(", "));
        let row = self.file.connection.query_row(&text, [number], |row| {
            let last: Option<i64> = row.get(0)?;
            let values: rusqlite::Result<Vec<_>> = (1..)
                .zip(&USER_COLUMNS)
                .map(|(place, column)| Ok((column, json(column.kind, row.get_ref(place)?))))
                .collect();
            Ok((last, values?))
        });
        let (last, values) = self.file.damaged(row)?;
        let detail = self.file.damaged(self.detail(number))?;
        let mut display_name = None;
        let mut facts = Vec::new();
        for (column, value) in values {
            let text = match value {
                Value::Null => continue,
                Value::Bool(flag) => if flag { "Yes" } else { "No" }.to_owned(),
                Value::String(text) => text,
                other => other.to_string(),
            };
            if column.id == "display_name" {
                display_name = Some(text);
            } else {
                facts.push((column.label.to_owned(), text));
            }
        }
        facts.extend(detail.facts);
        Ok(PersonPane {
            user_id: user_id.to_owned(),
            display_name,
            facts,
            licences: self.holdings(detail.holdings)?,
            uses: self.person_uses(number, rule)?,
            last_sign_in_at: last.and_then(moment_text),
        })
    }

    fn detail(&self, number: u32) -> Result<Detail, Damage> {
        let (block, place) = (number as usize / BLOCK, number as usize % BLOCK);
        let (length, data): (usize, Vec<u8>) = self.file.connection.query_row(
            "SELECT length, data FROM details WHERE block = ?1",
            [block as i64],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let bad = || Damage::Text("the details of people do not unpack");
        let text = zstd::bulk::decompress(&data, length.min(LARGEST_BLOCK)).map_err(|_| bad())?;
        let details: Vec<Detail> = serde_json::from_slice(&text).map_err(|_| bad())?;
        details.into_iter().nth(place).ok_or_else(bad)
    }

    fn holdings(&self, stored: Vec<crate::detail::StoredHolding>) -> Result<Vec<Holding>, SnapshotError> {
        let products = self.products()?;
        let mut groups =
            self.file.damaged(self.file.connection.prepare_cached("SELECT name FROM groups WHERE group_id = ?1"))?;
        let mut holdings = Vec::with_capacity(stored.len());
        for holding in stored {
            let Some(product) = products.get(usize::from(holding.product)) else { continue };
            let mut sources = Vec::with_capacity(holding.sources.len());
            for source in holding.sources {
                let name: Option<Option<String>> =
                    self.file.damaged(groups.query_row([&source], |row| row.get(0)).optional())?;
                sources.push(name.flatten().unwrap_or(source));
            }
            holdings.push(Holding {
                sku_id: product.sku_id.clone(),
                product_name: product.name.clone(),
                sources,
                counts_seat: holding.counts_seat,
                error: holding.error,
            });
        }
        Ok(holdings)
    }

    fn person_uses(&self, number: u32, rule: usize) -> Result<Vec<PersonUse>, SnapshotError> {
        let connection = &self.file.connection;
        let mut uses = Vec::new();
        for application in self.applications()? {
            let of = application.number.to_string();
            let code = self.file.damaged(read_some::<u8>(connection, (Kind::Use, &of), &[number]))?;
            let code = code.first().copied().unwrap_or(0);
            let Some(state) = state_of(code, rule, application.unlisted) else { continue };
            let day = |kind| -> Result<Option<String>, SnapshotError> {
                let days = self.file.damaged(read_some::<u16>(connection, (kind, &of), &[number]))?;
                Ok(days.first().filter(|day| **day != 0).and_then(|day| day_text((*day).into())))
            };
            uses.push(PersonUse {
                application_id: application.id,
                application_name: application.name,
                state,
                last_activity_on: day(Kind::LastActivity)?,
                refreshed_on: day(Kind::Refreshed)?,
            });
        }
        uses.sort_by_cached_key(|one| (place_of(one.state), crate::fold::fold(&one.application_name)));
        Ok(uses)
    }

    /// One product.
    pub(crate) fn product(&self, sku_id: &str, rule: usize) -> Result<ProductPane, SnapshotError> {
        let products = self.products()?;
        let found = products.into_iter().find(|product| product.sku_id == sku_id);
        let product = found.ok_or_else(|| SnapshotError::UnknownProduct(sku_id.to_owned()))?;
        let (plans, applications) = self.plans(&product)?;
        Ok(ProductPane {
            sku_id: product.sku_id.clone(),
            product_name: product.name.clone(),
            part_number: product.part_number.clone(),
            seats: product.seats,
            people: product.people,
            plans,
            subscriptions: self.file.damaged(self.subscriptions(&product))?,
            uses: self.product_uses(&product, &applications, rule)?,
        })
    }

    /// Plans of a product, and the numbers of their applications.
    fn plans(&self, product: &StoredProduct) -> Result<(Vec<PlanFacts>, BTreeSet<u16>), SnapshotError> {
        let names: BTreeMap<_, _> = self.applications()?.into_iter().map(|one| (one.number, one.name)).collect();
        let read = || -> rusqlite::Result<Vec<(String, Option<String>, String)>> {
            let mut statement = self
                .file
                .connection
                .prepare_cached("SELECT name, status, applications FROM plans WHERE product = ?1 ORDER BY name")?;
            let rows = statement.query_map([product.number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        };
        let mut all = BTreeSet::new();
        let mut plans = Vec::new();
        for (plan_name, status, numbers) in self.file.damaged(read())? {
            let numbers: Vec<u16> = numbers.split(' ').filter_map(|number| number.parse().ok()).collect();
            let own: Vec<_> = numbers.iter().filter_map(|number| names.get(number)).map(String::as_str).collect();
            let application_name = (!own.is_empty()).then(|| own.join(", "));
            plans.push(PlanFacts { plan_name, status, application_name });
            all.extend(numbers);
        }
        Ok((plans, all))
    }

    fn subscriptions(&self, product: &StoredProduct) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.file.connection.prepare_cached(
            "SELECT name, status, is_trial, seats, next_at FROM subscriptions
             WHERE sku_id = ?1 ORDER BY next_at, rowid",
        )?;
        let rows = statement.query_map(params![product.sku_id], |row| {
            let (name, status): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
            let (is_trial, seats, next): (Option<bool>, Option<i64>, Option<i64>) =
                (row.get(2)?, row.get(3)?, row.get(4)?);
            let mut facts = vec![status.unwrap_or_else(|| "status unknown".to_owned())];
            facts.extend(seats.map(|seats| format!("{seats} seats")));
            facts.extend((is_trial == Some(true)).then(|| "trial".to_owned()));
            let day = next.and_then(moment_text).and_then(|moment| moment.get(..10).map(str::to_owned));
            facts.extend(day.map(|day| format!("next date {day}")));
            Ok(format!("{}: {}", name.unwrap_or_else(|| "Subscription".to_owned()), facts.join(", ")))
        })?;
        rows.collect()
    }

    /// How those who hold the product use its applications.
    fn product_uses(
        &self,
        product: &StoredProduct,
        numbers: &BTreeSet<u16>,
        rule: usize,
    ) -> Result<Vec<ApplicationUse>, SnapshotError> {
        let (connection, people) = (&self.file.connection, self.file.people());
        let of = product.number.to_string();
        let holders: Vec<u8> = self.file.damaged(read(connection, (Kind::Holder, &of), people))?;
        let mut uses = Vec::new();
        for application in self.applications()?.into_iter().filter(|one| numbers.contains(&one.number)) {
            let of = application.number.to_string();
            let codes: Vec<u8> = self.file.damaged(read(connection, (Kind::Use, &of), people))?;
            let mut histogram = [0u64; 256];
            for (code, _) in codes.iter().zip(&holders).filter(|(_, holds)| **holds != 0) {
                if let Some(count) = histogram.get_mut(usize::from(*code)) {
                    *count += 1;
                }
            }
            let mut states = [0u64; STATES.len()];
            for (code, people) in (0..=u8::MAX).zip(histogram) {
                let state = state_of(code, rule, application.unlisted).map(place_of);
                if let Some(count) = state.and_then(|place| states.get_mut(usize::from(place))) {
                    *count += people;
                }
            }
            uses.push(by_state(application.id, application.name, &states));
        }
        uses.sort_by_cached_key(|one| crate::fold::fold(&one.application_name));
        Ok(uses)
    }
}
