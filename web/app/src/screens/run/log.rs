//! What a run said.

use crate::api;
use crate::kit::clock_of;
use crate::loading::load;
use beacon_api::{LogLevel, LogLine, paths};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The log, with a filter and as a file.
#[component]
pub(super) fn Log(run: String, running: bool) -> impl IntoView {
    let least = RwSignal::new(LogLevel::Information);
    let again = RwSignal::new(0_u64);
    let download = format!("{}?download", paths::with(paths::RUN_LOG, &run));
    let lines = load(move || {
        again.track();
        let path = paths::with(paths::RUN_LOG, &run);
        async move { api::get::<Vec<LogLine>>(&path).await }
    });
    if running {
        spawn_local(async move {
            loop {
                TimeoutFuture::new(1_000).await;
                if again.try_update(|count| *count = count.wrapping_add(1)).is_none() {
                    return;
                }
            }
        });
    }
    view! {
        <section class="stack" aria-label="Log">
            <div class="bar">
                <h2>"Log"</h2>
                <label class="visually-hidden" for="least">"Show from"</label>
                <select id="least" on:change=move |event| least.set(match event_target_value(&event).as_str() {
                    "warning" => LogLevel::Warning,
                    "error" => LogLevel::Error,
                    _ => LogLevel::Information,
                })>
                    <option value="information">"Everything"</option>
                    <option value="warning">"Warnings and errors"</option>
                    <option value="error">"Errors"</option>
                </select>
                <span class="grow"></span>
                <a class="button" href=download download="" rel="external">"Download the log"</a>
            </div>
            {move || {
                let shown = lines.get().ready().unwrap_or_default().into_iter().filter(|line| line.level >= least.get());
                let text: Vec<String> = shown.map(|line| {
                    let word = match line.level {
                        LogLevel::Information => "",
                        LogLevel::Warning => "warning: ",
                        LogLevel::Error => "error: ",
                    };
                    format!("{}  {word}{}", clock_of(&line.at), line.text)
                }).collect();
                let text = if text.is_empty() { "Nothing was logged here.".to_owned() } else { text.join("\n") };
                view! { <pre tabindex="0" aria-label="Lines of the log">{text}</pre> }
            }}
        </section>
    }
}
