//! `/users`: pages, one user, counts.

use super::access::Caller;
use super::error::GraphError;
use super::paging::PageRequest;
use super::query::{Options, Supported, is_eventual};
use super::reply;
use super::user_fields::{self, Property};
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::identifiers::UserId;
use crate::json::JsonWriter;
use crate::world::World;
use axum::body::Body;
use axum::http::Response;
use uuid::Uuid;

/// Room for one user on a page; a page that needs more grows.
const TYPICAL_USER_BYTES: usize = 2_600;

/// A half-open range of principal names, compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct NameRange {
    from: Option<String>,
    below: Option<String>,
}

impl NameRange {
    /// Reads `userPrincipalName ge 'a' and userPrincipalName lt 'b'`, or either half.
    fn parse(filter: &str) -> Result<Self, GraphError> {
        let unsupported = || {
            GraphError::unsupported_query(
                "Unsupported or invalid query filter clause specified for property of resource 'User'.",
            )
        };
        let mut range = Self::default();
        for clause in filter.split(" and ") {
            let mut words = clause.trim().splitn(3, ' ');
            let (Some(property), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
                return Err(unsupported());
            };
            let value =
                value.trim().strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).ok_or_else(unsupported)?;
            if !property.eq_ignore_ascii_case("userPrincipalName") {
                return Err(unsupported());
            }
            let bound = match operator {
                "ge" => &mut range.from,
                "lt" => &mut range.below,
                _ => return Err(unsupported()),
            };
            if bound.replace(value.replace("''", "'").to_lowercase()).is_some() {
                return Err(unsupported());
            }
        }
        Ok(range)
    }

    fn contains(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.from.as_ref().is_none_or(|from| name >= *from) && self.below.as_ref().is_none_or(|below| name < *below)
    }
}

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

fn filter(options: &Options) -> Result<Option<NameRange>, GraphError> {
    options.filter.as_deref().map(NameRange::parse).transpose()
}

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
    let range = filter(&options)?;
    let request = PageRequest::read(world, &options, faults)?;
    let tenant = &world.tenant;
    let page = request.fill(tenant.user_count(), faults, |index| {
        range.as_ref().is_none_or(|range| range.contains(&tenant.principal_name(index)))
    });

    let mut writer = JsonWriter::with_capacity(TYPICAL_USER_BYTES * page.positions.len() + 1_024);
    writer.object(|writer| {
        let select = options.select.as_deref().map(|names| names.join(","));
        let manager_part = manager.then(|| "manager(id)".to_owned());
        let shape: Vec<String> = select.into_iter().chain(manager_part).collect();
        let shape = if shape.is_empty() { String::new() } else { format!("({})", shape.join(",")) };
        writer.key("@odata.context").string(&reply::context(exchange, &format!("users{shape}")));
        if options.count && is_eventual(exchange) && request.number == 1 {
            writer.key("@odata.count").number(count_matching(world, range.as_ref()));
        }
        if let Some(next) = page.next {
            let link = request.link(world, exchange, &options, next, faults);
            writer.key("@odata.nextLink").string(&link);
        }
        if !faults.without_value {
            writer.key("value").array(&page.positions, |writer, index| {
                user_fields::write_user(writer, &tenant.user(*index), &properties, manager);
            });
        }
    });
    Ok(reply::json(writer))
}

fn count_matching(world: &World, range: Option<&NameRange>) -> u64 {
    let tenant = &world.tenant;
    match range {
        None => tenant.user_count(),
        Some(range) => {
            (0..tenant.user_count()).filter(|index| range.contains(&tenant.principal_name(*index))).count() as u64
        }
    }
}

/// `GET /users/$count`.
pub(super) fn count(world: &World, exchange: &Exchange, caller: &Caller) -> Result<Response<Body>, GraphError> {
    caller.require(&["User.Read.All", "User.ReadBasic.All", "Directory.Read.All"])?;
    if !is_eventual(exchange) {
        let message = "$count is not currently supported.";
        return Err(GraphError::new(axum::http::StatusCode::BAD_REQUEST, "Request_BadRequest", message));
    }
    let options = Options::read(exchange, Supported::Collection)?;
    let range = filter(&options)?;
    Ok(reply::text(count_matching(world, range.as_ref()).to_string()))
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
    let user = world.tenant.user(find(world, key)?);
    Ok(single(exchange, &user, &properties, manager))
}

/// A user as the whole answer.
pub(super) fn single(
    exchange: &Exchange,
    user: &crate::tenant::UserRecord,
    properties: &[&Property],
    manager: bool,
) -> Response<Body> {
    let mut writer = JsonWriter::with_capacity(TYPICAL_USER_BYTES);
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "users/$entity"));
        user_fields::write_members(writer, user, properties, manager);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_principal_names() {
        let range = |from: Option<&str>, below: Option<&str>| NameRange {
            from: from.map(str::to_owned),
            below: below.map(str::to_owned),
        };
        for (text, expected) in [
            ("userPrincipalName ge 'a' and userPrincipalName lt 'M'", Some(range(Some("a"), Some("m")))),
            ("userPrincipalName lt 'o''x'", Some(range(None, Some("o'x")))),
            ("userPrincipalName ge 'z'", Some(range(Some("z"), None))),
            ("userPrincipalName gt 'z'", None),
            ("displayName ge 'z'", None),
            ("userPrincipalName ge z", None),
            ("userPrincipalName ge 'a' and userPrincipalName ge 'b'", None),
        ] {
            assert_eq!(NameRange::parse(text).ok(), expected, "{text}");
        }
        let middle = range(Some("b"), Some("d"));
        assert_eq!(["a", "b", "Cx", "d"].map(|name| middle.contains(name)), [false, true, true, false]);
    }
}
