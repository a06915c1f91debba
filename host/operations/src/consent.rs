//! Keeping a consent, once somebody has confirmed for whom it is.

use crate::installation::Installation;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_driver::PendingConsent;
use beacon_store::{Connection, SecondConnection, TenantKey};

/// Keeps a consent: pins the tenant, remembers who consented, stores the refresh token.
///
/// # Errors
/// [`Trouble`] if it brought no refresh token, or its tenant has a connection already. Nothing is kept then.
pub fn keep(
    installation: &Installation,
    connection: &Connection,
    secrets: &Secrets,
    consent: PendingConsent,
) -> Result<Connection, Trouble> {
    offline(&consent)?;
    let mut changed = connection.clone();
    changed.tenant_id = consent.tenant_id.as_deref().map(TenantKey::new).or(changed.tenant_id);
    changed.consented_account.clone_from(&consent.account);
    changed.granted_scopes.clone_from(&consent.scopes);
    // The connection first: a second one of the same tenant is refused before its token is kept.
    let changed = installation.store().update_connection(&changed, SecondConnection::Refuse, Installation::now())?;
    consent.confirm(secrets)?;
    Ok(changed)
}

/// Refuses a consent without a refresh token: no import would run by itself.
///
/// # Errors
/// [`Trouble`] if it has none.
pub fn offline(consent: &PendingConsent) -> Result<(), Trouble> {
    if consent.is_offline() {
        return Ok(());
    }
    let title = "the sign-in worked, but brought no refresh token";
    let advice = "Without one no import runs by itself. Check that the app asks for offline_access, then consent \
                  again. Nothing was kept.";
    Err(Trouble::new(FailKind::Consent, "consent.no_refresh_token", title, advice))
}
