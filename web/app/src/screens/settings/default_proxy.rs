//! The default proxy: for every connection that says nothing else, and for destinations that want it.

use crate::api;
use crate::kit::Problems;
use crate::loading::{load, shown};
use crate::screens::proxy_block::{ProxyFields, ProxyFilling};
use beacon_api::{DefaultProxyFacts, FieldProblem, Problem, ProxyFacts, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn DefaultProxy() -> impl IntoView {
    let again = RwSignal::new(0_u64);
    let said = RwSignal::new("");
    let known = load(move || {
        again.track();
        async move { api::get::<Option<DefaultProxyFacts>>(paths::DEFAULT_PROXY).await }
    });
    view! {
        <section class="card narrow" aria-labelledby="default-proxy-title">
            <h2 id="default-proxy-title">"Default proxy"</h2>
            <p role="status">{said}</p>
            {shown(known, move |facts| view! { <Form facts again said/> })}
        </section>
    }
}

/// Who goes through it, in words.
fn users(facts: Option<&DefaultProxyFacts>) -> String {
    let Some(facts) = facts else {
        return "None is set: connections that say nothing else reach Microsoft straight.".to_owned();
    };
    let named = |names: &[String], none: &str| if names.is_empty() { none.to_owned() } else { names.join(", ") };
    let (connections, destinations) =
        (named(&facts.connections, "no connection"), named(&facts.destinations, "no destination"));
    format!("{} is used by {connections}, and to deliver to {destinations}.", facts.server)
}

#[component]
fn Form(facts: Option<DefaultProxyFacts>, again: RwSignal<u64>, said: RwSignal<&'static str>) -> impl IntoView {
    let present = facts.is_some();
    let users = users(facts.as_ref());
    let facts = facts.map(|DefaultProxyFacts { server, username, password_stored, bypass, .. }| ProxyFacts {
        server,
        username,
        password_stored,
        bypass,
    });
    let proxy = ProxyFilling::new(facts.as_ref(), false, None);
    let (problem, wrong) = (RwSignal::new(None::<Problem>), RwSignal::new(Vec::<FieldProblem>::new()));
    let ended = move |result: Result<(), Problem>, words: &'static str| match result {
        Ok(()) => {
            said.set(words);
            again.update(|count| *count = count.wrapping_add(1));
        }
        Err(refused) => {
            wrong.set(refused.fields.clone());
            problem.set(Some(refused));
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let draft = proxy.draft();
        spawn_local(async move {
            let stored = api::put::<DefaultProxyFacts>(paths::DEFAULT_PROXY, &draft).await;
            ended(stored.map(drop), "The default proxy is saved.");
        });
    };
    let remove = move |_| {
        spawn_local(async move {
            let removed = api::delete::<()>(paths::DEFAULT_PROXY).await;
            ended(removed, "The default proxy and its password are removed.");
        });
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            <p class="soft">{users}</p>
            <ProxyFields proxy wrong off=false touched=Callback::new(|()| ()) left=Callback::new(|()| ()) bypass=true/>
            <Problems problem=problem/>
            <div class="bar">
                <button type="submit" class="primary">"Save the default proxy"</button>
                {present.then(|| view! { <button type="button" on:click=remove>"Use none any more"</button> })}
            </div>
        </form>
    }
}
