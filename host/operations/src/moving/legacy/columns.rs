//! The columns that are understood, by the names that the older dialog and its exports use.

use crate::csv_table::{is_for_secrets, plain};

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Name,
    SourceType,
    Tenant,
    TokenEndpoint,
    AuthorizationEndpoint,
    ClientId,
    RedirectUri,
    Flow,
    UseProxy,
    ProxyServer,
    ProxyUsername,
}

/// All names, without blanks and in lower case; the first of each is the one of the documentation.
const NAMES: [(&str, Column); 24] = [
    ("name", Column::Name),
    ("connectionname", Column::Name),
    ("sourcetype", Column::SourceType),
    ("tenant", Column::Tenant),
    ("tenantid", Column::Tenant),
    ("tenantdomain", Column::Tenant),
    ("tokenendpoint", Column::TokenEndpoint),
    ("tokenurl", Column::TokenEndpoint),
    ("authorizationendpoint", Column::AuthorizationEndpoint),
    ("authorisationendpoint", Column::AuthorizationEndpoint),
    ("clientid", Column::ClientId),
    ("applicationid", Column::ClientId),
    ("applicationclientid", Column::ClientId),
    ("appid", Column::ClientId),
    ("redirecturi", Column::RedirectUri),
    ("redirecturl", Column::RedirectUri),
    ("flow", Column::Flow),
    ("authenticationflow", Column::Flow),
    ("useproxy", Column::UseProxy),
    ("proxyserver", Column::ProxyServer),
    ("proxy", Column::ProxyServer),
    ("proxyusername", Column::ProxyUsername),
    ("proxyuser", Column::ProxyUsername),
    ("proxyusernameoptional", Column::ProxyUsername),
];

/// What the name of a column means.
pub(super) enum Meaning {
    Known(Column),
    /// It holds secrets.
    Secret,
    Unknown,
}

impl Column {
    /// Its name in the documentation.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::SourceType => "source_type",
            Self::Tenant => "tenant",
            Self::TokenEndpoint => "token_endpoint",
            Self::AuthorizationEndpoint => "authorization_endpoint",
            Self::ClientId => "client_id",
            Self::RedirectUri => "redirect_uri",
            Self::Flow => "flow",
            Self::UseProxy => "use_proxy",
            Self::ProxyServer => "proxy_server",
            Self::ProxyUsername => "proxy_username",
        }
    }
}

pub(super) fn meaning(name: &str) -> Meaning {
    let name = plain(name);
    if let Some((_, column)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Meaning::Known(*column);
    }
    if is_for_secrets(&name) { Meaning::Secret } else { Meaning::Unknown }
}

#[cfg(test)]
mod tests {
    use super::{Column, Meaning, NAMES, meaning};

    #[test]
    fn names_are_known_in_every_spelling() {
        for (name, column) in [
            ("Connection Name", Column::Name),
            ("source_type", Column::SourceType),
            ("Application (client) ID", Column::ClientId),
            ("TOKEN-ENDPOINT", Column::TokenEndpoint),
            ("Proxy Username", Column::ProxyUsername),
        ] {
            assert!(matches!(meaning(name), Meaning::Known(found) if found == column), "{name}");
        }
        for (name, column) in NAMES {
            assert!(matches!(meaning(name), Meaning::Known(found) if found == column), "{name}");
            assert!(matches!(meaning(column.label()), Meaning::Known(found) if found == column), "{name}");
        }
    }

    #[test]
    fn secrets_are_told_from_what_is_only_unknown() {
        for name in ["Password", "proxy_password", "Client Secret", "Refresh Token", "Token", "Private-Key"] {
            assert!(matches!(meaning(name), Meaning::Secret), "{name}");
        }
        for name in ["Overlapping Inventory Filter", "", "Last Import", "Beacon"] {
            assert!(matches!(meaning(name), Meaning::Unknown), "{name}");
        }
    }
}
