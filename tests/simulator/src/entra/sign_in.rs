//! A person signing in: pick an account, see the permissions, accept or not. One set of steps for pages and for tests.

use super::account::Account;
use super::authorize::{AuthorizeRequest, Purpose, Redirection, Unreadable};
use super::error::{self, SignInError, Trace};
use super::state::{CodeGrant, Session, State};
use super::token::Authority;
use crate::exchange::Parameters;
use crate::world::World;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::collections::BTreeSet;

/// What the person does, where there is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Sign in; accept what is asked, an administrator on behalf of the organisation.
    Accept,
    /// Sign in; accept what is asked for oneself only.
    AcceptForMyself,
    /// Go back without choosing an account.
    Cancel,
    /// Sign in, then refuse the permissions.
    Decline,
}

/// The sign-in ended on a page of Microsoft's; nothing went back to the application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sign-in ended on a page with AADSTS{number}: {text}")]
pub struct SignInFailed {
    /// AADSTS number.
    pub number: u32,
    /// Its text.
    pub text: String,
}

impl From<SignInError> for SignInFailed {
    fn from(refused: SignInError) -> Self {
        Self { number: refused.number, text: refused.text }
    }
}

/// A sign-in that waits for a person.
#[derive(Clone)]
pub(super) struct PendingSignIn {
    pub(super) request: AuthorizeRequest,
    pub(super) account: Option<Account>,
}

/// What comes next in a sign-in.
pub(super) enum Step {
    /// Show the accounts.
    ChooseAccount { flow: String, login_hint: Option<String> },
    /// Show the permissions.
    Consent { flow: String, permissions: Vec<String> },
    /// Tell that only an administrator can accept these.
    NeedAdministrator { flow: String, permissions: Vec<String> },
    /// Go to the application.
    Leave(Redirection),
    /// Show an error; the application learns nothing.
    Refused(SignInError),
}

impl State {
    /// Begins with an authorize or admin-consent address.
    pub(super) fn begin(
        &mut self,
        world: &World,
        tenant: &str,
        purpose: Purpose,
        query: &Parameters,
        trace: &Trace,
    ) -> Step {
        match self.read_authorize(world, tenant, purpose, query, trace) {
            Err(Unreadable::Page(refused)) => Step::Refused(refused),
            Err(Unreadable::Application(redirection)) => Step::Leave(redirection),
            Ok(request) => {
                let login_hint = request.login_hint.clone();
                let flow = BASE64_URL_SAFE_NO_PAD.encode(self.dice.bytes::<24>());
                self.pending.insert(flow.clone(), PendingSignIn { request, account: None });
                Step::ChooseAccount { flow, login_hint }
            }
        }
    }

    fn pending(&self, flow: &str) -> Result<&PendingSignIn, SignInError> {
        let text = "The sign-in is no longer waiting. Start again from the application.";
        self.pending.get(flow).ok_or_else(|| SignInError::new(50_089, "invalid_grant", text))
    }

    /// The person goes back on the first page.
    pub(super) fn cancel(&mut self, flow: &str) -> Step {
        let request = match self.pending(flow) {
            Ok(pending) => pending.request.clone(),
            Err(refused) => return Step::Refused(refused),
        };
        self.pending.remove(flow);
        let answer = vec![("error", "access_denied".to_owned()), ("error_subcode", "cancel".to_owned())];
        Step::Leave(request.redirection(answer))
    }

    /// The person picks an account.
    pub(super) fn choose(&mut self, flow: &str, name: &str, world: &World) -> Step {
        match self.chosen(flow, name) {
            Err(refused) => Step::Refused(refused),
            Ok((request, account, permissions)) => {
                let enough = permissions.is_empty() && !request.force_consent;
                if enough {
                    return self.leave_with_code(flow, &request, &account, world);
                }
                let permissions = self.consent_list(&request, permissions);
                let flow = flow.to_owned();
                let as_administrator = request.purpose == Purpose::Code || account.is_administrator();
                if as_administrator && Self::may_consent(&account, &permissions) {
                    Step::Consent { flow, permissions: permissions.into_iter().collect() }
                } else {
                    Step::NeedAdministrator { flow, permissions: permissions.into_iter().collect() }
                }
            }
        }
    }

    /// What the consent page lists: what is missing; everything if consent is forced.
    fn consent_list(&self, request: &AuthorizeRequest, missing: BTreeSet<String>) -> BTreeSet<String> {
        let registration = self.registrations.iter().find(|known| known.client_id == request.client_id);
        match registration {
            Some(registration) if request.force_consent => Self::wanted(registration, &request.scope),
            _ => missing,
        }
    }

    fn chosen(&mut self, flow: &str, name: &str) -> Result<(AuthorizeRequest, Account, BTreeSet<String>), SignInError> {
        let request = self.pending(flow)?.request.clone();
        let unknown = || {
            let text = format!(
                "User account '{name}' from identity provider does not exist in the tenant and cannot access the application '{}' in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different account.",
                request.client_id
            );
            SignInError::new(50_020, "invalid_request", text)
        };
        let foreign = matches!(request.authority, Authority::Tenant(tenant) if tenant != self.tenant);
        let account = self.account_named(name).filter(|_| !foreign).cloned().ok_or_else(unknown)?;
        if !account.enabled {
            return Err(error::by_number(50_057));
        }
        if self.policies.block_access {
            return Err(error::by_number(53_003));
        }
        let registration = self.registration(&request.client_id.to_string())?;
        let missing = self.missing(registration, &request.scope, account.id);
        if let Some(pending) = self.pending.get_mut(flow) {
            pending.account = Some(account.clone());
        }
        Ok((request, account, missing))
    }

    /// The person answers the page with the permissions.
    pub(super) fn decide(&mut self, flow: &str, accept: bool, everybody: bool, world: &World, trace: &Trace) -> Step {
        let (request, account) = match self.pending(flow) {
            Ok(PendingSignIn { request, account: Some(account) }) => (request.clone(), account.clone()),
            Ok(_) => return Step::Refused(error::by_number(50_089)),
            Err(refused) => return Step::Refused(refused),
        };
        if !accept {
            self.pending.remove(flow);
            let declined = match request.purpose {
                Purpose::Code => error::by_number(65_004),
                _ => SignInError { error: "consent_required", ..error::by_number(65_004) },
            };
            return Step::Leave(match request.purpose {
                Purpose::AdminConsentV1 => request.redirection(vec![
                    ("error", "permission_denied".to_owned()),
                    ("error_description", "The admin canceled the request".to_owned()),
                ]),
                _ => request.refuse(&declined, trace),
            });
        }
        let registration = match self.registration(&request.client_id.to_string()) {
            Ok(registration) => registration.clone(),
            Err(refused) => return Step::Refused(refused),
        };
        let permissions = Self::wanted(&registration, &request.scope);
        if !Self::may_consent(&account, &permissions) {
            return Step::Refused(error::by_number(90_094));
        }
        let for_everybody = request.purpose != Purpose::Code || (everybody && account.is_administrator());
        self.grant(request.client_id, (!for_everybody).then_some(account.id), permissions.clone());
        if request.purpose == Purpose::Code {
            return self.leave_with_code(flow, &request, &account, world);
        }
        self.pending.remove(flow);
        if request.scope.default && account.may_grant_application_permissions() {
            self.grant_application_permissions(request.client_id);
        }
        let scope = permissions.iter().map(|name| format!("{}/{name}", world.resources().default_name()));
        let mut answer = vec![("admin_consent", "True".to_owned()), ("tenant", self.tenant.to_string())];
        if request.purpose == Purpose::AdminConsent {
            answer.push(("scope", scope.collect::<Vec<_>>().join(" ")));
        }
        Step::Leave(request.redirection(answer))
    }

    fn leave_with_code(&mut self, flow: &str, request: &AuthorizeRequest, account: &Account, world: &World) -> Step {
        self.pending.remove(flow);
        let now = world.clock.now();
        let code = self.mint::<120>("1.AX");
        let session = Session {
            client_id: request.client_id,
            account: account.id,
            tenant: self.tenant,
            kind: request.kind,
            scope: request.scope.clone(),
            signed_in_at: now,
            issued_at: now,
        };
        let grant = CodeGrant {
            session,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            nonce: request.nonce.clone(),
            redeemed: false,
        };
        self.codes.insert(code.clone(), grant);
        let mut redirection = request.redirection(vec![("code", code)]);
        redirection.answer.push(("session_state", self.dice.guid().to_string()));
        Step::Leave(redirection)
    }

    /// The whole sign-in without pages.
    pub(super) fn sign_in(
        &mut self,
        world: &World,
        (tenant, purpose, query): (&str, Purpose, &Parameters),
        account: &str,
        decision: Decision,
        trace: &Trace,
    ) -> Result<String, SignInFailed> {
        let mut step = self.begin(world, tenant, purpose, query, trace);
        loop {
            step = match step {
                Step::Leave(redirection) => return Ok(redirection.address()),
                Step::Refused(refused) => return Err(refused.into()),
                Step::ChooseAccount { flow, .. } if decision == Decision::Cancel => self.cancel(&flow),
                Step::ChooseAccount { flow, .. } => self.choose(&flow, account, world),
                Step::NeedAdministrator { flow, .. } => self.cancel(&flow),
                Step::Consent { flow, .. } => {
                    self.decide(&flow, decision != Decision::Decline, decision == Decision::Accept, world, trace)
                }
            }
        }
    }
}
