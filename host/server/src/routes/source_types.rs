//! What a new connection can be, and what is filled in for it.

use crate::answer::{Answer, Body, done, json};
use crate::app::App;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use beacon_api::{Defaults, PermissionFacts, PermissionSet, SourceType, paths};
use beacon_contract::{FieldKind, Manifest};
use beacon_entra::{CONSENT_ROLES, permission};
use beacon_operations::{Module, Trouble};
use std::sync::Arc;

/// Name of the form's field that chooses permissions.
const PERMISSION_SET: &str = "permission_set";

fn modules(app: &App) -> Result<Vec<Module>, Trouble> {
    Module::source_types().iter().map(|name| Module::find(&app.installation.folders, None, name)).collect()
}

pub(crate) async fn all(State(app): State<Arc<App>>) -> Answer {
    let types: Vec<SourceType> = modules(&app)?.iter().map(|module| described(&app, module)).collect();
    json(&types)
}

fn described(app: &App, module: &Module) -> SourceType {
    let manifest = &module.manifest;
    SourceType {
        name: manifest.source_type.clone(),
        module_id: manifest.id.to_string(),
        module_version: manifest.version.clone(),
        digest: module.digest.to_string(),
        bytes: u64::try_from(module.size()).unwrap_or(u64::MAX),
        deprecated: manifest.deprecation.as_ref().map(|deprecation| deprecation.note.clone()),
        form: manifest.form.clone(),
        texts: manifest.texts.clone(),
        permission_sets: permission_sets(manifest),
        redirect_uri: redirect_uri(app),
    }
}

/// The address to register. Microsoft ignores the port of a loopback address.
fn redirect_uri(app: &App) -> String {
    if app.address.secure {
        format!("{}{}", app.address.origin(), paths::CALLBACK)
    } else {
        "http://localhost".to_owned()
    }
}

fn permission_sets(manifest: &Manifest) -> Vec<PermissionSet> {
    let Some(profile) = manifest.profiles.first() else { return Vec::new() };
    let label = |id: &str| {
        let field = manifest.form.field(PERMISSION_SET)?;
        let FieldKind::Choice { choices } = &field.kind else { return None };
        choices.iter().find(|choice| choice.value == id).map(|choice| choice.label.clone())
    };
    let sets = profile.scopes.iter().map(|set| PermissionSet {
        id: set.name.clone(),
        label: label(&set.name).unwrap_or_else(|| set.name.clone()),
        permissions: set.scopes.iter().filter_map(|scope| facts(scope.as_str())).collect(),
    });
    sets.collect()
}

/// What is known of the permission at the end of a scope.
fn facts(scope: &str) -> Option<PermissionFacts> {
    let name = scope.rsplit('/').next()?;
    if let Some(known) = permission(name) {
        return Some(PermissionFacts {
            name: known.name.to_owned(),
            gives: known.gives.to_owned(),
            lost: known.lost.to_owned(),
            granted_by: CONSENT_ROLES.to_owned(),
        });
    }
    (name == "Directory.Read.All").then(|| PermissionFacts {
        name: name.to_owned(),
        gives: "people with their licences, the tenant, its products, subscriptions and groups, in one permission"
            .to_owned(),
        lost: "people, products or subscriptions".to_owned(),
        granted_by: CONSENT_ROLES.to_owned(),
    })
}

pub(crate) async fn module(State(app): State<Arc<App>>, Path(digest): Path<String>) -> Answer {
    let found = modules(&app)?.into_iter().find(|module| module.digest.to_string() == digest);
    let module = found.ok_or_else(|| Refusal::not_found("module"))?;
    Ok(([(header::CONTENT_TYPE, "application/wasm")], module.into_bytes()).into_response())
}

pub(crate) async fn defaults(State(app): State<Arc<App>>) -> Answer {
    json(&app.defaults()?)
}

pub(crate) async fn set_defaults(State(app): State<Arc<App>>, Body(mut defaults): Body<Defaults>) -> Answer {
    for (source_type, values) in &defaults.values {
        let module = Module::find(&app.installation.folders, None, source_type)?;
        let form = &module.manifest.form;
        for field in values.keys() {
            let known = form.field(field).filter(|field| !matches!(field.kind, FieldKind::Secret { .. }));
            if known.is_none() {
                let title = format!("{source_type} has no field {field:?} that could have a default.");
                return Err(Refusal::settings("defaults.field", &title, "Leave it out.").about(field));
            }
        }
    }
    // What the configuration file says stays its own: it is changed there.
    for (source_type, values) in &mut defaults.values {
        let file = app.installation.file_defaults().get(source_type);
        values.retain(|field, value| file.and_then(|file| file.get(field)) != Some(value));
    }
    let value = serde_json::to_value(&defaults).map_err(|error| Trouble::unexpected(&error))?;
    app.installation.store().set_defaults(&value)?;
    done()
}
