//! Resource units on answers of the directory: what a request cost, and what happens when there is nothing left.

use super::access::Caller;
use super::error::GraphError;
use crate::entra::reply::set;
use crate::world::World;
use axum::body::Body;
use axum::http::Response;

/// 1.0 is the whole quota; use that accrues while requests are refused takes it up to 1.8.
fn percentage(share: f64) -> (&'static str, String) {
    ("x-ms-throttle-limit-percentage", format!("{share:.1}"))
}

/// Answers a request that costs this many units, or refuses it.
pub(super) fn charged(
    world: &World,
    caller: &Caller,
    units: u64,
    answer: impl FnOnce() -> Result<Response<Body>, GraphError>,
) -> Result<Response<Body>, GraphError> {
    let (application, tenant) = (&caller.application, &world.tenant);
    let share = world.quotas.charge_directory(application, units, tenant.user_count()).map_err(|throttled| {
        let mut refusal = GraphError::throttled(throttled);
        refusal.headers.extend(throttled.share.map(percentage));
        let scope = format!("Tenant_Application/ReadWrite/{application}/{}", tenant.id());
        refusal.headers.push(("x-ms-throttle-scope", scope));
        refusal.headers.push(("x-ms-throttle-information", "ResourceUnitLimitExceeded".to_owned()));
        refusal.headers.push(("x-ms-resource-unit", units.to_string()));
        refusal
    })?;
    let mut headers = vec![("x-ms-resource-unit", units.to_string())];
    headers.extend(share.map(percentage));
    match answer() {
        Ok(mut response) => {
            for (name, value) in headers {
                set(&mut response, name, &value);
            }
            Ok(response)
        }
        Err(mut refusal) => {
            refusal.headers.extend(headers);
            Err(refusal)
        }
    }
}
