//! Access tokens of one run: obtained by grants, renewed before they expire or when the other side says no.

use super::assertion;
use super::authorization_code;
use super::claims;
use super::device_code;
use super::endpoint::{EndpointError, Endpoints};
use super::exchange::{Denial, Exchange, Form, TokenAnswer};
use super::interaction::Interaction;
use super::slots::SecretSlots;
use crate::egress::EgressPolicy;
use beacon_contract::{
    GrantKind, GrantWish, Granted, Manifest, Profile, ProfileId, Refused, RefusedStage, Settings, SlotKind, SlotName,
};
use beacon_vault::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Mutex;
use tracing::{debug, warn};
use url::Url;
use zeroize::Zeroizing;

/// A token is renewed this long before it expires: long enough for one slow page.
const MARGIN: SignedDuration = SignedDuration::from_secs(180);

/// Everything grants need.
pub(crate) struct GrantParts {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) settings: Settings,
    pub(crate) pinned_tenant: Option<String>,
    pub(crate) policy: EgressPolicy,
    pub(crate) exchange: Exchange,
    pub(crate) secrets: Arc<dyn SecretSlots>,
    pub(crate) interaction: Arc<dyn Interaction>,
}

/// Who signed in, and a refresh token that is kept only after the administrator has confirmed it.
pub struct PendingConsent {
    /// Directory that the token belongs to.
    pub tenant_id: Option<String>,
    /// Sign-in name.
    pub account: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
    slot: SlotName,
    origins: BTreeSet<String>,
    refresh_token: Option<Secret>,
}

impl PendingConsent {
    /// The refresh token, without which no run works by itself, with its slot and the origins that it may be sent to. It
    /// is lent only: whoever fails to keep it can try again.
    #[must_use]
    pub fn refresh_token(&self) -> Option<(&SlotName, &BTreeSet<String>, &Secret)> {
        self.refresh_token.as_ref().map(|token| (&self.slot, &self.origins, token))
    }
}

#[derive(Default)]
struct Held {
    kind: Option<GrantKind>,
    access: Option<Zeroizing<String>>,
    expires_at: Timestamp,
    generation: u64,
    /// In memory between an interactive grant and its confirmation.
    refresh: Option<Secret>,
    consent: Option<(Option<String>, Option<String>, Vec<String>)>,
}

/// The tokens of one run.
pub struct Tokens {
    parts: GrantParts,
    held: BTreeMap<ProfileId, Mutex<Held>>,
}

impl Tokens {
    pub(crate) fn new(parts: GrantParts) -> Self {
        let held = parts.manifest.profiles.iter().map(|profile| (profile.id.clone(), Mutex::default())).collect();
        Self { parts, held }
    }

    fn profile_of(&self, slot: &SlotName) -> Option<&ProfileId> {
        match &self.parts.manifest.slot(slot)?.kind {
            SlotKind::Bearer { profile } => Some(profile),
            SlotKind::Stored => None,
        }
    }

    fn endpoints<'a>(&'a self, profile: &'a Profile) -> Endpoints<'a> {
        Endpoints {
            manifest: &self.parts.manifest,
            profile,
            settings: &self.parts.settings,
            policy: &self.parts.policy,
            pinned_tenant: self.parts.pinned_tenant.as_deref(),
        }
    }

    fn find(&self, id: &ProfileId) -> Option<(&Profile, &Mutex<Held>)> {
        let profile = self.parts.manifest.profiles.iter().find(|profile| profile.id == *id)?;
        Some((profile, self.held.get(id)?))
    }

    /// The value of the `authorization` header for a slot, and which generation of it.
    pub(crate) async fn bearer(&self, slot: &SlotName) -> Result<(Zeroizing<String>, u64), String> {
        let none = || format!("the slot {slot} is filled by no grant of this run");
        let (profile, held) = self.profile_of(slot).and_then(|id| self.find(id)).ok_or_else(none)?;
        let mut held = held.lock().await;
        let soon = self.now().checked_add(MARGIN).unwrap_or(Timestamp::MAX);
        if held.access.is_none() || (held.expires_at <= soon && held.kind.is_some()) {
            let kind = held.kind.ok_or_else(none)?;
            let renewed = self.obtain_unattended(profile, kind, &mut held).await;
            // An expiring token is still good; only the lack of any token stops a request.
            if let (Err(denial), None) = (renewed, &held.access) {
                return Err(format!("the access token cannot be renewed: {}", denial.error));
            }
        }
        let token = held.access.as_ref().ok_or_else(none)?;
        Ok((Zeroizing::new(format!("Bearer {}", token.as_str())), held.generation))
    }

    /// Obtains another token after the other side refused the one of `generation`; does nothing if that happened
    /// already.
    pub(crate) async fn renew(&self, slot: &SlotName, generation: u64) -> Result<(), ()> {
        let (profile, held) = self.profile_of(slot).and_then(|id| self.find(id)).ok_or(())?;
        let mut held = held.lock().await;
        if held.generation != generation {
            return Ok(());
        }
        let kind = held.kind.ok_or(())?;
        self.obtain_unattended(profile, kind, &mut held).await.map_err(|_| ())
    }

    fn now(&self) -> Timestamp {
        self.parts.exchange.clock.now()
    }

    /// Performs the grant that a module wishes for.
    pub(crate) async fn grant(&self, wish: GrantWish) -> Result<Granted, Refused> {
        let refused = |denial: Denial| denial.into_refused(wish.id, wish.profile.clone());
        let Some((profile, held)) = self.find(&wish.profile) else {
            return Err(refused(Denial::local("unknown_profile", "the manifest has no such profile")));
        };
        if !profile.kinds.contains(&wish.kind) {
            return Err(refused(Denial::local("unknown_kind", "the profile does not allow this kind of grant")));
        }
        let mut held = held.lock().await;
        let obtained = self.obtain(profile, &wish, &mut held).await;
        let granted = obtained.and_then(|answer| self.accept(profile, &wish, answer, &mut held));
        match &granted {
            Ok(_) => debug!(profile = wish.profile.as_str(), kind = ?wish.kind, "a token was granted"),
            Err(denial) => {
                warn!(profile = wish.profile.as_str(), kind = ?wish.kind, error = denial.error, codes = ?denial.codes, "no token was granted");
            }
        }
        granted.map_err(refused)
    }

    async fn obtain(&self, profile: &Profile, wish: &GrantWish, held: &mut Held) -> Result<TokenAnswer, Denial> {
        let endpoints = self.endpoints(profile);
        let exchange = &self.parts.exchange;
        match wish.kind {
            GrantKind::AuthorizationCode => {
                let code =
                    authorization_code::obtain(&endpoints, &wish.parameters, self.parts.interaction.as_ref()).await?;
                let scopes = endpoints.scopes().map_err(setting)?;
                let token_endpoint = endpoints.token().map_err(setting)?;
                let credential = self.optional_credential(profile, &endpoints, &token_endpoint)?;
                let mut form = vec![
                    ("grant_type", "authorization_code"),
                    ("client_id", endpoints.client_id().map_err(setting)?),
                    ("code", code.code.as_str()),
                    ("redirect_uri", code.redirect_uri.as_str()),
                    ("code_verifier", code.verifier.as_str()),
                    ("scope", scopes.as_str()),
                ];
                credential.extend(&mut form);
                let answer = exchange.token(&token_endpoint, &form, RefusedStage::Token).await?;
                check_nonce(&answer, &code.nonce)?;
                Ok(answer)
            }
            GrantKind::DeviceCode => device_code::obtain(exchange, &endpoints, self.parts.interaction.as_ref()).await,
            kind => self.request(profile, kind, held).await,
        }
    }

    /// A grant that needs nobody: application credentials or the refresh token.
    async fn request(&self, profile: &Profile, kind: GrantKind, held: &mut Held) -> Result<TokenAnswer, Denial> {
        let endpoints = self.endpoints(profile);
        let token_endpoint = endpoints.token().map_err(setting)?;
        let client_id = endpoints.client_id().map_err(setting)?;
        let exchange = &self.parts.exchange;
        if kind.is_application() {
            let scope = endpoints.application_scope().map_err(setting)?;
            let credential = self.credential(profile, kind, &endpoints, &token_endpoint)?;
            let mut form =
                vec![("grant_type", "client_credentials"), ("client_id", client_id), ("scope", scope.as_str())];
            credential.extend(&mut form);
            return exchange.token(&token_endpoint, &form, RefusedStage::Token).await;
        }
        let stored;
        let token = match &held.refresh {
            Some(token) => token,
            None => {
                stored = self.read(&profile.refresh_token, &endpoints)?;
                &stored
            }
        };
        let token = token.expose_str().ok_or_else(|| Denial::local("slot_unreadable", "the token is not text"))?;
        let scope = endpoints.scopes().map_err(setting)?;
        let credential = self.optional_credential(profile, &endpoints, &token_endpoint)?;
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("client_id", client_id),
            ("refresh_token", token),
            ("scope", scope.as_str()),
        ];
        credential.extend(&mut form);
        exchange.token(&token_endpoint, &form, RefusedStage::Token).await
    }

    async fn obtain_unattended(&self, profile: &Profile, kind: GrantKind, held: &mut Held) -> Result<(), Denial> {
        let kind = if kind.is_application() { kind } else { GrantKind::RefreshToken };
        let answer = self.request(profile, kind, held).await?;
        self.keep(profile, answer, held).map(|_| ())
    }

    fn read(&self, slot: &SlotName, endpoints: &Endpoints<'_>) -> Result<Secret, Denial> {
        let read = self.parts.secrets.read(slot, &endpoints.slot_origins(slot));
        match read {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(Denial::local("slot_empty", format!("the slot {slot} holds no value"))),
            Err(error) => Err(Denial::local(error.code, error.message)),
        }
    }

    fn credential(
        &self,
        profile: &Profile,
        kind: GrantKind,
        endpoints: &Endpoints<'_>,
        token_endpoint: &Url,
    ) -> Result<Credential, Denial> {
        if kind == GrantKind::ClientSecret {
            return self.read(&profile.client_secret, endpoints).map(Credential::Secret);
        }
        let pem = self.read(&profile.client_certificate, endpoints)?;
        let client_id = endpoints.client_id().map_err(setting)?;
        assertion::sign(pem.expose(), client_id, token_endpoint.as_str(), self.now())
            .map(Credential::Assertion)
            .map_err(|error| Denial::local("certificate", error))
    }

    /// For grants on behalf of a person: a confidential application proves itself as well, a public one must not.
    fn optional_credential(
        &self,
        profile: &Profile,
        endpoints: &Endpoints<'_>,
        token_endpoint: &Url,
    ) -> Result<Credential, Denial> {
        let configured = self.parts.secrets.configured();
        let kind = if configured.contains(&profile.client_certificate) {
            GrantKind::ClientCertificate
        } else if configured.contains(&profile.client_secret) {
            GrantKind::ClientSecret
        } else {
            return Ok(Credential::None);
        };
        self.credential(profile, kind, endpoints, token_endpoint)
    }

    fn accept(
        &self,
        profile: &Profile,
        wish: &GrantWish,
        answer: TokenAnswer,
        held: &mut Held,
    ) -> Result<Granted, Denial> {
        let access = claims::payload(answer.access_token.expose_str().unwrap_or_default());
        let identity = answer.id_token.as_ref().and_then(Secret::expose_str).map(claims::payload).unwrap_or_default();
        let text = |name: &str| identity.get(name).or_else(|| access.get(name)).and_then(Value::as_str);
        let tenant = text("tid").map(str::to_ascii_lowercase);
        let pinned = self.parts.pinned_tenant.as_deref();
        if let (Some(pinned), Some(tenant)) = (pinned, &tenant)
            && !pinned.eq_ignore_ascii_case(tenant)
        {
            return Err(Denial::local(
                "wrong_tenant",
                format!("the token belongs to {tenant}, this connection to {pinned}"),
            ));
        }
        let scopes = granted_scopes(answer.scope.as_deref(), &access);
        let claims = claims::chosen([&identity, &access], &profile.claims);
        if wish.kind.is_interactive() {
            let account = text("preferred_username").or_else(|| text("upn")).map(str::to_owned);
            held.consent = Some((tenant, account, scopes.clone()));
            held.refresh = None;
        }
        held.kind = Some(wish.kind);
        let offline = wish.kind.is_application() || answer.refresh_token.is_some();
        self.keep(profile, answer, held)?;
        Ok(Granted { id: wish.id, profile: wish.profile.clone(), kind: wish.kind, scopes, claims, offline })
    }

    /// Keeps a new refresh token first (a crash between receiving and storing would lose it), then the access token.
    fn keep(&self, profile: &Profile, answer: TokenAnswer, held: &mut Held) -> Result<(), Denial> {
        if let Some(refresh) = answer.refresh_token {
            if held.consent.is_some() {
                held.refresh = Some(refresh);
            } else {
                let origins = self.endpoints(profile).slot_origins(&profile.refresh_token);
                let written = self.parts.secrets.write(&profile.refresh_token, &origins, &refresh);
                written.map_err(|error| Denial::local(error.code, error.message))?;
            }
        }
        let lifetime = SignedDuration::from_secs(i64::try_from(answer.expires_in).unwrap_or(3_600).min(172_800));
        held.expires_at = self.now().checked_add(lifetime).unwrap_or(Timestamp::MAX);
        held.access = answer.access_token.expose_str().map(|token| Zeroizing::new(token.to_owned()));
        held.generation += 1;
        Ok(())
    }

    /// A grant of an earlier attempt at this run: its token is gone, and the next request obtains another one.
    pub(crate) async fn restore(&self, granted: &Granted) {
        if let Some((_, held)) = self.find(&granted.profile) {
            held.lock().await.kind = Some(granted.kind);
        }
    }

    /// What an interactive grant of this run brought, once.
    pub(crate) async fn take_consent(&self) -> Option<PendingConsent> {
        for profile in &self.parts.manifest.profiles {
            let mut held = match self.held.get(&profile.id) {
                Some(held) => held.lock().await,
                None => continue,
            };
            if let Some((tenant_id, account, scopes)) = held.consent.take() {
                let slot = profile.refresh_token.clone();
                let origins = self.endpoints(profile).slot_origins(&slot);
                return Some(PendingConsent {
                    tenant_id,
                    account,
                    scopes,
                    slot,
                    origins,
                    refresh_token: held.refresh.take(),
                });
            }
        }
        None
    }
}

fn setting(error: EndpointError) -> Denial {
    Denial::local("settings", error)
}

/// How an application proves itself.
enum Credential {
    None,
    Secret(Secret),
    Assertion(Zeroizing<String>),
}

impl Credential {
    fn extend<'a>(&'a self, form: &mut Form<'a>) {
        match self {
            Self::None => {}
            Self::Secret(secret) => form.push(("client_secret", secret.expose_str().unwrap_or_default())),
            Self::Assertion(assertion) => form.extend([
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion.as_str()),
            ]),
        }
    }
}

/// The nonce ties the id token to this attempt (OpenID Connect Core 1.0 section 3.1.3.7 point 11).
fn check_nonce(answer: &TokenAnswer, nonce: &str) -> Result<(), Denial> {
    let Some(token) = answer.id_token.as_ref().and_then(Secret::expose_str) else { return Ok(()) };
    let given = claims::payload(token);
    if given.get("nonce").and_then(Value::as_str) == Some(nonce) {
        return Ok(());
    }
    Err(Denial::local("nonce_mismatch", "the id token belongs to another sign-in attempt"))
}

/// The scopes of the answer, or the roles of the application's token, which has no scopes.
fn granted_scopes(scope: Option<&str>, access: &Map<String, Value>) -> Vec<String> {
    let spoken = scope.or_else(|| access.get("scp").and_then(Value::as_str));
    match spoken {
        Some(scopes) => scopes.split_whitespace().map(str::to_owned).collect(),
        None => {
            let roles = access.get("roles").and_then(Value::as_array);
            roles.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        }
    }
}
