//! One grant without a run around it: a sign-in that is kept alive, or a credential that is tried out.

use super::exchange::Exchange;
use super::interaction::NobodyThere;
use super::slots::SecretSlots;
use super::tokens::{GrantParts, Tokens};
use crate::clock::Clock;
use crate::egress::{AddressRule, EgressPolicy, Route};
use crate::http::{BodyLimits, RetryPolicy, Transport};
use beacon_contract::{GrantKind, GrantWish, Granted, Manifest, ProfileId, Refused, RequestId, Settings};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Token answers are a few KiB; nothing larger is read.
const TOKEN_BYTES: u64 = 1 << 20;

/// How often a token endpoint is asked at most: fewer and shorter tries than for pages.
pub(crate) const TRIES: u32 = 4;

/// What a grant needs.
pub struct SignInOrder {
    /// What the module may do, and how it signs in.
    pub manifest: Arc<Manifest>,
    /// Settings with defaults filled in.
    pub settings: Settings,
    /// Tenant that the connection is pinned to.
    pub pinned_tenant: Option<String>,
    /// The network.
    pub transport: Arc<dyn Transport>,
    /// Which addresses may be connected to.
    pub addresses: AddressRule,
    /// How requests leave.
    pub route: Route,
    /// Stored secrets.
    pub secrets: Arc<dyn SecretSlots>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Obtains a token without anybody there, and forgets it. A new refresh token is kept before the old one is gone.
///
/// # Errors
/// What the token endpoint refused, or why it could not be asked.
pub async fn sign_in(order: SignInOrder, profile: ProfileId, kind: GrantKind) -> Result<Granted, Box<Refused>> {
    let policy = EgressPolicy::new(
        order.manifest.egress.clone(),
        order.manifest.slots.clone(),
        order.settings.clone(),
        order.addresses,
        order.route,
    );
    let exchange = Exchange {
        transport: order.transport,
        clock: order.clock,
        retry: RetryPolicy { tries: TRIES, ..RetryPolicy::default() },
        body: token_body(PathBuf::new()),
    };
    let tokens = Tokens::new(GrantParts {
        manifest: order.manifest,
        settings: order.settings,
        pinned_tenant: order.pinned_tenant,
        policy,
        exchange,
        secrets: order.secrets,
        interaction: Arc::new(NobodyThere),
    });
    tokens.grant(GrantWish { id: RequestId(1), profile, kind, parameters: BTreeMap::new() }).await.map_err(Box::new)
}

/// What is read of the answer of a token endpoint. As much as is read stays in memory, so that the folder is never used.
pub(crate) fn token_body(folder: PathBuf) -> BodyLimits {
    let memory_bytes = usize::try_from(TOKEN_BYTES).unwrap_or(usize::MAX);
    BodyLimits { wire_bytes: TOKEN_BYTES, plain_bytes: TOKEN_BYTES, memory_bytes, folder }
}
