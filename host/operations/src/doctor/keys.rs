//! The vault: whether it gives every secret for what that would be used for today.

use super::report::{Cause, Finding};
use crate::installation::Installation;
use crate::keys::{self, Checked};
use crate::trouble::Trouble;
use beacon_store::Connection;

/// Opens every secret and forgets it at once. With `only` those of other connections are left out.
pub(super) fn look(installation: &Installation, only: Option<&Connection>) -> Result<Vec<Finding>, Trouble> {
    let (mut checked, provider) = {
        let (store, vault) = (installation.store(), installation.vault());
        let checked = keys::check(&installation.folders, &store, &vault)?;
        (checked, store.key_choice()?.map(|choice| choice.provider))
    };
    let id = only.map(|only| only.id.to_string());
    checked.retain(|one| id.as_ref().is_none_or(|id| one.belongs_to.kind != "connection" || one.belongs_to.id == *id));
    Ok(judge(&checked, provider.as_deref().unwrap_or("none yet")))
}

fn judge(checked: &[Checked], provider: &str) -> Vec<Finding> {
    let broken = checked.iter().filter_map(|one| Some((one, one.trouble.as_ref()?)));
    let mut findings: Vec<Finding> = broken
        .map(|(one, trouble)| {
            let belongs = &one.belongs_to;
            let looked_at = format!("{} {}, {}", belongs.kind, belongs.name, one.slot);
            let concerned = if belongs.kind == "connection" { vec![belongs.name.clone()] } else { Vec::new() };
            Finding::ok(Cause::Keys, &trouble.code, looked_at, trouble.title.clone())
                .fails(trouble.advice.clone())
                .of(concerned)
        })
        .collect();
    if findings.is_empty() {
        let title = match checked.len() {
            0 => "There are no secrets.".to_owned(),
            all => format!("All {all} secrets open."),
        };
        findings.push(Finding::ok(Cause::Keys, "keys.open", format!("keys by the provider {provider}"), title));
    }
    findings
}
