//! The simulated tenant: a pure function of its options and of the changes ordered since. Nothing here is stored per
//! person, except four bytes for the order of names once somebody asks for a range of them.

mod activity;
mod changes;
mod directory;
mod group;
mod licensing;
mod listing;
mod name_index;
mod names;
mod person;
mod random_changes;
mod relicensing;
mod reported;
mod services;
mod sign_in_activity;
mod storage;
mod subscription;
mod user;

pub(crate) use activity::{Activity, DaysAgo};
pub(crate) use changes::Changes;
pub use changes::{Change, ImpossibleChange};
pub use directory::{Organization, VerifiedDomain};
pub use group::Group;
pub use licensing::{AssignmentError, AssignmentState};
pub(crate) use listing::Stop;
pub(crate) use name_index::NameRange;
#[cfg(test)]
pub(crate) use person::REFERENCE_TIME;
pub(crate) use reported::{Reported, ReportedPerson, Unnamed};
pub(crate) use services::Service;
pub use sign_in_activity::{SignInActivity, SignInTime};
pub use subscription::{CapabilityStatus, PrepaidUnits, SubscribedSku, Subscription};
pub use user::{AssignedLicense, AssignedPlan, LicenseAssignment, OnPremises, UserRecord, UserType};

use crate::dice::{Dice, Domain};
use crate::identifiers::{GroupId, TenantId, UserId};
use crate::options::{Cloud, TenantOptions};
use jiff::Timestamp;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// People who can sign in occupy the first places of the directory.
pub const ACCOUNT_COUNT: u64 = 3;

/// One tenant, of any size. Cheap: a few kilobytes, whatever `users` says.
#[derive(Debug)]
pub struct Tenant {
    seed: u64,
    users: u64,
    cloud: Cloud,
    premium: AtomicBool,
    id: TenantId,
    neighbour_id: TenantId,
    initial_domain: String,
    default_domain: String,
    groups: Vec<Group>,
    consumed: OnceLock<[u64; crate::catalog::number::COUNT]>,
    changes: RwLock<Arc<Changes>>,
    name_order: OnceLock<Vec<u32>>,
}

impl Tenant {
    /// A tenant for these options; equal options give an equal tenant.
    #[must_use]
    pub fn new(options: &TenantOptions) -> Self {
        let mut dice = Dice::new(options.seed, Domain::Tenant, 0);
        let name = format!("contoso{:05}", dice.below(100_000));
        Self {
            seed: options.seed,
            users: options.users.max(ACCOUNT_COUNT),
            cloud: options.cloud,
            premium: AtomicBool::new(options.premium),
            id: TenantId(dice.guid()),
            neighbour_id: TenantId(dice.guid()),
            initial_domain: format!("{name}.onmicrosoft.com"),
            default_domain: format!("{name}.example"),
            groups: group::generate(options.seed),
            consumed: OnceLock::new(),
            changes: RwLock::default(),
            name_order: OnceLock::new(),
        }
    }

    /// Number of users, guests and resource accounts included; at least [`ACCOUNT_COUNT`] unless some were deleted.
    #[must_use]
    pub fn user_count(&self) -> u64 {
        self.count_with(&self.changes())
    }

    pub(crate) fn count_with(&self, changes: &Changes) -> u64 {
        (self.users + changes.created()).saturating_sub(changes.deleted.len() as u64)
    }

    /// Positions from here on have never belonged to anybody.
    pub(crate) fn places(&self) -> u64 {
        self.users + self.changes().created()
    }

    /// Number of users the tenant began with.
    pub(crate) fn generated_count(&self) -> u64 {
        self.users
    }

    /// Changes the directory; answers the position concerned.
    pub(crate) fn change(&self, at: Timestamp, change: Change) -> Result<u64, ImpossibleChange> {
        self.check_licence_of(&change)?;
        let mut changes = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut changes).add(self.users, at, change)
    }

    /// The tenant of this moment: changes from now on do not reach it.
    pub(crate) fn kept(&self) -> Self {
        Self {
            premium: AtomicBool::new(self.is_premium()),
            id: self.id,
            neighbour_id: self.neighbour_id,
            initial_domain: self.initial_domain.clone(),
            default_domain: self.default_domain.clone(),
            groups: self.groups.clone(),
            consumed: self.consumed.clone(),
            changes: RwLock::new(self.changes()),
            name_order: self.name_order.clone(),
            ..*self
        }
    }

    /// What was changed so far.
    pub(crate) fn changes(&self) -> Arc<Changes> {
        Arc::clone(&self.changes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What had been changed by this time.
    pub(crate) fn changes_until(&self, time: Timestamp) -> Changes {
        self.changes().until(self.users, time)
    }

    /// Directory id.
    #[must_use]
    pub fn id(&self) -> TenantId {
        self.id
    }

    /// A second tenant that the login site knows but in which nothing is registered.
    #[must_use]
    pub fn neighbour_id(&self) -> TenantId {
        self.neighbour_id
    }

    /// The cloud the tenant lives in.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Whether the tenant owns Entra ID P1 or P2.
    #[must_use]
    pub fn is_premium(&self) -> bool {
        self.premium.load(Ordering::Relaxed)
    }

    pub(crate) fn set_premium(&self, premium: bool) {
        self.premium.store(premium, Ordering::Relaxed);
    }

    /// The domain new addresses are made in.
    #[must_use]
    pub fn default_domain(&self) -> &str {
        &self.default_domain
    }

    /// The `onmicrosoft.com` domain.
    #[must_use]
    pub fn initial_domain(&self) -> &str {
        &self.initial_domain
    }

    /// Every group, also the deleted one that licence states still name.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group with this id, unless it was deleted.
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id && !group.deleted)
    }

    /// The position of a user, or `None` for an id of nobody here.
    #[must_use]
    pub fn index_of(&self, id: UserId) -> Option<u64> {
        let index = person::index_in(self.seed, id);
        (self.has(index) && person::id_of(self.seed, index) == id).then_some(index)
    }

    /// The position of the user with this principal name, compared without regard to case.
    #[must_use]
    pub fn index_of_principal_name(&self, name: &str) -> Option<u64> {
        let changes = self.changes();
        person::index_in_principal_name(name)
            .into_iter()
            .chain(0..ACCOUNT_COUNT)
            .chain(changes.names.keys().copied())
            .find(|&index| self.has(index) && self.principal_name(index).eq_ignore_ascii_case(name))
    }

    /// Somebody is at this position.
    #[must_use]
    pub fn has(&self, index: u64) -> bool {
        let changes = self.changes();
        index < self.users + changes.created() && !changes.is_deleted(index)
    }

    /// Id of the user at a position.
    #[must_use]
    pub fn user_id(&self, index: u64) -> UserId {
        person::id_of(self.seed, index)
    }
}
