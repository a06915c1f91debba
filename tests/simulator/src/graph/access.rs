//! Who asks, and what the token lets them see.

use super::error::GraphError;
use crate::entra::scope::GRAPH_APP_ID;
use crate::exchange::Exchange;
use crate::identifiers::UserId;
use crate::world::World;
use serde_json::Value;
use uuid::Uuid;

/// The caller behind a verified access token.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    permissions: Vec<String>,
    /// Client id of the application.
    pub(super) application: String,
    /// The person; `None` for an application on its own.
    pub(super) person: Option<UserId>,
}

impl Caller {
    /// Checks the bearer token for real: signature, audience, tenant, time.
    pub(super) fn authenticate(world: &World, exchange: &Exchange) -> Result<Self, GraphError> {
        let header = exchange.header("authorization").unwrap_or_default();
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(GraphError::unauthenticated("Access token is empty.")),
        };
        if token.matches('.').count() != 2 {
            return Err(GraphError::unauthenticated("IDX14100: JWT is not well formed, there are no dots (.)."));
        }
        let claims = world.key.verify_access_token(token);
        let claims = claims.ok_or_else(|| GraphError::unauthenticated("Signature is invalid."))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        if ![world.tenant.cloud().graph_resource(), GRAPH_APP_ID].contains(&text("aud")) {
            return Err(GraphError::unauthenticated("Access token validation failure. Invalid audience."));
        }
        if text("tid") != world.tenant.id().to_string() {
            return Err(GraphError::unauthenticated("Access token validation failure. Invalid issuer."));
        }
        let expiry = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
        if expiry <= world.clock.now().as_second() {
            return Err(GraphError::unauthenticated("Lifetime validation failed, the token is expired."));
        }
        let roles = claims.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let permissions = text("scp").split_whitespace().chain(roles).map(str::to_owned).collect();
        let person = (text("idtyp") == "user").then(|| Uuid::parse_str(text("oid")).ok().map(UserId)).flatten();
        Ok(Self { permissions, application: text("appid").to_owned(), person })
    }

    pub(super) fn has_any(&self, accepted: &[&str]) -> bool {
        self.permissions.iter().any(|permission| accepted.contains(&permission.as_str()))
    }

    /// Refuses unless one of these permissions is in the token.
    pub(super) fn require(&self, accepted: &[&str]) -> Result<(), GraphError> {
        if self.has_any(accepted) { Ok(()) } else { Err(GraphError::insufficient_privileges()) }
    }
}
