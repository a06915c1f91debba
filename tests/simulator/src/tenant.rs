//! The simulated tenant: a pure function of its options. Nothing here is stored per person.

mod directory;
mod group;
mod licensing;
mod names;
mod person;
mod subscription;
mod user;

pub use directory::{Organization, VerifiedDomain};
pub use group::Group;
pub use licensing::{AssignmentError, AssignmentState};
pub use subscription::{CapabilityStatus, PrepaidUnits, SubscribedSku, Subscription};
pub use user::{AssignedLicense, AssignedPlan, LicenseAssignment, OnPremises, UserRecord, UserType};

use crate::dice::{Dice, Domain};
use crate::identifiers::{GroupId, TenantId, UserId};
use crate::options::{Cloud, TenantOptions};
use std::sync::OnceLock;

/// People who can sign in occupy the first places of the directory.
pub const ACCOUNT_COUNT: u64 = 3;

/// One tenant, of any size. Cheap: a few kilobytes, whatever `users` says.
#[derive(Debug)]
pub struct Tenant {
    seed: u64,
    users: u64,
    cloud: Cloud,
    premium: bool,
    id: TenantId,
    neighbour_id: TenantId,
    initial_domain: String,
    default_domain: String,
    groups: Vec<Group>,
    consumed: OnceLock<[u64; crate::catalog::number::COUNT]>,
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
            premium: options.premium,
            id: TenantId(dice.guid()),
            neighbour_id: TenantId(dice.guid()),
            initial_domain: format!("{name}.onmicrosoft.com"),
            default_domain: format!("{name}.example"),
            groups: group::generate(options.seed),
            consumed: OnceLock::new(),
        }
    }

    /// Number of users, guests and resource accounts included; at least [`ACCOUNT_COUNT`].
    #[must_use]
    pub fn user_count(&self) -> u64 {
        self.users
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
        self.premium
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
        (index < self.users && person::id_of(self.seed, index) == id).then_some(index)
    }

    /// The position of the user with this principal name, compared without regard to case.
    #[must_use]
    pub fn index_of_principal_name(&self, name: &str) -> Option<u64> {
        person::index_in_principal_name(name)
            .into_iter()
            .chain(0..ACCOUNT_COUNT)
            .find(|&index| index < self.users && self.principal_name(index).eq_ignore_ascii_case(name))
    }

    /// Id of the user at a position.
    #[must_use]
    pub fn user_id(&self, index: u64) -> UserId {
        person::id_of(self.seed, index)
    }
}
