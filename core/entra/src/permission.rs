//! Permissions of Microsoft Graph: what each gives, what is lost without it, and who may grant it.

use std::collections::BTreeSet;

/// One permission, the same name for a person's and for an application's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Its name, for example `User.Read.All`.
    pub name: &'static str,
    /// What it gives, to complete "this lets the import read …".
    pub gives: &'static str,
    /// What is missing without it, to complete "without it the import has no …".
    pub lost: &'static str,
    /// Permissions that include it.
    pub included_in: &'static [&'static str],
    /// What a person needs on top, because a delegated token never reaches further than the person.
    pub role: &'static str,
}

/// Who may consent for the whole organisation.
pub const CONSENT_ROLES: &str = "a Cloud Application Administrator, Application Administrator or Global Administrator";

const READER_ROLE: &str = "Global Reader or Directory Readers";

/// Every permission the connectors ask for.
pub const PERMISSIONS: [Permission; 6] = [
    Permission {
        name: "User.Read.All",
        gives: "all people with their licences, department, cost centre and manager",
        lost: "people and no licence assignments",
        included_in: &["Directory.Read.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
        role: READER_ROLE,
    },
    Permission {
        name: "Organization.Read.All",
        gives: "the tenant, its products with their seats, and its subscriptions",
        lost: "products, seats and subscriptions",
        included_in: &["Directory.Read.All", "Organization.ReadWrite.All", "Directory.ReadWrite.All"],
        role: READER_ROLE,
    },
    Permission {
        name: "GroupMember.Read.All",
        gives: "the names of the groups that assign licences",
        lost: "names of groups; assignments show the id of the group instead",
        included_in: &[
            "Group.ReadBasic.All",
            "GroupMember.ReadBasic.All",
            "Group.Read.All",
            "Directory.Read.All",
            "Group.ReadWrite.All",
            "GroupMember.ReadWrite.All",
            "Directory.ReadWrite.All",
        ],
        role: READER_ROLE,
    },
    Permission {
        name: "Reports.Read.All",
        gives: "usage reports",
        lost: "figures about use",
        included_in: &[],
        role: "Reports Reader",
    },
    Permission {
        name: "ReportSettings.Read.All",
        gives: "whether reports conceal names",
        lost: "explanation if names are concealed",
        included_in: &["ReportSettings.ReadWrite.All"],
        role: "Reports Reader",
    },
    Permission {
        name: "AuditLog.Read.All",
        gives: "the last sign-in of each person (needs Entra ID P1)",
        lost: "sign-in dates",
        included_in: &[],
        role: "Reports Reader",
    },
];

/// The permission of a name.
#[must_use]
pub fn permission(name: &str) -> Option<&'static Permission> {
    PERMISSIONS.iter().find(|known| known.name == name)
}

/// Permissions that a token holds: a hint for advice, never a proof. The probe decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(BTreeSet<String>);

impl Grants {
    /// Takes scopes (`https://graph.microsoft.com/User.Read.All`) and application roles (`User.Read.All`) alike.
    pub fn new<'s>(scopes: impl IntoIterator<Item = &'s str>) -> Self {
        let name = |scope: &'s str| scope.rsplit('/').next().unwrap_or(scope);
        let mut grants = BTreeSet::new();
        grants.extend(scopes.into_iter().map(|scope| name(scope).to_ascii_lowercase()));
        Self(grants)
    }

    /// Whether anything is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether a permission of exactly this name is held.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.0.contains(&name.to_ascii_lowercase())
    }

    /// Whether this permission is held, or one that includes it.
    #[must_use]
    pub fn include(&self, permission: &Permission) -> bool {
        self.holds(permission.name) || permission.included_in.iter().any(|larger| self.holds(larger))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_and_roles_count_alike_and_larger_ones_include_smaller_ones() {
        let grants = Grants::new(["https://graph.microsoft.com/Directory.Read.All", "Reports.Read.All", "openid"]);
        for (name, expected) in [
            ("User.Read.All", true),
            ("Organization.Read.All", true),
            ("GroupMember.Read.All", true),
            ("Reports.Read.All", true),
            ("AuditLog.Read.All", false),
        ] {
            assert_eq!(grants.include(permission(name).expect("known")), expected, "{name}");
        }
        assert!(!Grants::default().is_known());
    }
}
