//! The settings form.

use beacon_contract::{
    Choice, Condition, ConditionalDefault, Field, FieldKind, Form, Format, IdentifierError, Template,
};
use beacon_entra::{CUSTOM, Cloud, NATIVE_CLIENT_PATH};

/// Values of the setting `sign_in`.
pub(crate) const OWN_APP: &str = "own_app";
pub(crate) const VENDOR_APP: &str = "vendor_app";

/// Values of the setting `flow`.
pub(crate) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(crate) const CLIENT_SECRET: &str = "client_secret";
pub(crate) const CLIENT_CERTIFICATE: &str = "client_certificate";
pub(crate) const DEVICE_CODE: &str = "device_code";

/// Values of the setting `permission_set`.
pub(crate) const LICENCES: &str = "licences";
pub(crate) const LICENCES_AND_USAGE: &str = "licences_and_usage";
pub(crate) const EVERYTHING: &str = "everything";

/// The multi-tenant application that the vendor of the original connector registered.
const VENDOR_CLIENT_ID: &str = "5bb1a5a2-0d97-4335-9448-119f7b27aff9";

type Made<T> = Result<T, IdentifierError>;

fn field(id: &str, label: &str, help: &str, kind: FieldKind) -> Made<Field> {
    Ok(Field {
        id: id.parse()?,
        label: label.to_owned(),
        help: help.to_owned(),
        kind,
        required: true,
        defaults: Vec::new(),
        visible_when: Vec::new(),
        advanced: false,
    })
}

fn text(format: Option<Format>) -> FieldKind {
    FieldKind::Text { format }
}

fn choices(choices: &[(&str, &str, &str)]) -> FieldKind {
    let choice = |(value, label, help): &(&str, &str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        help: (*help).to_owned(),
    };
    FieldKind::Choice { choices: choices.iter().map(choice).collect() }
}

fn condition(field: &str, is: &[&str]) -> Made<Condition> {
    Ok(Condition { field: field.parse()?, is: is.iter().map(|value| (*value).to_owned()).collect() })
}

/// Adds to a field, step by step.
trait With: Sized {
    fn shown_when(self, field: &str, is: &[&str]) -> Made<Self>;
    fn default(self, value: &str) -> Self;
    fn default_when(self, field: &str, is: &str, value: &str) -> Made<Self>;
    fn optional(self) -> Self;
    fn advanced(self) -> Self;
}

impl With for Field {
    fn shown_when(mut self, field: &str, is: &[&str]) -> Made<Self> {
        self.visible_when.push(condition(field, is)?);
        Ok(self)
    }
    fn default(mut self, value: &str) -> Self {
        self.defaults.push(ConditionalDefault { when: Vec::new(), value: Template::new(value) });
        self
    }
    fn default_when(mut self, field: &str, is: &str, value: &str) -> Made<Self> {
        let when = vec![condition(field, &[is])?];
        self.defaults.push(ConditionalDefault { when, value: Template::new(value) });
        Ok(self)
    }
    fn optional(mut self) -> Self {
        self.required = false;
        self
    }
    fn advanced(mut self) -> Self {
        self.advanced = true;
        self
    }
}

/// The whole form, in the order in which a person fills it in.
pub(crate) fn form() -> Made<Form> {
    let mut fields = place()?;
    fields.extend(way_of_signing_in()?);
    fields.extend(endpoints()?);
    fields.extend(secrets()?);
    Ok(Form { fields })
}

/// Which cloud and which tenant.
fn place() -> Made<Vec<Field>> {
    let mut clouds: Vec<_> = Cloud::ALL.iter().map(|cloud| (cloud.id, cloud.label, "")).collect();
    clouds.push((CUSTOM, "Custom", "Enter the addresses yourself, for example for a test service."));
    let mut login_root = field(
        "login_root",
        "Login Root",
        "Where people and applications sign in, for example https://login.microsoftonline.com.",
        text(Some(Format::HttpsOrigin)),
    )?
    .shown_when("cloud", &[CUSTOM])?;
    let mut graph_root = field(
        "graph_root",
        "Graph Root",
        "Where data is read, for example https://graph.microsoft.com.",
        text(Some(Format::HttpsOrigin)),
    )?
    .shown_when("cloud", &[CUSTOM])?;
    for cloud in &Cloud::ALL {
        login_root = login_root.default_when("cloud", cloud.id, cloud.login_root)?;
        graph_root = graph_root.default_when("cloud", cloud.id, cloud.graph_root)?;
    }
    Ok(vec![
        field("cloud", "Cloud", "The national cloud that the tenant lives in.", choices(&clouds))?
            .default(Cloud::ALL[0].id),
        login_root,
        graph_root,
        field(
            "report_root",
            "Report Download Root",
            "Where usage reports are downloaded from. Microsoft's own hosts are always allowed.",
            text(Some(Format::HttpsOrigin)),
        )?
        .shown_when("cloud", &[CUSTOM])?
        .default("https://reports.office.com"),
        field(
            "tenant",
            "Tenant",
            "Tenant id or one of its domains. Needed when an application signs in by itself.",
            text(Some(Format::Tenant)),
        )?
        .optional(),
    ])
}

/// Which application signs in, and how.
fn way_of_signing_in() -> Made<Vec<Field>> {
    Ok(vec![
        field(
            "sign_in",
            "Sign In With",
            "Which app registration asks for access.",
            choices(&[
                (
                    OWN_APP,
                    "An app registered by your organization",
                    "Recommended: you choose its permissions and can withdraw them at any time.",
                ),
                (
                    VENDOR_APP,
                    "The vendor's preset app",
                    "A multi-tenant app registered by the vendor of the original connector, not by this product.",
                ),
            ]),
        )?
        .default(OWN_APP),
        field(
            "flow",
            "Authentication Flow",
            "How the token is obtained.",
            choices(&[
                (CLIENT_SECRET, "Client Secret", "The app signs in by itself; no user account is needed."),
                (CLIENT_CERTIFICATE, "Client Certificate", "As above, with a certificate instead of a secret."),
                (AUTHORIZATION_CODE, "Authorization Code", "An administrator signs in once in the browser."),
                (DEVICE_CODE, "Device Code", "An administrator signs in once on another device."),
            ]),
        )?
        .default_when("sign_in", VENDOR_APP, AUTHORIZATION_CODE)?
        .default(CLIENT_SECRET),
        field(
            "permission_set",
            "Permissions",
            "What the administrator is asked to consent to.",
            choices(&[
                (LICENCES, "Licences", "User.Read.All, Organization.Read.All, GroupMember.Read.All"),
                (LICENCES_AND_USAGE, "Licences and usage", "Directory.Read.All, Reports.Read.All"),
                (EVERYTHING, "Everything", "As Licences, and usage reports, report settings and sign-in dates"),
            ]),
        )?
        .shown_when("flow", &[AUTHORIZATION_CODE, DEVICE_CODE])?
        .default_when("sign_in", VENDOR_APP, LICENCES_AND_USAGE)?
        .default(LICENCES),
    ])
}

/// Addresses and the application's id.
fn endpoints() -> Made<Vec<Field>> {
    let url = || text(Some(Format::HttpsUrl));
    Ok(vec![
        field("token_endpoint", "Token Endpoint", "Where tokens are issued.", url())?
            .default("{login_root}/common/oauth2/v2.0/token"),
        field(
            "client_id",
            "Application (client) ID",
            "As the portal shows it on the overview page of the app registration.",
            text(Some(Format::Guid)),
        )?
        .default_when("sign_in", VENDOR_APP, VENDOR_CLIENT_ID)?,
        field(
            "redirect_uri",
            "Redirect URI",
            "Where the browser is sent after the sign-in; must be registered for the app.",
            text(Some(Format::RedirectUri)),
        )?
        .shown_when("flow", &[AUTHORIZATION_CODE])?
        .default_when("sign_in", VENDOR_APP, &format!("{{login_root}}{NATIVE_CLIENT_PATH}"))?
        .default("http://localhost"),
        field("authorization_endpoint", "Authorization Endpoint", "Where the browser is sent to sign in.", url())?
            .shown_when("flow", &[AUTHORIZATION_CODE])?
            .default("{login_root}/common/oauth2/v2.0/authorize"),
        field("device_endpoint", "Device Code Endpoint", "Where device codes are issued.", url())?
            .shown_when("flow", &[DEVICE_CODE])?
            .default("{login_root}/common/oauth2/v2.0/devicecode")
            .advanced(),
    ])
}

/// What goes to the vault.
fn secrets() -> Made<Vec<Field>> {
    let secret = |slot: &str| Ok(FieldKind::Secret { slot: slot.parse()? });
    Ok(vec![
        field(
            "client_secret",
            "Client Secret",
            "The Value of a secret of the app registration, not its Secret ID.",
            secret("client_secret")?,
        )?
        .shown_when("flow", &[CLIENT_SECRET])?,
        field(
            "client_certificate",
            "Client Certificate",
            "Certificate and unencrypted private key, PEM. Upload the certificate to the app registration.",
            secret("client_certificate")?,
        )?
        .shown_when("flow", &[CLIENT_CERTIFICATE])?,
        field(
            "refresh_token",
            "Refresh Token",
            "Filled in by the sign-in; scheduled runs then need nobody.",
            secret("refresh_token")?,
        )?
        .shown_when("flow", &[AUTHORIZATION_CODE, DEVICE_CODE])?
        .optional(),
    ])
}
