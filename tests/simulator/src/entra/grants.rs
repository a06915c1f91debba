//! The grants of the token endpoint, each with its checks in Microsoft's order: form, client, credential, grant.

use super::credential::ClientNeed;
use super::error::{self, SignInError};
use super::issue::Subject;
use super::registration::{AppRegistration, RedirectKind};
use super::scope::{ScopeError, ScopeRequest};
use super::state::{ChallengeMethod, Session, State};
use super::token::{Authority, TokenAnswer, TokenCall};
use crate::clock::error_timestamp;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;

const CODE_LIFETIME_SECONDS: i64 = 600;
const REFRESH_INACTIVITY_SECONDS: i64 = 90 * 86_400;
const SPA_LIFETIME_SECONDS: i64 = 86_400;

fn invalid_grant(number: u32, text: impl Into<String>) -> SignInError {
    SignInError::new(number, "invalid_grant", text)
}

fn seconds_between(earlier: Timestamp, later: Timestamp) -> i64 {
    later.as_second() - earlier.as_second()
}

/// Codes and refresh tokens that Entra hands out have a version, a dot, and characters that need no encoding.
fn well_formed(credential: &str) -> bool {
    let rest = credential.strip_prefix("1.").or_else(|| credential.strip_prefix("0."));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    rest.is_some_and(|rest| rest.len() >= 40 && rest.bytes().all(allowed))
}

/// The refusal of a `scope` parameter.
pub(super) fn scope_refusal(refused: &ScopeError, client: &str) -> SignInError {
    match refused {
        ScopeError::UnknownResource(resource) => {
            let text = format!(
                "The resource principal named {resource} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
            );
            SignInError::new(500_011, "invalid_resource", text)
        }
        ScopeError::UnknownPermission(permission) => {
            let text = format!(
                "The application '{client}' asked for scope '{permission}' that doesn't exist on the resource '{}'. Contact the app vendor.",
                super::scope::GRAPH_APP_ID
            );
            SignInError::new(650_053, "invalid_scope", text)
        }
        ScopeError::Mixed => {
            let text = "The provided value for the input parameter 'scope' is not valid. .default scope can't be combined with resource-specific scopes.";
            SignInError::new(70_011, "invalid_scope", text)
        }
    }
}

/// Cross-origin calls are for single-page applications, and those call no other way.
fn check_origin(kind: RedirectKind, call: &TokenCall) -> Result<(), SignInError> {
    match (&call.browser_origin, kind) {
        (Some(origin), RedirectKind::Public | RedirectKind::Web) => {
            let text = format!(
                "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'."
            );
            Err(SignInError::new(9_002_326, "invalid_request", text))
        }
        (None, RedirectKind::Spa) => {
            let text = "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.";
            Err(SignInError::new(9_002_327, "invalid_request", text))
        }
        _ => Ok(()),
    }
}

fn check_verifier(challenge: Option<&(ChallengeMethod, String)>, verifier: Option<&str>) -> Result<(), SignInError> {
    let Some((method, challenge)) = challenge else { return Ok(()) };
    let answer = verifier.map(|verifier| match method {
        ChallengeMethod::S256 => BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes())),
        ChallengeMethod::Plain => verifier.to_owned(),
    });
    if answer.as_ref() == Some(challenge) {
        return Ok(());
    }
    let text = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
    Err(invalid_grant(501_481, text))
}

impl State {
    pub(super) fn redeem_code(&mut self, call: &TokenCall) -> Result<TokenAnswer, SignInError> {
        let code = call.required("code")?;
        if !well_formed(code) {
            return Err(SignInError::malformed_grant());
        }
        let redirect_uri = call.required("redirect_uri")?;
        let registration = self.registration(call.required("client_id")?)?.clone();
        let Some(grant) = self.codes.get(code).cloned() else {
            return Err(invalid_grant(70_000, "Provided grant is invalid or malformed."));
        };
        check_origin(grant.session.kind, call)?;
        let proof = self.authenticate(&registration, ClientNeed::Redirect(grant.session.kind), call)?;
        if grant.session.client_id != registration.client_id {
            return Err(invalid_grant(70_000, "Provided grant is invalid or malformed."));
        }
        self.check_tenant(&grant.session, call)?;
        if grant.redeemed {
            return Err(error::by_number(54_005));
        }
        if seconds_between(grant.session.issued_at, call.now) > CODE_LIFETIME_SECONDS {
            return Err(invalid_grant(
                70_008,
                "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
            ));
        }
        if redirect_uri != grant.redirect_uri {
            let text = format!(
                "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting Authorization code.",
                grant.redirect_uri
            );
            return Err(SignInError::new(500_112, "invalid_client", text));
        }
        check_verifier(grant.challenge.as_ref(), call.form.get("code_verifier"))?;
        if let Some(grant) = self.codes.get_mut(code) {
            grant.redeemed = true;
        }
        let session = self.narrowed(grant.session, &registration, call)?;
        self.check_person(&session, call, true)?;
        let subject = Subject { session: &session, registration: &registration, proof, nonce: grant.nonce };
        self.issue_delegated(subject, call)
    }

    pub(super) fn refresh(&mut self, call: &TokenCall) -> Result<TokenAnswer, SignInError> {
        let token = call.required("refresh_token")?;
        if !well_formed(token) {
            return Err(SignInError::malformed_grant());
        }
        let registration = self.registration(call.required("client_id")?)?.clone();
        let Some(session) = self.refresh_tokens.get(token).cloned() else {
            return Err(invalid_grant(
                70_000,
                "The provided value for the input parameter 'refresh_token' is not valid.",
            ));
        };
        check_origin(session.kind, call)?;
        let proof = self.authenticate(&registration, ClientNeed::Redirect(session.kind), call)?;
        if session.client_id != registration.client_id {
            return Err(invalid_grant(70_000, "Provided grant is invalid or malformed."));
        }
        self.check_tenant(&session, call)?;
        self.check_person(&session, call, false)?;
        let issued = error_timestamp(session.issued_at);
        if session.kind == RedirectKind::Spa && seconds_between(session.signed_in_at, call.now) > SPA_LIFETIME_SECONDS {
            return Err(error::by_number(700_084));
        }
        if seconds_between(session.issued_at, call.now) > REFRESH_INACTIVITY_SECONDS {
            let text = format!(
                "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for 90.00:00:00."
            );
            return Err(invalid_grant(700_082, text));
        }
        if let Some(limit) = self.policies.sign_in_frequency_seconds
            && seconds_between(session.signed_in_at, call.now).unsigned_abs() > limit
        {
            let text = format!(
                "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is {limit}."
            );
            return Err(invalid_grant(70_043, text).with_suberror("token_expired"));
        }
        let session = self.narrowed(session, &registration, call)?;
        let subject = Subject { session: &session, registration: &registration, proof, nonce: None };
        self.issue_delegated(subject, call)
    }

    pub(super) fn client_credentials(&mut self, call: &TokenCall) -> Result<TokenAnswer, SignInError> {
        let client_id = call.required("client_id")?;
        let scope = call.required("scope")?;
        let Authority::Tenant(tenant) = call.authority else {
            let text =
                "No tenant-identifying information found in either the request or implied by any provided credentials.";
            return Err(SignInError::new(50_059, "invalid_request", text));
        };
        let registration = self.registration(client_id)?.clone();
        if tenant != self.tenant || !self.has_principal(&registration) {
            return Err(self.application_not_found(client_id));
        }
        let proof = self.authenticate(&registration, ClientNeed::Confidential, call)?;
        if scope.split_whitespace().count() != 1 {
            let text = format!(
                "The provided request must include a 'scope' input parameter with one resource. The value '{scope}' is not valid."
            );
            return Err(SignInError::new(70_011, "invalid_scope", text));
        }
        if !scope.ends_with("/.default") {
            let text = format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
            );
            return Err(SignInError::new(1_002_012, "invalid_scope", text));
        }
        ScopeRequest::parse(scope, &call.world.resources()).map_err(|refused| scope_refusal(&refused, client_id))?;
        if self.policies.block_access {
            return Err(error::by_number(53_003));
        }
        Ok(self.issue_application(&registration, proof, call))
    }

    pub(super) fn password(&mut self, call: &TokenCall) -> Result<TokenAnswer, SignInError> {
        let client_id = call.required("client_id")?;
        let (name, password) = (call.required("username")?, call.required("password")?);
        let scope = call.form.get("scope").unwrap_or("openid");
        let tenant = match call.authority {
            Authority::Common | Authority::Consumers => {
                let text = "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
                return Err(SignInError::new(9_001_023, "invalid_request", text));
            }
            Authority::Organizations => self.tenant,
            Authority::Tenant(tenant) => tenant,
        };
        let registration = self.registration(client_id)?.clone();
        let proof = self.authenticate(&registration, ClientNeed::PublicFlow, call)?;
        let scope = ScopeRequest::parse(scope, &call.world.resources())
            .map_err(|refused| scope_refusal(&refused, client_id))?;
        let account = self.account_named(name).filter(|_| tenant == self.tenant);
        let account = account.ok_or_else(|| {
            invalid_grant(50_034, format!("The user account {{EUII Hidden}} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory."))
        })?;
        if account.password != password {
            return Err(error::by_number(50_126));
        }
        let kind = if registration.is_confidential() { RedirectKind::Web } else { RedirectKind::Public };
        let session = Session {
            client_id: registration.client_id,
            account: account.id,
            tenant,
            kind,
            scope,
            signed_in_at: call.now,
            issued_at: call.now,
        };
        self.check_person(&session, call, false)?;
        let subject = Subject { session: &session, registration: &registration, proof, nonce: None };
        self.issue_delegated(subject, call)
    }

    /// A grant belongs to the tenant the person signed in to.
    fn check_tenant(&self, session: &Session, call: &TokenCall) -> Result<(), SignInError> {
        match call.authority {
            Authority::Tenant(tenant) if tenant != session.tenant => {
                let text = format!(
                    "The provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for ({}) or /common or /{}",
                    session.tenant, session.tenant
                );
                Err(invalid_grant(700_005, text))
            }
            Authority::Consumers => {
                Err(invalid_grant(700_005, "The provided grant belongs to a work or school account."))
            }
            _ => Ok(()),
        }
    }

    /// What administrators decided about the person since the sign-in.
    pub(super) fn check_person(
        &self,
        session: &Session,
        call: &TokenCall,
        interactive: bool,
    ) -> Result<(), SignInError> {
        let Some(account) = self.account(session.account).filter(|account| account.enabled) else {
            return Err(error::by_number(50_057));
        };
        if let Some(valid_from) = account.tokens_valid_from.filter(|valid_from| session.issued_at <= *valid_from) {
            let text = format!(
                "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{}'.",
                session.issued_at, valid_from
            );
            return Err(invalid_grant(50_173, text).with_suberror("bad_token"));
        }
        if self.policies.block_access {
            return Err(error::by_number(53_003));
        }
        if self.policies.require_multi_factor && !interactive {
            return Err(error::by_number(50_076));
        }
        let registration = self.registration(call.form.get("client_id").unwrap_or_default())?;
        let granted = self.granted(session.client_id, session.account);
        let missing = self.missing(registration, &session.scope, session.account);
        if !missing.is_empty() || (session.scope.default && granted.is_empty()) {
            let text = format!(
                "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an interactive authorization request for this user and resource.",
                session.client_id, registration.display_name
            );
            return Err(invalid_grant(65_001, text).with_suberror("consent_required"));
        }
        Ok(())
    }

    /// The session with the scope of this request, if it names one.
    fn narrowed(
        &self,
        mut session: Session,
        registration: &AppRegistration,
        call: &TokenCall,
    ) -> Result<Session, SignInError> {
        if let Some(scope) = call.form.get("scope") {
            let client = registration.client_id.to_string();
            let asked = ScopeRequest::parse(scope, &call.world.resources())
                .map_err(|refused| scope_refusal(&refused, &client))?;
            let open_id = asked.open_id.union(&session.scope.open_id).cloned().collect();
            let names_graph = asked.default || !asked.graph.is_empty();
            session.scope =
                if names_graph { ScopeRequest { open_id, ..asked } } else { ScopeRequest { open_id, ..session.scope } };
            self.check_person(&session, call, true)?;
        }
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_grant_is_checked_before_anything_else() {
        for (credential, expected) in [
            ("1.AbCd-_.0123456789012345678901234567890123456789", true),
            ("0.AbCd0123456789012345678901234567890123456789", true),
            ("1.short", false),
            ("not-a-code", false),
            ("1.AbCd01234567890123456789012345678901234 56789", false),
            ("", false),
        ] {
            assert_eq!(well_formed(credential), expected, "{credential}");
        }
    }

    #[test]
    fn the_verifier_of_rfc_7636_fits_its_challenge() {
        let challenge = (ChallengeMethod::S256, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        assert_eq!(check_verifier(Some(&challenge), Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")), Ok(()));
        for wrong in [None, Some(""), Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")] {
            assert_eq!(check_verifier(Some(&challenge), wrong).unwrap_err().number, 501_481);
        }
    }
}
