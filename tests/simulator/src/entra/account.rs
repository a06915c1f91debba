//! The people who can sign in.

use crate::identifiers::UserId;
use jiff::Timestamp;

/// Template ids of directory roles (`wids` in tokens).
pub mod role {
    /// What every member has.
    pub const MEMBER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
    /// May consent to delegated permissions for the organisation.
    pub const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
    /// May also consent to application permissions of Graph.
    pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
    /// May do everything.
    pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
    /// Reads everything.
    pub const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
    /// Runs Exchange.
    pub const EXCHANGE_ADMINISTRATOR: &str = "29232cdf-9323-42fd-ade2-1d097af3e4de";
    /// Runs SharePoint.
    pub const SHAREPOINT_ADMINISTRATOR: &str = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c";
    /// Runs Teams.
    pub const TEAMS_ADMINISTRATOR: &str = "69091246-20e8-4a56-aa4d-066075b2a7a8";
    /// Reads sums of usage reports, nobody in particular.
    pub const USAGE_SUMMARY_REPORTS_READER: &str = "75934031-6c7e-415a-99d7-48dbd49e875e";
    /// Reads usage reports.
    pub const REPORTS_READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";

    /// Every role by template id.
    pub const ALL: [&str; 10] = [
        MEMBER,
        CLOUD_APPLICATION_ADMINISTRATOR,
        PRIVILEGED_ROLE_ADMINISTRATOR,
        GLOBAL_ADMINISTRATOR,
        GLOBAL_READER,
        EXCHANGE_ADMINISTRATOR,
        SHAREPOINT_ADMINISTRATOR,
        TEAMS_ADMINISTRATOR,
        USAGE_SUMMARY_REPORTS_READER,
        REPORTS_READER,
    ];

    /// The role's name in the portal.
    #[must_use]
    pub fn name(template: &str) -> &'static str {
        match template {
            CLOUD_APPLICATION_ADMINISTRATOR => "Cloud Application Administrator",
            PRIVILEGED_ROLE_ADMINISTRATOR => "Privileged Role Administrator",
            GLOBAL_ADMINISTRATOR => "Global Administrator",
            GLOBAL_READER => "Global Reader",
            EXCHANGE_ADMINISTRATOR => "Exchange Administrator",
            SHAREPOINT_ADMINISTRATOR => "SharePoint Administrator",
            TEAMS_ADMINISTRATOR => "Teams Administrator",
            USAGE_SUMMARY_REPORTS_READER => "Usage Summary Reports Reader",
            REPORTS_READER => "Reports Reader",
            _ => "User",
        }
    }
}

/// A person with a password.
#[derive(Clone)]
pub struct Account {
    /// Sign-in name.
    pub user_principal_name: String,
    /// Shown on pages and in tokens.
    pub display_name: String,
    /// Password.
    pub password: String,
    /// Object id; the same person is in `/users`.
    pub id: UserId,
    /// Directory roles by template id.
    pub roles: Vec<&'static str>,
    /// May sign in.
    pub enabled: bool,
    /// Grants up to this moment are void ("revoke sessions").
    pub(crate) tokens_valid_from: Option<Timestamp>,
}

impl Account {
    /// May consent to delegated permissions for everybody.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        let administrators =
            [role::CLOUD_APPLICATION_ADMINISTRATOR, role::PRIVILEGED_ROLE_ADMINISTRATOR, role::GLOBAL_ADMINISTRATOR];
        self.roles.iter().any(|role| administrators.contains(role))
    }

    /// May also consent to application permissions of Graph.
    #[must_use]
    pub fn may_grant_application_permissions(&self) -> bool {
        let administrators = [role::PRIVILEGED_ROLE_ADMINISTRATOR, role::GLOBAL_ADMINISTRATOR];
        self.roles.iter().any(|role| administrators.contains(role))
    }
}
