//! Applications and products of one part of people while it is built.

use crate::array::{Kind, PART, write_part};
use crate::build_people::UseHistogram;
use crate::catalog::Catalog;
use crate::error::SnapshotError;
use crate::use_code::{HOLDER, RULES, state_of, together};
use crate::use_rows::UseRecords;
use beacon_api::UseState;
use rusqlite::Connection;
use std::path::Path;

/// What is known about one application. Empty until it concerns somebody.
#[derive(Clone, Default)]
struct Use {
    codes: Vec<u8>,
    last_activity: Vec<u16>,
    refreshed: Vec<u16>,
}

/// One part of people.
#[derive(Default)]
pub(crate) struct PartUse {
    size: usize,
    uses: Vec<Use>,
    /// By product.
    holders: Vec<Vec<u8>>,
    /// By rule: number of applications used within its days.
    used: [Vec<u16>; RULES.len()],
}

impl PartUse {
    /// Begins with what the reports say about these people.
    pub(crate) fn load(
        records: &mut UseRecords,
        part: usize,
        size: usize,
        catalog: &Catalog,
        scratch: &Path,
    ) -> Result<Self, SnapshotError> {
        let mut uses = vec![Use::default(); catalog.applications.len()];
        records.part(part, scratch, |listed| {
            let Some(one) = uses.get_mut(usize::from(listed.application)) else { return };
            if one.last_activity.is_empty() {
                one.codes.resize(size, 0);
                one.last_activity.resize(size, 0);
                one.refreshed.resize(size, 0);
            }
            let place = listed.person as usize % PART;
            if let Some(code) = one.codes.get_mut(place) {
                *code = together(*code, listed.code);
            }
            if let Some(last) = one.last_activity.get_mut(place) {
                *last = (*last).max(listed.last_activity);
            }
            if let Some(refreshed) = one.refreshed.get_mut(place) {
                *refreshed = match (*refreshed, listed.refreshed) {
                    (0, day) | (day, 0) => day,
                    (one, other) => one.min(other),
                };
            }
        })?;
        let mut used: [Vec<u16>; RULES.len()] = std::array::from_fn(|_| vec![0; size]);
        for (rule, counts) in used.iter_mut().enumerate() {
            for codes in uses.iter().map(|one| &one.codes) {
                for (count, code) in counts.iter_mut().zip(codes) {
                    let within = state_of(*code, rule, UseState::NoData) == Some(UseState::UsedWithin);
                    *count += u16::from(within);
                }
            }
        }
        Ok(Self { size, uses, holders: Vec::new(), used })
    }

    /// Applications that somebody used within the days of a rule.
    pub(crate) fn used(&self, place: usize, rule: usize) -> u16 {
        self.used.get(rule).and_then(|counts| counts.get(place)).copied().unwrap_or(0)
    }

    /// Somebody holds a product with these applications.
    pub(crate) fn holds(&mut self, place: usize, product: u16, applications: &[u16], products: usize) {
        self.holders.resize(products.max(self.holders.len()), Vec::new());
        if let Some(holders) = self.holders.get_mut(usize::from(product)) {
            holders.resize(self.size, 0);
            if let Some(holds) = holders.get_mut(place) {
                *holds = 1;
            }
        }
        for application in applications {
            if let Some(one) = self.uses.get_mut(usize::from(*application)) {
                one.codes.resize(self.size, 0);
                if let Some(code) = one.codes.get_mut(place) {
                    *code = together(*code, HOLDER);
                }
            }
        }
    }

    /// Stores the part, and counts its people by application and code.
    pub(crate) fn write(
        &mut self,
        connection: &Connection,
        part: usize,
        histogram: &mut UseHistogram,
    ) -> rusqlite::Result<()> {
        let mut concerned = vec![0u16; self.size];
        for (number, one) in self.uses.iter().enumerate() {
            let of = number.to_string();
            write_part(connection, (Kind::Use, &of), part, &one.codes)?;
            write_part(connection, (Kind::LastActivity, &of), part, &one.last_activity)?;
            write_part(connection, (Kind::Refreshed, &of), part, &one.refreshed)?;
            for (count, code) in concerned.iter_mut().zip(&one.codes) {
                *count += u16::from(*code != 0);
            }
            if let Some(counts) = histogram.get_mut(number) {
                for code in one.codes.iter().filter(|code| **code != 0) {
                    if let Some(count) = counts.get_mut(usize::from(*code)) {
                        *count += 1;
                    }
                }
            }
        }
        for (number, holders) in self.holders.iter().enumerate() {
            write_part(connection, (Kind::Holder, &number.to_string()), part, holders)?;
        }
        write_part(connection, (Kind::Concerned, ""), part, &concerned)
    }
}
