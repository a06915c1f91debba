//! What the organisation wants of all connections: ways of consenting, and what is filled in for new ones.

use super::super::form_field::{Filling, FormField};
use crate::api;
use crate::kit::{ProblemNotice, Problems};
use crate::loading::{Loading, load};
use beacon_api::{Defaults, Problem, SourceType, paths};
use beacon_contract::FieldKind;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The defaults as they are kept, and how to keep changed ones.
#[derive(Clone, Copy)]
struct Kept(RwSignal<Loading<Defaults>>);

impl Kept {
    /// Keeps them with a change; `said` and `problem` tell how that went.
    fn change(
        self,
        change: impl FnOnce(&mut Defaults),
        said: RwSignal<&'static str>,
        problem: RwSignal<Option<Problem>>,
    ) {
        let Some(mut changed) = self.0.get_untracked().ready() else { return };
        change(&mut changed);
        said.set("");
        spawn_local(async move {
            let refused = api::put::<()>(paths::DEFAULTS, &changed).await.err();
            if refused.is_none() {
                said.set("Saved.");
                self.0.set(Loading::Ready(changed));
            }
            problem.set(refused);
        });
    }
}

#[component]
pub(super) fn Organisation() -> impl IntoView {
    let defaults = load(|| async { api::get::<Defaults>(paths::DEFAULTS).await });
    let types = load(|| async { api::get::<Vec<SourceType>>(paths::SOURCE_TYPES).await });
    let kept = Kept(defaults);
    let (problem, said) = (RwSignal::new(None::<Problem>), RwSignal::new(""));
    let only = Memo::new(move |_| defaults.get().ready().map(|known| known.only_browser_consent));
    let forms = move || match (defaults.get_untracked(), types.get()) {
        (Loading::Ready(known), Loading::Ready(types)) => types
            .into_iter()
            // One name of a source type is enough to fill in its fields.
            .filter(|source| source.deprecated.is_none())
            .map(|source| view! { <FilledIn source known=known.clone() kept/> })
            .collect_view()
            .into_any(),
        (Loading::Refused(problem), _) | (_, Loading::Refused(problem)) => {
            view! { <ProblemNotice problem/> }.into_any()
        }
        _ => view! { <p role="status">"Loading …"</p> }.into_any(),
    };
    let there = Memo::new(move |_| !matches!(defaults.get(), Loading::Waiting));
    view! {
        <section class="card narrow" aria-labelledby="organisation-title">
            <h2 id="organisation-title">"Organization"</h2>
            {move || only.get().map(|only| view! {
                <label class="choice">
                    <input type="checkbox" prop:checked=only on:change=move |event| {
                        let only = event_target_checked(&event);
                        kept.change(|defaults| defaults.only_browser_consent = only, said, problem);
                    }/>
                    <span>"Consent only in the browser"
                        <span class="help">"Forbids pasting an address and device codes, which can be talked out of somebody."</span></span>
                </label>
            })}
            <p role="status">{said}</p>
            <Problems problem=problem/>
            {move || there.get().then(forms)}
        </section>
    }
}

/// What is filled in for new connections of a source type: its form, without secrets.
#[component]
fn FilledIn(source: SourceType, known: Defaults, kept: Kept) -> impl IntoView {
    let filling = Filling::new();
    filling.given.set(known.values.get(&source.name).cloned().unwrap_or_default());
    let (problem, said) = (RwSignal::new(None::<Problem>), RwSignal::new(""));
    let name = StoredValue::new(source.name.clone());
    let form = StoredValue::new(source.form);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        filling.changed.set(false);
        let (name, values) = (name.get_value(), filling.given.get_untracked());
        let change = move |defaults: &mut Defaults| {
            if values.is_empty() {
                defaults.values.remove(&name);
            } else {
                defaults.values.insert(name, values);
            }
        };
        kept.change(change, said, problem);
    };
    let fields = form.with_value(|form| {
        let open = form.fields.iter().filter(|field| !matches!(field.kind, FieldKind::Secret { .. }));
        open.cloned().collect::<Vec<_>>()
    });
    let fields = fields.into_iter().map(|field| {
        view! { <FormField form field filling stored=Vec::new() left=Callback::new(|()| ())/> }
    });
    view! {
        <details>
            <summary>"Filled in for new connections of "{source.name}</summary>
            <form class="stack" on:submit=submit novalidate>
                <p class="soft">"Whatever is changed here takes the place of the connector's own default. \
                    Connections that exist already stay as they are."</p>
                {fields.collect_view()}
                <Problems problem=problem/>
                <div class="bar">
                    <button type="submit" class="primary">"Save the defaults"</button>
                    <span role="status">{move || if filling.changed.get() { "Not saved yet." } else { said.get() }}</span>
                </div>
            </form>
        </details>
    }
}
