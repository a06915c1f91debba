//! *Inventory Systems*: what is imported, and how it stands.

use super::bulk::{BulkBar, Choose, ChooseAll, Chosen};
use super::execute::ExecuteNow;
use super::expiry::NextEnd;
use super::narrowing::{NarrowBar, Narrowed};
use super::remove::RemoveDialog;
use super::schedule_choice::ScheduleDialog;
use crate::api;
use crate::happenings::happenings;
use crate::kit::{HealthStatus, Icon, Labels, Moment, Problems, RunStatusBadge};
use crate::loading::{Loading, load, shown};
use crate::session::session;
use beacon_api::{Connection, Health, Problem, RunStatus, SourceType, paths};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(crate) fn Connections() -> impl IntoView {
    let happenings = happenings();
    let narrowed = Narrowed::new("/connections");
    let listed = load(move || {
        happenings.connections.track();
        let path = narrowed.list(paths::CONNECTIONS);
        async move { api::get::<Vec<Connection>>(&path).await }
    });
    let removing = RwSignal::new(None::<Connection>);
    let scheduling = RwSignal::new(None::<Connection>);
    let problem = RwSignal::new(None::<Problem>);
    let chosen = Chosen::new();
    Effect::new(move |_| {
        if let Loading::Ready(list) = listed.get() {
            chosen.keep(|id| list.iter().any(|connection| connection.id == id));
        }
    });
    view! {
            <div class="bar">
                <h1>"Inventory Systems"</h1>
                <span class="grow"></span>
                <Show when=move || session().is_administrator()><NewButton/></Show>
            </div>
            <NarrowBar narrowed/>
            <Problems problem=problem/>
            <BulkBar chosen problem/>
            {shown(listed, move |ready| match ready {
                list if list.is_empty() && narrowed.is_narrowed() => {
                    view! { <p>"No connection fits."</p> }.into_any()
                }
                list if list.is_empty() => view! { <Empty/> }.into_any(),
                list => view! { <List list=list chosen removing scheduling problem/> }.into_any(),
    })}
            <RemoveDialog connection=removing/>
            <ScheduleDialog connection=scheduling/>
        }
}

/// A split button: the first source type at once, the others in its menu, which the browser opens and closes.
#[component]
fn NewButton() -> impl IntoView {
    let types = load(|| async { api::get::<Vec<SourceType>>(paths::SOURCE_TYPES).await });
    let first = move || {
        let types = types.get().ready().unwrap_or_default();
        types.into_iter().next().map_or_else(|| "Microsoft 365".to_owned(), |first| first.name)
    };
    let choices = move || {
        let types = types.get().ready().unwrap_or_default();
        let choice = |one: SourceType| {
            let deprecated = one.deprecated.is_some().then_some(" (deprecated)");
            view! { <li><A href=new_address(&one.name)>{one.name.clone()}{deprecated}</A></li> }
        };
        types.into_iter().map(choice).collect_view()
    };
    view! {
        <div class="split">
            <A href=move || new_address(&first()) attr:class="button primary"><Icon name="plus"/>"New"</A>
            <button class="primary" type="button" aria-label="Choose the source type" popovertarget="source-types">
                <Icon name="down"/>
            </button>
            <ul class="menu" id="source-types" popover="auto">{choices}</ul>
        </div>
    }
}

fn new_address(source_type: &str) -> String {
    format!("/connections/new/{}", js_sys::encode_uri_component(source_type))
}

#[component]
fn Empty() -> impl IntoView {
    let preset = move || session().info().is_some_and(|info| info.preset.is_some());
    view! {
        <div class="card narrow">
            <h2>"Nothing is connected yet"</h2>
            <p>"A connection imports one Microsoft 365 tenant: people, applications, licences and usage, read only. \
                One is enough for all subscriptions of the tenant."</p>
            <Show
                when=move || session().is_administrator()
                fallback=|| view! { <p class="soft">"An administrator of this beacon can add one."</p> }
            >
                <div class="bar">
                    <A href=new_address("Microsoft 365") attr:class="button primary">"Connect a tenant"</A>
                    <Show when=preset>
                        <A href="/connections/new/Microsoft%20365?preset" attr:class="button">
                            "Use the simulated tenant"
                        </A>
                    </Show>
                </div>
            </Show>
        </div>
    }
}

#[component]
fn List(
    list: Vec<Connection>,
    chosen: Chosen,
    removing: RwSignal<Option<Connection>>,
    scheduling: RwSignal<Option<Connection>>,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let all: Vec<String> = list.iter().map(|connection| connection.id.clone()).collect();
    let line = |connection| view! { <Line connection chosen removing scheduling problem/> };
    let rows = list.into_iter().map(line).collect_view();
    let is_administrator = session().is_administrator();
    view! {
        <div class="scroll">
            <table class="reflow">
                <caption class="visually-hidden">"Connections, what fails next first"</caption>
                <thead>
                    <tr>
                        {is_administrator.then(|| view! { <th scope="col"><ChooseAll chosen all/></th> })}
                        <th scope="col">"Connection Name"</th>
                        <th scope="col">"Source Type"</th>
                        <th scope="col">"Tenant"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Last run"</th>
                        <th scope="col">"Next run"</th>
                        <th scope="col">"Expires"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(
    connection: Connection,
    chosen: Chosen,
    removing: RwSignal<Option<Connection>>,
    scheduling: RwSignal<Option<Connection>>,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let Connection { id, name, source_type, health, .. } = connection.clone();
    let running = connection.last_run.as_ref().filter(|run| run.status == RunStatus::Running).map(|run| run.id.clone());
    let tenant = connection.tenant_name.clone().or_else(|| connection.tenant_id.clone());
    let next_end = connection.expires_next.clone();
    let last = connection.last_run.clone().map(|run| {
        let to = format!("/runs/{}", run.id);
        view! { <A href=to><RunStatusBadge status=run.status/></A>" "<Moment at=run.started_at/> }
    });
    let next = match connection.schedule.clone() {
        None => view! { <span class="soft">"not scheduled"</span> }.into_any(),
        Some(schedule) => {
            let waits = match health {
                Health::Paused => "not while it is paused",
                Health::Disabled => "not while it is disabled",
                _ => "waits for its turn",
            };
            let at = schedule.next_run.map_or_else(|| waits.into_any(), |at| view! { <Moment at/> }.into_any());
            view! { {at}<p class="soft">{schedule.name}", "{schedule.when}</p> }.into_any()
        }
    };
    let choose = session().is_administrator().then(|| {
        view! { <td data-label="Choose"><Choose chosen id=id.clone() name=name.clone()/></td> }
    });
    let edit = format!("/connections/{id}");
    let actions = session().is_administrator().then(|| {
        let (remove, schedule, busy) = (connection.clone(), connection.clone(), running.is_some());
        let needs_consent = health == Health::NeedsConsent;
        view! {
            <ExecuteNow connection=id.clone() name=name.clone() problem disabled=busy/>
            <A href=edit.clone() attr:class="button" attr:aria-label=format!("Edit {name}")>
                <Icon name={if needs_consent { "key" } else { "edit" }}/>
                {if needs_consent { "Consent…" } else { "Edit…" }}
            </A>
            <button
                type="button" aria-label=format!("Schedule {name}")
                on:click=move |_| scheduling.set(Some(schedule.clone()))
            >
                <Icon name="clock"/>"Schedule…"
            </button>
            <button
                type="button" class="quiet" aria-label=format!("Delete {name}")
                on:click=move |_| removing.set(Some(remove.clone()))
            >
                <Icon name="trash"/>"Delete"
            </button>
        }
    });
    let shown_name = if session().is_administrator() {
        view! { <A href=edit.clone()>{connection.name.clone()}</A> }.into_any()
    } else {
        connection.name.clone().into_any()
    };
    let why = connection.problem.clone().map(|problem| view! { <p class="soft">{problem.title}</p> });
    // Since when is a matter of what is wrong, or of whom it waits for.
    let since = (!matches!(health, Health::Healthy | Health::NeverRan)).then(|| {
        view! { <p class="soft">"since "<Moment at=connection.health_since.clone()/></p> }
    });
    view! {
        <tr>
            {choose}
            <th scope="row">{shown_name}<Labels labels=connection.labels.clone()/></th>
            <td data-label="Source Type">{source_type}</td>
            <td data-label="Tenant">{tenant.unwrap_or_else(|| "not known yet".to_owned())}</td>
            <td data-label="Status"><HealthStatus health=health/>{why}{since}</td>
            <td data-label="Last run">{last.map_or_else(|| "never".into_any(), IntoAny::into_any)}</td>
            <td data-label="Next run">{next}</td>
            <td data-label="Expires"><NextEnd next=next_end/></td>
            <td class="actions">{actions}</td>
        </tr>
    }
}
