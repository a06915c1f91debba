//! The OpenAPI description, made from the table of routes.

use crate::answer::{Answer, json};
use crate::route_table::{Access, Route, Shape, route_table};
use axum::http::Method;
use beacon_api::{Problem, paths};
use std::collections::BTreeMap;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ComponentsBuilder};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{PartialSchema as _, ToSchema as _};

/// Answers with the description.
pub(crate) async fn description() -> Answer {
    json(&describe())
}

/// The description of all routes.
pub(crate) fn describe() -> OpenApi {
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    let mut all = Vec::new();
    Problem::schemas(&mut all);
    schemas.insert(Problem::name().into_owned(), Problem::schema());
    let mut paths = PathsBuilder::new();
    for route in route_table() {
        all.extend(route.takes.iter().chain(&route.gives).flat_map(|shape| shape.schemas.clone()));
        paths = paths.path(route.path, PathItem::new(method(&route.method), operation(&route)));
    }
    schemas.extend(all);
    let info = InfoBuilder::new()
        .title("m365-beacon")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("The HTTP API behind the setup page. Every answer of status 400 and above is a Problem."));
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(ComponentsBuilder::new().schemas_from_iter(schemas).build()))
        .build()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(route: &Route) -> OperationBuilder {
    let access = match route.access {
        Access::Anyone => "Needs no session.",
        Access::Reader => "Needs a session.",
        Access::Administrator => "Needs the session of an administrator.",
    };
    let mut operation = OperationBuilder::new().summary(Some(route.summary)).description(Some(access));
    if let Some(name) = placeholder(route.path) {
        operation = operation.parameter(parameter(name, ParameterIn::Path));
    }
    if route.access != Access::Anyone && route.method != Method::GET {
        operation = operation.parameter(parameter(paths::CSRF_HEADER, ParameterIn::Header));
    }
    if let Some(shape) = &route.takes {
        let content = ContentBuilder::new().schema(Some(schema(shape))).build();
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    let mut good = ResponseBuilder::new().description(route.summary);
    if let Some(shape) = &route.gives {
        good = good.content("application/json", ContentBuilder::new().schema(Some(schema(shape))).build());
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let bad =
        ResponseBuilder::new().description("What is wrong, and the next step").content("application/json", problem);
    operation.response("2XX", good).response("default", bad)
}

fn parameter(name: &str, place: ParameterIn) -> Parameter {
    ParameterBuilder::new().name(name).parameter_in(place).required(Required::True).build()
}

fn placeholder(path: &str) -> Option<&str> {
    path.split_once('{')?.1.split_once('}').map(|(name, _)| name)
}

fn schema(shape: &Shape) -> RefOr<Schema> {
    let one = Ref::from_schema_name(shape.name.clone());
    if shape.list { ArrayBuilder::new().items(one).into() } else { one.into() }
}
