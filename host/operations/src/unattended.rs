//! Signing in for a connection without a run: nobody is there, and nothing but the token endpoint is asked.

use crate::installation::Installation;
use crate::modules::Module;
use crate::proxy;
use crate::refusal;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use beacon_contract::{GrantKind, Settings};
use beacon_driver::{SecretSlots, SignInOrder, SystemClock, sign_in};
use beacon_store::Connection;
use std::sync::Arc;

/// Signs in with what `slots` hold, through the proxy and within the egress rules of the connection.
///
/// # Errors
/// [`Trouble`] in the same words as a run that is refused the same.
pub(crate) async fn try_grant(
    installation: &Installation,
    connection: &Connection,
    module: &Module,
    secrets: &Secrets,
    slots: Arc<dyn SecretSlots>,
    kind: GrantKind,
) -> Result<(), Trouble> {
    let manifest = &module.manifest;
    let Some(profile) = manifest.profiles.iter().find(|profile| profile.kinds.contains(&kind)) else {
        let title = format!("the connector {} does not sign in this way", manifest.source_type);
        return Err(Trouble::settings("credential.not_for_it", title, "Use another way of signing in."));
    };
    let (proxy, route) = proxy::access(installation, connection, secrets)?;
    let given = Settings(connection.settings.clone().into_iter().collect());
    let order = SignInOrder {
        manifest: Arc::clone(manifest),
        settings: manifest.form.effective(&given),
        pinned_tenant: connection.tenant_id.as_ref().map(ToString::to_string),
        transport: Arc::new(installation.transport(proxy)?),
        addresses: installation.addresses(),
        route,
        secrets: slots,
        clock: Arc::new(SystemClock),
    };
    match sign_in(order, profile.id.clone(), kind).await {
        Ok(_) => Ok(()),
        Err(refused) => {
            let fail = beacon_entra::explain(&refused, kind);
            Err(refusal::explained(Trouble::of_fail(&fail, &module.words()), Some(&refused)))
        }
    }
}
