//! Erasing a customer: what it means is shown, and the name typed before.

use crate::api;
use crate::kit::{Dialog, Icon, Problems};
use crate::loading::{load, shown};
use beacon_api::{OffboardingOrder, OffboardingPlan, OffboardingReport, Problem, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

/// What was erased, once it is, for a screen whose connection is gone.
pub(crate) type Done = RwSignal<Option<OffboardingReport>>;

/// The button, and what it opens.
#[component]
pub(crate) fn Offboard(connection: String, name: String, done: Done) -> impl IntoView {
    let open = RwSignal::new(false);
    let (connection, name) = (StoredValue::new(connection), StoredValue::new(name));
    view! {
        <button type="button" class="danger" on:click=move |_| open.set(true)><Icon name="trash"/>"Offboard…"</button>
        <Dialog open=open title="Erase this customer everywhere here?">
            <Question connection=connection.get_value() name=name.get_value() open done/>
        </Dialog>
    }
}

#[component]
fn Question(connection: String, name: String, open: RwSignal<bool>, done: Done) -> impl IntoView {
    let path = StoredValue::new(paths::with(paths::CONNECTION_OFFBOARDING, &connection));
    let name = StoredValue::new(name);
    let typed = RwSignal::new(String::new());
    let (problem, busy) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let plan = load(move || {
        let path = path.get_value();
        async move { api::get::<OffboardingPlan>(&path).await }
    });
    let erase = move |_| {
        busy.set(true);
        problem.set(None);
        let customer = plan.get_untracked().ready().map(|plan| plan.customer);
        let (path, order) = (path.get_value(), OffboardingOrder { confirmed_name: typed.get_untracked(), customer });
        spawn_local(async move {
            match api::post::<OffboardingReport>(&path, &order).await {
                Ok(report) => {
                    open.set(false);
                    done.set(Some(report));
                }
                Err(refused) => {
                    problem.set(Some(refused));
                    busy.set(false);
                }
            }
        });
    };
    let is_typed = move || name.with_value(|name| typed.with(|typed| typed == name));
    view! {
        {shown(plan, |plan| view! {
            <Part title="Erased here" lines=plan.erases/>
            <Part title="Not erased here" lines=plan.stays/>
            <Part title="To be done elsewhere" lines=plan.elsewhere/>
        })}
        <div class="field">
            <label for="offboard-name">"Type the name of the connection: "{name.get_value()}</label>
            <input id="offboard-name" autocomplete="off" bind:value=typed/>
        </div>
        <Problems problem=problem/>
        <div class="bar">
            <span class="grow"></span>
            <button type="button" on:click=move |_| open.set(false)>"Keep the customer"</button>
            <button type="button" class="danger" disabled=move || busy.get() || !is_typed() on:click=erase>"Erase"</button>
        </div>
    }
}

#[component]
fn Part(title: &'static str, lines: Vec<String>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <section><h3>{title}</h3><ul>{lines}</ul></section> }
    })
}

/// What was erased, in place of the connection.
#[component]
pub(crate) fn Offboarded(report: OffboardingReport) -> impl IntoView {
    let title = if report.unfinished { "Not wholly erased" } else { "The customer is erased" };
    view! {
        <h1>{title}</h1>
        <div class="card narrow" role="status">
            <h2>{report.customer}</h2>
            <Part title="Erased" lines=report.erased/>
            <Part title="Not erased" lines=report.not_erased/>
            <Part title="To be done elsewhere" lines=report.elsewhere/>
        </div>
        <p><A href="/connections" attr:class="button">"Inventory Systems"</A></p>
    }
}
