//! A connection as somebody entered it, before anything is stored.

use crate::expiring::last_valid_day;
use crate::folders::Folders;
use crate::modules::Module;
use crate::session;
use crate::trouble::Trouble;
use beacon_contract::{FieldError, Settings, SlotKind, SlotName};
use beacon_driver::read_certificate;
use beacon_store::{Label, ProxyServer, ProxySettings, SecondConnection, TenantKey};
use beacon_vault::Secret;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A secret that was given.
pub struct GivenSecret {
    /// Its slot.
    pub slot: SlotName,
    /// Its value.
    pub value: Secret,
    /// Day on which it expires, if somebody said so.
    pub expires_on: Option<Date>,
}

impl GivenSecret {
    /// A secret for a slot of the module; a certificate is read at once, so that a wrong one is refused here.
    ///
    /// # Errors
    /// [`Trouble`] if the module has no such slot, or the file holds no certificate with its key.
    pub fn new(module: &Module, name: &str, value: Secret, expires_on: Option<Date>) -> Result<Self, Trouble> {
        let slot = stored_slot(module, name)?;
        let mut given = Self { slot, value, expires_on };
        if module.manifest.profiles.iter().any(|profile| profile.client_certificate == given.slot) {
            // Whatever somebody said: a certificate knows best.
            given.expires_on = Some(last_valid_day(&read_certificate(given.value.expose())?));
        }
        Ok(given)
    }

    /// The same, read only once it is clear that the module has such a slot.
    ///
    /// # Errors
    /// As for [`Self::new`], and those of reading.
    pub fn read(
        module: &Module,
        name: &str,
        expires_on: Option<Date>,
        source: impl FnOnce() -> Result<Secret, Trouble>,
    ) -> Result<Self, Trouble> {
        stored_slot(module, name)?;
        Self::new(module, name, source()?, expires_on)
    }
}

fn stored_slot(module: &Module, name: &str) -> Result<SlotName, Trouble> {
    let stored = || module.manifest.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::Stored));
    let found = stored().find(|slot| slot.name.as_str() == name).map(|slot| slot.name.clone());
    found.ok_or_else(|| {
        let known: Vec<_> = stored().map(|slot| slot.name.to_string()).collect();
        let title = format!("there is no secret named {name:?}");
        Trouble::settings("settings.unknown_secret", title, format!("Known secrets: {}.", known.join(", ")))
    })
}

/// What makes up a connection.
pub struct Draft {
    /// Its name, still unchecked.
    pub name: String,
    /// Values that the operator chose.
    pub settings: Settings,
    /// Secrets to store; slots that are not in here keep what they hold.
    pub secrets: Vec<GivenSecret>,
    /// The proxy.
    pub proxy: Option<ProxySettings>,
    /// Its password, if a new one is to be stored.
    pub proxy_password: Option<Secret>,
    /// Name of the credential profile that it uses in place of a secret or a certificate of its own.
    pub profile: Option<String>,
    /// The labels that it is to have; `None` leaves them as they are.
    pub labels: Option<BTreeSet<Label>>,
    /// Whether the tenant may get a second connection.
    pub second: SecondConnection,
}

/// A proxy as somebody entered it.
///
/// # Errors
/// [`Trouble`] about the field `proxy.server`.
pub fn proxy_server(text: &str) -> Result<ProxyServer, Trouble> {
    text.parse().map_err(|error: beacon_store::InvalidInput| {
        Trouble::settings("settings.proxy", &error, "Write https://host:port, http://host:port or host:port.")
            .about("proxy.server")
    })
}

/// What is wrong with the settings: the form's own rules, then the module's. Missing secrets are not wrong yet.
///
/// # Errors
/// [`Trouble`] if the module cannot be asked.
pub async fn check_draft(
    folders: &Folders,
    module: &Module,
    settings: &Settings,
    configured: BTreeSet<SlotName>,
) -> Result<Vec<FieldError>, Trouble> {
    let mut errors = session::check(folders, module, settings, configured).await?;
    errors.retain(|error| !module.manifest.form.is_missing_secret(error));
    Ok(errors)
}

/// Tenant as the settings name it, if they do.
pub(crate) fn tenant_key(module: &Module, settings: &Settings) -> Option<TenantKey> {
    let field = &module.manifest.profiles.first()?.tenant;
    settings.text(field.as_str()).map(TenantKey::new)
}

/// Slots that will hold a value once the given secrets are stored.
pub(crate) fn configured(present: BTreeSet<SlotName>, given: &[GivenSecret]) -> BTreeSet<SlotName> {
    present.into_iter().chain(given.iter().map(|secret| secret.slot.clone())).collect()
}
