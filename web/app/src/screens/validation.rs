//! Checking while somebody types: by the connector module in this page's worker, and by the host where there is none.

use super::form_field::Filling;
use crate::api;
use crate::worker::runner;
use beacon_api::{ConnectionDraft, FieldProblem, SecretInput, SecretText, SourceType, paths};
use beacon_contract::{FieldError, Settings, SlotName, Text, form_text};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What is wrong with what is entered now.
pub(crate) async fn check(
    source: StoredValue<SourceType>,
    filling: Filling,
    configured: Vec<String>,
) -> Vec<FieldProblem> {
    let given = filling.given.get_untracked();
    let slots: BTreeSet<SlotName> = configured.iter().filter_map(|slot| SlotName::new(slot.as_str()).ok()).collect();
    let digest = source.with_value(|source| source.digest.clone());
    match runner().check(&digest, &Settings(given.clone()), &slots).await {
        Ok(errors) => source.with_value(|source| errors.iter().filter_map(|error| worded(source, error)).collect()),
        // A browser without module workers: the host runs the same module.
        Err(_) => {
            let secret = || SecretInput { value: SecretText(String::new()), expires_on: None };
            let draft = ConnectionDraft {
                source_type: source.with_value(|source| source.name.clone()),
                settings: given,
                secrets: configured.into_iter().map(|slot| (slot, secret())).collect(),
                ..ConnectionDraft::default()
            };
            api::post(paths::CONNECTIONS_CHECK, &draft).await.unwrap_or_default()
        }
    }
}

/// An error in words; none for a secret that may follow.
fn worded(source: &SourceType, error: &FieldError) -> Option<FieldProblem> {
    if source.form.is_missing_secret(error) {
        return None;
    }
    let field = source.form.field(&error.field);
    let mut arguments = error.arguments.clone();
    let label = field.map_or_else(|| error.field.clone(), |field| field.label.clone());
    arguments.entry("label".to_owned()).or_insert(label);
    let text = source.texts.get(&error.code).cloned().or_else(|| form_text(&error.code));
    let Text { title, advice } = text.map_or_else(|| Text::new(error.code.clone(), ""), |text| text.filled(&arguments));
    Some(FieldProblem { field: error.field.clone(), code: error.code.clone(), title, advice })
}

/// R2: letters, digits, underscore and space; begins with a letter or a digit.
pub(crate) fn name_problem(name: &str) -> Option<FieldProblem> {
    let title = match name.chars().next() {
        None => "The connection has no name.",
        Some(first) if !first.is_alphanumeric() => "A name begins with a letter or a digit.",
        Some(_) if !name.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | ' ')) => {
            "A name has letters, digits, underscores and spaces only."
        }
        Some(_) => return None,
    };
    Some(FieldProblem {
        field: "name".to_owned(),
        code: "settings.connection_name".to_owned(),
        title: title.to_owned(),
        advice: "Choose another name.".to_owned(),
    })
}
