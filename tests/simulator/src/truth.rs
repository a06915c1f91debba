//! The truth behind the answers: typed rows straight from the generator, never read back from JSON.

mod differences;
mod usage;

pub use differences::{Difference, DifferenceKind};
pub use usage::SignInFact;

use crate::catalog::ServicePlan;
use crate::identifiers::{GroupId, PlanId, SkuId, UserId};
use crate::reports::Issue;
use crate::tenant::{
    AssignmentError, AssignmentState, Group, Organization, SubscribedSku, Subscription, Tenant, UserRecord,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where a licence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssignmentSource {
    /// Assigned to the person.
    Direct,
    /// Through a group.
    Group(GroupId),
    /// Held, but the directory does not tell from where.
    Unknown,
}

/// One source of one product of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentFact {
    /// The person.
    pub user_id: UserId,
    /// The product.
    pub sku_id: SkuId,
    /// Where it comes from.
    pub source: AssignmentSource,
    /// This source is in force: the person holds the product through it.
    pub counts_seat: bool,
    /// State; `None` where the source is unknown.
    pub state: Option<AssignmentState>,
    /// Error; `None` where there is none.
    pub error: Option<AssignmentError>,
    /// Plans switched off by this source.
    pub disabled_plans: Vec<PlanId>,
    /// Last change of state; `None` where the source is unknown.
    pub last_updated_at: Option<Timestamp>,
}

/// A service plan of a product of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanFact {
    /// The product.
    pub sku_id: SkuId,
    /// The plan.
    pub plan: ServicePlan,
}

/// Everything a right import would find. What reports say is fixed when this is made: it holds for the refresh date and
/// the switches of that moment. The directory is read when asked, with the changes until then.
#[derive(Clone, Debug)]
pub struct GroundTruth {
    tenant: Arc<Tenant>,
    issue: Issue,
    first_day: Timestamp,
}

impl GroundTruth {
    pub(crate) fn new(tenant: Arc<Tenant>, issue: Issue, first_day: Timestamp) -> Self {
        Self { tenant, issue, first_day }
    }

    /// The truth of this moment: changes from now on do not reach it.
    #[must_use]
    pub fn kept(&self) -> Self {
        let tenant = Arc::new(self.tenant.kept());
        Self { issue: self.issue.in_tenant(Arc::clone(&tenant)), tenant, first_day: self.first_day }
    }

    /// The organisation.
    #[must_use]
    pub fn organization(&self) -> Organization {
        self.tenant.organization()
    }

    /// Every user in the directory's order, one at a time.
    pub fn users(&self) -> impl Iterator<Item = UserRecord> + '_ {
        self.tenant.everybody(0).map(|stop| self.tenant.user(stop.position))
    }

    /// Every licence source of every user. (user, product, source) occurs once.
    pub fn assignments(&self) -> impl Iterator<Item = AssignmentFact> + '_ {
        self.users().flat_map(|user| assignments_of(&user))
    }

    /// Every product.
    #[must_use]
    pub fn products(&self) -> Vec<SubscribedSku> {
        self.tenant.subscribed_skus()
    }

    /// Every service plan of every product.
    #[must_use]
    pub fn plans(&self) -> Vec<PlanFact> {
        let plans = |sku: SubscribedSku| {
            sku.product.plans.iter().map(move |plan| PlanFact { sku_id: sku.product.id, plan: *plan })
        };
        self.products().into_iter().flat_map(plans).collect()
    }

    /// Every commercial subscription.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.tenant.subscriptions()
    }

    /// Every group, the deleted one included.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        self.tenant.groups()
    }

    /// Groups named by a licence source of somebody; those the directory still knows have a name.
    #[must_use]
    pub fn assigning_groups(&self) -> BTreeMap<GroupId, Option<String>> {
        let named: BTreeSet<GroupId> = self
            .assignments()
            .filter_map(|fact| match fact.source {
                AssignmentSource::Group(id) => Some(id),
                AssignmentSource::Direct | AssignmentSource::Unknown => None,
            })
            .collect();
        named.into_iter().map(|id| (id, self.tenant.group(id).map(|group| group.display_name.clone()))).collect()
    }
}

fn assignments_of(user: &UserRecord) -> Vec<AssignmentFact> {
    let fact = |source: &crate::tenant::LicenseAssignment| AssignmentFact {
        user_id: user.id,
        sku_id: source.sku_id,
        source: match (source.reported, source.assigned_by_group) {
            (false, _) => AssignmentSource::Unknown,
            (true, Some(group)) => AssignmentSource::Group(group),
            (true, None) => AssignmentSource::Direct,
        },
        counts_seat: source.state != AssignmentState::Error,
        state: source.reported.then_some(source.state),
        error: source.error,
        disabled_plans: source.disabled_plans.clone(),
        last_updated_at: source.reported.then_some(source.last_updated_at),
    };
    user.license_assignments.iter().map(fact).collect()
}
