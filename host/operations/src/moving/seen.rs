//! Names and tenants of the rows before: neither comes twice, neither in the file nor beside what is here.

use super::plan::Planner;
use crate::modules::Module;
use crate::trouble::Trouble;
use beacon_store::{ConnectionName, StoreError, TenantKey};
use std::collections::BTreeMap;

/// What came so far, each with its place.
pub(super) struct Seen {
    /// Begins the codes of its troubles.
    code: &'static str,
    names: BTreeMap<String, String>,
    tenants: BTreeMap<TenantKey, String>,
}

impl Seen {
    pub(super) fn new(code: &'static str) -> Self {
        Self { code, names: BTreeMap::new(), tenants: BTreeMap::new() }
    }

    /// The name of a row, if nothing else has it.
    pub(super) fn name(
        &mut self,
        planner: &mut Planner<'_>,
        place: &str,
        at: &str,
        text: &str,
    ) -> Result<Option<ConnectionName>, Trouble> {
        let parsed = text.parse::<ConnectionName>().map_err(StoreError::from);
        let Some(name) = planner.findings.take(at, parsed) else { return Ok(None) };
        let taken = match self.names.insert(name.comparison_key(), place.to_owned()) {
            Some(earlier) => Some(format!("{name} is the name in {earlier}, too")),
            None if planner.installation.store().connection_by_name(name.as_str())?.is_some() => {
                Some(format!("there is a connection {name} already"))
            }
            None => None,
        };
        let Some(title) = taken else { return Ok(Some(name)) };
        let code = format!("{}.name_taken", self.code);
        planner.findings.problem(at, &Trouble::settings(&code, title, "Write another name, or remove the row."));
        Ok(None)
    }

    /// One connection covers every subscription of its tenant; a second one would double what is counted.
    pub(super) fn tenant(
        &mut self,
        planner: &mut Planner<'_>,
        place: &str,
        tenant: Option<TenantKey>,
        module: &Module,
    ) -> Result<(), Trouble> {
        let Some(tenant) = tenant else { return Ok(()) };
        let here = planner.installation.store().same_tenant(&tenant, &module.manifest.source_type)?;
        let other = self.tenants.insert(tenant.clone(), place.to_owned()).map(|earlier| format!("by {earlier}"));
        let other = other.or_else(|| here.first().map(|other| format!("by the connection {}", other.name)));
        if let Some(other) = other {
            let title = format!("the tenant {tenant} is imported {other}, too");
            let advice = "One connection covers every subscription of a tenant: remove the row.";
            let code = format!("{}.tenant_twice", self.code);
            planner.findings.problem(place, &Trouble::settings(&code, title, advice));
        }
        Ok(())
    }
}
