//! Rows of usage in the order of one of their own columns.
//!
//! There are forty rows for each person, too many to sort. They are put into buckets instead (a state, a day, an
//! application): first the rows of each bucket are counted, which tells where in the order each bucket begins; then only
//! the applications that have rows in the window are looked at again. Within a bucket rows come by connection,
//! application and person.

use crate::array::{Kind, read, read_some};
use crate::error::SnapshotError;
use crate::fold::fold;
use crate::row_ref::RowRef;
use crate::tenant::Tenant;
use crate::usage_selection::{ChosenApplication, Selection};
use std::collections::{BTreeMap, BTreeSet};

/// Column that rows are put into buckets by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    Application,
    State,
    LastActivity,
    Refreshed,
}

/// The bucket of rows without a value: the last, whatever the direction.
const LAST: usize = u16::MAX as usize;

/// Buckets, each once, and their rows.
type Counts = Vec<(usize, u64)>;

/// Where each bucket begins.
pub(crate) struct Buckets {
    by: Bucket,
    descending: bool,
    /// Places of names of applications over all connections.
    names: BTreeMap<String, usize>,
    /// By bucket.
    starts: Vec<u64>,
    /// By connection and application.
    counts: Vec<Vec<Counts>>,
}

impl Buckets {
    pub(crate) fn count(
        tenants: &[Tenant],
        selections: &[Selection],
        by: Bucket,
        descending: bool,
    ) -> Result<Self, SnapshotError> {
        let names: BTreeSet<_> =
            selections.iter().flat_map(|one| &one.applications).map(|application| fold(&application.name)).collect();
        let names = names.into_iter().zip(0..).collect();
        let mut buckets = Self { by, descending, names, starts: vec![0; LAST + 2], counts: Vec::new() };
        for (tenant, selection) in tenants.iter().zip(selections) {
            let counts = selection.applications.iter().map(|one| buckets.count_one(tenant, selection, one));
            let counts = counts.collect::<Result<Vec<_>, _>>()?;
            for (bucket, rows) in counts.iter().flatten() {
                if let Some(start) = buckets.starts.get_mut(bucket + 1) {
                    *start += rows;
                }
            }
            buckets.counts.push(counts);
        }
        let mut sum = 0;
        for start in &mut buckets.starts {
            sum += *start;
            *start = sum;
        }
        Ok(buckets)
    }

    pub(crate) fn rows(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    const fn turned(&self, value: usize) -> usize {
        if self.descending { LAST - 1 - value } else { value }
    }

    fn count_one(
        &self,
        tenant: &Tenant,
        selection: &Selection,
        application: &ChosenApplication,
    ) -> Result<Counts, SnapshotError> {
        let days = self.days(tenant, application)?;
        if let Some(states) = selection.known_states(application).filter(|_| days.is_none()) {
            // Several states may share a bucket.
            let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
            for (state, rows) in (0..).zip(states).filter(|(_, rows)| *rows > 0) {
                *counts.entry(self.bucket(application, state, 0)).or_default() += rows;
            }
            return Ok(counts.into_iter().collect());
        }
        let mut rows = vec![0u64; LAST + 1];
        selection.each(tenant, application, |person, state| {
            let day = days.as_ref().and_then(|days| days.get(person as usize)).copied().unwrap_or(0);
            if let Some(rows) = rows.get_mut(self.bucket(application, state, day)) {
                *rows += 1;
            }
        })?;
        Ok(rows.into_iter().enumerate().filter(|(_, rows)| *rows > 0).collect())
    }

    fn bucket(&self, application: &ChosenApplication, state: u8, day: u16) -> usize {
        match self.by {
            Bucket::Application => self.turned(self.names.get(&fold(&application.name)).copied().unwrap_or(0)),
            Bucket::State => self.turned(state.into()),
            Bucket::LastActivity | Bucket::Refreshed if day == 0 => LAST,
            Bucket::LastActivity | Bucket::Refreshed => self.turned(usize::from(day) - 1),
        }
    }

    /// The days that buckets are made of; `None` if they are not, or the application has none.
    fn days(&self, tenant: &Tenant, application: &ChosenApplication) -> Result<Option<Vec<u16>>, SnapshotError> {
        let kind = match self.by {
            Bucket::LastActivity => Kind::LastActivity,
            Bucket::Refreshed => Kind::Refreshed,
            Bucket::Application | Bucket::State => return Ok(None),
        };
        let of = application.number.to_string();
        let days: Vec<u16> = tenant.file.damaged(read(&tenant.file.connection, (kind, &of), tenant.file.people()))?;
        Ok(days.iter().any(|day| *day != 0).then_some(days))
    }

    /// Rows from `offset` on.
    pub(crate) fn window(
        &self,
        tenants: &[Tenant],
        selections: &[Selection],
        offset: u64,
        limit: usize,
    ) -> Result<Vec<RowRef>, SnapshotError> {
        let end = offset.saturating_add(limit as u64);
        let mut next = self.starts.clone();
        let mut window: Vec<(u64, RowRef)> = Vec::new();
        for ((place, tenant), (selection, counts)) in (0u16..).zip(tenants).zip(selections.iter().zip(&self.counts)) {
            for (application, counts) in selection.applications.iter().zip(counts) {
                let is_seen = counts.iter().any(|(bucket, rows)| {
                    let start = next.get(*bucket).copied().unwrap_or(0);
                    start < end && start.saturating_add(*rows) > offset
                });
                if !is_seen {
                    for (bucket, rows) in counts {
                        if let Some(start) = next.get_mut(*bucket) {
                            *start += rows;
                        }
                    }
                    continue;
                }
                let days = self.days(tenant, application)?;
                let number = application.number;
                selection.each(tenant, application, |person, state| {
                    let day = days.as_ref().and_then(|days| days.get(person as usize)).copied().unwrap_or(0);
                    let Some(start) = next.get_mut(self.bucket(application, state, day)) else { return };
                    if (offset..end).contains(start) {
                        let row = RowRef { tenant: place, person, application: number, state, ..RowRef::default() };
                        window.push((*start, row));
                    }
                    *start += 1;
                })?;
            }
        }
        fill_days(tenants, &mut window)?;
        window.sort_unstable_by_key(|(place, _)| *place);
        Ok(window.into_iter().map(|(_, row)| row).collect())
    }
}

/// The days of rows that were found without them. Rows of one application are neighbours here.
fn fill_days(tenants: &[Tenant], window: &mut [(u64, RowRef)]) -> Result<(), SnapshotError> {
    let same = |(_, one): &(u64, RowRef), (_, other): &(u64, RowRef)| {
        (one.tenant, one.application) == (other.tenant, other.application)
    };
    for rows in window.chunk_by_mut(same) {
        let Some((_, first)) = rows.first() else { continue };
        let Some(tenant) = tenants.get(usize::from(first.tenant)) else { continue };
        let of = first.application.to_string();
        let people: Vec<_> = rows.iter().map(|(_, row)| row.person).collect();
        let days = |kind| tenant.file.damaged(read_some::<u16>(&tenant.file.connection, (kind, &of), &people));
        let (last, refreshed) = (days(Kind::LastActivity)?, days(Kind::Refreshed)?);
        for ((_, row), (last, refreshed)) in rows.iter_mut().zip(last.into_iter().zip(refreshed)) {
            (row.last_activity, row.refreshed) = (last, refreshed);
        }
    }
    Ok(())
}
