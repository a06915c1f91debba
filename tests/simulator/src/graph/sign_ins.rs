//! `signInActivity`: who may read it, and how often.

use super::access::Caller;
use super::error::GraphError;
use crate::world::World;
use axum::http::StatusCode;

fn forbidden(code: &'static str, message: &str) -> GraphError {
    GraphError::new(StatusCode::FORBIDDEN, code, message)
}

/// Refuses callers and tenants without the right to sign-in data, and those who ask too often.
pub(super) fn check(world: &World, caller: &Caller) -> Result<(), GraphError> {
    if !caller.has_any(&["AuditLog.Read.All"]) {
        let message = "The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API. For more information about Microsoft Graph permissions, please visit https://learn.microsoft.com/graph/permissions-overview.";
        return Err(forbidden("Authentication_MSGraphPermissionMissing", message));
    }
    if !world.tenant.is_premium() {
        let message = "Neither tenant is B2C or tenant doesn't have premium license";
        return Err(forbidden("Authentication_RequestFromNonPremiumTenantOrB2CTenant", message));
    }
    world.quotas.count_sign_ins(&caller.application).map_err(GraphError::throttled)
}
