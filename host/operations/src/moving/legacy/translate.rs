//! One row in the words of today's connector.

use super::columns::Column;
use super::endpoint::token_endpoint;
use super::table::Row;
use crate::csv_table::plain;
use crate::draft::proxy_server;
use crate::modules::Module;
use crate::moving::check::Findings;
use crate::trouble::Trouble;
use beacon_contract::Settings;
use beacon_store::ProxySettings;

/// Both names of the source type that signed in with an account and a password.
const DEPRECATED: [&str; 2] = ["microsoftoffice365", "microsoftoffice365deprecated"];

/// The other source type.
const CURRENT: &str = "microsoft365";

/// A connection as its row describes it.
pub(super) struct Translated {
    pub(super) name: String,
    pub(super) settings: Settings,
    pub(super) proxy: Option<ProxySettings>,
    pub(super) notes: Vec<String>,
}

/// Translates a row; `None` if it is of no use. What is wrong with it is in `findings`.
pub(super) fn translate(row: &Row, module: &Module, settings: Settings, findings: &mut Findings) -> Option<Translated> {
    let mut translation = Translation { row, module, findings, settings, notes: Vec::new() };
    let name = row.cell(Column::Name).unwrap_or_default().to_owned();
    translation.source_type()?;
    translation.endpoints();
    translation.way_of_signing_in();
    let proxy = translation.proxy();
    let Translation { settings, notes, .. } = translation;
    Some(Translated { name, settings, proxy, notes })
}

struct Translation<'a> {
    row: &'a Row,
    module: &'a Module,
    findings: &'a mut Findings,
    settings: Settings,
    notes: Vec<String>,
}

impl Translation<'_> {
    fn problem(&mut self, column: Column, code: &str, title: impl ToString, advice: &str) {
        self.findings.problem(self.row.at(column), &Trouble::settings(code, title, advice));
    }

    fn source_type(&mut self) -> Option<()> {
        let advice = "Write \"Microsoft 365\" or \"Microsoft Office 365 (deprecated)\".";
        let Some(given) = self.row.cell(Column::SourceType) else {
            self.problem(Column::SourceType, "legacy.source_type", "the source type is missing", advice);
            return None;
        };
        let known = plain(given);
        if DEPRECATED.contains(&known.as_str()) {
            self.notes.push(format!(
                "{given} signed in with an account and a password. It becomes {}: somebody consents once instead.",
                self.module.manifest.source_type
            ));
        } else if known != CURRENT {
            let title = format!("{given:?} is no source type that can be taken over");
            self.problem(Column::SourceType, "legacy.source_type", title, advice);
            return None;
        }
        Some(())
    }

    fn endpoints(&mut self) {
        if let Some(given) = self.row.cell(Column::TokenEndpoint) {
            match token_endpoint(given) {
                Err(trouble) => self.findings.problem(self.row.at(Column::TokenEndpoint), &trouble),
                Ok(endpoint) => {
                    self.choose("cloud", endpoint.cloud);
                    if let Some(tenant) = &endpoint.tenant {
                        self.choose("tenant", tenant);
                    }
                    self.choose("token_endpoint", &endpoint.address);
                    if endpoint.older {
                        self.notes.push("Its token endpoint was of version 1; version 2 is used.".to_owned());
                    }
                    if endpoint.several {
                        self.notes.push(
                            "It was taken for a tenant in GCC High. For one in DoD, choose that cloud.".to_owned(),
                        );
                    }
                }
            }
        }
        if let Some(tenant) = self.row.cell(Column::Tenant) {
            self.choose("tenant", tenant);
        }
    }

    fn way_of_signing_in(&mut self) {
        let flow = match self.row.cell(Column::Flow).map(plain).as_deref() {
            None => None,
            Some("authorizationcode" | "authorisationcode") => Some("authorization_code"),
            Some("clientcredentials" | "clientsecret") => Some("client_secret"),
            Some("clientcertificate" | "certificate") => Some("client_certificate"),
            Some("devicecode") => Some("device_code"),
            Some(_) => {
                let title = "that is no authentication flow";
                let advice = "Write \"Authorization Code\", \"Client Credentials\" or \"Client Certificate\".";
                self.problem(Column::Flow, "legacy.flow", title, advice);
                None
            }
        };
        let given = self.row.cell(Column::ClientId).map(str::to_lowercase);
        let application = flow.is_some_and(|flow| flow.starts_with("client_"));
        let organisation_has_one = self.settings.text("client_id").is_some();
        match given {
            Some(given) if Some(&given) != self.preset_app().as_ref() => {
                self.settings.set("sign_in", "own_app");
                self.choose("client_id", &given);
            }
            // What the older dialog filled in, or would have filled in.
            Some(_) => self.vendor_app(),
            None if !application && !organisation_has_one => self.vendor_app(),
            None => {}
        }
        if let Some(flow) = flow.or_else(|| (!organisation_has_one).then_some("authorization_code")) {
            self.choose("flow", flow);
        }
        let by_browser = self.effective("flow").as_deref() == Some("authorization_code");
        for (column, field) in
            [(Column::RedirectUri, "redirect_uri"), (Column::AuthorizationEndpoint, "authorization_endpoint")]
        {
            if let Some(given) = self.row.cell(column).filter(|_| by_browser) {
                self.choose(field, given);
            }
        }
    }

    fn vendor_app(&mut self) {
        self.settings.0.remove("client_id");
        self.settings.set("sign_in", "vendor_app");
    }

    /// The app of the older connector's vendor.
    fn preset_app(&self) -> Option<String> {
        let mut settings = Settings::default();
        settings.set("sign_in", "vendor_app");
        self.module.manifest.form.effective(&settings).text("client_id").map(str::to_lowercase)
    }

    fn effective(&self, field: &str) -> Option<String> {
        self.module.manifest.form.effective(&self.settings).text(field).map(str::to_owned)
    }

    /// Sets a field, unless its default says the same.
    fn choose(&mut self, field: &str, value: &str) {
        self.settings.0.remove(field);
        if self.effective(field).as_deref() != Some(value) {
            self.settings.set(field, value);
        }
    }

    fn proxy(&mut self) -> Option<ProxySettings> {
        let used = match self.row.cell(Column::UseProxy).map(plain).as_deref() {
            None | Some("true" | "yes" | "1" | "on" | "x") => true,
            Some("false" | "no" | "0" | "off") => false,
            Some(_) => {
                self.problem(Column::UseProxy, "legacy.use_proxy", "that is neither yes nor no", "Write yes or no.");
                return None;
            }
        };
        let server = self.row.cell(Column::ProxyServer).filter(|_| used);
        let username = self.row.cell(Column::ProxyUsername).filter(|_| used).map(str::to_owned);
        let Some(server) = server else {
            if username.is_some() || self.row.cell(Column::UseProxy).is_some() && used {
                let title = "a proxy is used, and its server is missing";
                self.problem(Column::ProxyServer, "legacy.proxy_missing", title, "Write it as in http://host:port.");
            }
            return None;
        };
        match proxy_server(server) {
            Ok(server) => Some(ProxySettings { server, username }),
            Err(trouble) => {
                // The place says which column it is.
                let trouble = Trouble { fields: Vec::new(), ..trouble };
                self.findings.problem(self.row.at(Column::ProxyServer), &trouble);
                None
            }
        }
    }
}
