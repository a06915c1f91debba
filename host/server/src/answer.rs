//! Bodies and queries as handlers get them: typed, or refused with the reason.

use crate::problem::Refusal;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Json, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use beacon_api::ProblemKind;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What every handler gives back.
pub(crate) type Answer = Result<Response, Refusal>;

/// A JSON answer.
pub(crate) fn json(value: &impl Serialize) -> Answer {
    Ok(Json(value).into_response())
}

/// Done, with nothing to say.
pub(crate) fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(refused_body(&rejection)),
        }
    }
}

/// The parser's own words may quote the body, and a body may hold a secret: they are not repeated.
fn refused_body(rejection: &JsonRejection) -> Refusal {
    let (code, title) = match rejection {
        JsonRejection::JsonDataError(_) => ("request.fields", "The body lacks a field, or one has another type."),
        JsonRejection::JsonSyntaxError(_) => ("request.json", "The body is not JSON."),
        JsonRejection::MissingJsonContentType(_) => ("request.content_type", "The body is not declared as JSON."),
        _ => ("request.body", "The body is too large, or cannot be read."),
    };
    let advice = "See the description of the API at /api/v1/openapi.json.";
    Refusal::new(rejection.status(), ProblemKind::Settings, code, title, advice)
}

/// The query of an address.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(refused_query(&rejection)),
        }
    }
}

fn refused_query(rejection: &QueryRejection) -> Refusal {
    let title = format!("The query of the address cannot be read: {}.", rejection.body_text());
    Refusal::bad_request("request.query", &title, "See the description of the API at /api/v1/openapi.json.")
}
