//! What mailboxes and OneDrives hold.

use super::Tenant;
use super::services::{Service, Services};
use crate::dice::{Dice, Domain};

const GIGABYTE: u64 = 1 << 30;

/// A mailbox in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) items: u64,
    pub(crate) used_bytes: u64,
    /// "Prohibit send/receive" quota.
    pub(crate) quota_bytes: u64,
    pub(crate) deleted_items: u64,
    pub(crate) deleted_bytes: u64,
    pub(crate) has_archive: bool,
    /// Days before the refresh date, as everything in reports.
    pub(crate) created_days_ago: u16,
}

/// A OneDrive in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drive {
    pub(crate) files: u64,
    pub(crate) active_files: u64,
    pub(crate) used_bytes: u64,
    pub(crate) quota_bytes: u64,
}

impl Tenant {
    pub(crate) fn mailbox(&self, position: u64, services: Services) -> Mailbox {
        let mut dice = Dice::new(self.seed, Domain::Storage, position);
        let large = services.has(Service::Archive);
        let quota_bytes = if large { 100 } else { 50 } * GIGABYTE;
        // Squared: many small mailboxes, few that are nearly full.
        let share = dice.below(1_000) * dice.below(1_000) / 1_000;
        Mailbox {
            items: dice.below(120_000),
            used_bytes: quota_bytes / 1_000 * share + dice.below(1 << 20),
            quota_bytes,
            deleted_items: dice.below(4_000),
            deleted_bytes: dice.below(2 * GIGABYTE),
            has_archive: large && dice.percent(30),
            created_days_ago: 400 + dice.below(1_500) as u16,
        }
    }

    pub(crate) fn drive(&self, position: u64) -> Drive {
        let mut dice = Dice::new(self.seed, Domain::Storage, position ^ (1 << 63));
        let quota_bytes = if dice.percent(10) { 5 } else { 1 } * 1_024 * GIGABYTE;
        let files = dice.below(20_000);
        let share = dice.below(1_000) * dice.below(1_000) / 1_000;
        Drive {
            files,
            active_files: dice.below(files + 1),
            used_bytes: quota_bytes / 4_000 * share + dice.below(1 << 20),
            quota_bytes,
        }
    }
}
