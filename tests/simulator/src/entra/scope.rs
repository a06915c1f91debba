//! Scopes: which exist, which need an administrator, and how a `scope` parameter is read.

use crate::options::Cloud;
use std::collections::BTreeSet;

/// Application id of Microsoft Graph, which is also one of its resource names.
pub(crate) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// Delegated permissions of Graph that this simulation knows; `true`: only an administrator can consent.
pub(crate) const DELEGATED: [(&str, bool); 13] = [
    ("User.Read", false),
    ("User.ReadBasic.All", false),
    ("User.Read.All", true),
    ("Organization.Read.All", true),
    ("Directory.Read.All", true),
    ("Reports.Read.All", true),
    ("ReportSettings.Read.All", true),
    ("AuditLog.Read.All", true),
    ("GroupMember.Read.All", true),
    ("Group.ReadBasic.All", false),
    ("Group.Read.All", true),
    ("Domain.Read.All", true),
    ("LicenseAssignment.Read.All", false),
];

const OPEN_ID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// A `scope` parameter, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScopeRequest {
    /// `openid`, `profile`, `email`, `offline_access`.
    pub(crate) open_id: BTreeSet<String>,
    /// Permissions of Graph by their short names.
    pub(crate) graph: BTreeSet<String>,
    /// `.default`: everything that was consented or registered.
    pub(crate) default: bool,
    /// How the caller spelled the resource; answers spell it the same way.
    pub(crate) resource: Option<String>,
}

/// Why a `scope` parameter is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScopeError {
    /// A resource that is not Graph of this cloud.
    UnknownResource(String),
    /// A permission that Graph does not have.
    UnknownPermission(String),
    /// `.default` together with single permissions.
    Mixed,
}

/// Names under which Graph is asked for here.
#[derive(Clone, Debug)]
pub(crate) struct ResourceNames(Vec<String>);

impl ResourceNames {
    /// The cloud's own name, the application id, and the origins under which this simulation serves Graph.
    pub(crate) fn new(cloud: Cloud, origins: impl IntoIterator<Item = String>) -> Self {
        let fixed = [cloud.graph_resource().to_owned(), GRAPH_APP_ID.to_owned()];
        Self(fixed.into_iter().chain(origins).collect())
    }

    pub(crate) fn contains(&self, resource: &str) -> bool {
        self.0.iter().any(|name| name == resource)
    }

    /// The resource to name in an answer when the caller named none.
    pub(crate) fn default_name(&self) -> &str {
        self.0.first().map_or(GRAPH_APP_ID, String::as_str)
    }
}

impl ScopeRequest {
    pub(crate) fn parse(scope: &str, names: &ResourceNames) -> Result<Self, ScopeError> {
        let mut request = Self::default();
        for word in scope.split_whitespace() {
            if OPEN_ID.contains(&word) {
                request.open_id.insert(word.to_owned());
                continue;
            }
            let permission = match word.rsplit_once('/') {
                None => word,
                Some((resource, permission)) => {
                    let resource = resource.trim_end_matches('/');
                    if !names.contains(resource) {
                        return Err(ScopeError::UnknownResource(resource.to_owned()));
                    }
                    request.resource.get_or_insert_with(|| resource.to_owned());
                    permission
                }
            };
            match DELEGATED.iter().find(|(known, _)| known.eq_ignore_ascii_case(permission)) {
                _ if permission == ".default" => request.default = true,
                Some((known, _)) => drop(request.graph.insert((*known).to_owned())),
                None => return Err(ScopeError::UnknownPermission(permission.to_owned())),
            }
        }
        if request.default && !request.graph.is_empty() { Err(ScopeError::Mixed) } else { Ok(request) }
    }
}

/// Whether only an administrator can consent to a delegated permission.
pub(crate) fn needs_administrator(permission: &str) -> bool {
    DELEGATED.iter().any(|(known, administrator)| *known == permission && *administrator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_every_spelling() {
        let names = ResourceNames::new(Cloud::Global, ["https://localhost:1".to_owned()]);
        let parse = |text: &str| ScopeRequest::parse(text, &names);
        let request = parse("openid user.read.all https://localhost:1/Reports.Read.All").unwrap();
        assert_eq!(request.graph.iter().map(String::as_str).collect::<Vec<_>>(), ["Reports.Read.All", "User.Read.All"]);
        assert_eq!(request.resource.as_deref(), Some("https://localhost:1"));
        assert!(parse("https://graph.microsoft.com//.default").unwrap().default);
        assert_eq!(
            parse("https://graph.microsoft.us/.default"),
            Err(ScopeError::UnknownResource("https://graph.microsoft.us".into()))
        );
        assert_eq!(parse("Nothing.Read"), Err(ScopeError::UnknownPermission("Nothing.Read".into())));
        assert_eq!(parse("User.Read https://graph.microsoft.com/.default"), Err(ScopeError::Mixed));
    }
}
