//! What a form cannot say about itself: rules between fields.

use crate::form::{AUTHORIZATION_CODE, CLIENT_CERTIFICATE, CLIENT_SECRET, DEVICE_CODE, VENDOR_APP};
use beacon_contract::{FieldError, OriginPattern, Settings};
use beacon_entra::{Cloud, names_no_tenant};

/// Whether the chosen flow signs the application in by itself.
pub(crate) fn is_application(settings: &Settings) -> bool {
    matches!(settings.text("flow"), Some(CLIENT_SECRET | CLIENT_CERTIFICATE))
}

/// Every broken rule of filled settings. Each run starts with this, because a hidden field keeps its value: without
/// the first rule a host typed for a custom cloud would stay in use behind the label of a preset.
pub(crate) fn broken_rules(settings: &Settings) -> Vec<FieldError> {
    [preset_origins(settings), endpoint_origins(settings), tenant_needed(settings), vendor_app(settings)].concat()
}

fn preset_origins(settings: &Settings) -> Vec<FieldError> {
    let Some(cloud) = settings.text("cloud").and_then(Cloud::of) else { return Vec::new() };
    let differs = |(id, expected): (&str, &str)| {
        let value = settings.text(id).filter(|value| *value != expected)?;
        let error = FieldError::new(id, "microsoft_365.preset_origin");
        Some(error.with("value", value).with("expected", expected).with("cloud", cloud.label))
    };
    [("login_root", cloud.login_root), ("graph_root", cloud.graph_root)].into_iter().filter_map(differs).collect()
}

/// Endpoints that the chosen flow uses, each at the origin of the sign-in site.
fn endpoint_origins(settings: &Settings) -> Vec<FieldError> {
    let origin = |id: &str| OriginPattern::Setting(id.parse().ok()?).exact_origin(settings);
    let Some(login_root) = origin("login_root") else { return Vec::new() };
    let differs = |(id, flow): (&str, Option<&str>)| {
        let used = flow.is_none() || settings.text("flow") == flow;
        let found = origin(id).filter(|found| used && *found != login_root)?;
        let error = FieldError::new(id, "microsoft_365.endpoint_origin");
        Some(error.with("value", found).with("expected", &login_root))
    };
    let endpoints = [
        ("token_endpoint", None),
        ("authorization_endpoint", Some(AUTHORIZATION_CODE)),
        ("device_endpoint", Some(DEVICE_CODE)),
    ];
    endpoints.into_iter().filter_map(differs).collect()
}

/// The first segment of the path of an endpoint: a tenant, or a placeholder for one.
fn tenant_segment(endpoint: &str) -> &str {
    endpoint.split('/').nth(3).unwrap_or_default()
}

fn tenant_needed(settings: &Settings) -> Vec<FieldError> {
    let tenant = settings.text("tenant").unwrap_or_default();
    let by_endpoint =
        || tenant.is_empty() && !names_no_tenant(tenant_segment(settings.text("token_endpoint").unwrap_or_default()));
    if !is_application(settings) || !names_no_tenant(tenant) || by_endpoint() {
        return Vec::new();
    }
    vec![FieldError::new("tenant", "microsoft_365.tenant_needed").with("value", tenant)]
}

fn vendor_app(settings: &Settings) -> Vec<FieldError> {
    if settings.text("sign_in") != Some(VENDOR_APP) || !is_application(settings) {
        return Vec::new();
    }
    let value = settings.text("flow").unwrap_or_default();
    vec![FieldError::new("flow", "microsoft_365.vendor_app_flow").with("value", value)]
}
