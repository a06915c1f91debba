//! What a form cannot say about itself: rules between fields.

use crate::form::{CLIENT_CERTIFICATE, CLIENT_SECRET, VENDOR_APP};
use beacon_contract::{FieldError, FieldId, Form, OriginPattern, Settings};
use beacon_entra::{Cloud, names_no_tenant};

/// Whether the chosen flow signs the application in by itself.
pub(crate) fn is_application(settings: &Settings) -> bool {
    matches!(settings.text("flow"), Some(CLIENT_SECRET | CLIENT_CERTIFICATE))
}

/// Every broken rule of filled settings. Each run starts with this, because a hidden field keeps its value: without
/// the first rule a host typed for a custom cloud would stay in use behind the label of a preset.
pub(crate) fn broken_rules(form: &Form, settings: &Settings) -> Vec<FieldError> {
    [
        preset_origins(form, settings),
        endpoint_origins(form, settings),
        tenant_needed(form, settings),
        vendor_app(form, settings),
    ]
    .concat()
}

fn preset_origins(form: &Form, settings: &Settings) -> Vec<FieldError> {
    let Some(cloud) = settings.text("cloud").and_then(Cloud::of) else { return Vec::new() };
    let differs = |(id, expected): (&str, &str)| {
        let value = settings.text(id).filter(|value| *value != expected)?;
        let error = FieldError::new(form.field(id)?, "microsoft_365.preset_origin");
        Some(error.with("value", value).with("expected", expected).with("cloud", cloud.label))
    };
    [("login_root", cloud.login_root), ("graph_root", cloud.graph_root)].into_iter().filter_map(differs).collect()
}

fn endpoint_origins(form: &Form, settings: &Settings) -> Vec<FieldError> {
    let origin = |id: &FieldId| OriginPattern::Setting(id.clone()).exact_origin(settings);
    let Some(login_root) = form.field("login_root").and_then(|field| origin(&field.id)) else { return Vec::new() };
    let differs = |id: &str| {
        let field = form.field(id).filter(|field| field.is_visible(settings))?;
        let found = origin(&field.id).filter(|found| *found != login_root)?;
        let error = FieldError::new(field, "microsoft_365.endpoint_origin");
        Some(error.with("value", found).with("expected", &login_root))
    };
    ["token_endpoint", "authorization_endpoint", "device_endpoint"].into_iter().filter_map(differs).collect()
}

/// The first segment of the path of an endpoint: a tenant, or a placeholder for one.
fn tenant_segment(endpoint: &str) -> &str {
    endpoint.split('/').nth(3).unwrap_or_default()
}

fn tenant_needed(form: &Form, settings: &Settings) -> Vec<FieldError> {
    let tenant = settings.text("tenant").unwrap_or_default();
    let by_endpoint =
        || tenant.is_empty() && !names_no_tenant(tenant_segment(settings.text("token_endpoint").unwrap_or_default()));
    if !is_application(settings) || !names_no_tenant(tenant) || by_endpoint() {
        return Vec::new();
    }
    let error = |field| FieldError::new(field, "microsoft_365.tenant_needed").with("value", tenant);
    form.field("tenant").map(error).into_iter().collect()
}

fn vendor_app(form: &Form, settings: &Settings) -> Vec<FieldError> {
    if settings.text("sign_in") != Some(VENDOR_APP) || !is_application(settings) {
        return Vec::new();
    }
    let value = settings.text("flow").unwrap_or_default();
    let error = |field| FieldError::new(field, "microsoft_365.vendor_app_flow").with("value", value);
    form.field("flow").map(error).into_iter().collect()
}
