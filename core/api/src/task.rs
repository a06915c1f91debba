//! Consent, test and preview: a module at work for the person in front of the page.

use crate::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// *Generate…*: a person signs in and consents.
    Consent,
    /// Named checks.
    Test,
    /// A small sample of everything.
    Preview,
}

/// How the answer of the sign-in page comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentWay {
    /// To this beacon's own callback page, in a popup or the whole window. Needs a redirect address of this beacon.
    Browser,
    /// Pasted from the address bar.
    Paste,
    /// A code entered on another device.
    Device,
}

/// Where the module runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunsIn {
    /// In a worker of the page, which polls it through [`crate::paths::TASK_POLL`].
    Page,
    /// In the host's sandbox.
    Host,
}

/// Starts a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskOrder {
    /// What.
    pub kind: TaskKind,
    /// Where the module runs.
    pub runs_in: RunsIn,
    /// For a consent, how the answer comes back.
    #[serde(default)]
    pub way: Option<ConsentWay>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskPhase {
    /// At work.
    Working,
    /// Waiting for a person at Microsoft's page: [`TaskState::sign_in_address`] or [`TaskState::device_code`].
    WaitingForSignIn,
    /// A consent came, and is kept only when somebody confirms what [`TaskState::consent`] says.
    WaitingForConfirmation,
    /// Over; [`TaskState::problem`] tells if it did not work.
    Finished,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskState {
    /// Its id.
    pub id: String,
    /// The connection it is about.
    pub connection: String,
    /// What.
    pub kind: TaskKind,
    /// How it stands.
    pub phase: TaskPhase,
    /// Microsoft's page to open.
    pub sign_in_address: Option<String>,
    /// How the answer comes back.
    pub way: Option<ConsentWay>,
    /// The redirect address that the pasted address begins with.
    pub redirect_uri: Option<String>,
    /// Until when the answer is waited for, RFC 3339; only while it is.
    pub waits_until: Option<String>,
    /// For the device code way.
    pub device_code: Option<DeviceCodeShown>,
    /// The consent that waits for confirmation, or was kept.
    pub consent: Option<ConsentFound>,
    /// Whether the consent was kept.
    pub kept: bool,
    /// What was checked so far.
    pub checks: Vec<Check>,
    /// Sample of the data.
    pub preview: Option<Preview>,
    /// Why it did not work.
    pub problem: Option<Problem>,
}

/// A code to enter on another device (RFC 8628 section 3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceCodeShown {
    /// Address to open.
    pub verification_uri: String,
    /// Code to enter.
    pub user_code: String,
    /// How long it is good, in seconds.
    pub expires_in: u64,
}

/// Whose consent came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentFound {
    /// The account.
    pub account: Option<String>,
    /// Id of the tenant.
    pub tenant_id: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
}

/// Outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// Fine.
    Pass,
    /// It works, with less than there could be.
    Warning,
    /// It does not work.
    Fail,
}

/// One named check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// Its name, such as `users` or `reports`.
    pub check: String,
    /// Its outcome.
    pub verdict: CheckVerdict,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub title: String,
    /// The next step; empty if there is none.
    pub advice: String,
}

/// A sample of the data before the first import.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// By table.
    pub tables: Vec<PreviewTable>,
}

/// The first rows of one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewTable {
    /// Name of the table.
    pub table: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// Rows; text, number, yes or no, list of texts, or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<Object>>))]
    pub rows: Vec<Vec<Value>>,
    /// Whether there is more than these rows.
    pub more: bool,
    /// Columns that name people, to be masked at first.
    pub personal: Vec<String>,
}

/// An address from the address bar of the browser.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastedAddress {
    /// All of it, with its code.
    pub address: String,
}

/// A link for the person who may consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentLink {
    /// The address to send.
    pub address: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
}
