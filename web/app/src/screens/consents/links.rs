//! Links that were just made. They are shown this once: the beacon itself does not know them any more.

use crate::kit::{CopyButton, Icon, Moment, Notice, Tone};
use beacon_api::{InvitationLink, InvitationsMade, NotInvited};
use leptos::prelude::*;

/// A file of the browser's own making: what is in it has been shown already.
fn file(csv: &str) -> String {
    format!("data:text/csv;charset=utf-8,{}", String::from(js_sys::encode_uri_component(csv)))
}

/// A link that is not good any more is not shown as one to send.
pub(super) fn forget(made: RwSignal<Option<InvitationsMade>>, connection: &str) {
    let is_it = |link: &InvitationLink| link.connection == connection;
    let Some(shown) = made.get_untracked().filter(|shown| shown.links.iter().any(is_it)) else { return };
    let (gone, links): (Vec<_>, Vec<_>) = shown.links.into_iter().partition(is_it);
    // A line of the file has the whole link in it.
    let is_left = |line: &&str| !gone.iter().any(|link| line.contains(&link.address));
    let csv = shown.csv.split_inclusive('\n').filter(is_left).collect();
    let rest = InvitationsMade { links, csv, left_out: shown.left_out };
    made.set(Some(rest).filter(|rest| !rest.links.is_empty()));
}

#[component]
pub(super) fn Links(made: RwSignal<Option<InvitationsMade>>) -> impl IntoView {
    let said = move || {
        made.with(|made| match made.as_ref().map(|made| made.links.len()) {
            None => String::new(),
            Some(0) => "No link was made.".to_owned(),
            Some(1) => "One link was made. Copy it now: it is shown this once.".to_owned(),
            Some(many) => format!("{many} links were made. Copy or save them now: they are shown this once."),
        })
    };
    view! {
        <p role="status">{said}</p>
        {move || made.get().map(|shown| view! { <Shown shown made/> })}
    }
}

#[component]
fn Shown(shown: InvitationsMade, made: RwSignal<Option<InvitationsMade>>) -> impl IntoView {
    let left_out = (!shown.left_out.is_empty()).then(|| view! { <LeftOut left_out=shown.left_out/> });
    let all = shown.csv.clone();
    let links = (!shown.links.is_empty()).then(|| {
        let links = shown.links.into_iter().map(|link| view! { <Link link/> }).collect_view();
        view! {
            <p class="soft">"Each works once. Send it to the person who may consent there; nothing is kept before you have \
                confirmed it here."</p>
            <ul class="ways">{links}</ul>
            <div class="bar">
                <a class="button" rel="external" download="consent-links.csv" href=file(&shown.csv)>
                    <Icon name="download"/>"Save as CSV"
                </a>
                <CopyButton text=Signal::derive(move || all.clone()) label="Copy all"/>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="links-title">
            <h2 id="links-title">"Links to send"</h2>
            {links}
            {left_out}
            <div class="bar">
                <button type="button" on:click=move |_| made.set(None)>"Done: forget the links"</button>
            </div>
        </section>
    }
}

#[component]
fn Link(link: InvitationLink) -> impl IntoView {
    let InvitationLink { name, address, expires_at, .. } = link;
    let copied = address.clone();
    view! {
        <li>
            <strong>{name.clone()}</strong>
            <span>"good until "<Moment at=expires_at/></span>
            <pre class="whole" tabindex="0" aria-label=format!("Link for {name}")>{address}</pre>
            <CopyButton text=Signal::derive(move || copied.clone()) label=format!("Copy the link for {name}")/>
        </li>
    }
}

#[component]
fn LeftOut(left_out: Vec<NotInvited>) -> impl IntoView {
    let lines = left_out.into_iter().map(|one| {
        view! { <li><strong>{one.name}</strong>": "{one.problem.title}" "{one.problem.advice}</li> }
    });
    view! { <Notice tone=Tone::Warning title="No link was made for these"><ul>{lines.collect_view()}</ul></Notice> }
}
