//! Erasing a customer.

use serde::{Deserialize, Serialize};

/// What erasing the customer of a connection means: sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OffboardingPlan {
    /// Who it is: the names of its connections.
    pub customer: String,
    /// What is erased here.
    pub erases: Vec<String>,
    /// What stays here, and how it goes.
    pub stays: Vec<String>,
    /// What has to be done elsewhere.
    pub elsewhere: Vec<String>,
}

/// The order to erase it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OffboardingOrder {
    /// The name of the connection, typed by a person.
    pub confirmed_name: String,
    /// The customer as the plan named it; refused if it is another one by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

/// What became of it: sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OffboardingReport {
    /// Who it was.
    pub customer: String,
    /// What was erased.
    pub erased: Vec<String>,
    /// What was not, and why.
    pub not_erased: Vec<String>,
    /// What has to be done elsewhere.
    pub elsewhere: Vec<String>,
    /// Whether something is left that is tried again when the beacon starts.
    pub unfinished: bool,
}
