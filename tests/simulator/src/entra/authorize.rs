//! Reading an authorize or admin-consent request: what is shown as a page, and what goes back to the application.

use super::error::{SignInError, Trace};
use super::grants::scope_refusal;
use super::redirect::{self, ResponseMode};
use super::registration::{AppRegistration, RedirectKind};
use super::scope::ScopeRequest;
use super::state::{ChallengeMethod, State};
use super::token::Authority;
use crate::exchange::Parameters;
use crate::identifiers::ClientId;
use crate::world::World;

/// Which of the two requests a person is answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Sign-in for a code.
    Code,
    /// `/v2.0/adminconsent`.
    AdminConsent,
    /// `/adminconsent`, the older form without a scope.
    AdminConsentV1,
}

/// A request that may be shown to a person.
#[derive(Clone, Debug)]
pub(super) struct AuthorizeRequest {
    pub(super) purpose: Purpose,
    pub(super) authority: Authority,
    pub(super) client_id: ClientId,
    pub(super) redirect_uri: String,
    pub(super) kind: RedirectKind,
    pub(super) mode: ResponseMode,
    pub(super) scope: ScopeRequest,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<(ChallengeMethod, String)>,
    pub(super) force_consent: bool,
    pub(super) login_hint: Option<String>,
}

/// An answer on its way to the application.
#[derive(Clone, Debug)]
pub(super) struct Redirection {
    pub(super) redirect_uri: String,
    pub(super) mode: ResponseMode,
    pub(super) answer: Vec<(&'static str, String)>,
}

impl Redirection {
    /// The address to go to (for `form_post` the values travel in the body; here they show as a fragment).
    pub(super) fn address(&self) -> String {
        redirect::attach(&self.redirect_uri, self.mode, &self.answer)
    }
}

/// How reading a request failed.
pub(super) enum Unreadable {
    /// Shown as a page; the application never learns of it.
    Page(SignInError),
    /// Told to the application.
    Application(Redirection),
}

impl From<SignInError> for Unreadable {
    fn from(refused: SignInError) -> Self {
        Self::Page(refused)
    }
}

fn page(number: u32, text: impl Into<String>) -> Unreadable {
    Unreadable::Page(SignInError::new(number, "invalid_request", text))
}

impl AuthorizeRequest {
    /// An error for the application, in the redirect.
    pub(super) fn refuse(&self, refused: &SignInError, trace: &Trace) -> Redirection {
        let mut answer = vec![("error", refused.error.to_owned()), ("error_description", refused.description(trace))];
        if self.purpose == Purpose::AdminConsent {
            // The parameter that looks like success is there in both cases.
            answer.insert(0, ("admin_consent", "True".to_owned()));
        } else {
            answer.push(("error_uri", format!("{}/error?code={}", trace.origin, refused.number)));
        }
        self.redirection(answer)
    }

    /// An answer for the application, `state` included.
    pub(super) fn redirection(&self, mut answer: Vec<(&'static str, String)>) -> Redirection {
        answer.extend(self.state.clone().map(|state| ("state", state)));
        Redirection { redirect_uri: self.redirect_uri.clone(), mode: self.mode, answer }
    }
}

impl State {
    /// Reads and checks a request. Microsoft's order: application, tenant, redirect (pages), then the rest (redirects).
    pub(super) fn read_authorize(
        &self,
        world: &World,
        tenant: &str,
        purpose: Purpose,
        query: &Parameters,
        trace: &Trace,
    ) -> Result<AuthorizeRequest, Unreadable> {
        let client_id = query.get("client_id").ok_or_else(|| SignInError::missing_parameter("client_id"))?;
        let registration = self.registration(client_id)?;
        let authority = self.authority(tenant)?;
        check_audience(registration, authority)?;
        let (redirect_uri, kind) = requested_redirect(registration, query)?;
        let mut request = AuthorizeRequest {
            purpose,
            authority,
            client_id: registration.client_id,
            redirect_uri,
            kind,
            mode: match query.get("response_mode") {
                Some("fragment") => ResponseMode::Fragment,
                Some("form_post") => ResponseMode::FormPost,
                _ => ResponseMode::Query,
            },
            scope: ScopeRequest::default(),
            state: query.get("state").map(str::to_owned),
            nonce: query.get("nonce").map(str::to_owned),
            challenge: None,
            force_consent: query.get("prompt") == Some("consent") || purpose != Purpose::Code,
            login_hint: query.get("login_hint").map(str::to_owned),
        };
        let outcome = match purpose {
            Purpose::Code => request.read_code_parameters(world, query),
            Purpose::AdminConsent => request.read_scope(world, query.get("scope")),
            Purpose::AdminConsentV1 => {
                request.scope.default = true;
                Ok(())
            }
        };
        match outcome {
            Ok(()) => Ok(request),
            Err(refused) => Err(Unreadable::Application(request.refuse(&refused, trace))),
        }
    }
}

impl AuthorizeRequest {
    fn read_code_parameters(&mut self, world: &World, query: &Parameters) -> Result<(), SignInError> {
        match query.get("response_type") {
            None => return Err(SignInError::missing_parameter("response_type")),
            Some("code") => {}
            Some(other) => {
                let text = format!("response_type '{other}' is not enabled for the application.");
                return Err(SignInError::new(700_054, "unsupported_response_type", text));
            }
        }
        self.read_scope(world, query.get("scope"))?;
        let method = match query.get("code_challenge_method") {
            Some("S256") => ChallengeMethod::S256,
            None | Some("plain") => ChallengeMethod::Plain,
            Some(other) => {
                let text = format!("The code_challenge_method '{other}' is not supported.");
                return Err(SignInError::new(50_146, "invalid_request", text));
            }
        };
        self.challenge = query.get("code_challenge").map(|challenge| (method, challenge.to_owned()));
        let fits = |(method, challenge): &(ChallengeMethod, String)| match method {
            ChallengeMethod::S256 => challenge.len() == 43,
            ChallengeMethod::Plain => (43..=128).contains(&challenge.len()),
        };
        if !self.challenge.as_ref().is_none_or(fits) {
            let text = "The size of the code_challenge parameter is not valid.";
            return Err(SignInError::new(501_491, "invalid_request", text));
        }
        if self.kind == RedirectKind::Spa && self.challenge.is_none() {
            let text = "Proof Key for Code Exchange is required for cross-origin authorization code redemption.";
            return Err(SignInError::new(9_002_325, "invalid_request", text));
        }
        if query.get("prompt") == Some("none") {
            // The simulation keeps no browser session, so a silent sign-in never finds one.
            return Err(super::error::by_number(50_058));
        }
        Ok(())
    }

    fn read_scope(&mut self, world: &World, scope: Option<&str>) -> Result<(), SignInError> {
        let scope = scope.ok_or_else(|| SignInError::missing_parameter("scope"))?;
        let client = self.client_id.to_string();
        self.scope =
            ScopeRequest::parse(scope, &world.resources()).map_err(|refused| scope_refusal(&refused, &client))?;
        Ok(())
    }
}

fn check_audience(registration: &AppRegistration, authority: Authority) -> Result<(), Unreadable> {
    let client = registration.client_id;
    match authority {
        Authority::Consumers => Err(page(
            9_002_346,
            format!(
                "Application '{client}' is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request."
            ),
        )),
        Authority::Common | Authority::Organizations if !registration.multi_tenant => Err(page(
            50_194,
            format!(
                "Application '{client}'({}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
                registration.display_name
            ),
        )),
        _ => Ok(()),
    }
}

fn requested_redirect(
    registration: &AppRegistration,
    query: &Parameters,
) -> Result<(String, RedirectKind), Unreadable> {
    if registration.redirects.is_empty() {
        return Err(page(500_113, "No reply address is registered for the application."));
    }
    let requested = query.get("redirect_uri").ok_or_else(|| SignInError::missing_parameter("redirect_uri"))?;
    let Some(registered) = registration.matching_redirect(requested) else {
        let text = format!(
            "The redirect URI '{requested}' specified in the request does not match the redirect URIs configured for the application '{}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.",
            registration.client_id
        );
        return Err(page(50_011, text));
    };
    Ok((requested.to_owned(), registered.kind))
}
