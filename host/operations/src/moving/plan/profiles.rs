use super::{Owner, Planner};
use crate::credential_profiles;
use crate::installation::Installation;
use crate::moving::carried::Carried;
use crate::moving::document::ProfileEntry;
use crate::moving::left::Left;
use crate::trouble::Trouble;
use beacon_store::{Connection, CredentialKind, CredentialProfile, CredentialProfileId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A credential profile; one that exists takes what the file says.
pub(in crate::moving) struct PlannedProfile {
    pub(in crate::moving) profile: CredentialProfile,
    pub(in crate::moving) exists: bool,
    /// Connections that use it, as they follow the change.
    pub(in crate::moving) followers: Vec<Connection>,
    pub(in crate::moving) secrets: Vec<Carried>,
}

impl Planner<'_> {
    pub(super) fn profiles(&mut self, given: Vec<ProfileEntry>) -> Result<Vec<PlannedProfile>, Trouble> {
        let mut seen = BTreeSet::new();
        let mut planned = Vec::new();
        for entry in given {
            let at = format!("profile {}", entry.name);
            let existing = self.installation.store().profile_by_name(&entry.name)?;
            let secrets = self.carried(&Owner::Profile(entry.name.clone()));
            let made = profile(&entry, existing.as_ref());
            let Some(profile) = self.findings.take(&at, made) else { continue };
            let (name, exists) = (profile.name.to_string(), existing.is_some());
            if !self.once(&mut seen, "profile", &name, profile.name.comparison_key())
                || !self.goes_on("profile", &name, exists)
            {
                continue;
            }
            let usable = |secret: &Carried| secret.origins == profile.origins;
            let comes = secrets.iter().any(|secret| secret.slot.as_str() == profile.kind.as_str() && usable(secret));
            let stays = existing.is_some_and(|one| one.kind == profile.kind && one.origins == profile.origins);
            if !comes && !stays {
                let (what, option) = match profile.kind {
                    CredentialKind::ClientSecret => ("client secret", "--secret"),
                    CredentialKind::ClientCertificate => ("client certificate", "--certificate"),
                };
                self.report.left.push(Left::new(&at, what, format!("beacon profile edit {name:?} {option} FILE")));
            }
            let followers =
                if exists { credential_profiles::followers(self.installation, &profile) } else { Ok(Vec::new()) };
            let Some(followers) = self.findings.take(&at, followers) else { continue };
            planned.push(PlannedProfile { profile, exists, followers, secrets });
        }
        Ok(planned)
    }
}

fn profile(entry: &ProfileEntry, existing: Option<&CredentialProfile>) -> Result<CredentialProfile, Trouble> {
    let now = Installation::now();
    // Without a day in the file the credential stays, and its day with it.
    let kept = existing.filter(|_| entry.expires_on.is_none());
    Ok(CredentialProfile {
        id: existing.map_or_else(|| CredentialProfileId::from(Uuid::new_v4()), |profile| profile.id),
        name: credential_profiles::name(&entry.name)?,
        client_id: credential_profiles::client_id(&entry.client_id)?,
        kind: entry.kind,
        origins: credential_profiles::origins(&entry.origins)?,
        expires_on: entry.expires_on.or_else(|| kept.and_then(|profile| profile.expires_on)),
        stored_at: now,
        next_until: entry.next_until.or_else(|| kept.and_then(|profile| profile.next_until)),
        created_at: existing.map_or(now, |profile| profile.created_at),
        updated_at: now,
    })
}
