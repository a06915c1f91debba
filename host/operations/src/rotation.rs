//! A certificate that is made before it is needed. It waits in the vault until its public part is known to the app
//! registration: until it was seen to work, or somebody says so. Meanwhile the one before stays in use.

use crate::audit;
use crate::credential_profiles::{self, NEXT_CERTIFICATE, ProfileSecrets};
use crate::expiring::{CLIENT_CERTIFICATE, last_valid_day};
use crate::installation::Installation;
use crate::modules::Module;
use crate::new_certificate;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use crate::unattended;
use beacon_contract::{GrantKind, Settings, SlotName};
use beacon_driver::{CertificateFacts, SecretSlots, SlotError, read_certificate};
use beacon_store::{
    Action, Connection, CredentialKind, CredentialProfile, Deed, Hold, ProfileChange, SecondConnection,
    StoredCredential,
};
use beacon_vault::Secret;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whose certificate it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Holder {
    /// That of one connection.
    Connection(Box<Connection>),
    /// That of all connections of a profile.
    Profile(Box<CredentialProfile>),
}

impl Holder {
    /// The certificate holder of a connection: itself, or the profile that it uses.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn of(installation: &Installation, connection: Connection) -> Result<Self, Trouble> {
        Ok(match connection.profile {
            Some(id) => Self::Profile(Box::new(installation.store().profile(id)?)),
            None => Self::Connection(Box::new(connection)),
        })
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Connection(connection) => connection.name.as_str(),
            Self::Profile(profile) => profile.name.as_str(),
        }
    }
}

/// Makes a certificate and lets it wait. Its key never leaves the vault.
///
/// # Errors
/// [`Trouble`] if one waits already.
pub fn make(
    installation: &Installation,
    holder: &Holder,
    days: u16,
    now: Timestamp,
) -> Result<CertificateFacts, Trouble> {
    if waiting(installation, holder)?.is_some() {
        let title = format!("a new certificate of {} waits already", holder.name());
        let advice = "See it with --show. Take it into use with --try or --activate, or forget it with --discard.";
        return Err(Trouble::settings("certificate.waits", title, advice));
    }
    let pem = new_certificate::make(&format!("m365-beacon {}", holder.name()), now, days)?;
    let facts = read_certificate(pem.expose())?;
    let last_day = last_valid_day(&facts);
    match holder {
        Holder::Connection(connection) => {
            let (secrets, origins) = of_connection(installation, connection)?;
            secrets.put(NEXT_CERTIFICATE, &origins, &pem, Some(last_day))?;
        }
        Holder::Profile(profile) => {
            let mut changed = profile.as_ref().clone();
            changed.next_until = Some(last_day);
            let secret = Some(credential_profiles::seal(installation, profile, NEXT_CERTIFICATE, &pem)?);
            let change = ProfileChange { secret, ..ProfileChange::default() };
            installation.store().update_profile(&changed, &change, now)?;
        }
    }
    Ok(facts)
}

/// The certificate that waits, without its key.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub fn waiting(installation: &Installation, holder: &Holder) -> Result<Option<CertificateFacts>, Trouble> {
    Ok(load(installation, holder)?.map(|pem| read_certificate(pem.expose())).transpose()?)
}

/// Signs in with the certificate that waits, as an application; it stays waiting.
///
/// # Errors
/// [`Trouble`] if it does not work yet, nothing waits, or no connection of a profile says where to sign in.
pub async fn try_out(installation: &Installation, holder: &Holder) -> Result<(), Trouble> {
    let pem = load(installation, holder)?.ok_or_else(|| nothing_waits(holder))?;
    let connection = match holder {
        Holder::Connection(connection) => connection.as_ref().clone(),
        Holder::Profile(profile) => {
            let users = credential_profiles::used_by(installation, profile.id)?;
            users.into_iter().next().ok_or_else(|| {
                let title = format!("no connection uses the credential profile {} yet", profile.name);
                let advice =
                    "Without one nobody knows where to sign in. Take the certificate into use with --activate.";
                Trouble::settings("profile.unused", title, advice)
            })?
        }
    };
    let module = Module::find(&installation.folders, None, &connection.source_type)?;
    let secrets = Secrets::open(installation, connection.id)?;
    let slots = Arc::new(OneCertificate(pem));
    let attempt =
        unattended::try_grant(installation, &connection, &module, &secrets, slots, GrantKind::ClientCertificate).await;
    if !audit::is_person() {
        return attempt;
    }
    installation.record_attempt(Deed::to_connection(Action::CertificateTried, &connection), attempt)
}

/// Takes the certificate that waits into use, in place of whatever was used before.
///
/// # Errors
/// [`Trouble`] if nothing waits.
pub fn activate(installation: &Installation, holder: &Holder, now: Timestamp) -> Result<CertificateFacts, Trouble> {
    let pem = load(installation, holder)?.ok_or_else(|| nothing_waits(holder))?;
    let facts = read_certificate(pem.expose())?;
    match holder {
        Holder::Connection(connection) => {
            let (secrets, origins) = of_connection(installation, connection)?;
            secrets.put(CLIENT_CERTIFICATE, &origins, &pem, Some(last_valid_day(&facts)))?;
            by_certificate(installation, connection, now)?;
            // Last: whatever happens before, it can be done again.
            secrets.forget(NEXT_CERTIFICATE)?;
        }
        Holder::Profile(profile) => {
            let mut changed = profile.as_ref().clone();
            changed.kind = CredentialKind::ClientCertificate;
            changed.expires_on = Some(last_valid_day(&facts));
            (changed.stored_at, changed.updated_at, changed.next_until) = (now, now, None);
            let secret = Some(credential_profiles::seal(installation, profile, CLIENT_CERTIFICATE, &pem)?);
            let mut forgotten = vec![credential_profiles::slot(profile.id, NEXT_CERTIFICATE)?];
            if profile.kind != changed.kind {
                forgotten.push(credential_profiles::slot(profile.id, profile.kind.as_str())?);
            }
            let connections = credential_profiles::followers(installation, &changed)?;
            installation.store().update_profile(&changed, &ProfileChange { secret, forgotten, connections }, now)?;
        }
    }
    Ok(facts)
}

/// Forgets the certificate that waits; says whether there was one.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn discard(installation: &Installation, holder: &Holder, now: Timestamp) -> Result<bool, Trouble> {
    match holder {
        Holder::Connection(connection) => Ok(Secrets::open(installation, connection.id)?.forget(NEXT_CERTIFICATE)?),
        Holder::Profile(profile) => {
            let mut changed = profile.as_ref().clone();
            let there = changed.next_until.take().is_some();
            let forgotten = vec![credential_profiles::slot(profile.id, NEXT_CERTIFICATE)?];
            installation.store().update_profile(
                &changed,
                &ProfileChange { forgotten, ..ProfileChange::default() },
                now,
            )?;
            Ok(there)
        }
    }
}

/// Everybody whose new certificate waits, except for connections that a person disabled: nobody signs in for them.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn all_waiting(installation: &Installation) -> Result<Vec<Holder>, Trouble> {
    let store = installation.store();
    let (rows, held) = (store.stored_credentials()?, store.held()?);
    let disabled = |id| held.get(&id).is_some_and(|held| held.hold == Hold::Disabled);
    let waits = |row: &&StoredCredential| row.slot.as_str() == NEXT_CERTIFICATE && !disabled(row.connection);
    let connections = rows.iter().filter(waits);
    let connections = connections.map(|row| Ok(Holder::Connection(Box::new(store.connection(row.connection)?))));
    let profiles = store.profiles()?.into_iter().filter(|profile| profile.next_until.is_some());
    connections.chain(profiles.map(|profile| Ok(Holder::Profile(Box::new(profile))))).collect()
}

fn nothing_waits(holder: &Holder) -> Trouble {
    let title = format!("no new certificate of {} waits", holder.name());
    Trouble::settings("certificate.none_waits", title, "Make one first, with the same command and no option.")
}

fn load(installation: &Installation, holder: &Holder) -> Result<Option<Secret>, Trouble> {
    Ok(match holder {
        Holder::Connection(connection) => {
            let (secrets, origins) = of_connection(installation, connection)?;
            secrets.load(NEXT_CERTIFICATE, &origins)?
        }
        Holder::Profile(profile) => {
            let secrets = ProfileSecrets::open(installation, profile.as_ref().clone())?;
            secrets.load(&installation.store(), NEXT_CERTIFICATE)?
        }
    })
}

/// The secrets of a connection, and the origins that its certificate is bound to.
fn of_connection(installation: &Installation, connection: &Connection) -> Result<(Secrets, BTreeSet<String>), Trouble> {
    let module = Module::find(&installation.folders, None, &connection.source_type)?;
    let given = Settings(connection.settings.clone().into_iter().collect());
    let effective = module.manifest.form.effective(&given);
    let slot = SlotName::new(CLIENT_CERTIFICATE).ok().and_then(|slot| module.manifest.slot(&slot));
    let Some(slot) = slot else {
        let title = format!("the connector {} takes no certificate", module.manifest.source_type);
        return Err(Trouble::settings("certificate.not_for_it", title, "Use another way of signing in."));
    };
    let origins = slot.origins.iter().filter_map(|origin| origin.exact_origin(&effective)).collect();
    Ok((Secrets::open(installation, connection.id)?, origins))
}

/// An application that signed in by its secret signs in by its certificate from now on. One that acts for a person
/// proves itself by its certificate anyway, if it has one.
fn by_certificate(installation: &Installation, connection: &Connection, now: Timestamp) -> Result<(), Trouble> {
    if crate::expiring::is_delegated(connection) {
        return Ok(());
    }
    let module = Module::find(&installation.folders, None, &connection.source_type)?;
    let mut settings = Settings(connection.settings.clone().into_iter().collect());
    credential_profiles::show_slot(&module, CLIENT_CERTIFICATE, &mut settings);
    let mut changed = connection.clone();
    changed.settings = settings.0.into_iter().collect();
    if changed.settings != connection.settings {
        installation.store().update_connection(&changed, SecondConnection::Confirmed, now)?;
    }
    Ok(())
}

/// Holds one certificate and nothing else.
struct OneCertificate(Secret);

impl SecretSlots for OneCertificate {
    fn configured(&self) -> BTreeSet<SlotName> {
        SlotName::new(CLIENT_CERTIFICATE).into_iter().collect()
    }

    fn read(&self, slot: &SlotName, _origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        let wanted = slot.as_str() == CLIENT_CERTIFICATE;
        // It was opened for the origins of this very slot; the driver sends it to its token endpoint alone.
        Ok(wanted.then(|| Secret::new(self.0.expose().to_vec())))
    }

    fn write(&self, _slot: &SlotName, _origins: &BTreeSet<String>, _value: &Secret) -> Result<(), SlotError> {
        Ok(())
    }
}
