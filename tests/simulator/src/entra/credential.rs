//! Which application asks, and whether it proves that it is the one.

use super::assertion;
use super::error::SignInError;
use super::registration::{AppRegistration, RedirectKind};
use super::state::State;
use super::token::TokenCall;
use crate::identifiers::ClientId;
use uuid::Uuid;

/// How an application proved its identity; the number is `appidacr` in access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    None = 0,
    Secret = 1,
    Certificate = 2,
}

/// What kind of client a grant expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientNeed {
    /// The redirect the grant came through decides.
    Redirect(RedirectKind),
    /// Public if the registration allows it, otherwise confidential (device code, password).
    PublicFlow,
    /// Always confidential (client credentials).
    Confidential,
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl State {
    /// The registration behind a client id.
    pub(super) fn registration(&self, client_id: &str) -> Result<&AppRegistration, SignInError> {
        let id = Uuid::parse_str(client_id).map_err(|_| {
            let text = format!("'{client_id}' is not a valid application identifier. Please confirm that the application identifier is a valid GUID.");
            SignInError::new(700_038, "unauthorized_client", text)
        })?;
        let found = self.registrations.iter().find(|registration| registration.client_id == ClientId(id));
        let registration = found.ok_or_else(|| self.application_not_found(client_id))?;
        if registration.disabled {
            let text = format!("Application with identifier '{client_id}' is disabled.");
            return Err(SignInError::new(7_000_112, "unauthorized_client", text));
        }
        Ok(registration)
    }

    pub(super) fn application_not_found(&self, client_id: &str) -> SignInError {
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
            self.tenant
        );
        SignInError::new(700_016, "unauthorized_client", text)
    }

    /// Checks secret or assertion against what this grant expects.
    pub(super) fn authenticate(
        &self,
        registration: &AppRegistration,
        need: ClientNeed,
        call: &TokenCall,
    ) -> Result<Proof, SignInError> {
        let secret = call.form.get("client_secret");
        let assertion = call.form.get("client_assertion");
        let public = match need {
            ClientNeed::Redirect(kind) => kind != RedirectKind::Web,
            ClientNeed::PublicFlow => registration.allow_public_client_flows && !registration.is_confidential(),
            ClientNeed::Confidential => false,
        };
        if public && (secret.is_some() || assertion.is_some()) {
            let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
            return Err(SignInError::new(700_025, "invalid_client", text));
        }
        match (secret, assertion) {
            (Some(secret), _) => Self::check_secret(registration, secret, call).map(|()| Proof::Secret),
            (None, Some(assertion)) => {
                if call.form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
                    return Err(SignInError::missing_parameter("client_assertion_type"));
                }
                let fits = |audience: &str| call.is_own_audience(audience);
                assertion::verify(assertion, registration, fits, call.now).map(|()| Proof::Certificate)
            }
            (None, None) if public => Ok(Proof::None),
            (None, None) if need == ClientNeed::PublicFlow && registration.allow_public_client_flows => Ok(Proof::None),
            (None, None) => {
                let text =
                    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
                Err(SignInError::new(7_000_218, "invalid_client", text))
            }
        }
    }

    fn check_secret(registration: &AppRegistration, secret: &str, call: &TokenCall) -> Result<(), SignInError> {
        let client = registration.client_id;
        match registration.secrets.iter().find(|known| known.value == secret) {
            Some(known) if known.expires_at > call.now => Ok(()),
            Some(_) => {
                let text = format!(
                    "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
                );
                Err(SignInError::new(7_000_222, "invalid_client", text))
            }
            None => {
                let text = format!(
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'."
                );
                Err(SignInError::new(7_000_215, "invalid_client", text))
            }
        }
    }
}
