//! *Audit*: who changed what, newest first. For administrators only; the host sees to that.

mod details;
mod entries;
mod filters;
mod question;

use crate::api;
use crate::kit::Icon;
use crate::loading::{Loading, load, shown};
use beacon_api::AuditPage;
use entries::Entries;
use filters::Filters;
use leptos::prelude::*;
use question::Question;

#[component]
pub(crate) fn AuditScreen() -> impl IntoView {
    let question = RwSignal::new(Question::default());
    let page = load(move || {
        let path = question.with(Question::page);
        async move { api::get::<AuditPage>(&path).await }
    });
    // What can be chosen stays while a page is under way.
    let choices = Memo::new(move |before: Option<&Option<AuditPage>>| match page.get() {
        Loading::Ready(page) => Some(page),
        _ => before.cloned().flatten(),
    });
    // Whoever chooses something keeps the field that they are in.
    let is_known = Memo::new(move |_| choices.with(Option::is_some));
    view! {
        <div class="bar">
            <h1>"Audit"</h1>
            <span class="grow"></span>
            <a class="button" rel="external" download="" href=move || question.with(|question| question.file("csv"))>
                <Icon name="download"/>"CSV"
            </a>
            <a class="button" rel="external" download="" href=move || question.with(|question| question.file("json"))>
                <Icon name="download"/>"JSON"
            </a>
        </div>
        {move || is_known.get().then(|| view! { <Filters question choices/> })}
        {shown(page, move |page| view! { <Entries page question/> })}
    }
}
