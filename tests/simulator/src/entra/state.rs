//! What the sign-in site remembers: registrations, accounts, consent, and everything it handed out.

use super::account::{Account, role};
use super::error::SignInError;
use super::redirect::NATIVE_CLIENT;
use super::registration::{AppRegistration, ClientSecret, RedirectKind};
use super::scope::ScopeRequest;
use super::sign_in::PendingSignIn;
use crate::dice::{Dice, Domain};
use crate::identifiers::{ClientId, TenantId, UserId};
use crate::secrets::SecretLedger;
use crate::tenant::Tenant;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;
use uuid::Uuid;

/// The vendor's multi-tenant public client that the original product is preset with.
pub(crate) const VENDOR_CLIENT: Uuid = Uuid::from_u128(0x5bb1a5a2_0d97_4335_9448_119f7b27aff9);
/// Name under which the neighbour tenant is also known.
pub(crate) const NEIGHBOUR_DOMAIN: &str = "neighbour.example";

/// Switches of the tenant's administrators that make token requests fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Policies {
    /// Conditional Access blocks everybody, applications included (53003).
    pub block_access: bool,
    /// A second factor is asked for; only interactive sign-in can give it (50076).
    pub require_multi_factor: bool,
    /// Sign-in frequency in seconds; older sessions are refused (70043).
    pub sign_in_frequency_seconds: Option<u64>,
}

/// An authorization code and what it stands for.
#[derive(Clone)]
pub(super) struct CodeGrant {
    pub(super) session: Session,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<(ChallengeMethod, String)>,
    pub(super) nonce: Option<String>,
    pub(super) redeemed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChallengeMethod {
    S256,
    Plain,
}

/// A person's sign-in to an application: what codes, refresh tokens and device codes refer to.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) client_id: ClientId,
    pub(super) account: UserId,
    pub(super) tenant: TenantId,
    pub(super) kind: RedirectKind,
    pub(super) scope: ScopeRequest,
    /// When the person was there.
    pub(super) signed_in_at: Timestamp,
    /// When this very grant was handed out.
    pub(super) issued_at: Timestamp,
}

/// The state of the sign-in site.
pub(crate) struct State {
    pub(super) tenant: TenantId,
    pub(super) neighbour: TenantId,
    pub(super) domains: Vec<String>,
    pub(crate) registrations: Vec<AppRegistration>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) policies: Policies,
    /// Consent of an administrator for everybody.
    pub(super) tenant_consent: HashMap<ClientId, BTreeSet<String>>,
    /// Consent of a person for themselves.
    pub(super) personal_consent: HashMap<(ClientId, UserId), BTreeSet<String>>,
    /// Application permissions that an administrator granted.
    pub(super) application_consent: HashMap<ClientId, BTreeSet<String>>,
    pub(super) codes: HashMap<String, CodeGrant>,
    pub(super) refresh_tokens: HashMap<String, Session>,
    pub(super) device_codes: HashMap<String, super::device::DeviceGrant>,
    pub(super) pending: HashMap<String, PendingSignIn>,
    pub(crate) queued_errors: VecDeque<SignInError>,
    pub(super) dice: Dice,
    pub(super) secrets: SecretLedger,
}

const DEFAULT_APPLICATION_PERMISSIONS: [&str; 6] = [
    "User.Read.All",
    "Organization.Read.All",
    "Directory.Read.All",
    "GroupMember.Read.All",
    "Reports.Read.All",
    "LicenseAssignment.Read.All",
];
const DEFAULT_DELEGATED_PERMISSIONS: [&str; 6] = [
    "User.Read",
    "User.Read.All",
    "Organization.Read.All",
    "Directory.Read.All",
    "GroupMember.Read.All",
    "Reports.Read.All",
];

impl State {
    /// The default registrations and accounts of a tenant.
    pub(crate) fn new(tenant: &Tenant, seed: u64, now: Timestamp, secrets: SecretLedger) -> Self {
        let mut dice = Dice::new(seed, Domain::Token, 0);
        let vendor = AppRegistration {
            multi_tenant: true,
            own: false,
            allow_public_client_flows: true,
            ..AppRegistration::new(ClientId(VENDOR_CLIENT), "Inventory Beacon (vendor's app)")
        }
        .with_redirect(RedirectKind::Public, NATIVE_CLIENT)
        .with_redirect(RedirectKind::Public, "http://localhost")
        .with_delegated(DEFAULT_DELEGATED_PERMISSIONS);
        let mut own = AppRegistration::new(ClientId(dice.guid()), "Licence import (own app)")
            .with_redirect(RedirectKind::Web, "http://localhost")
            .with_delegated(DEFAULT_DELEGATED_PERMISSIONS)
            .with_application(DEFAULT_APPLICATION_PERMISSIONS);
        let value = format!("sim8Q~{}", BASE64_URL_SAFE_NO_PAD.encode(dice.bytes::<24>()));
        let expires_at = now.checked_add((365 * 24).hours()).unwrap_or(Timestamp::MAX);
        own.secrets.push(ClientSecret { value: secrets.record(value), expires_at });
        let granted = own.application_permissions.clone();
        let own_id = own.client_id;
        let mut state = Self {
            tenant: tenant.id(),
            neighbour: tenant.neighbour_id(),
            domains: tenant.organization().verified_domains.into_iter().map(|domain| domain.name).collect(),
            registrations: vec![vendor, own],
            accounts: Vec::new(),
            policies: Policies::default(),
            tenant_consent: HashMap::new(),
            personal_consent: HashMap::new(),
            application_consent: HashMap::from([(own_id, granted)]),
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            device_codes: HashMap::new(),
            pending: HashMap::new(),
            queued_errors: VecDeque::new(),
            dice,
            secrets,
        };
        let roles = [
            vec![role::CLOUD_APPLICATION_ADMINISTRATOR, role::PRIVILEGED_ROLE_ADMINISTRATOR, role::MEMBER],
            vec![role::GLOBAL_READER, role::REPORTS_READER, role::MEMBER],
            vec![role::MEMBER],
        ];
        for (index, roles) in (0..).zip(roles) {
            state.add_account(tenant, index, roles);
        }
        state
    }

    fn add_account(&mut self, tenant: &Tenant, index: u64, roles: Vec<&'static str>) {
        let user = tenant.user(index);
        let password = format!("Pw-{}!", BASE64_URL_SAFE_NO_PAD.encode(self.dice.bytes::<12>()));
        self.accounts.push(Account {
            user_principal_name: user.user_principal_name,
            display_name: user.display_name,
            password: self.secrets.record(password),
            id: user.id,
            roles,
            enabled: true,
            tokens_valid_from: None,
        });
    }

    /// A fresh secret value for a registration, valid this long.
    pub(crate) fn add_secret(&mut self, client_id: ClientId, now: Timestamp, valid: Duration) -> Option<String> {
        let value = format!("sim8Q~{}", BASE64_URL_SAFE_NO_PAD.encode(self.dice.bytes::<24>()));
        let expires_at = now.checked_add(valid).unwrap_or(Timestamp::MAX);
        let registration = self.registrations.iter_mut().find(|registration| registration.client_id == client_id)?;
        registration.secrets.push(ClientSecret { value: self.secrets.record(value.clone()), expires_at });
        Some(value)
    }

    pub(crate) fn account(&self, id: UserId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(crate) fn account_named(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.user_principal_name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn registration_mut(&mut self, client_id: ClientId) -> Option<&mut AppRegistration> {
        self.registrations.iter_mut().find(|registration| registration.client_id == client_id)
    }

    /// Gives an account other directory roles.
    pub(crate) fn set_roles(&mut self, name: &str, roles: Vec<&'static str>) -> Option<()> {
        let account =
            self.accounts.iter_mut().find(|account| account.user_principal_name.eq_ignore_ascii_case(name))?;
        account.roles = roles;
        Some(())
    }

    /// Voids what an account was granted until now.
    pub(crate) fn revoke_sessions(&mut self, name: &str, now: Timestamp) -> Option<()> {
        let account =
            self.accounts.iter_mut().find(|account| account.user_principal_name.eq_ignore_ascii_case(name))?;
        account.tokens_valid_from = Some(now);
        Some(())
    }

    /// An opaque credential with this many random bytes, put on the list of secrets.
    pub(super) fn mint<const BYTES: usize>(&mut self, prefix: &str) -> String {
        let text = format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(self.dice.bytes::<BYTES>()));
        self.secrets.record(text)
    }
}
