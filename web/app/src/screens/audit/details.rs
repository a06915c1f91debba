//! What an entry says beside who, what and when.

use beacon_api::AuditEntry;
use leptos::prelude::*;
use serde_json::Value;

#[component]
pub(super) fn Details(entry: AuditEntry) -> impl IntoView {
    let label = format!("Details of entry {}", entry.number);
    let mut facts: Vec<(String, String)> =
        entry.details.iter().map(|(name, value)| (name.replace('_', " "), told(value))).collect();
    if !entry.subject_id.is_empty() && !entry.erased {
        facts.push(("id".to_owned(), entry.subject_id));
    }
    facts.push(("hash".to_owned(), entry.hash));
    view! {
        <details>
            <summary aria-label=label>"Details"</summary>
            <dl class="facts">
                {facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
            </dl>
        </details>
    }
}

/// A change as "old → new", anything else as it is.
fn told(value: &Value) -> String {
    match (value.get("old"), value.get("new")) {
        (Some(old), Some(new)) => format!("{} → {}", plain(old), plain(new)),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
