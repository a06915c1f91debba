//! Changes drawn from a seed: what happens in a directory between two imports.

use super::changes::Change;
use super::licensing::AssignmentState;
use super::user::{LicenseAssignment, UserRecord};
use super::{ACCOUNT_COUNT, Tenant};
use crate::catalog::{self, number};
use crate::dice::{Dice, Domain};
use jiff::Timestamp;

/// Draws for one change before the seed is taken to have run dry; one in a handful is possible.
const ATTEMPTS: usize = 10_000;

/// Sources that give the person something; one in error can be put right by assigning again.
fn in_force(user: &UserRecord) -> impl Iterator<Item = &LicenseAssignment> {
    user.license_assignments.iter().filter(|source| source.state != AssignmentState::Error)
}

impl Tenant {
    /// Makes this many changes; those who can sign in are left alone.
    pub(crate) fn change_randomly(&self, at: Timestamp, seed: u64, count: usize) -> Vec<Change> {
        let mut dice = Dice::new(self.seed ^ seed.rotate_left(32), Domain::Change, seed);
        let mut made = Vec::with_capacity(count);
        for _ in 0..count {
            let drawn = (0..ATTEMPTS).filter_map(|_| self.draw_change(&mut dice));
            let change = drawn.into_iter().find(|change| self.change(at, change.clone()).is_ok());
            made.extend(change);
        }
        made
    }

    /// A change that would have an effect, or `None` if the draw has nothing to change.
    fn draw_change(&self, dice: &mut Dice) -> Option<Change> {
        let changes = self.changes();
        let kind = dice.below(10);
        let end = self.generated_count() + changes.created();
        let position = ACCOUNT_COUNT + dice.below(end.checked_sub(ACCOUNT_COUNT).filter(|people| *people > 0)?);
        match kind {
            0 => return Some(Change::Create { user_principal_name: None }),
            1 => {
                let deleted = dice.below(changes.deleted.len() as u64) as usize;
                return changes.deleted.keys().nth(deleted).map(|position| Change::Restore { position: *position });
            }
            _ if !self.has(position) => return None,
            2 => {
                let new_upn = format!("renamed.{position}.{:x}@{}", dice.below(1 << 32), self.default_domain);
                return Some(Change::Rename { position, new_upn });
            }
            3 => return Some(Change::Delete { position }),
            _ => {}
        }
        let user = self.user(position);
        match kind {
            4 => user.account_enabled.then_some(Change::Disable { position }),
            5 => (!user.account_enabled).then_some(Change::Enable { position }),
            6 => {
                let sku_id = catalog::product(dice.below(u64::from(number::EXTRA_STORAGE)) as u8).id;
                let mut direct = in_force(&user).filter(|it| it.assigned_by_group.is_none());
                let has = direct.any(|it| it.sku_id == sku_id);
                (!has).then_some(Change::AssignLicense { position, sku_id })
            }
            7 => self.draw_removal(dice, &user),
            8 => {
                let mut groups = self.groups.iter().filter(|group| group.assigns_licences() && !group.deleted);
                let group_id = groups.clone().nth(dice.below(groups.by_ref().count() as u64) as usize)?.id;
                let is_in = in_force(&user).any(|it| it.assigned_by_group == Some(group_id));
                (!is_in).then_some(Change::JoinGroup { position, group_id })
            }
            _ => {
                let mut groups = user.license_assignments.iter().filter_map(|source| source.assigned_by_group);
                let group_id = groups.clone().nth(dice.below(groups.by_ref().count() as u64) as usize)?;
                self.group(group_id).map(|group| Change::LeaveGroup { position, group_id: group.id })
            }
        }
    }

    fn draw_removal(&self, dice: &mut Dice, user: &UserRecord) -> Option<Change> {
        let direct = user.license_assignments.iter().filter(|source| source.assigned_by_group.is_none());
        let count = direct.clone().count() as u64;
        let sku_id = direct.map(|source| source.sku_id).nth(dice.below(count) as usize)?;
        Some(Change::RemoveLicense { position: user.index, sku_id })
    }
}
