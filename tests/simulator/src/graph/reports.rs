//! `/reports/…` and `/copilot/reports/…`: who may read them, and where the file is.

use super::access::Caller;
use super::error::GraphError;
use super::reply;
use crate::entra::reply::set;
use crate::entra::role;
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::json::JsonWriter;
use crate::reports::{BadCall, Call, Link, ReportSettingsForm, ReportsState};
use crate::world::World;
use axum::body::Body;
use axum::http::{Response, StatusCode};

/// Roles that see people in reports. Global Reader and Usage Summary Reports Reader see sums only.
const READERS: [&str; 5] = [
    role::GLOBAL_ADMINISTRATOR,
    role::EXCHANGE_ADMINISTRATOR,
    role::SHAREPOINT_ADMINISTRATOR,
    role::TEAMS_ADMINISTRATOR,
    role::REPORTS_READER,
];

fn may_read(world: &World, caller: &Caller) -> bool {
    let person = caller.person.map(|id| world.entra().account(id).map(|account| account.roles.clone()));
    let by_role = |roles: Vec<&str>| roles.iter().any(|role| READERS.contains(role));
    caller.has_any(&["Reports.Read.All"]) && person.is_none_or(|roles| roles.is_some_and(by_role))
}

/// Answers a report function with the address of its file.
pub(super) fn file(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    segment: &str,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    let copilot = exchange.path().contains("/copilot/");
    let name = segment.split('(').next().unwrap_or(segment);
    let settings = world.report_settings();
    if settings.state == ReportsState::Absent {
        return Err(GraphError::unknown_segment(name));
    }
    let call = Call::parse(segment, copilot).map_err(|bad| match bad {
        BadCall::UnknownFunction => GraphError::unknown_segment(name),
        BadCall::BadArgument(message) => GraphError::new(StatusCode::BAD_REQUEST, "InvalidArgument", message),
    })?;
    if !may_read(world, caller) {
        return Err(GraphError::reports_forbidden());
    }
    world.quotas.count_report(&caller.application, call.report).map_err(GraphError::throttled)?;
    let issued_at = world.clock.now();
    let etag = world.issue_at(issued_at).etag(call);
    let known = exchange.header("if-none-match").unwrap_or_default();
    if known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        set(&mut response, "etag", &etag);
        return Ok(response);
    }
    let token = world.links.add(Link { call, issued_at, expired: faults.expired_download });
    let token = world.secrets.record(token);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    set(&mut response, "content-type", "text/plain");
    set(&mut response, "etag", &etag);
    set(&mut response, "location", &format!("{}/data/v1.0/download?token={token}", world.report_origin()));
    Ok(response)
}

/// `GET /admin/reportSettings`.
pub(super) fn settings(world: &World, exchange: &Exchange, caller: &Caller) -> Result<Response<Body>, GraphError> {
    let settings = world.report_settings();
    if settings.state == ReportsState::Absent {
        return Err(GraphError::unknown_segment("reportSettings"));
    }
    if !caller.has_any(&["ReportSettings.Read.All", "ReportSettings.ReadWrite.All"]) {
        return Err(GraphError::reports_forbidden());
    }
    let concealed = settings.concealed;
    let mut writer = JsonWriter::default();
    writer.object(|writer| match settings.form {
        ReportSettingsForm::Wrapped => writer.key("value").object(|writer| {
            writer.key("@odata.type").string("#microsoft.graph.adminReportSettings");
            writer.key("displayConcealedNames").boolean(concealed);
        }),
        ReportSettingsForm::Plain => {
            writer.key("@odata.context").string(&reply::context(exchange, "admin/reportSettings/$entity"));
            writer.key("displayConcealedNames").boolean(concealed);
        }
    });
    Ok(reply::json(writer))
}
