//! One field of a module's form, as the manifest describes it.

use crate::kit::day_of;
use beacon_api::{FieldProblem, SecretFacts, SecretInput, SecretText};
use beacon_contract::{Field, FieldKind, Form, Settings};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// The values that a form is filled with, and what is wrong with them.
#[derive(Clone, Copy)]
pub(crate) struct Filling {
    /// What a person chose; everything else has its default.
    pub(crate) given: RwSignal<BTreeMap<String, Value>>,
    /// Secrets that were entered and not sent yet.
    pub(crate) secrets: RwSignal<BTreeMap<String, SecretInput>>,
    /// What is wrong.
    pub(crate) wrong: RwSignal<Vec<FieldProblem>>,
    /// Whether something was changed since it was loaded or saved.
    pub(crate) changed: RwSignal<bool>,
}

impl Filling {
    pub(crate) fn new() -> Self {
        Self {
            given: RwSignal::default(),
            secrets: RwSignal::default(),
            wrong: RwSignal::default(),
            changed: RwSignal::new(false),
        }
    }

    /// Values with defaults.
    pub(crate) fn effective(self, form: &Form) -> Settings {
        self.given.with(|given| form.effective(&Settings(given.clone())))
    }

    pub(crate) fn set(self, field: &str, value: Value) {
        self.given.update(|given| {
            given.insert(field.to_owned(), value);
        });
        self.changed.set(true);
    }

    /// Back to the default.
    pub(crate) fn reset(self, field: &str) {
        self.given.update(|given| {
            given.remove(field);
        });
        self.changed.set(true);
    }

    pub(crate) fn problem(self, field: &str) -> Option<FieldProblem> {
        self.wrong.with(|wrong| wrong.iter().find(|problem| problem.field == field).cloned())
    }
}

/// The sentence below a field that is wrong; always there, so that its field can point to it.
#[component]
pub(crate) fn Wrong(id: String, #[prop(into)] problem: Signal<Option<FieldProblem>>) -> impl IntoView {
    view! {
        <p class="wrong" id=id>
            {move || problem.get().map(|problem| format!("{} {}", problem.title, problem.advice))}
        </p>
    }
}

#[component]
pub(crate) fn FormField(
    form: StoredValue<Form>,
    field: Field,
    filling: Filling,
    #[prop(into)] stored: Signal<Vec<SecretFacts>>,
    #[prop(into)] left: Callback<()>,
) -> impl IntoView {
    let id = field.id.to_string();
    let visible = {
        let field = field.clone();
        move || form.with_value(|form| field.is_visible(&filling.effective(form)))
    };
    let problem = {
        let id = id.clone();
        Signal::derive(move || filling.problem(&id))
    };
    let shown = StoredValue::new(field);
    view! {
        <Show when=visible.clone()>
            {
                let field = shown.get_value();
                match &field.kind {
                    FieldKind::Choice { .. } => view! { <Choices form field filling/> }.into_any(),
                    FieldKind::Toggle => view! { <Toggle form field filling/> }.into_any(),
                    FieldKind::Secret { slot } => {
                        let kept_as = slot.to_string();
                        let name = kept_as.clone();
                        let of_slot = move |all: &Vec<SecretFacts>| all.iter().find(|facts| facts.slot == name).cloned();
                        let stored = Signal::derive(move || stored.with(&of_slot));
                        view! { <Secret field kept_as filling stored problem left/> }.into_any()
                    }
                    FieldKind::Text { .. } => view! { <Line form field filling problem left/> }.into_any(),
                }
            }
        </Show>
    }
}

/// One line of text. A value that nobody entered is shown as the default it is.
#[component]
fn Line(
    form: StoredValue<Form>,
    field: Field,
    filling: Filling,
    problem: Signal<Option<FieldProblem>>,
    left: Callback<()>,
) -> impl IntoView {
    let id = StoredValue::new(field.id.to_string());
    let (name, help, wrong) = (field.id.to_string(), format!("{}-help", field.id), format!("{}-wrong", field.id));
    let value = move || {
        id.with_value(|id| form.with_value(|form| filling.effective(form).text(id).unwrap_or_default().to_owned()))
    };
    let own = move || id.with_value(|id| filling.given.with(|given| given.contains_key(id)));
    view! {
        <div class="field">
            <label for=name.clone()>{field.label.clone()}{(!field.required).then_some(" (optional)")}</label>
            <div class="row">
                <input
                    id=name.clone() spellcheck="false" autocomplete="off"
                    aria-describedby=format!("{help} {wrong}")
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    prop:value=value
                    on:input=move |event| id.with_value(|id| filling.set(id, event_target_value(&event).into()))
                    on:blur=move |_| left.run(())
                />
                <Show when=own>
                    <button
                        type="button" class="quiet"
                        aria-label=format!("Reset {} to its default", field.label)
                        on:click=move |_| id.with_value(|id| filling.reset(id))
                    >
                        "Reset"
                    </button>
                </Show>
            </div>
            <p class="help" id=help>{field.help.clone()}</p>
            <Wrong id=wrong problem=problem/>
        </div>
    }
}

#[component]
fn Choices(form: StoredValue<Form>, field: Field, filling: Filling) -> impl IntoView {
    let FieldKind::Choice { choices } = field.kind.clone() else { return ().into_any() };
    let id = StoredValue::new(field.id.to_string());
    let chosen = move || {
        id.with_value(|id| form.with_value(|form| filling.effective(form).text(id).unwrap_or_default().to_owned()))
    };
    let options = choices.into_iter().map(|choice| {
        let (value, check) = (choice.value.clone(), choice.value.clone());
        let help = (!choice.help.is_empty()).then(|| view! { <span class="help">{choice.help.clone()}</span> });
        view! {
            <label class="choice">
                <input
                    type="radio" name=field.id.to_string() value=choice.value.clone()
                    prop:checked=move || chosen() == check
                    on:change=move |_| id.with_value(|id| filling.set(id, value.clone().into()))
                />
                <span>{choice.label.clone()}{help}</span>
            </label>
        }
    });
    view! {
        <fieldset>
            <legend>{field.label.clone()}</legend>
            <p class="help soft">{field.help.clone()}</p>
            {options.collect_view()}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Toggle(form: StoredValue<Form>, field: Field, filling: Filling) -> impl IntoView {
    let id = StoredValue::new(field.id.to_string());
    let on = move || id.with_value(|id| form.with_value(|form| filling.effective(form).flag(id)));
    view! {
        <label class="choice">
            <input
                type="checkbox" prop:checked=on
                on:change=move |event| id.with_value(|id| filling.set(id, event_target_checked(&event).into()))
            />
            <span>{field.label.clone()}<span class="help">{field.help.clone()}</span></span>
        </label>
    }
}

/// A secret goes one way. What is stored is known by its day only.
#[component]
fn Secret(
    field: Field,
    kept_as: String,
    filling: Filling,
    stored: Signal<Option<SecretFacts>>,
    problem: Signal<Option<FieldProblem>>,
    left: Callback<()>,
) -> impl IntoView {
    let replacing = RwSignal::new(stored.with_untracked(Option::is_none));
    let by_consent = kept_as == "refresh_token";
    let slot = StoredValue::new(kept_as);
    let id = field.id.to_string();
    let (help, wrong, day) = (format!("{id}-help"), format!("{id}-wrong"), format!("{id}-day"));
    let enter = move |change: &dyn Fn(&mut SecretInput)| {
        filling.secrets.update(|secrets| {
            let empty = || SecretInput { value: SecretText(String::new()), expires_on: None };
            let name = slot.get_value();
            let secret = secrets.entry(name.clone()).or_insert_with(empty);
            change(secret);
            if secret.value.0.is_empty() {
                secrets.remove(&name);
            }
        });
        filling.changed.set(true);
    };
    let configured = move || {
        let facts = stored.get()?;
        let day = facts.expires_on.as_deref();
        let expires = day.map_or_else(|| "no expiry day entered".to_owned(), |day| format!("expires {}", day_of(day)));
        let since = facts.stored_at.get(..10).map(day_of).unwrap_or_default();
        Some(format!("Configured on {since}; {expires}."))
    };
    if by_consent {
        let text =
            move || configured().unwrap_or_else(|| "None yet. Save, then choose Generate… and sign in.".to_owned());
        return view! {
            <div class="field">
                <span><strong>{field.label.clone()}</strong></span>
                <p class="help">{field.help.clone()}</p>
                <p>{text}</p>
            </div>
        }
        .into_any();
    }
    let is_certificate = id.contains("certificate");
    let label = field.label.clone();
    let for_input = id.clone();
    let input = move || {
        let describe = format!("{help} {wrong}");
        let (id, describe) = (for_input.clone(), describe);
        if is_certificate {
            view! {
                <textarea
                    id=id spellcheck="false" autocomplete="off" aria-describedby=describe
                    placeholder="-----BEGIN CERTIFICATE----- …"
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    on:input=move |event| {
                        let value = event_target_value(&event);
                        enter(&|secret| secret.value = SecretText(value.clone()));
                    }
                    on:blur=move |_| left.run(())
                ></textarea>
            }
            .into_any()
        } else {
            view! {
                <input
                    id=id type="password" autocomplete="off" aria-describedby=describe
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    on:input=move |event| {
                        let value = event_target_value(&event);
                        enter(&|secret| secret.value = SecretText(value.clone()));
                    }
                    on:blur=move |_| left.run(())
                />
            }
            .into_any()
        }
    };
    let (help, wrong) = (format!("{id}-help"), format!("{id}-wrong"));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <Show when=move || !replacing.get()>
                <div class="bar">
                    <span>{configured}</span>
                    <button type="button" on:click=move |_| replacing.set(true)>"Replace…"</button>
                </div>
            </Show>
            <Show when=move || replacing.get()>
                {input.clone()}
                <label for=day.clone()>"Expires on (optional)"</label>
                <input
                    id=day.clone() type="date"
                    on:input=move |event| {
                        let value = event_target_value(&event);
                        enter(&|secret| secret.expires_on = Some(value.clone()).filter(|day| !day.is_empty()));
                    }
                />
            </Show>
            <p class="help" id=help>{field.help.clone()}</p>
            <Wrong id=wrong problem=problem/>
        </div>
    }
    .into_any()
}
