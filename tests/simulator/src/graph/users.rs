//! `/users`: pages, one user, counts.

use super::access::Caller;
use super::error::GraphError;
use super::paging::PageRequest;
use super::query::{Options, Supported, is_eventual};
use super::reply;
use super::user_fields::{self, Property, View};
use super::{name_filter, sign_ins};
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::identifiers::UserId;
use crate::json::JsonWriter;
use crate::tenant::NameRange;
use crate::world::World;
use axum::body::Body;
use axum::http::Response;
use uuid::Uuid;

/// Room for one user on a page; a page that needs more grows.
const TYPICAL_USER_BYTES: usize = 2_600;

/// Refuses properties that the caller's permissions do not cover.
fn check_properties(caller: &Caller, properties: &[&Property], manager: bool) -> Result<(), GraphError> {
    if caller.has_any(&["User.Read.All", "Directory.Read.All"]) {
        return Ok(());
    }
    caller.require(&["User.ReadBasic.All"])?;
    // Without `$select` the properties outside the basic profile come back all the same, as Graph does.
    let basic = !manager && properties.iter().all(|property| property.basic || property.name == "jobTitle");
    if basic { Ok(()) } else { Err(GraphError::insufficient_privileges()) }
}

fn expands_manager(options: &Options) -> Result<bool, GraphError> {
    match options.expand.as_deref() {
        None => Ok(false),
        Some("manager" | "manager($select=id)") => Ok(true),
        Some(other) => Err(GraphError::unsupported_query(format!("The expansion '{other}' is not supported."))),
    }
}

/// Lists with sign-ins have no larger pages, whatever `$top` says.
const LARGEST_PAGE_WITH_SIGN_INS: u64 = 500;

/// `GET /users`.
pub(super) fn list(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    let options = Options::read(exchange, Supported::Collection)?;
    let properties = user_fields::selection(options.select.as_deref(), true)?;
    let manager = expands_manager(&options)?;
    check_properties(caller, &properties, manager)?;
    let with_sign_ins = user_fields::asks_for_sign_ins(options.select.as_deref());
    if with_sign_ins {
        sign_ins::check(world, caller)?;
    }
    let range = name_filter::read(&options)?;
    let largest = with_sign_ins.then_some(LARGEST_PAGE_WITH_SIGN_INS);
    let request = PageRequest::read(world, &options, faults, largest)?;
    let tenant = &world.tenant;
    let page = match &range {
        None => request.fill(tenant.everybody(request.start), faults),
        Some(range) => request.fill(tenant.named(range, request.start), faults),
    };
    let sign_ins = |position| tenant.sign_in_activity(position, world.first_day);
    let view = View { properties, manager, sign_ins: with_sign_ins.then_some(&sign_ins) };

    let mut writer = JsonWriter::with_capacity(TYPICAL_USER_BYTES * page.positions.len() + 1_024);
    writer.object(|writer| {
        let select = options.select.as_deref().map(|names| names.join(","));
        let manager_part = manager.then(|| "manager(id)".to_owned());
        let shape: Vec<String> = select.into_iter().chain(manager_part).collect();
        let shape = if shape.is_empty() { String::new() } else { format!("({})", shape.join(",")) };
        writer.key("@odata.context").string(&reply::context(exchange, &format!("users{shape}")));
        if options.count && is_eventual(exchange) && request.number == 1 {
            writer.key("@odata.count").number(count_matching(world, range.as_ref(), faults));
        }
        if let Some(next) = page.next {
            let link = request.link(world, exchange, &options, next, faults);
            writer.key("@odata.nextLink").string(&link);
        }
        if !faults.without_value {
            writer.key("value").array(&page.positions, |writer, index| {
                user_fields::write_user(writer, &tenant.user(*index), &view);
            });
        }
    });
    Ok(reply::json(writer))
}

fn count_matching(world: &World, range: Option<&NameRange>, faults: &PageFaults) -> u64 {
    let tenant = &world.tenant;
    // Real counts lag behind the directory at times; here they do so only when FaultKind::LaggingCount is ordered.
    let changes = tenant.changes();
    let right = match range {
        None => tenant.count_with(&changes),
        Some(range) => tenant.count_named(range, &changes),
    };
    right.saturating_add_signed(faults.count_difference)
}

/// `GET /users/$count`.
pub(super) fn count(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    caller.require(&["User.Read.All", "User.ReadBasic.All", "Directory.Read.All"])?;
    if !is_eventual(exchange) {
        let message = "$count is not currently supported.";
        return Err(GraphError::new(axum::http::StatusCode::BAD_REQUEST, "Request_BadRequest", message));
    }
    let options = Options::read(exchange, Supported::Collection)?;
    let range = name_filter::read(&options)?;
    Ok(reply::text(count_matching(world, range.as_ref(), faults).to_string()))
}

/// The position of a user by id or principal name.
pub(super) fn find(world: &World, key: &str) -> Result<u64, GraphError> {
    let index = match Uuid::parse_str(key) {
        Ok(id) => world.tenant.index_of(UserId(id)),
        Err(_) => world.tenant.index_of_principal_name(key),
    };
    index.ok_or_else(|| GraphError::not_found(key))
}

/// `GET /users/{id}`.
pub(super) fn one(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    key: &str,
) -> Result<Response<Body>, GraphError> {
    let options = Options::read(exchange, Supported::Collection)?;
    let properties = user_fields::selection(options.select.as_deref(), false)?;
    let manager = expands_manager(&options)?;
    check_properties(caller, &properties, manager)?;
    let with_sign_ins = user_fields::asks_for_sign_ins(options.select.as_deref());
    if with_sign_ins {
        sign_ins::check(world, caller)?;
        if Uuid::parse_str(key).is_err() {
            let message = "Get By Key only supports UserId and the key has to be a valid Guid";
            return Err(GraphError::bad_request(message));
        }
    }
    let user = world.tenant.user(find(world, key)?);
    let sign_ins = |position| world.tenant.sign_in_activity(position, world.first_day);
    let view = View { properties, manager, sign_ins: with_sign_ins.then_some(&sign_ins) };
    Ok(single(exchange, &user, &view))
}

/// A user as the whole answer.
pub(super) fn single(exchange: &Exchange, user: &crate::tenant::UserRecord, view: &View<'_>) -> Response<Body> {
    let mut writer = JsonWriter::with_capacity(TYPICAL_USER_BYTES);
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "users/$entity"));
        user_fields::write_members(writer, user, view);
    });
    reply::json(writer)
}

/// `GET /users/{id}/licenseDetails`.
pub(super) fn license_details(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    key: &str,
) -> Result<Response<Body>, GraphError> {
    caller.require(&["LicenseAssignment.Read.All", "User.Read.All", "Directory.Read.All"])?;
    Options::read(exchange, Supported::SelectOnly)?;
    let user = world.tenant.user(find(world, key)?);
    let products = crate::catalog::products();
    let held = user.assigned_licenses.iter().filter_map(|license| {
        products.iter().find(|product| product.id == license.sku_id).map(|product| (license, product))
    });
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, &format!("users('{}')/licenseDetails", user.id)));
        writer.key("value").array(held, |writer, (license, product)| {
            writer.object(|writer| {
                writer.key("id").string(&format!("{}_{}", user.id.0.simple(), product.id.0.simple()));
                writer.key("skuId").guid(product.id.0);
                writer.key("skuPartNumber").string(product.part_number);
                writer.key("servicePlans").array(&product.plans, |writer, plan| {
                    let off = license.disabled_plans.contains(&plan.id);
                    super::skus::write_plan(writer, plan, if off { "Disabled" } else { "Success" });
                });
            });
        });
    });
    Ok(reply::json(writer))
}
