//! Keeping a consent, once somebody has confirmed for whom it is.

use crate::draft::tenant_key;
use crate::installation::Installation;
use crate::modules::Module;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use beacon_contract::{FailKind, Settings};
use beacon_driver::PendingConsent;
use beacon_store::{Action, Connection, Deed, SecondConnection, TenantKey};
use std::collections::BTreeSet;

/// Keeps a consent with its token, or nothing: the connection is pinned to the tenant that it came from. Days may have
/// passed since `asked`, which is the connection as somebody signed in for it: of what is stored now only the outcome of
/// the consent changes.
///
/// # Errors
/// [`Trouble`] if it brought no refresh token, its tenant has a connection already, or the connection names another
/// tenant, app or sign-in address by now. The consent can be confirmed again then.
pub fn keep(
    installation: &Installation,
    module: &Module,
    asked: &Connection,
    consent: &PendingConsent,
    second: SecondConnection,
) -> Result<Connection, Trouble> {
    let (slot, origins, token) = consent.refresh_token().ok_or_else(no_refresh_token)?;
    // Those of the sign-in may have been rotated since.
    let secrets = Secrets::open(installation, asked.id)?;
    installation.store().together(|store| {
        let mut connection = store.connection(asked.id)?;
        if !is_still_meant(module, asked, &connection, consent) {
            return Err(meant_otherwise(&connection));
        }
        connection.tenant_id = consent.tenant_id.as_deref().map(TenantKey::new).or(connection.tenant_id);
        connection.consented_account.clone_from(&consent.account);
        connection.granted_scopes.clone_from(&consent.scopes);
        let kept = store.update_connection(&connection, second, Installation::now())?;
        let token = secrets.sealed(store, slot.as_str(), origins, token, None)?;
        store.put_secret(&token)?;
        store.record(&told(Action::ConsentConfirmed, &kept, consent))?;
        Ok(kept)
    })
}

/// Whether a token is of use to the connection as it is now: it works for one tenant and one app, and goes nowhere but to
/// the origins that it is bound to.
fn is_still_meant(module: &Module, asked: &Connection, now: &Connection, consent: &PendingConsent) -> bool {
    let (before, after) = (effective(module, asked), effective(module, now));
    let app = |settings: &Settings| {
        let field = &module.manifest.profiles.first()?.client_id;
        settings.text(field.as_str()).map(str::to_owned)
    };
    let came_from = consent.tenant_id.as_deref().map(TenantKey::new);
    let named = tenant_key(module, &after);
    let same_tenant = (named.is_none() || named == tenant_key(module, &before) || named == came_from)
        && (now.tenant_id.is_none() || came_from.is_none() || now.tenant_id == came_from);
    let same_origins = consent.refresh_token().is_none_or(|(slot, bound, _)| {
        let slot = module.manifest.slot(slot);
        let named = slot.into_iter().flat_map(|slot| &slot.origins).filter_map(|origin| origin.exact_origin(&after));
        named.collect::<BTreeSet<_>>() == *bound
    });
    same_tenant && same_origins && app(&before) == app(&after)
}

fn effective(module: &Module, connection: &Connection) -> Settings {
    module.manifest.form.effective(&Settings(connection.settings.clone().into_iter().collect()))
}

fn meant_otherwise(connection: &Connection) -> Trouble {
    let title =
        format!("{} names another tenant, app or sign-in address than this consent was given for", connection.name);
    let advice =
        "Discard this consent, and consent again for the connection as it is now. Or set it back, and keep it.";
    Trouble::settings("consent.meant_otherwise", title, advice)
}

/// Refuses a consent without a refresh token: no import would run by itself.
///
/// # Errors
/// [`Trouble`] if it has none.
pub fn offline(consent: &PendingConsent) -> Result<(), Trouble> {
    consent.refresh_token().map(|_| ()).ok_or_else(no_refresh_token)
}

fn no_refresh_token() -> Trouble {
    let title = "the sign-in worked, but brought no refresh token";
    let advice = "Without one no import runs by itself. Check that the app asks for offline_access, then consent \
                  again. Nothing was kept.";
    Trouble::new(FailKind::Consent, "consent.no_refresh_token", title, advice)
}

/// What is told of a consent: for whom, and what it allows.
pub(crate) fn told(action: Action, connection: &Connection, consent: &PendingConsent) -> Deed {
    Deed::to_connection(action, connection)
        .with("account", &consent.account)
        .with("tenant", &consent.tenant_id)
        .with("scopes", &consent.scopes)
}
