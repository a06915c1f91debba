//! What monitoring reads: figures in OpenMetrics text, put together anew at each look from what is stored, so that a
//! restart loses none. Names of connections, destinations and tables, states and numbers; nothing about people.

mod connections;
mod exposition;
mod runs;
mod throttles;
mod waiting;

pub(crate) use throttles::Throttles;

use crate::app::App;
use crate::problem::Refusal;
use crate::secret_text::{Known, known};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use beacon_operations::{Installation, Module};
use beacon_vault::Secret;
use exposition::{Family, Kind, exposed};
use std::net::IpAddr;
use std::sync::Arc;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Who may read the figures, and how many there are.
#[derive(Clone, Debug)]
pub struct MetricsOptions {
    /// Whoever brings this token may, from anywhere; without one whoever asks from this very machine.
    pub token: Option<MetricsToken>,
    /// Whether there are figures for each connection, or only sums.
    pub per_connection: bool,
}

/// A bearer token, as it is known: by its digest.
#[derive(Clone, Debug)]
pub struct MetricsToken(Known);

impl MetricsToken {
    /// The token of a text; `None` if it could be in no header.
    #[must_use]
    pub fn new(secret: &Secret) -> Option<Self> {
        let text = secret.expose_str()?;
        text.chars().all(|character| character.is_ascii_graphic()).then(|| Self(known(text)))
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

/// The figures, if they are switched on and whoever asks may read them.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Some(options) = &app.metrics else { return Err(Refusal::not_found("page")) };
    admit(options, peer, &headers)?;
    let families = gathered(&app, options.per_connection)?;
    let text = exposed(families).map_err(|_| Refusal::defect("metrics.format", "The figures cannot be written."))?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text)
        .into_response())
}

fn admit(options: &MetricsOptions, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Refusal> {
    let allowed = match &options.token {
        Some(MetricsToken(expected)) => {
            let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            given.and_then(|value| value.strip_prefix("Bearer ")).map(known) == Some(*expected)
        }
        None => peer.is_some_and(|peer| peer.to_canonical().is_loopback()),
    };
    if allowed {
        return Ok(());
    }
    let advice = "Bring the token of metrics.token_file as a bearer token; without one, ask from this machine.";
    Err(Refusal::forbidden("metrics.access", "Figures are not for everybody.", advice))
}

fn gathered(app: &App, per_connection: bool) -> Result<Vec<Family>, Refusal> {
    let now = Installation::now();
    let mut families = vec![
        Family::new("build_info", "The program", Kind::Gauge)
            .with([("version", env!("CARGO_PKG_VERSION").to_owned())], 1.0),
        modules(app),
    ];
    families.extend(connections::families(app, per_connection, now)?);
    families.extend(runs::families(app, per_connection)?);
    families.extend(waiting::families(app, now)?);
    families.extend(app.throttles.families());
    Ok(families)
}

/// The modules that imports use, by their digests. One that was altered is not there: it imports nothing.
fn modules(app: &App) -> Family {
    let mut family = Family::new("module_info", "Connector modules that are in use", Kind::Gauge);
    for source_type in Module::source_types() {
        if let Ok(module) = Module::find(&app.installation.folders, None, &source_type) {
            let labels = [
                ("source_type", source_type),
                ("module", module.manifest.id.to_string()),
                ("version", module.manifest.version.clone()),
                ("sha256", module.digest.to_string()),
            ];
            family = family.with(labels, 1.0);
        }
    }
    family
}

#[cfg(test)]
mod tests {
    use super::{MetricsOptions, MetricsToken, admit};
    use axum::http::{HeaderMap, HeaderValue, header};
    use beacon_vault::Secret;
    use std::net::IpAddr;

    #[test]
    fn without_a_token_this_machine_may_and_with_one_who_brings_it() {
        let (here, mapped, there): (IpAddr, IpAddr, IpAddr) =
            ("127.0.0.1".parse().unwrap(), "::ffff:127.0.0.1".parse().unwrap(), "10.1.2.3".parse().unwrap());
        let open = MetricsOptions { token: None, per_connection: true };
        let may = |options: &MetricsOptions, peer, headers: &HeaderMap| admit(options, peer, headers).is_ok();
        let nothing = HeaderMap::new();
        assert!(may(&open, Some(here), &nothing) && may(&open, Some(mapped), &nothing));
        assert!(!may(&open, Some(there), &nothing) && !may(&open, None, &nothing));
        let token = MetricsToken::new(&Secret::from("a-long-token".to_owned()));
        let closed = MetricsOptions { token, per_connection: true };
        let mut headers = HeaderMap::new();
        assert!(!may(&closed, Some(here), &headers));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer a-long-token"));
        assert!(may(&closed, Some(there), &headers));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer another"));
        assert!(!may(&closed, Some(here), &headers));
        assert!(MetricsToken::new(&Secret::from("two words".to_owned())).is_none());
    }
}
