//! Refusals: a status and a body that says what to do.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use beacon_api::{FieldProblem, Problem, ProblemKind};
use beacon_contract::FailKind;
use beacon_operations::Trouble;
use beacon_store::StoreError;

/// What is answered instead of what was asked for.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) problem: Problem,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, kind: ProblemKind, code: &str, title: &str, advice: &str) -> Self {
        let problem = Problem {
            kind,
            code: code.to_owned(),
            title: title.to_owned(),
            advice: advice.to_owned(),
            detail: Vec::new(),
            fields: Vec::new(),
        };
        Self { status, problem }
    }

    pub(crate) fn settings(code: &str, title: &str, advice: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ProblemKind::Settings, code, title, advice)
    }

    pub(crate) fn bad_request(code: &str, title: &str, advice: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ProblemKind::Settings, code, title, advice)
    }

    pub(crate) fn conflict(code: &str, title: &str, advice: &str) -> Self {
        Self::new(StatusCode::CONFLICT, ProblemKind::Settings, code, title, advice)
    }

    pub(crate) fn defect(code: &str, title: &str) -> Self {
        let advice = "Try again; report it if it stays.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ProblemKind::Defect, code, title, advice)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let title = format!("There is no such {what}.");
        let advice = "It may have been removed. Reload the page.";
        Self::new(StatusCode::NOT_FOUND, ProblemKind::NotFound, "not_found", &title, advice)
    }

    pub(crate) fn signed_out() -> Self {
        let title = "Nobody is signed in, or the session has ended.";
        Self::new(StatusCode::UNAUTHORIZED, ProblemKind::Session, "session.missing", title, "Sign in again.")
    }

    pub(crate) fn forbidden(code: &str, title: &str, advice: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, ProblemKind::Forbidden, code, title, advice)
    }

    pub(crate) fn about(mut self, field: &str) -> Self {
        let Problem { code, title, advice, .. } = &self.problem;
        let (code, title, advice) = (code.clone(), title.clone(), advice.clone());
        self.problem.fields.push(FieldProblem { field: field.to_owned(), code, title, advice });
        self
    }
}

/// A trouble in the words of the API.
pub(crate) fn problem(trouble: Trouble) -> Problem {
    let kind = match trouble.kind {
        _ if trouble.unexpected => ProblemKind::Defect,
        FailKind::Retry => ProblemKind::Retry,
        FailKind::Settings => ProblemKind::Settings,
        FailKind::Consent => ProblemKind::Consent,
        FailKind::Defect => ProblemKind::Defect,
    };
    let fields = trouble.fields.into_iter().map(|field| FieldProblem {
        field: field.field,
        code: field.code,
        title: field.title,
        advice: field.advice,
    });
    Problem {
        kind,
        code: trouble.code,
        title: trouble.title,
        advice: trouble.advice,
        detail: trouble.detail,
        fields: fields.collect(),
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        let status = match trouble.kind {
            FailKind::Settings | FailKind::Consent => StatusCode::UNPROCESSABLE_ENTITY,
            FailKind::Retry => StatusCode::SERVICE_UNAVAILABLE,
            FailKind::Defect => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, problem: problem(trouble) }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchConnection { .. } => Self::not_found("connection"),
            StoreError::NoSuchRun { .. } => Self::not_found("run"),
            StoreError::NoSuchSchedule { .. } => Self::not_found("schedule"),
            other => Trouble::from(other).into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.problem)).into_response()
    }
}
