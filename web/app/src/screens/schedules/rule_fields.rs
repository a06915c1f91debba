//! The fields of the rule that is chosen.

use super::entered::{Entered, KINDS};
use leptos::prelude::*;

const DAYS: [(u8, &str); 7] = [(1, "Mon"), (2, "Tue"), (3, "Wed"), (4, "Thu"), (5, "Fri"), (6, "Sat"), (7, "Sun")];

#[component]
pub(super) fn RuleFields(entered: Entered) -> impl IntoView {
    let kinds = KINDS.map(|(kind, label)| view! { <option value=kind>{label}</option> });
    view! {
        <div class="field">
            <label for="schedule-kind">"How often"</label>
            <select id="schedule-kind" bind:value=entered.kind>{kinds.collect_view()}</select>
        </div>
        {move || match entered.kind.get().as_str() {
            "interval" => view! {
                <Number id="schedule-minutes" label="Minutes between runs, 5 to 1440" value=entered.minutes/>
            }.into_any(),
            "hour" => view! {
                <Number id="schedule-minute" label="Minute of the hour, 0 to 59" value=entered.minute/>
            }.into_any(),
            "week" => view! { <Weekdays entered/><TimeOfDay entered/> }.into_any(),
            "month" => view! { <DayOfMonth entered/><TimeOfDay entered/> }.into_any(),
            "cron" => view! {
                <div class="field">
                    <label for="schedule-cron">"Cron expression"</label>
                    <input id="schedule-cron" required autocomplete="off" spellcheck="false"
                        aria-describedby="schedule-cron-help" bind:value=entered.expression/>
                    <p class="help" id="schedule-cron-help">
                        "Five fields: minute, hour, day of month, month, day of week. 0 6 * * 1-5 is 06:00 from Monday to Friday."
                    </p>
                </div>
            }.into_any(),
            _ => view! { <TimeOfDay entered/> }.into_any(),
        }}
    }
}

#[component]
pub(super) fn Number(id: &'static str, label: &'static str, value: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input id=id inputmode="numeric" required autocomplete="off" bind:value=value/>
        </div>
    }
}

#[component]
fn TimeOfDay(entered: Entered) -> impl IntoView {
    view! {
        <div class="field">
            <label for="schedule-at">"Time of day"</label>
            <input id="schedule-at" type="time" required bind:value=entered.at/>
        </div>
    }
}

#[component]
fn Weekdays(entered: Entered) -> impl IntoView {
    let choices = DAYS.map(|(day, name)| {
        let change = move |event| {
            let chosen = event_target_checked(&event);
            entered.days.update(|days| {
                if chosen {
                    days.insert(day);
                } else {
                    days.remove(&day);
                }
            });
        };
        view! {
            <label class="choice">
                <input type="checkbox" prop:checked=move || entered.days.with(|days| days.contains(&day)) on:change=change/>
                <span>{name}</span>
            </label>
        }
    });
    view! { <fieldset><legend>"Days of the week"</legend><div class="bar">{choices.collect_view()}</div></fieldset> }
}

#[component]
fn DayOfMonth(entered: Entered) -> impl IntoView {
    let days = (1..=31).map(|day| view! { <option value=day.to_string()>{day}</option> });
    view! {
        <div class="field">
            <label for="schedule-day">"Day of the month"</label>
            <select id="schedule-day" bind:value=entered.day>
                {days.collect_view()}
                <option value="last">"the last"</option>
            </select>
            <p class="help">"A month that is shorter takes its last day."</p>
        </div>
    }
}
