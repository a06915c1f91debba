//! `/groups` and `/directoryObjects/getByIds`.

use super::access::Caller;
use super::error::GraphError;
use super::paging::{PageRequest, stray_link};
use super::query::{Options, Supported, unknown_property};
use super::reply;
use super::user_fields::{self, View};
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::identifiers::{GroupId, UserId};
use crate::json::JsonWriter;
use crate::tenant::{Group, Stop};
use crate::world::World;
use axum::body::Body;
use axum::http::Response;
use serde::Deserialize;
use uuid::Uuid;

const READ_GROUPS: [&str; 4] = ["GroupMember.Read.All", "Group.Read.All", "Group.ReadBasic.All", "Directory.Read.All"];
const LARGEST_ID_LIST: usize = 1_000;
const PROPERTIES: [&str; 10] = [
    "id",
    "displayName",
    "description",
    "groupTypes",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "securityEnabled",
    "assignedLicenses",
    "licenseProcessingState",
];
/// Come only when asked for by name.
const SELECT_ONLY: [&str; 2] = ["assignedLicenses", "licenseProcessingState"];

fn check_select(options: &Options) -> Result<(), GraphError> {
    for name in options.select.iter().flatten() {
        if !PROPERTIES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(unknown_property(name, "group"));
        }
    }
    Ok(())
}

fn write_members(writer: &mut JsonWriter, group: &Group, select: Option<&[String]>) {
    let wanted = |property: &&str| match select {
        Some(names) => names.iter().any(|name| name.eq_ignore_ascii_case(property)),
        None => !SELECT_ONLY.contains(property),
    };
    for property in PROPERTIES.into_iter().filter(|property| wanted(property)) {
        let writer = writer.key(property);
        match property {
            "id" => writer.guid(group.id.0),
            "displayName" => writer.string(&group.display_name),
            "groupTypes" => {
                writer.array(group.dynamic.then_some("DynamicMembership"), |writer, kind| writer.string(kind))
            }
            "mailEnabled" => writer.boolean(false),
            "securityEnabled" => writer.boolean(true),
            "mailNickname" => writer.string(&group.id.0.simple().to_string()),
            "membershipRule" => writer.optional(group.dynamic.then_some("(user.department -eq \"IT\")")),
            "assignedLicenses" => writer.array(&group.products, |writer, number| {
                writer.object(|writer| {
                    writer.key("disabledPlans").array(std::iter::empty::<()>(), |_, ()| {});
                    writer.key("skuId").guid(crate::catalog::product(*number).id.0);
                });
            }),
            "licenseProcessingState" if group.assigns_licences() => {
                writer.object(|writer| writer.key("state").string("ProcessingComplete"));
            }
            _ => writer.null(),
        }
    }
}

/// `GET /groups`.
pub(super) fn list(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    caller.require(&READ_GROUPS)?;
    let options = Options::read(exchange, Supported::Collection)?;
    check_select(&options)?;
    if options.filter.is_some() || options.expand.is_some() {
        return Err(GraphError::unsupported_query("The query is not supported for groups."));
    }
    let groups: Vec<&Group> = world.tenant.groups().iter().filter(|group| !group.deleted).collect();
    let request = PageRequest::read(world, &options, faults, None)?;
    let places = request.start..groups.len() as u64;
    let page = request.fill(places.map(|place| Stop { place, position: place }), faults);
    let on_page = page.positions.iter().filter_map(|position| groups.get(usize::try_from(*position).ok()?));
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "groups"));
        if let Some(next) = page.next {
            writer.key("@odata.nextLink").string(&request.link(world, exchange, &options, next, faults));
        }
        if !faults.without_value {
            writer.key("value").array(on_page, |writer, group| {
                writer.object(|writer| write_members(writer, group, options.select.as_deref()));
            });
        }
    });
    Ok(reply::json(writer))
}

/// `GET /groups/{id}`.
pub(super) fn one(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    key: &str,
) -> Result<Response<Body>, GraphError> {
    caller.require(&READ_GROUPS)?;
    let options = Options::read(exchange, Supported::Collection)?;
    check_select(&options)?;
    let id = Uuid::parse_str(key).map(GroupId).map_err(|_| GraphError::not_found(key))?;
    let group = world.tenant.group(id).ok_or_else(|| GraphError::not_found(key))?;
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "groups/$entity"));
        write_members(writer, group, options.select.as_deref());
    });
    Ok(reply::json(writer))
}

#[derive(Deserialize)]
struct ByIds {
    ids: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
}

/// `POST /directoryObjects/getByIds`: what exists is returned, what does not is left out.
pub(super) fn by_ids(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    let groups = caller.has_any(&READ_GROUPS);
    let users = caller.has_any(&["User.Read.All", "User.ReadBasic.All", "Directory.Read.All"]);
    if !groups && !users {
        return Err(GraphError::insufficient_privileges());
    }
    let options = Options::read(exchange, Supported::SelectOnly)?;
    let request: ByIds = serde_json::from_slice(&exchange.body)
        .map_err(|_| GraphError::bad_request("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."))?;
    if request.ids.is_empty() || request.ids.len() > LARGEST_ID_LIST {
        return Err(GraphError::new(
            axum::http::StatusCode::BAD_REQUEST,
            "Request_BadRequest",
            format!("The number of ids must be between 1 and {LARGEST_ID_LIST}."),
        ));
    }
    let mut ids = Vec::with_capacity(request.ids.len());
    for text in &request.ids {
        let invalid = || {
            GraphError::new(axum::http::StatusCode::BAD_REQUEST, "Request_BadRequest", format!("Invalid GUID:{text}"))
        };
        ids.push(Uuid::parse_str(text).map_err(|_| invalid())?);
    }
    let type_wanted = |name: &str| {
        request.types.is_empty() || request.types.iter().any(|kind| kind == name || kind == "directoryObject")
    };
    // Names of other types' properties are ignored here: the list may hold several types.
    let names: Option<Vec<String>> = options.select.as_ref().map(|names| {
        names
            .iter()
            .filter(|name| user_fields::PROPERTIES.iter().any(|property| property.name.eq_ignore_ascii_case(name)))
            .cloned()
            .collect()
    });
    let properties = user_fields::selection(names.as_deref(), true)?;
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "directoryObjects"));
        if let Some(link) = stray_link(exchange, faults) {
            writer.key("@odata.nextLink").string(&link);
        }
        if faults.without_value {
            return;
        }
        writer.key("value").array(ids, |writer, id| {
            let group = world.tenant.group(GroupId(id)).filter(|_| groups && type_wanted("group"));
            let user = world.tenant.index_of(UserId(id)).filter(|_| users && type_wanted("user"));
            if let Some(group) = group {
                writer.object(|writer| {
                    writer.key("@odata.type").string("#microsoft.graph.group");
                    write_members(writer, group, options.select.as_deref());
                });
            } else if let Some(index) = user {
                writer.object(|writer| {
                    writer.key("@odata.type").string("#microsoft.graph.user");
                    user_fields::write_members(writer, &world.tenant.user(index), &View::of(properties.clone()));
                });
            }
        });
    });
    Ok(reply::json(writer))
}
