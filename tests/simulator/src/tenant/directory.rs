//! The organisation object of the tenant.

use super::Tenant;
use super::person::REFERENCE_TIME;
use crate::dice::{Dice, Domain};
use crate::identifiers::TenantId;
use jiff::Timestamp;

/// An entry of `verifiedDomains`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedDomain {
    /// DNS name.
    pub name: String,
    /// New people get addresses in it.
    pub is_default: bool,
    /// The `onmicrosoft.com` domain.
    pub is_initial: bool,
}

/// The tenant as `/organization` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Directory id.
    pub id: TenantId,
    /// Name of the company.
    pub display_name: String,
    /// Its domains, the default one first.
    pub verified_domains: Vec<VerifiedDomain>,
    /// ISO country code.
    pub country_code: &'static str,
    /// `AAD` for a workforce tenant.
    pub tenant_type: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
    /// People are synchronised from Active Directory.
    pub on_premises_sync_enabled: bool,
    /// Last synchronisation.
    pub on_premises_last_sync_at: Timestamp,
}

impl Tenant {
    /// Name of the company.
    pub(crate) fn organization_name(&self) -> String {
        format!("Contoso Simulation {}, \"Müller & Söhne\"", self.seed)
    }

    /// The organisation object.
    #[must_use]
    pub fn organization(&self) -> Organization {
        let mut dice = Dice::new(self.seed, Domain::Tenant, 1);
        let created_at = super::person::days_back(&mut dice, 3_000);
        let domain =
            |name: &str, is_default, is_initial| VerifiedDomain { name: name.to_owned(), is_default, is_initial };
        Organization {
            id: self.id,
            display_name: self.organization_name(),
            verified_domains: vec![
                domain(&self.default_domain, true, false),
                domain(&self.initial_domain, false, true),
                domain(&format!("old.{}", self.default_domain), false, false),
            ],
            country_code: dice.pick(&["DE", "CH", "US", "GB"]),
            tenant_type: "AAD",
            created_at,
            on_premises_sync_enabled: true,
            on_premises_last_sync_at: REFERENCE_TIME,
        }
    }
}
