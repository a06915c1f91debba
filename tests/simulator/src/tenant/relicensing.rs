//! Licences given and taken since the start, directly and by group.

use super::changes::{Change, Changes, ImpossibleChange};
use super::licensing::{AssignmentState, Source};
use super::{Group, Tenant};
use crate::catalog::{self, number};
use jiff::Timestamp;

/// What a change does to one product of a person.
struct Moved {
    product: u8,
    /// Position in the group list; `None` is directly.
    group: Option<u8>,
    given: bool,
}

impl Tenant {
    /// Licence sources of a person after these changes, without the rest of the record.
    pub(super) fn sources_with(&self, changes: &Changes, index: u64) -> Vec<Source> {
        let mut sources = self.generated_sources(index);
        self.relicense(changes.relicensed(index), &mut sources, |source| source, |source, _| source);
        sources
    }

    /// Refuses a change of licences that no administrator could make.
    pub(super) fn check_licence_of(&self, change: &Change) -> Result<(), ImpossibleChange> {
        match change {
            Change::AssignLicense { sku_id, .. } | Change::RemoveLicense { sku_id, .. } => {
                let product = catalog::number_of(*sku_id).filter(|product| *product != number::EXTRA_STORAGE);
                product.map(drop).ok_or(ImpossibleChange::NoProduct(*sku_id))
            }
            Change::JoinGroup { group_id, .. } | Change::LeaveGroup { group_id, .. } => {
                let group = self.group(*group_id).filter(|group| group.assigns_licences());
                group.map(drop).ok_or(ImpossibleChange::NoGroup(*group_id))
            }
            _ => Ok(()),
        }
    }

    /// Lets changes of licences happen to a list of sources, whatever else an entry of the list holds.
    pub(super) fn relicense<T>(
        &self,
        changes: &[(Timestamp, Change)],
        sources: &mut Vec<T>,
        source_of: impl Fn(&T) -> &Source,
        given: impl Fn(Source, Timestamp) -> T,
    ) {
        let moves =
            changes.iter().flat_map(|(at, change)| self.moves(change).into_iter().map(move |moved| (*at, moved)));
        for (at, Moved { product, group, given: is_given }) in moves {
            sources.retain(|entry| {
                let source = source_of(entry);
                // A source that is told takes the place of one that was not.
                let replaced = source.group == group || is_given && !source.reported;
                source.product != product || !replaced
            });
            if is_given {
                let (state, error) = (AssignmentState::Active, None);
                // The directory tells whole seconds.
                let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
                sources.push(given(Source { product, group, state, error, disabled: 0, reported: true }, at));
            }
        }
    }

    fn moves(&self, change: &Change) -> Vec<Moved> {
        let direct = |sku_id, given| {
            let product = catalog::number_of(sku_id);
            product.map(|product| Moved { product, group: None, given }).into_iter().collect()
        };
        let by_group = |group_id, given| {
            let found = (0..).zip(&self.groups).find(|(_, group)| group.id == group_id);
            let each = |(position, group): (u8, &Group)| {
                let moved = |product: &u8| Moved { product: *product, group: Some(position), given };
                group.products.iter().map(moved).collect()
            };
            found.map(each).unwrap_or_default()
        };
        match change {
            Change::AssignLicense { sku_id, .. } => direct(*sku_id, true),
            Change::RemoveLicense { sku_id, .. } => direct(*sku_id, false),
            Change::JoinGroup { group_id, .. } => by_group(*group_id, true),
            Change::LeaveGroup { group_id, .. } => by_group(*group_id, false),
            _ => Vec::new(),
        }
    }
}
