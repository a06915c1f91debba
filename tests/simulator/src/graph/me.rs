//! The signed-in person.

use super::access::Caller;
use super::error::GraphError;
use super::query::{Options, Supported};
use super::user_fields::{self, View};
use super::{reply, users};
use crate::entra::role;
use crate::exchange::Exchange;
use crate::identifiers::UserId;
use crate::json::JsonWriter;
use crate::world::World;
use axum::body::Body;
use axum::http::Response;

fn person(caller: &Caller) -> Result<UserId, GraphError> {
    let message = "/me request is only valid with delegated authentication flow.";
    caller.person.ok_or_else(|| GraphError::bad_request(message))
}

/// `GET /me`.
pub(super) fn me(world: &World, exchange: &Exchange, caller: &Caller) -> Result<Response<Body>, GraphError> {
    let id = person(caller)?;
    caller.require(&["User.Read", "User.Read.All", "Directory.Read.All"])?;
    let options = Options::read(exchange, Supported::Collection)?;
    let properties = user_fields::selection(options.select.as_deref(), false)?;
    let index = world.tenant.index_of(id).ok_or_else(|| GraphError::not_found(&id.to_string()))?;
    Ok(users::single(exchange, &world.tenant.user(index), &View::of(properties)))
}

/// `GET /me/memberOf/microsoft.graph.directoryRole`.
pub(super) fn directory_roles(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
) -> Result<Response<Body>, GraphError> {
    let id = person(caller)?;
    caller.require(&["User.Read", "User.Read.All", "Directory.Read.All"])?;
    Options::read(exchange, Supported::Collection)?;
    let roles = world.entra().account(id).map(|account| account.roles.clone()).unwrap_or_default();
    let roles = roles.into_iter().filter(|template| *template != role::MEMBER);
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "directoryRoles"));
        writer.key("value").array(roles, |writer, template| {
            writer.object(|writer| {
                writer.key("id").string(template);
                writer.key("displayName").string(role::name(template));
                writer.key("roleTemplateId").string(template);
            });
        });
    });
    Ok(reply::json(writer))
}

/// `GET /oidc/userinfo`.
pub(super) fn user_info(world: &World, caller: &Caller) -> Result<Response<Body>, GraphError> {
    let id = person(caller)?;
    let account = world.entra().account(id).cloned().ok_or_else(|| GraphError::not_found(&id.to_string()))?;
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("sub").guid(id.0);
        writer.key("name").string(&account.display_name);
        writer.key("email").string(&account.user_principal_name);
    });
    Ok(reply::json(writer))
}
