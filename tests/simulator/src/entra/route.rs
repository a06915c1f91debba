//! Addresses of the sign-in site.

use super::authorize::Purpose;
use super::error::{self, SignInError};
use super::redirect::ResponseMode;
use super::sign_in::{Decision, SignInFailed, Step};
use super::{device, discovery, pages, reply, token};
use crate::exchange::{Exchange, Parameters};
use crate::world::World;
use axum::body::Body;
use axum::http::{Method, Response, StatusCode};

/// Answers a request to the sign-in site.
pub(crate) fn answer(world: &World, exchange: &Exchange) -> Response<Body> {
    let (get, post) = (exchange.method == Method::GET, exchange.method == Method::POST);
    let segments = exchange.segments();
    match segments.as_slice() {
        [_, "oauth2", "v2.0", "token"] if exchange.method == Method::OPTIONS => preflight(exchange),
        [tenant, "oauth2", "v2.0", "token"] if post => token::answer(world, exchange, tenant),
        [tenant, "oauth2", "v2.0", "devicecode"] if post => device::start(world, exchange, tenant),
        [tenant, "oauth2", "v2.0", "authorize"] if get => {
            begin(world, exchange, tenant, Purpose::Code, &exchange.query())
        }
        [tenant, "oauth2", "v2.0", "authorize"] if post => {
            begin(world, exchange, tenant, Purpose::Code, &exchange.form())
        }
        [tenant, "v2.0", "adminconsent"] if get => {
            begin(world, exchange, tenant, Purpose::AdminConsent, &exchange.query())
        }
        [tenant, "adminconsent"] if get => begin(world, exchange, tenant, Purpose::AdminConsentV1, &exchange.query()),
        ["common", "discovery", "instance"] if get => discovery::instance(world, exchange),
        ["common", "userrealm", name] if get => discovery::user_realm(world, &decoded(name)),
        [tenant, "v2.0", ".well-known", "openid-configuration"] if get => {
            discovery::configuration(world, exchange, tenant)
        }
        [_, "discovery", "v2.0", "keys"] if get => discovery::keys(world, exchange),
        [_, "oauth2", "v2.0", "logout"] if get => page("You signed out", "You may close this window."),
        ["error"] if get => error_page(world, exchange),
        ["common", "oauth2", "nativeclient"] if get => {
            page("Sign-in finished", "Copy this page's address into the application.")
        }
        ["simulated", "account"] if post => choose(world, exchange),
        ["simulated", "consent"] if post => decide(world, exchange),
        ["device"] if get => {
            reply::html(StatusCode::OK, pages::device_code("Enter the code displayed on your device."))
        }
        ["device"] if post => device_form(world, exchange),
        _ => reply::html(StatusCode::NOT_FOUND, pages::message("Not found", "There is nothing at this address.")),
    }
}

/// Whether a path belongs to the sign-in site when both sites share one origin.
pub(crate) fn is_login_path(path: &str) -> bool {
    !(path.starts_with("/v1.0") || path.starts_with("/beta") || path.starts_with("/oidc"))
}

fn decoded(segment: &str) -> String {
    let encoded = format!("v={}", segment.replace('+', "%2B"));
    Parameters::parse(encoded.as_bytes()).get("v").unwrap_or_default().to_owned()
}

fn page(title: &str, text: &str) -> Response<Body> {
    reply::html(StatusCode::OK, pages::message(title, text))
}

fn preflight(exchange: &Exchange) -> Response<Body> {
    let mut response = reply::html(StatusCode::OK, String::new());
    if let Some(origin) = exchange.header("origin") {
        reply::set(&mut response, "access-control-allow-origin", origin);
        reply::set(&mut response, "access-control-allow-methods", "POST, OPTIONS");
        reply::set(
            &mut response,
            "access-control-allow-headers",
            exchange.header("access-control-request-headers").unwrap_or("content-type"),
        );
    }
    response
}

fn begin(world: &World, exchange: &Exchange, tenant: &str, purpose: Purpose, query: &Parameters) -> Response<Body> {
    let trace = token::trace(world, exchange);
    let step = world.entra().begin(world, tenant, purpose, query, &trace);
    show(world, exchange, step)
}

fn choose(world: &World, exchange: &Exchange) -> Response<Body> {
    let form = exchange.form();
    let flow = form.get("flow").unwrap_or_default();
    let step = match (form.get("decision"), form.get("account")) {
        (Some("cancel"), _) => world.entra().cancel(flow),
        (_, Some(account)) => world.entra().choose(flow, account, world),
        _ => Step::Refused(SignInError::missing_parameter("account")),
    };
    show(world, exchange, step)
}

fn decide(world: &World, exchange: &Exchange) -> Response<Body> {
    let form = exchange.form();
    let trace = token::trace(world, exchange);
    let accept = form.get("decision") == Some("accept");
    let everybody = form.get("organization").is_some();
    let step = world.entra().decide(form.get("flow").unwrap_or_default(), accept, everybody, world, &trace);
    show(world, exchange, step)
}

fn show(world: &World, exchange: &Exchange, step: Step) -> Response<Body> {
    let trace = token::trace(world, exchange);
    let state = world.entra();
    let registration = |flow: &str| {
        let pending = state.pending.get(flow)?;
        let client = pending.request.client_id;
        let administrator = pending.account.as_ref().is_some_and(super::Account::is_administrator);
        let found = state.registrations.iter().find(|known| known.client_id == client)?;
        Some((found, administrator, pending.request.purpose != Purpose::Code))
    };
    match step {
        Step::ChooseAccount { flow, login_hint } => {
            reply::html(StatusCode::OK, pages::choose_account(&flow, &state.accounts, login_hint.as_deref()))
        }
        Step::Consent { flow, permissions } => match registration(&flow) {
            Some((registration, administrator, everybody)) => {
                reply::html(StatusCode::OK, pages::consent(&flow, registration, administrator, everybody, &permissions))
            }
            None => reply::html(StatusCode::BAD_REQUEST, pages::refusal(&error::by_number(50_089), &trace)),
        },
        Step::NeedAdministrator { flow, permissions } => match registration(&flow) {
            Some((registration, ..)) => {
                reply::html(StatusCode::OK, pages::need_administrator(&flow, registration, &permissions))
            }
            None => reply::html(StatusCode::BAD_REQUEST, pages::refusal(&error::by_number(50_089), &trace)),
        },
        Step::Leave(redirection) if redirection.mode == ResponseMode::FormPost => {
            reply::html(StatusCode::OK, pages::form_post(&redirection))
        }
        Step::Leave(redirection) => reply::found(&redirection.address()),
        Step::Refused(refused) => reply::html(StatusCode::BAD_REQUEST, pages::refusal(&refused, &trace)),
    }
}

fn error_page(world: &World, exchange: &Exchange) -> Response<Body> {
    let number = exchange.query().get("code").and_then(|code| code.parse().ok()).unwrap_or(0);
    let trace = token::trace(world, exchange);
    reply::html(StatusCode::OK, pages::refusal(&error::by_number(number), &trace))
}

fn device_form(world: &World, exchange: &Exchange) -> Response<Body> {
    let form = exchange.form();
    let user_code = form.get("user_code").unwrap_or_default();
    let mut state = world.entra();
    let Ok(waiting) = state.device_waiting(user_code) else {
        return reply::html(StatusCode::OK, pages::device_code("That code didn't work. Check the code and try again."));
    };
    let (client, now) = (waiting.client_id, world.clock.now());
    let account = form.get("account").and_then(|name| state.account_named(name)).map(|account| account.id);
    match (form.get("decision"), account) {
        (Some("decline"), _) => {
            let _ = state.answer_device(user_code, None, now);
            page("Sign-in was cancelled", "You may close this window.")
        }
        (_, Some(account)) => {
            let _ = state.answer_device(user_code, Some(account), now);
            page("You are signed in", "You have signed in on your device. You may now close this window.")
        }
        _ => {
            let application = state.registrations.iter().find(|known| known.client_id == client);
            let name = application.map_or("the application", |known| known.display_name.as_str());
            reply::html(StatusCode::OK, pages::device_account(user_code, name, &state.accounts))
        }
    }
}

/// The whole sign-in for a test: reads an authorize or admin-consent address and answers with the redirect address.
pub(crate) fn sign_in(world: &World, address: &str, account: &str, decision: Decision) -> Result<String, SignInFailed> {
    let unusable = || SignInFailed { number: 0, text: "this is no authorize or admin-consent address".into() };
    let address = url::Url::parse(address).map_err(|_| unusable())?;
    let segments: Vec<&str> = address.path_segments().map(Iterator::collect).unwrap_or_default();
    let (tenant, purpose) = match segments.as_slice() {
        [tenant, "oauth2", "v2.0", "authorize"] => (*tenant, Purpose::Code),
        [tenant, "v2.0", "adminconsent"] => (*tenant, Purpose::AdminConsent),
        [tenant, "adminconsent"] => (*tenant, Purpose::AdminConsentV1),
        _ => return Err(unusable()),
    };
    let query = Parameters::parse(address.query().unwrap_or_default().as_bytes());
    let mut state = world.entra();
    let trace = error::Trace {
        trace_id: state.dice.guid(),
        correlation_id: state.dice.guid(),
        now: world.clock.now(),
        origin: address.origin().ascii_serialization(),
    };
    state.sign_in(world, (tenant, purpose, &query), account, decision, &trace)
}
