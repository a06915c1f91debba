//! Keeping a consent, once somebody has confirmed for whom it is.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_driver::PendingConsent;
use beacon_store::{Action, Connection, Deed, SecondConnection, TenantKey};

/// Notes who consented for which tenant: the connection is pinned to it. The token is kept afterwards, by
/// [`PendingConsent::confirm`]: a second connection of the same tenant is refused before its token is kept.
///
/// # Errors
/// [`Trouble`] if it brought no refresh token, or its tenant has a connection already. Nothing is kept then.
pub fn pin(
    installation: &Installation,
    connection: &Connection,
    consent: &PendingConsent,
    second: SecondConnection,
) -> Result<Connection, Trouble> {
    offline(consent)?;
    let mut changed = connection.clone();
    changed.tenant_id = consent.tenant_id.as_deref().map(TenantKey::new).or(changed.tenant_id);
    changed.consented_account.clone_from(&consent.account);
    changed.granted_scopes.clone_from(&consent.scopes);
    installation.store().together(|store| {
        let kept = store.update_connection(&changed, second, Installation::now())?;
        store.record(&told(Action::ConsentConfirmed, &kept, consent))?;
        Ok(kept)
    })
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

/// What is told of a consent: for whom, and what it allows.
pub(crate) fn told(action: Action, connection: &Connection, consent: &PendingConsent) -> Deed {
    Deed::to_connection(action, connection)
        .with("account", &consent.account)
        .with("tenant", &consent.tenant_id)
        .with("scopes", &consent.scopes)
}
