//! Walks through the directory as it is now, from a place that a continuation link can name.
//!
//! A place is stable: people who are renamed, deleted or added while somebody pages move nobody else.

use super::Tenant;
use super::changes::Changes;
use super::name_index::{self, NameRange};

/// A stop of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// Where a walk that begins with this stop starts.
    pub(crate) place: u64,
    /// The person.
    pub(crate) position: u64,
}

/// Places between two generated names, for people whose name was given by a change.
const BETWEEN: u64 = 1 << 16;

impl Tenant {
    /// Everybody from a place on, in the directory's order.
    pub(crate) fn everybody(&self, start: u64) -> impl Iterator<Item = Stop> {
        let changes = self.changes();
        let end = self.generated_count() + changes.created();
        let present = (start..end).filter(move |position| !changes.is_deleted(*position));
        present.map(|position| Stop { place: position, position })
    }

    fn by_name(&self) -> &[u32] {
        self.name_order.get_or_init(|| name_index::build(self))
    }

    /// Number of generated names that sort before everything `before` is false for.
    fn rank(&self, before: impl Fn(&str) -> bool) -> u64 {
        let lower = |position: u32| self.generated_name(u64::from(position)).to_ascii_lowercase();
        self.by_name().partition_point(|position| before(&lower(*position))) as u64
    }

    /// People of a range of names whose name is not the generated one, by place.
    fn displaced_stops(&self, changes: &Changes, range: &NameRange) -> Vec<Stop> {
        let named = changes.displaced(self.generated_count()).into_iter().map(|position| {
            let name = changes.name_of(position).map_or_else(|| self.generated_name(position), str::to_owned);
            (name.to_ascii_lowercase(), position)
        });
        let mut inside: Vec<(String, u64)> = named.filter(|(name, _)| range.contains(name)).collect();
        inside.sort_unstable();
        let stop = |(number, (name, position)): (u64, (String, u64))| {
            let rank = self.rank(|generated| generated < name.as_str());
            Stop { place: rank * BETWEEN + number.min(BETWEEN - 2), position }
        };
        (0..).zip(inside).map(stop).collect()
    }

    /// The people of a range of names from a place on, in the order of their names.
    pub(crate) fn named(&self, range: &NameRange, start: u64) -> impl Iterator<Item = Stop> {
        let changes = self.changes();
        let (first, end) = (self.rank(|name| range.is_before(name)), self.rank(|name| !range.is_past(name)));
        let mut displaced = self.displaced_stops(&changes, range).into_iter().peekable();
        while displaced.next_if(|stop| stop.place < start).is_some() {}
        let from = first.max(start / BETWEEN);
        let generated = self.by_name().get(from as usize..end.max(from) as usize).unwrap_or_default();
        let mut generated = (from..)
            .zip(generated)
            .map(|(rank, position)| Stop { place: rank * BETWEEN + BETWEEN - 1, position: u64::from(*position) })
            .filter(move |stop| !changes.is_deleted(stop.position) && changes.name_of(stop.position).is_none())
            .peekable();
        std::iter::from_fn(move || match (displaced.peek(), generated.peek()) {
            (Some(other), Some(usual)) if other.place < usual.place => displaced.next(),
            (_, Some(_)) => generated.next(),
            _ => displaced.next(),
        })
    }

    /// How many people a range of names has, with these changes.
    pub(crate) fn count_named(&self, range: &NameRange, changes: &Changes) -> u64 {
        let between = self.rank(|name| !range.is_past(name)).saturating_sub(self.rank(|name| range.is_before(name)));
        let generated = self.generated_count();
        let moved_or_gone =
            changes.names.keys().chain(changes.deleted.keys()).collect::<std::collections::BTreeSet<_>>();
        let missing = moved_or_gone
            .into_iter()
            .filter(|position| **position < generated)
            .filter(|position| range.contains(&self.generated_name(**position).to_ascii_lowercase()));
        between - missing.count() as u64 + self.displaced_stops(changes, range).len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Change;
    use crate::{TenantOptions, tenant::person::REFERENCE_TIME};

    #[test]
    fn a_walk_survives_changes_on_the_way() {
        let tenant = Tenant::new(&TenantOptions { users: 400, ..TenantOptions::default() });
        let range = NameRange::new(Some("a"), Some("m"));
        let before: Vec<Stop> = tenant.named(&range, 0).collect();
        let names: Vec<String> =
            before.iter().map(|stop| tenant.principal_name(stop.position).to_ascii_lowercase()).collect();
        assert!(names.is_sorted() && names.len() > 50);
        let change = |change| tenant.change(REFERENCE_TIME, change).unwrap();
        change(Change::Delete { position: before[10].position });
        change(Change::Rename { position: before[40].position, new_upn: "B.early@x".into() });
        change(Change::Rename { position: before[20].position, new_upn: "zz@x".into() });
        let created = change(Change::Create { user_principal_name: Some("Lz.new@x".into()) });
        let rest: Vec<Stop> = tenant.named(&range, before[30].place).collect();
        let mut expected: Vec<u64> = before[30..].iter().map(|stop| stop.position).collect();
        expected.retain(|position| *position != before[40].position);
        let mut positions: Vec<u64> = rest.iter().map(|stop| stop.position).collect();
        assert!(positions.contains(&created));
        positions.retain(|position| *position != created);
        assert_eq!(positions, expected);
        let all: Vec<Stop> = tenant.named(&range, 0).collect();
        assert!(all.is_sorted_by(|left, right| left.place < right.place));
        assert_eq!(all.len(), before.len() - 1);
        assert_eq!(tenant.count_named(&range, &tenant.changes()), all.len() as u64);
        assert_eq!(tenant.count_named(&NameRange::default(), &tenant.changes()), tenant.user_count());
        assert_eq!(tenant.everybody(0).count() as u64, tenant.user_count());
    }
}
