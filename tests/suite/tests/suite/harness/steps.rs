//! What people do on the setup page and at the simulated Microsoft page, by what the buttons say.

use super::Tenant;
use super::forms::{self, Fields};
use super::person::Person;
use super::served::{PASSWORD, Served};
use super::setup_page::SetupPage;
use serde_json::{Value, json};

impl Person<'_> {
    /// The first start: opens the one-time link and sets the administrator's password.
    #[track_caller]
    pub(crate) fn signs_in_first(self, served: &Served<'_>) {
        self.browser.open(served.link.as_deref().expect("nobody has a password yet"));
        self.fills("Password", PASSWORD);
        self.fills("The same again", PASSWORD);
        self.press("Set password and sign in");
        self.browser.shows("nav.side", "Inventory Systems");
    }

    /// Begins a connection to a simulated tenant: name, and where it is.
    #[track_caller]
    pub(crate) fn begins_connection(self, tenant: &Tenant, name: &str) {
        self.press("Inventory Systems");
        self.browser.shows("h1", "Inventory Systems");
        self.press("New");
        self.browser.shows("h1", "New connection");
        self.fills("Connection Name", name);
        self.picks("Custom");
        self.fills("Login Root", &tenant.login_origin());
        self.fills("Graph Root", &tenant.graph_origin());
        self.fills("Report Download Root", &tenant.report_origin());
    }

    /// Saves a new connection; the dialog is the one of the stored connection afterwards.
    #[track_caller]
    pub(crate) fn saves(self, name: &str) {
        self.press("Save");
        self.browser.shows("h1", name);
        self.finds("Test and preview");
    }

    /// Picks an account at the simulated Microsoft page.
    #[track_caller]
    pub(crate) fn picks_account(self, account: &str) {
        self.browser.shows("h1", "Pick an account");
        self.press(account);
    }

    /// Accepts what the simulated Microsoft page asks for.
    #[track_caller]
    pub(crate) fn accepts(self) {
        self.browser.shows("h1", "Permissions requested");
        self.press("Accept");
    }

    /// Consents in the popup that a button opens.
    #[track_caller]
    pub(crate) fn consents_in_popup(self, button: &str, account: &str) {
        self.browser.in_other_window(
            || self.press(button),
            || {
                self.picks_account(account);
                self.accepts();
            },
        );
    }

    /// Confirms whose consent it is: the page names account and tenant before anything is kept.
    #[track_caller]
    pub(crate) fn keeps(self, tenant: &Tenant, account: &str) {
        let shown = self.browser.shows(".consent", "Is this the right account and tenant?");
        assert!(shown.contains(account), "{shown}");
        assert!(shown.contains(&tenant.tenant_id().to_string()), "{shown}");
        self.press("Keep the consent");
        self.browser.shows(".consent", "The consent is kept");
        self.browser.shows(".consent", "Tried without anybody");
    }
}

/// A connection of the vendor's app that a person consents to, made without the form, and its dialog opened.
#[track_caller]
pub(crate) fn open_connection(page: &SetupPage<'_>, tenant: &Tenant, redirect: Option<&str>) -> String {
    let fields = forms::vendor_app(tenant).set("flow", "authorization_code");
    let fields = match redirect {
        Some(redirect) => fields.set("redirect_uri", redirect),
        None => fields,
    };
    open_connection_with(page, &fields)
}

/// The same with any fields.
#[track_caller]
pub(crate) fn open_connection_with(page: &SetupPage<'_>, fields: &Fields) -> String {
    let values = serde_json::to_value(fields.settings()).expect("JSON");
    let draft = json!({ "name": "Contoso", "source_type": "Microsoft 365", "settings": values, "secrets": {} });
    let connection = page.call("POST", "/api/v1/connections", draft);
    let id = connection["id"].as_str().expect("an id").to_owned();
    page.open(&format!("/connections/{id}"));
    page.browser.shows("#consent-title", "Consent");
    id
}

/// How the host shows a connection.
#[track_caller]
pub(crate) fn connection(page: &SetupPage<'_>, id: &str) -> Value {
    page.call("GET", &format!("/api/v1/connections/{id}"), Value::Null)
}
