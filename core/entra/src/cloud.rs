//! National clouds: separate Entra ID and Graph hosts, separate app registrations, separate tokens.

/// Value of the cloud setting for hosts that the operator types.
pub const CUSTOM: &str = "custom";

/// Path, below the login root, of the redirect address for native clients that every cloud offers.
pub const NATIVE_CLIENT_PATH: &str = "/common/oauth2/nativeclient";

/// First path segments of an endpoint that stand for "the tenant of whoever signs in".
pub const TENANT_PLACEHOLDERS: [&str; 3] = ["common", "organizations", "consumers"];

/// Whether a tenant setting names none: client credentials have nobody whose tenant could be taken instead.
#[must_use]
pub fn names_no_tenant(tenant: &str) -> bool {
    tenant.is_empty() || TENANT_PLACEHOLDERS.iter().any(|placeholder| placeholder.eq_ignore_ascii_case(tenant))
}

/// One cloud with its roots, without a trailing slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// Value of the setting.
    pub id: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Where people and applications sign in.
    pub login_root: &'static str,
    /// Where data is read; also the resource in scopes.
    pub graph_root: &'static str,
}

impl Cloud {
    /// The clouds that Microsoft runs; the first is the default.
    pub const ALL: [Self; 4] = [
        Self {
            id: "global",
            label: "Global (including GCC)",
            login_root: "https://login.microsoftonline.com",
            graph_root: "https://graph.microsoft.com",
        },
        Self {
            id: "us_government_l4",
            label: "US Government L4 (GCC High)",
            login_root: "https://login.microsoftonline.us",
            graph_root: "https://graph.microsoft.us",
        },
        Self {
            id: "us_government_l5",
            label: "US Government L5 (DoD)",
            login_root: "https://login.microsoftonline.us",
            graph_root: "https://dod-graph.microsoft.us",
        },
        Self {
            id: "china",
            label: "China (operated by 21Vianet)",
            login_root: "https://login.partner.microsoftonline.cn",
            graph_root: "https://microsoftgraph.chinacloudapi.cn",
        },
    ];

    /// The cloud of a setting; `None` for [`CUSTOM`] and unknown ones.
    #[must_use]
    pub fn of(id: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|cloud| cloud.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_tenant() {
        for (tenant, expected) in
            [("", true), ("Common", true), ("organizations", true), ("contoso.com", false), ("commons", false)]
        {
            assert_eq!(names_no_tenant(tenant), expected, "{tenant:?}");
        }
    }

    #[test]
    fn every_cloud_has_its_own_graph() {
        for cloud in &Cloud::ALL {
            assert_eq!(Cloud::ALL.iter().filter(|other| other.graph_root == cloud.graph_root).count(), 1);
            assert_eq!(Cloud::of(cloud.id), Some(cloud));
        }
        assert_eq!(Cloud::of(CUSTOM), None);
    }
}
