//! Which credential a connection uses: one of its own, or a profile that it shares.

use super::form_field::Filling;
use crate::api;
use crate::loading::load;
use beacon_api::{CredentialProfile, paths};
use beacon_contract::{Field, FieldKind, Form, Settings};
use leptos::prelude::*;

/// The chosen profile; `None` is a credential of its own.
pub(crate) type Chosen = RwSignal<Option<String>>;

/// Fields whose values come from a profile: the application, its secret, and the way of signing in.
pub(crate) fn is_of_profile(form: &Form, field: &Field) -> bool {
    let secret = |field: &Field| matches!(&field.kind, FieldKind::Secret { slot } if matches!(slot.as_str(), "client_secret" | "client_certificate"));
    let decides = |one: &Field| secret(one) && one.visible_when.iter().any(|condition| condition.field == field.id);
    field.id.as_str() == "client_id" || secret(field) || form.fields.iter().any(decides)
}

#[component]
pub(crate) fn ProfileChoice(form: StoredValue<Form>, filling: Filling, chosen: Chosen) -> impl IntoView {
    let profiles = load(|| async { api::get::<Vec<CredentialProfile>>(paths::PROFILES).await });
    let choose = move |profile: Option<CredentialProfile>| {
        if let Some(profile) = &profile {
            filling.set("client_id", profile.client_id.clone().into());
            form.with_value(|form| show_slot(form, filling, &profile.kind));
            filling.secrets.update(|secrets| {
                secrets.remove("client_secret");
                secrets.remove("client_certificate");
            });
        }
        chosen.set(profile.map(|profile| profile.name));
        filling.changed.set(true);
    };
    move || {
        let profiles = profiles.get().ready().filter(|profiles| !profiles.is_empty())?;
        let choices = profiles.into_iter().map(|profile| {
            let name = profile.name.clone();
            let expires = profile.expires_on.as_deref().map(|day| format!(", expires {}", crate::kit::day_of(day)));
            let help = format!("Application {}{}", profile.client_id, expires.unwrap_or_default());
            view! {
                <label class="choice">
                    <input
                        type="radio" name="profile" prop:checked=move || chosen.get().as_ref() == Some(&name)
                        on:change={
                            let profile = profile.clone();
                            move |_| choose(Some(profile.clone()))
                        }
                    />
                    <span>{profile.name.clone()}<span class="help">{help}</span></span>
                </label>
            }
        });
        Some(view! {
            <fieldset class="boxed">
                <legend>"Credential"</legend>
                <label class="choice">
                    <input
                        type="radio" name="profile" prop:checked=move || chosen.get().is_none()
                        on:change=move |_| choose(None)
                    />
                    <span>"Of its own"<span class="help">"Application, secret or certificate are entered below."</span></span>
                </label>
                {choices.collect_view()}
            </fieldset>
        })
    }
}

/// Chooses the way of signing in that the slot is for, as the host does.
fn show_slot(form: &Form, filling: Filling, slot_name: &str) {
    let given = Settings(filling.given.get_untracked());
    for (field, value) in form.shows_slot(slot_name, &given) {
        filling.set(field.as_str(), value.into());
    }
}
