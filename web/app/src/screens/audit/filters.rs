//! Who, what, to what, when.

use super::question::Question;
use beacon_api::AuditPage;
use leptos::prelude::*;

#[component]
pub(super) fn Filters(question: RwSignal<Question>, choices: Memo<Option<AuditPage>>) -> impl IntoView {
    // Whatever is chosen, the newest entries come first again.
    let choose = move |change: &dyn Fn(&mut Question)| {
        question.update(|question| {
            change(question);
            question.before = None;
        });
    };
    let people =
        Memo::new(move |_| choices.with(|page| page.as_ref().map(|page| page.people.clone()).unwrap_or_default()));
    let actions =
        Memo::new(move |_| choices.with(|page| page.as_ref().map(|page| page.actions.clone()).unwrap_or_default()));
    view! {
        <form class="columns card" aria-label="Filter" on:submit=move |event| event.prevent_default()>
            <div class="field"><label for="audit-who">"Who"</label>
                <select id="audit-who" prop:value=move || question.with(|question| question.who.clone())
                    on:change=move |event| { let who = event_target_value(&event); choose(&|question| question.who = who.clone()) }>
                    <option value="">"Everybody"</option>
                    {move || people.get().into_iter().map(|who| {
                        let chosen = question.with_untracked(|question| question.who == who);
                        let value = who.clone();
                        view! { <option value=value selected=chosen>{who}</option> }
                    }).collect_view()}
                </select></div>
            <div class="field"><label for="audit-action">"What"</label>
                <select id="audit-action" prop:value=move || question.with(|question| question.action.clone())
                    on:change=move |event| { let action = event_target_value(&event); choose(&|question| question.action = action.clone()) }>
                    <option value="">"Everything"</option>
                    {move || actions.get().into_iter().map(|action| {
                        let chosen = question.with_untracked(|question| question.action == action.code);
                        view! { <option value=action.code selected=chosen>{action.words}</option> }
                    }).collect_view()}
                </select></div>
            <div class="field"><label for="audit-subject">"To what"</label>
                <input id="audit-subject" type="search" autocomplete="off" placeholder="Part of a name, or an id"
                    on:change=move |event| { let subject = event_target_value(&event); choose(&|question| question.subject = subject.clone()) }/></div>
            <div class="field"><label for="audit-since">"From (UTC)"</label>
                <input id="audit-since" type="date"
                    on:change=move |event| { let since = event_target_value(&event); choose(&|question| question.since = since.clone()) }/></div>
            <div class="field"><label for="audit-until">"Before (UTC)"</label>
                <input id="audit-until" type="date"
                    on:change=move |event| { let until = event_target_value(&event); choose(&|question| question.until = until.clone()) }/></div>
        </form>
    }
}
