//! The person in front of the page, as the driver's grants need one.

use super::Task;
use crate::callback::state_of;
use beacon_api::{ConsentWay, DeviceCodeShown, TaskPhase};
use beacon_driver::{Abandoned, Attempt, DeviceCode, Interaction};
use beacon_operations::Installation;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// Signs in by way of the page.
pub(crate) struct Person {
    pub(crate) task: Arc<Task>,
    pub(crate) way: ConsentWay,
    /// Origin under which the browser reaches this beacon.
    pub(crate) origin: String,
    /// How long a sign-in in a browser is waited for.
    pub(crate) patience: Duration,
}

/// The moment at which waiting ends.
fn ends(patience: Duration) -> Option<String> {
    Installation::now().checked_add(patience).ok().map(|moment| moment.to_string())
}

impl Person {
    /// The redirect address to send, if the browser can come back to this beacon by the registered one. The port of a
    /// loopback address is ignored when it is compared (RFC 8252 section 7.3), its host and path are not; every other
    /// address has to be one of ours.
    fn way_back(&self, registered: &Url) -> Option<String> {
        let ours = Url::parse(&self.origin).ok()?;
        if registered.origin() == ours.origin() {
            return Some(registered.clone().into());
        }
        let loopback = registered.scheme() == "http" && registered.host_str() == Some("localhost");
        if !loopback || ours.scheme() != "http" {
            return None;
        }
        let mut redirect = registered.clone();
        redirect.set_port(ours.port()).ok()?;
        let plain: String = redirect.clone().into();
        Some(if redirect.path() == "/" { plain.trim_end_matches('/').to_owned() } else { plain })
    }
}

impl Interaction for Person {
    fn begin(&self, registered: &str) -> BoxFuture<'_, Result<Box<dyn Attempt>, Abandoned>> {
        let registered = registered.to_owned();
        Box::pin(async move {
            let redirect_uri = match self.way {
                ConsentWay::Browser => {
                    let url = Url::parse(&registered).map_err(|_| Abandoned::Failed)?;
                    self.way_back(&url).ok_or(Abandoned::Failed)?
                }
                ConsentWay::Paste | ConsentWay::Device => registered,
            };
            Ok(Box::new(Waiting { task: Arc::clone(&self.task), redirect_uri, patience: self.patience })
                as Box<dyn Attempt>)
        })
    }

    fn show(&self, code: &DeviceCode) -> Result<(), Abandoned> {
        self.task.change(|state| {
            state.phase = TaskPhase::WaitingForSignIn;
            state.waits_until = ends(code.expires_in);
            state.device_code = Some(DeviceCodeShown {
                verification_uri: code.verification_uri.clone(),
                user_code: code.user_code.clone(),
                expires_in: code.expires_in.as_secs(),
            });
        });
        Ok(())
    }
}

/// Waits for the redirected address, however it comes.
struct Waiting {
    task: Arc<Task>,
    redirect_uri: String,
    patience: Duration,
}

impl Attempt for Waiting {
    fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    fn wait(self: Box<Self>, address: String) -> BoxFuture<'static, Result<Zeroizing<String>, Abandoned>> {
        Box::pin(async move {
            let answer = self.task.expect(state_of(&address));
            self.task.change(|state| {
                state.phase = TaskPhase::WaitingForSignIn;
                state.redirect_uri = Some(self.redirect_uri.clone());
                state.sign_in_address = Some(address);
                state.waits_until = ends(self.patience);
            });
            let answered = tokio::time::timeout(self.patience, answer).await;
            self.task.change(|state| {
                state.phase = TaskPhase::Working;
                state.sign_in_address = None;
                state.waits_until = None;
            });
            match answered {
                Ok(Ok(address)) => Ok(address),
                Ok(Err(_)) => Err(Abandoned::GivenUp),
                Err(_) => Err(Abandoned::TimedOut),
            }
        })
    }
}
