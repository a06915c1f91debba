//! The default proxy.

use crate::answer::{Answer, Body, done, json};
use crate::app::App;
use crate::problem::Refusal;
use axum::extract::State;
use beacon_api::{DefaultProxyFacts, Happened, ProxyDraft};
use beacon_operations::{
    DefaultProxyDraft, Installation, default_proxy_has_password, default_proxy_users, proxy_bypass, proxy_server,
    remove_default_proxy,
};
use beacon_vault::Secret;
use std::sync::Arc;

pub(crate) async fn default(State(app): State<Arc<App>>) -> Answer {
    json(&facts(&app.installation)?)
}

pub(crate) async fn set_default(State(app): State<Arc<App>>, Body(given): Body<ProxyDraft>) -> Answer {
    let username = given.username.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let password = given.password.filter(|password| !password.0.is_empty());
    let bypass = match given.bypass {
        Some(list) => list,
        None => app.installation.store().default_proxy()?.map(|known| known.bypass).unwrap_or_default(),
    };
    let draft = DefaultProxyDraft {
        server: proxy_server(given.server.trim())?,
        username,
        password: password.map(|text| Secret::new(text.0.into_bytes())),
        bypass: proxy_bypass(&bypass)?,
    };
    beacon_operations::set_default_proxy(&app.installation, draft)?;
    changed(&app);
    json(&facts(&app.installation)?)
}

pub(crate) async fn remove_default(State(app): State<Arc<App>>) -> Answer {
    remove_default_proxy(&app.installation)?;
    changed(&app);
    done()
}

/// Connections and destinations may go another way from now on.
fn changed(app: &App) {
    app.tell(Happened::Connections);
    app.tell(Happened::Destinations);
}

fn facts(installation: &Installation) -> Result<Option<DefaultProxyFacts>, Refusal> {
    let Some(proxy) = installation.store().default_proxy()? else { return Ok(None) };
    let (connections, destinations) = default_proxy_users(installation)?;
    Ok(Some(DefaultProxyFacts {
        server: proxy.settings.server.to_string(),
        username: proxy.settings.username,
        password_stored: default_proxy_has_password(installation)?,
        bypass: proxy.bypass,
        connections,
        destinations,
    }))
}
