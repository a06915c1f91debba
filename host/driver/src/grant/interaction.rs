//! The person in front of the beacon, as far as grants need one.

use futures_util::future::BoxFuture;
use std::time::Duration;
use zeroize::Zeroizing;

/// Why a person did not come back from the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// Nobody is there: an unattended run.
    Nobody,
    /// Too slow.
    TimedOut,
    /// Gave up.
    GivenUp,
    /// The loopback port cannot be opened, or nothing can be read.
    Failed,
}

impl Abandoned {
    /// Word for `refused.error`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nobody => "nobody_there",
            Self::TimedOut => "timed_out",
            Self::GivenUp => "abandoned",
            Self::Failed => "no_way_back",
        }
    }
}

/// One sign-in in the browser.
pub trait Attempt: Send {
    /// The redirect address to send, for loopback with the port that is being listened on.
    fn redirect_uri(&self) -> &str;

    /// Shows the sign-in address and waits for the redirected one, which holds the code.
    fn wait(self: Box<Self>, sign_in_address: String) -> BoxFuture<'static, Result<Zeroizing<String>, Abandoned>>;
}

/// What to show for a sign-in on another device (RFC 8628 section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// Address to open.
    pub verification_uri: String,
    /// Code to enter there; short-lived and useless without the device code, which stays in the driver.
    pub user_code: String,
    /// How long it is good.
    pub expires_in: Duration,
}

/// Opens sign-in pages and shows codes.
pub trait Interaction: Send + Sync {
    /// Prepares a sign-in that comes back to the registered redirect address.
    ///
    /// # Errors
    /// [`Abandoned`] if there is nobody or no way back.
    fn begin(&self, registered_redirect_uri: &str) -> BoxFuture<'_, Result<Box<dyn Attempt>, Abandoned>>;

    /// Shows a device code.
    ///
    /// # Errors
    /// [`Abandoned`] if there is nobody.
    fn show(&self, code: &DeviceCode) -> Result<(), Abandoned>;
}

/// For unattended runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyThere;

impl Interaction for NobodyThere {
    fn begin(&self, _registered_redirect_uri: &str) -> BoxFuture<'_, Result<Box<dyn Attempt>, Abandoned>> {
        Box::pin(std::future::ready(Err(Abandoned::Nobody)))
    }

    fn show(&self, _code: &DeviceCode) -> Result<(), Abandoned> {
        Err(Abandoned::Nobody)
    }
}
