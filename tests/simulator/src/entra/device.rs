//! The device authorization grant (RFC 8628) as Entra does it: no complete address, no `slow_down`.

use super::credential::ClientNeed;
use super::error::{self, SignInError};
use super::grants::scope_refusal;
use super::issue::Subject;
use super::registration::RedirectKind;
use super::reply;
use super::scope::ScopeRequest;
use super::state::{Session, State};
use super::token::{Authority, TokenAnswer, TokenCall, trace};
use crate::exchange::Exchange;
use crate::identifiers::{ClientId, TenantId, UserId};
use crate::world::World;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

const LIFETIME_SECONDS: i64 = 900;
const INTERVAL_SECONDS: u64 = 5;

/// How far the person got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Pending,
    Approved { account: UserId, at: Timestamp },
    Declined,
}

/// A device code and what it waits for.
#[derive(Clone)]
pub(super) struct DeviceGrant {
    pub(super) user_code: String,
    pub(super) client_id: ClientId,
    pub(super) scope: ScopeRequest,
    tenant: TenantId,
    issued_at: Timestamp,
    progress: Progress,
}

/// Nobody waits for this user code.
#[derive(Debug, thiserror::Error)]
#[error("no device waits for this user code")]
pub struct UnknownUserCode;

/// Answers `POST /{tenant}/oauth2/v2.0/devicecode`.
pub(super) fn start(world: &World, exchange: &Exchange, tenant: &str) -> Response<Body> {
    let trace = trace(world, exchange);
    let result = world.entra().start_device(world, exchange, tenant);
    match result {
        Ok(body) => reply::json(StatusCode::OK, &body),
        Err(refused) => refused.response(&trace),
    }
}

impl State {
    fn start_device(&mut self, world: &World, exchange: &Exchange, tenant: &str) -> Result<Value, SignInError> {
        const LETTERS: [char; 20] =
            ['B', 'C', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Z'];
        let form = exchange.form();
        let client_id = form.get("client_id").ok_or_else(|| SignInError::missing_parameter("client_id"))?;
        let scope = form.get("scope").ok_or_else(|| SignInError::missing_parameter("scope"))?;
        let tenant = match self.authority(tenant)? {
            Authority::Tenant(tenant) => tenant,
            Authority::Organizations | Authority::Common => self.tenant,
            Authority::Consumers => return Err(error::by_number(9_001_023)),
        };
        let client = self.registration(client_id)?.client_id;
        let scope =
            ScopeRequest::parse(scope, &world.resources()).map_err(|refused| scope_refusal(&refused, client_id))?;
        let device_code = self.mint::<120>("");
        let user_code: String = (0..9).map(|_| self.dice.pick(&LETTERS)).collect();
        let user_code = self.secrets.record(user_code);
        let address = format!("{}/device", exchange.origin());
        let message = if exchange.query().get("mkt").is_some_and(|market| market.starts_with("de")) {
            format!("Öffnen Sie zur Anmeldung {address} in einem Browser, und geben Sie den Code {user_code} ein.")
        } else {
            format!(
                "To sign in, use a web browser to open the page {address} and enter the code {user_code} to authenticate."
            )
        };
        let grant = DeviceGrant {
            user_code: user_code.clone(),
            client_id: client,
            scope,
            tenant,
            issued_at: world.clock.now(),
            progress: Progress::Pending,
        };
        self.device_codes.insert(device_code.clone(), grant);
        Ok(json!({
            "user_code": user_code, "device_code": device_code, "verification_uri": address,
            "expires_in": LIFETIME_SECONDS, "interval": INTERVAL_SECONDS, "message": message,
        }))
    }

    pub(super) fn poll_device(&mut self, call: &TokenCall) -> Result<TokenAnswer, SignInError> {
        let registration = self.registration(call.required("client_id")?)?.clone();
        // msal for Python sends the device code as `code` as well.
        let code = call.required("device_code")?;
        let Some(grant) =
            self.device_codes.get(code).filter(|grant| grant.client_id == registration.client_id).cloned()
        else {
            let text = "Error validating credentials due to invalid device code.";
            return Err(SignInError::new(70_018, "bad_verification_code", text));
        };
        let proof = self.authenticate(&registration, ClientNeed::PublicFlow, call)?;
        if call.now.as_second() - grant.issued_at.as_second() > LIFETIME_SECONDS {
            let text =
                "The provided value for the input parameter 'device_code' is not valid. This device code has expired.";
            return Err(SignInError::new(70_020, "expired_token", text));
        }
        let (account, signed_in_at) = match grant.progress {
            Progress::Approved { account, at } => (account, at),
            Progress::Declined => {
                return Err(SignInError { error: "authorization_declined", ..error::by_number(65_004) });
            }
            Progress::Pending => {
                let text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
                return Err(SignInError::new(70_016, "authorization_pending", text));
            }
        };
        let kind = if registration.is_confidential() { RedirectKind::Web } else { RedirectKind::Public };
        let session = Session {
            client_id: registration.client_id,
            account,
            tenant: grant.tenant,
            kind,
            scope: grant.scope,
            signed_in_at,
            issued_at: call.now,
        };
        self.check_person(&session, call, true)?;
        self.device_codes.remove(code);
        let subject = Subject { session: &session, registration: &registration, proof, nonce: None };
        self.issue_delegated(subject, call)
    }

    /// The waiting grant with this user code; letters may be typed small.
    pub(super) fn device_waiting(&self, user_code: &str) -> Result<&DeviceGrant, UnknownUserCode> {
        let waiting = |grant: &&DeviceGrant| {
            grant.user_code.eq_ignore_ascii_case(user_code.trim()) && grant.progress == Progress::Pending
        };
        self.device_codes.values().find(waiting).ok_or(UnknownUserCode)
    }

    /// The person accepts (and thereby consents, an administrator for everybody) or declines.
    pub(crate) fn answer_device(
        &mut self,
        user_code: &str,
        account: Option<UserId>,
        now: Timestamp,
    ) -> Result<(), UnknownUserCode> {
        let (client, scope) = self.device_waiting(user_code).map(|grant| (grant.client_id, grant.scope.clone()))?;
        let registration = self.registrations.iter().find(|known| known.client_id == client).cloned();
        if let (Some(account), Some(registration)) = (account.and_then(|id| self.account(id)).cloned(), registration) {
            let permissions = self.missing(&registration, &scope, account.id);
            if Self::may_consent(&account, &permissions) {
                self.grant(client, (!account.is_administrator()).then_some(account.id), permissions);
            }
        }
        for grant in
            self.device_codes.values_mut().filter(|grant| grant.user_code.eq_ignore_ascii_case(user_code.trim()))
        {
            grant.progress = account.map_or(Progress::Declined, |account| Progress::Approved { account, at: now });
        }
        Ok(())
    }
}
