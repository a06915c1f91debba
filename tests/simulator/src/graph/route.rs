//! Addresses of the Graph site.

use super::access::Caller;
use super::error::GraphError;
use super::{groups, me, quota, reply, reports, skus, users};
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::quotas::resource_units;
use crate::world::World;
use axum::body::Body;
use axum::http::{Method, Response, StatusCode};

/// Answers a request to Graph.
pub(crate) async fn answer(world: &World, exchange: &Exchange, faults: &PageFaults) -> Response<Body> {
    if exchange.method == Method::OPTIONS {
        return preflight(exchange);
    }
    let decoded = exchange.decoded_path();
    let segments: Vec<&str> = decoded.split('/').filter(|segment| !segment.is_empty()).collect();
    let response = dispatch(world, exchange, &segments, faults);
    let response = response.unwrap_or_else(|refused| refused.into_response(world, exchange));
    let mut response = reply::compressed(exchange, response).await;
    reply::finish(exchange, &mut response);
    response
}

fn dispatch(
    world: &World,
    exchange: &Exchange,
    segments: &[&str],
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    let caller = Caller::authenticate(world, exchange)?;
    let resource = match segments {
        ["v1.0", resource @ ..] => resource,
        ["oidc", "userinfo"] => return me::user_info(world, &caller),
        [other, ..] => return Err(GraphError::bad_request(format!("Invalid version: {other}"))),
        [] => return Err(GraphError::bad_request("Invalid version")),
    };
    match resource_units(resource, exchange.uri.query().unwrap_or_default()) {
        None => answer_resource(world, exchange, &caller, resource, faults),
        Some(units) => {
            quota::charged(world, &caller, units, || answer_resource(world, exchange, &caller, resource, faults))
        }
    }
}

fn answer_resource(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    resource: &[&str],
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    match (exchange.method.as_str(), resource) {
        ("GET", ["organization"]) => skus::organization(world, exchange, caller, faults),
        ("GET", ["subscribedSkus"]) => skus::subscribed(world, exchange, caller, faults),
        ("GET", ["directory", "subscriptions"]) => skus::subscriptions(world, exchange, caller, faults),
        ("GET", ["users"]) => users::list(world, exchange, caller, faults),
        ("GET", ["users", "$count"]) => users::count(world, exchange, caller, faults),
        ("GET", ["users", key]) => users::one(world, exchange, caller, key),
        ("GET", ["users", key, "licenseDetails"]) => users::license_details(world, exchange, caller, key),
        ("GET", ["groups"]) => groups::list(world, exchange, caller, faults),
        ("GET", ["groups", key]) => groups::one(world, exchange, caller, key),
        ("POST", ["directoryObjects", "getByIds"]) => groups::by_ids(world, exchange, caller, faults),
        ("GET", ["me"]) => me::me(world, exchange, caller),
        ("GET", ["me", "memberOf", "microsoft.graph.directoryRole"]) => me::directory_roles(world, exchange, caller),
        ("GET", ["admin", "reportSettings"]) => reports::settings(world, exchange, caller),
        ("GET", ["reports", function] | ["copilot", "reports", function]) => {
            reports::file(world, exchange, caller, function, faults)
        }
        (_, ["organization" | "subscribedSkus" | "users" | "groups" | "me", ..]) if exchange.method != Method::GET => {
            let message = "Specified HTTP method is not allowed for the request target.";
            Err(GraphError::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message))
        }
        (_, [.., last]) => Err(GraphError::unknown_segment(last)),
        (_, []) => Err(GraphError::bad_request("Empty Segment encountered in request URL.")),
    }
}

fn preflight(exchange: &Exchange) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let headers = exchange.header("access-control-request-headers").unwrap_or("authorization");
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-allow-headers", headers),
        ("access-control-max-age", "3600"),
    ] {
        crate::entra::reply::set(&mut response, name, value);
    }
    response
}
