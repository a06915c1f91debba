//! The record of a person as the generator knows it: the truth that JSON pages and tests are both made from.

use super::licensing::{AssignmentError, AssignmentState};
use crate::identifiers::{GroupId, PlanId, SkuId, UserId};
use jiff::Timestamp;
use serde::Serialize;

/// `userType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum UserType {
    /// Belongs to the tenant.
    Member,
    /// Invited from elsewhere.
    Guest,
}

impl UserType {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Guest => "Guest",
        }
    }
}

/// A product that the person holds, whatever the number of sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedLicense {
    /// The product.
    pub sku_id: SkuId,
    /// Plans that every source in force switches off.
    pub disabled_plans: Vec<PlanId>,
}

/// One source of a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseAssignment {
    /// The product.
    pub sku_id: SkuId,
    /// The group that assigns it; `None` is a direct assignment.
    pub assigned_by_group: Option<GroupId>,
    /// Plans that this source switches off.
    pub disabled_plans: Vec<PlanId>,
    /// In force or not.
    pub state: AssignmentState,
    /// What is wrong, if anything.
    pub error: Option<AssignmentError>,
    /// Last change of state; not the day of assignment.
    pub last_updated_at: Timestamp,
    /// `false`: held, but missing in `licenseAssignmentStates`; its source is then unknown to a reader.
    pub reported: bool,
}

/// A service plan that the person has through a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedPlan {
    /// When it was switched on.
    pub assigned_at: Timestamp,
    /// `Enabled`, or `Deleted` for a stale row.
    pub capability_status: &'static str,
    /// Microsoft's word for the service.
    pub service: &'static str,
    /// The plan.
    pub plan_id: PlanId,
}

/// What a synchronised person brings from Active Directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPremises {
    /// `CN=…,OU=…`.
    pub distinguished_name: String,
    /// DNS name of the domain.
    pub domain_name: &'static str,
    /// Base64 of the object's GUID.
    pub immutable_id: String,
    /// Last synchronisation of the object.
    pub last_sync_at: Timestamp,
    /// Pre-Windows-2000 logon name.
    pub sam_account_name: String,
}

/// Everything the simulation knows about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named as Graph's properties, which section 2.4 of the reference explains")]
pub struct UserRecord {
    /// Position in the directory's order.
    pub index: u64,
    pub id: UserId,
    pub account_enabled: bool,
    pub assigned_licenses: Vec<AssignedLicense>,
    pub license_assignments: Vec<LicenseAssignment>,
    pub business_phone: Option<String>,
    pub city: Option<&'static str>,
    pub company_name: Option<&'static str>,
    pub country: Option<&'static str>,
    pub created_at: Option<Timestamp>,
    pub creation_type: Option<&'static str>,
    pub department: Option<&'static str>,
    pub display_name: String,
    pub employee_hired_at: Option<Timestamp>,
    pub employee_id: Option<String>,
    pub cost_center: Option<String>,
    pub division: Option<&'static str>,
    pub employee_type: Option<&'static str>,
    pub external_user_state: Option<&'static str>,
    pub given_name: Option<&'static str>,
    pub is_resource_account: Option<bool>,
    pub job_title: Option<&'static str>,
    pub last_password_change_at: Option<Timestamp>,
    pub mail: Option<String>,
    pub mail_nickname: String,
    pub mobile_phone: Option<String>,
    pub office_location: Option<&'static str>,
    pub on_premises: Option<OnPremises>,
    /// Number (1 to 15) and value of each extension attribute that is set, ascending.
    pub extension_attributes: Vec<(u8, String)>,
    pub other_mails: Vec<String>,
    pub preferred_data_location: Option<&'static str>,
    pub preferred_language: Option<&'static str>,
    pub proxy_addresses: Vec<String>,
    pub surname: Option<&'static str>,
    pub usage_location: Option<&'static str>,
    pub user_principal_name: String,
    pub user_type: UserType,
    pub manager_id: Option<UserId>,
}

impl UserRecord {
    /// Service plans of all held products, each once; computed because it is large and rarely asked for.
    #[must_use]
    pub fn assigned_plans(&self) -> Vec<AssignedPlan> {
        let assigned_at = self.license_assignments.iter().map(|source| source.last_updated_at).min();
        let assigned_at = assigned_at.unwrap_or(super::person::REFERENCE_TIME);
        let mut plans: Vec<AssignedPlan> = Vec::new();
        for license in &self.assigned_licenses {
            let product = crate::catalog::products().iter().find(|product| product.id == license.sku_id);
            for plan in product.into_iter().flat_map(|product| &product.plans) {
                let known = plans.iter().any(|known| known.plan_id == plan.id);
                if !known && !license.disabled_plans.contains(&plan.id) {
                    let (service, plan_id) = (plan.service(), plan.id);
                    plans.push(AssignedPlan { assigned_at, capability_status: "Enabled", service, plan_id });
                }
            }
        }
        plans
    }
}
