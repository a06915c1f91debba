//! What happened to the directory since the start: a short list beside the generated people, never a copy of them.

use crate::identifiers::{GroupId, SkuId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A change of the directory. In JSON: `{"delete": {"position": 7}}`.
///
/// Sign-in does not follow: the accounts that can sign in keep doing so under the name they began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A person gets another principal name; the former one stays with them as a proxy address.
    Rename {
        /// Position in the directory's order.
        position: u64,
        /// The name from now on.
        new_upn: String,
    },
    /// A person is deleted; their licences return to the pool.
    Delete {
        /// Position in the directory's order.
        position: u64,
    },
    /// A person is added behind everybody else: the one whom the generator puts at the next position.
    Create {
        /// Their principal name; `None` leaves the generated one.
        #[serde(default)]
        user_principal_name: Option<String>,
    },
    /// A deleted person comes back with everything they had.
    Restore {
        /// Position in the directory's order.
        position: u64,
    },
    /// An account may no longer sign in; its licences stay.
    Disable {
        /// Position in the directory's order.
        position: u64,
    },
    /// An account may sign in.
    Enable {
        /// Position in the directory's order.
        position: u64,
    },
    /// A product is assigned to a person directly.
    AssignLicense {
        /// Position in the directory's order.
        position: u64,
        /// The product.
        sku_id: SkuId,
    },
    /// A direct assignment ends; what groups assign stays.
    RemoveLicense {
        /// Position in the directory's order.
        position: u64,
        /// The product.
        sku_id: SkuId,
    },
    /// A person becomes a member of a group and gets its products.
    JoinGroup {
        /// Position in the directory's order.
        position: u64,
        /// A group that assigns licences.
        group_id: GroupId,
    },
    /// A person leaves a group; its products go unless another source assigns them.
    LeaveGroup {
        /// Position in the directory's order.
        position: u64,
        /// A group that assigns licences.
        group_id: GroupId,
    },
}

impl Change {
    /// Whom it concerns; `None` for somebody who is yet to come.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Create { .. } => None,
            Self::Rename { position, .. }
            | Self::Delete { position }
            | Self::Restore { position }
            | Self::Disable { position }
            | Self::Enable { position }
            | Self::AssignLicense { position, .. }
            | Self::RemoveLicense { position, .. }
            | Self::JoinGroup { position, .. }
            | Self::LeaveGroup { position, .. } => Some(*position),
        }
    }
}

/// Nothing was changed, because the change names something that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImpossibleChange {
    /// No such person.
    #[error("nobody is at position {0} of the directory")]
    NobodyThere(u64),
    /// Only who was deleted can be restored.
    #[error("nobody was deleted at position {0} of the directory")]
    NobodyDeleted(u64),
    /// The tenant does not own it, or it is not for people.
    #[error("nobody can be assigned the product {0}")]
    NoProduct(SkuId),
    /// No such group, or one that assigns nothing.
    #[error("no group {0} assigns licences")]
    NoGroup(GroupId),
}

/// A name that is not the generated one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OtherName {
    pub(super) current: String,
    /// Earlier names given by changes, oldest first.
    pub(super) former: Vec<String>,
    /// The generated name was once in use.
    pub(super) generated_was_used: bool,
}

/// Changes folded into what a reader needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    log: Vec<(Timestamp, Change)>,
    pub(super) names: BTreeMap<u64, OtherName>,
    /// With the time of the deletion.
    pub(super) deleted: BTreeMap<u64, Timestamp>,
    pub(super) created: u64,
    /// Accounts that were enabled or disabled.
    enabled: BTreeMap<u64, bool>,
    /// Licences given and taken, oldest first.
    relicensed: BTreeMap<u64, Vec<(Timestamp, Change)>>,
}

impl Changes {
    /// Adds a change to a directory that was generated with this many people; answers the position it concerns.
    pub(super) fn add(&mut self, generated: u64, at: Timestamp, change: Change) -> Result<u64, ImpossibleChange> {
        let position = change.position().unwrap_or(generated + self.created);
        let deleted = self.deleted.contains_key(&position);
        match change {
            Change::Create { .. } => {}
            Change::Restore { .. } if deleted => {}
            Change::Restore { .. } => return Err(ImpossibleChange::NobodyDeleted(position)),
            _ if deleted || position >= generated + self.created => {
                return Err(ImpossibleChange::NobodyThere(position));
            }
            _ => {}
        }
        self.fold(position, at, &change);
        self.log.push((at, change));
        Ok(position)
    }

    fn fold(&mut self, position: u64, at: Timestamp, change: &Change) {
        match change {
            Change::Delete { .. } => {
                self.deleted.insert(position, at);
            }
            Change::Rename { new_upn, .. } => match self.names.get_mut(&position) {
                Some(name) => {
                    let former = std::mem::replace(&mut name.current, new_upn.clone());
                    name.former.push(former);
                }
                None => self.call(position, new_upn, true),
            },
            Change::Create { user_principal_name } => {
                self.created += 1;
                if let Some(name) = user_principal_name {
                    self.call(position, name, false);
                }
            }
            Change::Restore { .. } => drop(self.deleted.remove(&position)),
            Change::Disable { .. } => drop(self.enabled.insert(position, false)),
            Change::Enable { .. } => drop(self.enabled.insert(position, true)),
            Change::AssignLicense { .. }
            | Change::RemoveLicense { .. }
            | Change::JoinGroup { .. }
            | Change::LeaveGroup { .. } => self.relicensed.entry(position).or_default().push((at, change.clone())),
        }
    }

    fn call(&mut self, position: u64, name: &str, generated_was_used: bool) {
        let name = OtherName { current: name.to_owned(), former: Vec::new(), generated_was_used };
        self.names.insert(position, name);
    }

    /// What had happened by this time.
    pub(crate) fn until(&self, generated: u64, time: Timestamp) -> Self {
        let mut earlier = Self::default();
        for (at, change) in self.log.iter().filter(|(at, _)| *at <= time) {
            // Each of them was possible then, so it is possible again.
            let _ = earlier.add(generated, *at, change.clone());
        }
        earlier
    }

    pub(crate) fn is_deleted(&self, position: u64) -> bool {
        self.deleted.contains_key(&position)
    }

    /// When somebody was deleted.
    pub(crate) fn deleted_at(&self, position: u64) -> Option<Timestamp> {
        self.deleted.get(&position).copied()
    }

    /// A principal name that is not the generated one.
    pub(crate) fn name_of(&self, position: u64) -> Option<&str> {
        self.names.get(&position).map(|name| name.current.as_str())
    }

    /// People added behind the generated ones.
    pub(crate) fn created(&self) -> u64 {
        self.created
    }

    /// Whether an account was enabled or disabled; `None` if it is as generated.
    pub(super) fn enabled(&self, position: u64) -> Option<bool> {
        self.enabled.get(&position).copied()
    }

    /// Licences given to somebody and taken from them, oldest first.
    pub(super) fn relicensed(&self, position: u64) -> &[(Timestamp, Change)] {
        self.relicensed.get(&position).map_or(&[], Vec::as_slice)
    }

    /// Positions whose licences are not, or not all, counted as generated.
    pub(super) fn counted_anew(&self, generated: u64) -> BTreeSet<u64> {
        let created = generated..generated + self.created;
        created.chain(self.deleted.keys().copied()).chain(self.relicensed.keys().copied()).collect()
    }

    /// Positions whose place in an order by name is not the generated one.
    pub(super) fn displaced(&self, generated: u64) -> BTreeSet<u64> {
        let created = (generated..generated + self.created).filter(|position| !self.is_deleted(*position));
        let renamed = self.names.keys().copied().filter(|position| !self.is_deleted(*position));
        created.chain(renamed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_can_be_asked_for() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let mut changes = Changes::default();
        let rename = |name: &str| Change::Rename { position: 4, new_upn: name.to_owned() };
        assert_eq!(changes.add(10, second(1), rename("a@x")), Ok(4));
        assert_eq!(changes.add(10, second(2), rename("b@x")), Ok(4));
        assert_eq!(changes.add(10, second(3), Change::Create { user_principal_name: None }), Ok(10));
        assert_eq!(changes.add(10, second(4), Change::Delete { position: 10 }), Ok(10));
        assert_eq!(changes.add(10, second(5), Change::Delete { position: 10 }), Err(ImpossibleChange::NobodyThere(10)));
        assert_eq!(
            changes.add(10, second(6), Change::Restore { position: 4 }),
            Err(ImpossibleChange::NobodyDeleted(4))
        );
        assert_eq!(changes.name_of(4), Some("b@x"));
        assert_eq!(changes.until(10, second(1)).name_of(4), Some("a@x"));
        assert_eq!(changes.until(10, second(3)).created(), 1);
        assert!(!changes.until(10, second(3)).is_deleted(10));
        assert!(changes.is_deleted(10));
        assert_eq!(changes.add(10, second(7), Change::Restore { position: 10 }), Ok(10));
        assert!(changes.until(10, second(6)).is_deleted(10) && !changes.is_deleted(10));
    }
}
