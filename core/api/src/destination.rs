//! Destinations: where packages go, and what is owed to each.

use crate::{Problem, ProxyDraft, ProxyFacts, SecretText};
use serde::{Deserialize, Serialize};

/// What is shown at the door of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DestinationAccess {
    /// Nothing.
    Open,
    /// A bearer token.
    Bearer,
    /// A user name and a password.
    Basic,
    /// A certificate with its private key.
    ClientCertificate,
}

/// A place that packages go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DestinationPlace {
    /// A folder of the beacon's machine, or one that is connected to it.
    Folder {
        /// Its whole path.
        folder: String,
    },
    /// A server that takes uploads.
    Upload {
        /// The address below which packages go.
        address: String,
        /// What is shown at its door.
        access: DestinationAccess,
        /// The user name, for [`DestinationAccess::Basic`].
        #[serde(default)]
        username: Option<String>,
    },
}

/// How a server is reached, as a person enters it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum DestinationProxyDraft {
    /// Straight.
    #[default]
    None,
    /// Through the default proxy of the beacon, if there is one.
    Default,
    /// Through a proxy of its own.
    Own(ProxyDraft),
}

/// How a server is reached, without the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum DestinationProxyFacts {
    /// Straight.
    None,
    /// Through the default proxy of the beacon, if there is one.
    Default,
    /// Through a proxy of its own.
    Own(ProxyFacts),
}

/// What a person enters for a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DestinationDraft {
    /// Its name, by the rules of a connection's name.
    pub name: String,
    /// The place.
    pub place: DestinationPlace,
    /// Token, password, or the PEM text of certificate and key; `None` leaves the stored one.
    #[serde(default)]
    pub secret: Option<SecretText>,
    /// Whether packages that are not complete stay here.
    #[serde(default)]
    pub only_complete: bool,
    /// How a server is reached; of no use to a folder.
    #[serde(default)]
    pub proxy: DestinationProxyDraft,
}

/// How a destination stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DestinationState {
    /// Nothing was sent there yet.
    Unused,
    /// What was sent last arrived, and nothing waits.
    Delivering,
    /// Packages are on their way, or will be.
    Waiting,
    /// The last attempt failed.
    Failing,
}

/// How a package on its way to a destination stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DestinationPackageState {
    /// It is on its way, or will be.
    Waiting,
    /// It is there, which was confirmed.
    Delivered,
    /// A person said that it will not be sent.
    GivenUp,
}

/// A package on its way to a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DestinationPackage {
    /// The run that left it.
    pub run: String,
    /// Name of the connection that was imported; `None` once it was removed.
    pub connection_name: Option<String>,
    /// When its run began, RFC 3339.
    pub started_at: String,
    /// How it stands.
    pub state: DestinationPackageState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again, RFC 3339, if it waits.
    pub next_attempt: Option<String>,
    /// When it was confirmed or given up, RFC 3339.
    pub settled_at: Option<String>,
    /// Why the last attempt failed; `None` for readers.
    pub problem: Option<Problem>,
}

/// A destination as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Destination {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The place; `None` for readers.
    pub place: Option<DestinationPlace>,
    /// How it is reached; `None` for readers.
    pub proxy: Option<DestinationProxyFacts>,
    /// Whether packages that are not complete stay here.
    pub only_complete: bool,
    /// How it stands.
    pub state: DestinationState,
    /// Packages that wait for it.
    pub waiting: u64,
    /// Of these, how many were tried and failed.
    pub failed: u64,
    /// Packages that arrived.
    pub delivered: u64,
    /// When the run of the oldest package that waits began, RFC 3339.
    pub oldest_waiting: Option<String>,
    /// When something arrived last, RFC 3339.
    pub delivered_at: Option<String>,
    /// When something is sent next, RFC 3339, if something waits.
    pub next_attempt: Option<String>,
    /// Why the last attempt failed, and what to do; `None` for readers.
    pub problem: Option<Problem>,
    /// The last packages: those that wait, then those that are settled, each newest first.
    pub packages: Vec<DestinationPackage>,
}

/// What came of trying a destination out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DestinationTest {
    /// Why a package could not be delivered there now; `None` if it could.
    pub problem: Option<Problem>,
    /// Whether the small file that was written for it stays there, because the server removes none.
    pub test_file_left: bool,
}

/// A package that is not to be sent to a destination any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryGivenUp {
    /// The run that left it.
    pub run: String,
}

/// What removing a destination changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DestinationRemoved {
    /// Packages that waited for it, and are not sent there any more.
    pub not_sent: u64,
}
