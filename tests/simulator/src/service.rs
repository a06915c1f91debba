//! From a received request to an answer: read it, let faults strike, ask the site, note what was asked.

use crate::entra;
use crate::exchange::Exchange;
use crate::faults::{self, PageFaults};
use crate::graph;
use crate::reports;
use crate::request_log::{LoggedRequest, Site, scrubbed};
use crate::world::World;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use std::sync::atomic::Ordering;

/// Larger requests are refused; the largest honest one is a list of 1,000 ids.
const LARGEST_REQUEST: usize = 1 << 20;

/// Answers a request that arrived at a site's listener.
pub(crate) async fn answer(world: &World, listener: Site, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_REQUEST).await else {
        return entra::reply::html(StatusCode::PAYLOAD_TOO_LARGE, String::new());
    };
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = head.uri.authority().map(ToString::to_string).or_else(|| host.map(str::to_owned));
    let site = match (world.single_origin, entra::is_login_path(head.uri.path())) {
        (true, true) if listener != Site::Reports => Site::Login,
        (true, false) if listener != Site::Reports => Site::Graph,
        _ => listener,
    };
    let exchange = Exchange {
        site,
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        body,
        authority: authority.unwrap_or_else(|| "localhost".to_owned()),
    };
    let page = (site == Site::Graph).then(|| graph::page_number(world, &exchange)).flatten();
    if site != Site::Login {
        world.latency.wait().await;
    }
    let struck = world.faults.strike(&exchange, page);
    let instead = struck.iter().find_map(|fault| faults::before(fault, world, &exchange));
    let mut response = match (instead, site) {
        (Some(response), _) => response,
        (None, Site::Login) => entra::answer(world, &exchange),
        (None, Site::Graph) => graph::answer(world, &exchange, &PageFaults::of(&struck)).await,
        (None, Site::Reports) => reports::answer(world, &exchange, &struck),
    };
    for fault in &struck {
        response = faults::after(fault, response).await;
    }
    let leaked_authorization = site == Site::Reports && exchange.headers.contains_key(header::AUTHORIZATION);
    if leaked_authorization {
        world.leaked_authorizations.fetch_add(1, Ordering::Relaxed);
    }
    world.log.record(LoggedRequest {
        number: 0,
        at: world.clock.now(),
        site,
        method: exchange.method.to_string(),
        host: exchange.authority.clone(),
        target: scrubbed(exchange.uri.path_and_query().map_or("/", |target| target.as_str())),
        grant: entra::grant_name(&exchange),
        status: response.status().as_u16(),
        leaked_authorization,
        faults: struck.iter().map(faults::FaultKind::name).collect(),
    });
    response
}
