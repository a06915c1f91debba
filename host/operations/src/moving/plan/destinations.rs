use super::{Owner, Planner, is_for};
use crate::destination_secrets::{is_proxy_password, needed};
use crate::destinations::{refuse_own_folder, upload_address};
use crate::moving::carried::Carried;
use crate::moving::document::{DestinationEntry, PlaceEntry};
use crate::moving::left::Left;
use crate::trouble::Trouble;
use beacon_store::{Access, DestinationId, DestinationName, DestinationProxy, NewDestination, StoreError, Target};
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

/// A destination; one that exists takes what the file says.
pub(in crate::moving) struct PlannedDestination {
    pub(in crate::moving) destination: NewDestination,
    pub(in crate::moving) exists: bool,
    pub(in crate::moving) secrets: Vec<Carried>,
}

/// What gives a credential at the command line.
const fn credential_arguments(access: Access) -> &'static str {
    match access {
        Access::Open => "--no-credential",
        Access::Bearer => "--bearer-file FILE",
        Access::Basic => "--username NAME --password-file FILE",
        Access::ClientCertificate => "--client-certificate FILE --client-key FILE",
    }
}

impl Planner<'_> {
    pub(super) fn destinations(&mut self, given: Vec<DestinationEntry>) -> Result<Vec<PlannedDestination>, Trouble> {
        let mut seen = BTreeSet::new();
        let mut planned = Vec::new();
        for entry in given {
            let at = format!("destination {}", entry.name);
            let existing = self.installation.store().destination_by_name(&entry.name)?;
            let mut secrets = self.carried(&Owner::Destination(entry.name.clone()));
            let parsed = entry.name.parse::<DestinationName>().map_err(StoreError::from);
            let name = self.findings.take(&at, parsed);
            let placed = self.place(&at, entry.place);
            let target = self.findings.take(&at, placed);
            let (Some(name), Some(target)) = (name, target) else { continue };
            let (text, exists) = (name.to_string(), existing.is_some());
            if !self.once(&mut seen, "destination", &text, name.comparison_key())
                || !self.goes_on("destination", &text, exists)
            {
                continue;
            }
            let proxy = if matches!(target, Target::Folder { .. }) { DestinationProxy::None } else { entry.proxy };
            let needed = needed(&target, &proxy)?;
            // What another way of showing something left behind is of no use.
            secrets.retain(|secret| needed.contains(&secret.slot));
            let stays = existing.as_ref().is_some_and(|one| one.target == target);
            if let Target::Upload { address, access, .. } = &target
                && *access != Access::Open
                && !stays
            {
                let origin = upload_address(address)?.origin().into_iter().collect();
                let of_credential = secrets.iter().find(|secret| !is_proxy_password(&secret.slot));
                if !of_credential.is_some_and(|secret| is_for(secret, &origin)) {
                    let step = format!("beacon destination edit {text:?} {}", credential_arguments(*access));
                    self.report.left.push(Left::new(&at, "credential", step));
                }
            }
            let same_proxy = existing.as_ref().is_some_and(|one| one.proxy == proxy);
            let asks = proxy.own().is_some_and(|own| own.username.is_some()) && !same_proxy;
            if asks && !secrets.iter().any(|secret| is_proxy_password(&secret.slot)) {
                let step = format!("beacon destination edit {text:?} --proxy-password-file FILE");
                self.report.left.push(Left::new(&at, "password of its proxy, if it has one", step));
            }
            let id = existing.map_or_else(|| DestinationId::from(Uuid::new_v4()), |one| one.id);
            let destination = NewDestination { id, name, target, only_complete: entry.only_complete, proxy };
            planned.push(PlannedDestination { destination, exists, secrets });
        }
        Ok(planned)
    }

    fn place(&mut self, at: &str, place: PlaceEntry) -> Result<Target, Trouble> {
        match place {
            PlaceEntry::Folder { path } => self.folder(at, path),
            PlaceEntry::Upload { address, access, username } => {
                let address = upload_address(&address)?.to_string();
                if (access == Access::Basic) != username.is_some() {
                    let title = "a user name goes with the access \"basic\", and with no other";
                    return Err(Trouble::settings("config.destination", title, "Correct one of the two."));
                }
                Ok(Target::Upload { address, access, username })
            }
        }
    }

    /// A folder that is not there yet may be connected later; deliveries wait for it.
    fn folder(&mut self, at: &str, path: PathBuf) -> Result<Target, Trouble> {
        if !path.is_absolute() {
            let title = format!("the folder {} is not named by its whole path", path.display());
            return Err(Trouble::settings("config.destination", title, "Write the whole path."));
        }
        refuse_own_folder(self.installation, &path)?;
        if !path.is_dir() {
            let folder = path.display();
            self.report.notes.push(format!("The folder {folder} of {at} is not there: packages wait until it is."));
        }
        Ok(Target::Folder { folder: path })
    }
}
