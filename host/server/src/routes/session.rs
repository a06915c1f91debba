//! Signing in and out.

use crate::acting;
use crate::answer::{Answer, Body, json};
use crate::app::App;
use crate::cookie::Cookie;
use crate::password;
use crate::problem::Refusal;
use crate::route_table::signed_in;
use crate::sessions::{LIFETIME, Signed, Told};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use beacon_api::{LinkSignIn, ProblemKind, Role, SessionInfo, SessionState, SignIn};
use beacon_operations::{Installation, acting_here};
use beacon_store::{AccountRow, Action, ActionOutcome, Deed, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The account that the one-time link is for.
const ADMINISTRATOR: &str = "administrator";

pub(crate) async fn info(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    let signed = signed_in(&app, &headers);
    json(&described(&app, signed.as_ref())?)
}

fn described(app: &App, signed: Option<&Signed>) -> Result<SessionInfo, Refusal> {
    let state = match signed {
        Some(_) => SessionState::SignedIn,
        None if app.installation.store().accounts()?.is_empty() => SessionState::FirstStart,
        None => SessionState::SignedOut,
    };
    let administrator = signed.is_some_and(|signed| signed.role == Role::Administrator);
    Ok(SessionInfo {
        state,
        account: signed.map(|signed| signed.account.clone()),
        role: signed.map(|signed| signed.role),
        csrf: signed.map(|signed| signed.csrf.clone()),
        expires_at: signed.map(|signed| signed.expires_at.to_string()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        preset: app.preset.clone().filter(|_| administrator),
    })
}

pub(crate) async fn by_link(State(app): State<Arc<App>>, Body(given): Body<LinkSignIn>) -> Answer {
    let password = Zeroizing::new(given.password);
    if !app.sessions.has_link(&given.token, Installation::now()) {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            ProblemKind::Session,
            "session.link",
            "This link was used already, or is too old.",
            "Run `beacon admin link` on the beacon's machine for a new one.",
        ));
    }
    let password_hash = password::hash(password).await?;
    // Used up only now: a password that is too short costs no link.
    app.sessions.use_links();
    let now = Installation::now();
    let row =
        AccountRow { name: ADMINISTRATOR.to_owned(), administrator: true, password_hash, signed_in_at: Some(now) };
    acting_here(acting::known_as(ADMINISTRATOR), || {
        app.installation.store().together(|store| -> Result<(), StoreError> {
            store.put_account(&row)?;
            store.account_signed_in(ADMINISTRATOR, now)
        })
    })?;
    app.sessions.close_account(ADMINISTRATOR);
    opened(&app, ADMINISTRATOR, Role::Administrator)
}

pub(crate) async fn sign_in(State(app): State<Arc<App>>, Body(given): Body<SignIn>) -> Answer {
    let (name, now) = (given.account.trim().to_lowercase(), Installation::now());
    let password = Zeroizing::new(given.password);
    if let Some(until) = app.sessions.held_until(&name, now) {
        let minutes = until.duration_since(now).as_mins() + 1;
        let advice =
            format!("Try again in {minutes} minutes. `beacon admin reset` on its machine sets a new password.");
        let title = "Too many wrong passwords for this account.";
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Err(Refusal::new(status, ProblemKind::Session, "session.attempts", title, &advice));
    }
    let row = app.installation.store().account(&name)?;
    let hash = row.as_ref().map(|row| row.password_hash.clone());
    let fits = password::fits(password, hash).await?;
    let is_known = row.is_some();
    let Some(row) = row.filter(|_| fits) else {
        app.sessions.failed(&name, now);
        record_refused(&app, &name, is_known, now)?;
        let title = "Account and password do not belong together.";
        let advice = "Check both. `beacon admin reset` on the beacon's machine helps after a lost password.";
        let status = StatusCode::UNAUTHORIZED;
        return Err(Refusal::new(status, ProblemKind::Session, "session.password", title, advice));
    };
    app.sessions.succeeded(&name);
    acting_here(acting::known_as(&name), || app.installation.store().account_signed_in(&name, now))?;
    opened(&app, &name, if row.administrator { Role::Administrator } else { Role::Reader })
}

/// Tells of a refused sign-in. What is no account may be a password in the wrong field: it is not told. Guesses come by
/// the thousand: of those not every one is told.
fn record_refused(app: &App, name: &str, is_known: bool, now: Timestamp) -> Result<(), Refusal> {
    let name = if is_known { name } else { "unknown" };
    let deed = Deed::new(Action::SignInRefused, "account", name, name).ended(ActionOutcome::Refused);
    let deed = match app.sessions.tell_refusal(now) {
        Told::Yes => deed,
        Told::Last => deed.with("further", "not told for the next minutes"),
        Told::No => return Ok(()),
    };
    Ok(app.installation.record(&deed)?)
}

fn opened(app: &App, account: &str, role: Role) -> Answer {
    let (token, signed) = app.sessions.open(account, role, Installation::now());
    let response = json(&described(app, Some(&signed))?)?;
    Ok(with_cookie(app, response, &token))
}

pub(crate) async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    if let Some(token) = Cookie::Session.read(&headers, app.address.port) {
        let account = signed_in(&app, &headers).map(|signed| signed.account).unwrap_or_default();
        app.installation.record(&Deed::new(Action::SignedOut, "account", &account, &account))?;
        app.sessions.close(token);
    }
    Ok(with_cookie(&app, StatusCode::NO_CONTENT.into_response(), ""))
}

fn with_cookie(app: &App, mut response: Response, token: &str) -> Response {
    let cookie = Cookie::Session.set(token, app.address.port, LIFETIME.as_secs(), app.address.secure);
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}
