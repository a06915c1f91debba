//! Whether a manifest fits together: what a reader could only find out in the middle of a run otherwise.

use crate::{
    CONTRACT_VERSION, FieldId, FieldKind, Format, Manifest, ManifestError, OriginPattern, Profile, SlotKind, TableName,
    TableOrigin, dataset,
};
use std::collections::BTreeSet;

type Checked = Result<(), ManifestError>;

fn refuse(why: String) -> Checked {
    Err(ManifestError::Inconsistent(why))
}

/// Names that must stand once.
fn unique<'n>(what: &str, names: impl IntoIterator<Item = &'n str>) -> Checked {
    let mut seen = BTreeSet::new();
    match names.into_iter().find(|name| !seen.insert(*name)) {
        Some(twice) => refuse(format!("{what} {twice} stands twice")),
        None => Ok(()),
    }
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u32>().is_ok();
    text.len() <= 30 && text.split('.').count() == 3 && text.split('.').all(number)
}

impl Manifest {
    /// Every rule, in the order in which `docs/wire.md` lists them.
    pub(crate) fn check(&self) -> Checked {
        if self.contract.minimum > CONTRACT_VERSION || self.contract.maximum < CONTRACT_VERSION {
            return Err(ManifestError::Contract(self.contract));
        }
        if !is_version(&self.version) || !is_version(&self.minimum_host) {
            return refuse(format!("{:?} and {:?} must be versions like 1.2.3", self.version, self.minimum_host));
        }
        unique("field", self.form.fields.iter().map(|field| field.id.as_str()))?;
        unique("slot", self.slots.iter().map(|slot| slot.name.as_str()))?;
        unique("profile", self.profiles.iter().map(|profile| profile.id.as_str()))?;
        unique("table", self.tables.iter().map(|table| table.table.as_str()))?;
        for field in &self.form.fields {
            if let FieldKind::Secret { slot } = &field.kind
                && self.slot(slot).is_none()
            {
                return refuse(format!("field {} names the unknown slot {slot}", field.id));
            }
        }
        self.check_slots()?;
        self.profiles.iter().try_for_each(|profile| self.check_profile(profile))?;
        unique("lane", self.lanes.iter().map(|lane| lane.name.as_str()))?;
        if let Some(lane) = self.lanes.iter().find(|lane| lane.requests == 0 || lane.seconds == 0) {
            return refuse(format!("lane {} lets nothing through", lane.name));
        }
        for rule in &self.egress {
            self.check_origin("an egress rule", &rule.origin)?;
        }
        for chain in &self.chains {
            self.check_origin("a chain", &chain.origin)?;
            in_dataset(&chain.table)?;
        }
        self.check_tables()
    }

    fn check_field(&self, who: &str, field: &FieldId) -> Checked {
        match self.form.field(field.as_str()) {
            Some(_) => Ok(()),
            None => refuse(format!("{who} names the unknown field {field}")),
        }
    }

    fn check_origin(&self, who: &str, origin: &OriginPattern) -> Checked {
        match origin {
            OriginPattern::Setting(field) => self.check_field(who, field),
            OriginPattern::Exact(origin) if !Format::HttpsOrigin.accepts(origin) => {
                refuse(format!("{who} names {origin:?}, which is no origin like https://host"))
            }
            OriginPattern::Suffix(suffix) if !Format::HostSuffix.accepts(suffix) => {
                refuse(format!("{who} names {suffix:?}, which is no suffix like .office.com"))
            }
            OriginPattern::Exact(_) | OriginPattern::Suffix(_) => Ok(()),
        }
    }

    fn check_slots(&self) -> Checked {
        for slot in &self.slots {
            let who = format!("slot {}", slot.name);
            if slot.origins.is_empty() || slot.origins.iter().any(|origin| matches!(origin, OriginPattern::Suffix(_))) {
                return refuse(format!("{who} needs exact origins"));
            }
            slot.origins.iter().try_for_each(|origin| self.check_origin(&who, origin))?;
            if let SlotKind::Bearer { profile } = &slot.kind
                && !self.profiles.iter().any(|known| known.id == *profile)
            {
                return refuse(format!("{who} names the unknown profile {profile}"));
            }
        }
        Ok(())
    }

    fn check_profile(&self, profile: &Profile) -> Checked {
        let who = format!("profile {}", profile.id);
        for slot in [&profile.refresh_token, &profile.client_secret, &profile.client_certificate] {
            if self.slot(slot).is_none() {
                return refuse(format!("{who} names the unknown slot {slot}"));
            }
        }
        let Profile { authorization_endpoint, token_endpoint, device_endpoint, .. } = profile;
        let endpoints = [authorization_endpoint, token_endpoint, device_endpoint];
        let others = [&profile.client_id, &profile.redirect_uri, &profile.tenant, &profile.scope_set];
        endpoints.into_iter().chain(others).try_for_each(|field| self.check_field(&who, field))
    }

    fn check_tables(&self) -> Checked {
        let chained = |name: &TableName| self.chains.iter().any(|chain| chain.table == *name);
        for used in &self.tables {
            let name = &used.table;
            in_dataset(name)?;
            match &used.origin {
                TableOrigin::Chain if !chained(name) => return refuse(format!("table {name} has no chain")),
                TableOrigin::Derived { from } if !chained(from) => {
                    return refuse(format!("table {name} is derived from {from}, which has no chain"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn in_dataset(table: &TableName) -> Checked {
    match dataset::table(table.as_str()) {
        Some(_) => Ok(()),
        None => refuse(format!("table {table} is not in the dataset")),
    }
}
