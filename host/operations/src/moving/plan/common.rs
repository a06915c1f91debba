//! What concerns all connections: values for new ones, the default proxy, and which packages go by themselves.

use super::{Owner, Planner, is_for};
use crate::draft::proxy_server;
use crate::installation::OrganisationDefaults;
use crate::moving::carried::Carried;
use crate::moving::document::ProxyEntry;
use crate::moving::left::Left;
use crate::proxy::proxy_bypass;
use crate::secrets::proxy_origin;
use crate::trouble::Trouble;
use beacon_contract::FieldKind;
use beacon_store::{DefaultProxy, ProxySettings, Retention};
use serde::Deserialize;
use serde_json::Value;

impl Planner<'_> {
    pub(super) fn defaults(&mut self, given: Option<Value>) -> Result<Option<Value>, Trouble> {
        let Some(given) = given else { return Ok(None) };
        let present = self.installation.store().defaults()?;
        if present.as_ref() == Some(&given) || !self.goes_on("defaults", "for new connections", present.is_some()) {
            return Ok(None);
        }
        #[derive(Deserialize)]
        struct Shape {
            values: OrganisationDefaults,
        }
        let at = "defaults";
        let Shape { values } = match Shape::deserialize(&given) {
            Ok(shape) => shape,
            Err(error) => {
                let title = "it has to hold values by source type and field";
                self.findings.problem(at, &Trouble::settings("config.defaults", title, error));
                return Ok(None);
            }
        };
        for (source_type, fields) in &values {
            let module = self.module(source_type);
            let Some(module) = self.findings.take(at, module) else { continue };
            for field in fields.keys() {
                let known = module.manifest.form.field(field);
                if known.is_none_or(|field| matches!(field.kind, FieldKind::Secret { .. })) {
                    let title = format!("{source_type} has no field {field:?} that could have a default");
                    self.findings.problem(at, &Trouble::settings("defaults.field", title, "Leave it out."));
                }
            }
        }
        Ok(Some(given))
    }

    pub(super) fn default_proxy(
        &mut self,
        given: Option<ProxyEntry>,
    ) -> Result<Option<(DefaultProxy, Option<Carried>)>, Trouble> {
        let Some(given) = given else { return Ok(None) };
        let Some((settings, bypass)) = self.proxy("default proxy", given) else { return Ok(None) };
        let proxy = DefaultProxy { settings, bypass };
        let present = self.installation.store().default_proxy()?;
        let carried = self.carried(&Owner::DefaultProxy);
        if carried.is_empty() && present.as_ref() == Some(&proxy) {
            return Ok(None);
        }
        if !self.goes_on("proxy", "default", present.is_some()) {
            return Ok(None);
        }
        let origin = proxy_origin(&proxy.settings.server.to_url());
        let password = carried.into_iter().find(|secret| is_for(secret, &origin));
        if let (Some(username), None) = (&proxy.settings.username, &password) {
            let step =
                format!("beacon proxy set {} --username {username:?} --password-file FILE", proxy.settings.server);
            self.report.left.push(Left::new("default proxy", "password, if it has one", step));
        }
        Ok(Some((proxy, password)))
    }

    pub(super) fn retention(&mut self, given: Option<Retention>) -> Result<Option<Retention>, Trouble> {
        let present = self.installation.store().retention()?;
        let given = given.filter(|given| *given != present);
        let goes_on = given.is_some() && self.goes_on("retention", "of packages", present.is_given());
        Ok(given.filter(|_| goes_on))
    }

    /// Server, user and bypass list of a proxy.
    pub(super) fn proxy(&mut self, at: &str, given: ProxyEntry) -> Option<(ProxySettings, String)> {
        let server = self.findings.take(at, proxy_server(&given.server));
        let bypass = self.findings.take(at, proxy_bypass(&given.bypass));
        Some((ProxySettings { server: server?, username: given.username }, bypass?.to_string()))
    }
}
