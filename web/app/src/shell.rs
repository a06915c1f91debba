//! What is around every screen: name, ways, sign-out.

use crate::api;
use crate::kit::{Icon, storage};
use crate::session::session;
use beacon_api::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

/// Key under which the choice of light and dark is kept.
const THEME: &str = "beacon-theme";

#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    let main = NodeRef::<leptos::html::Main>::new();
    let path = use_location().pathname;
    // A screen reader begins with the new screen, and not where the old one's button was.
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now)
            && let Some(main) = main.get()
        {
            let _ = main.focus();
        }
        now
    });
    // On a small screen the ways lie in one row, and the current one may be out of sight.
    let ways = NodeRef::<leptos::html::Nav>::new();
    Effect::new(move |_| {
        path.track();
        request_animation_frame(move || {
            let current =
                ways.get_untracked().and_then(|ways| ways.query_selector("[aria-current=page]").ok().flatten());
            if let Some(current) = current {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                options.set_inline(web_sys::ScrollLogicalPosition::Center);
                current.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    });
    apply_theme(stored_theme().as_deref());
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="frame">
            <header class="top">
                <A href="/" attr:class="brand"><img src="/favicon.svg" alt=""/>"m365-beacon"</A>
                <span class="grow"></span>
                <span class="soft">{move || session().info().and_then(|info| info.account)}</span>
                <button class="quiet" type="button" on:click=move |_| switch_theme()>
                    <Icon name="theme"/>"Light or dark"
                </button>
                <button class="quiet" type="button" on:click=move |_| sign_out()>
                    <Icon name="out"/>"Sign out"
                </button>
            </header>
            <nav class="side" aria-label="Main" node_ref=ways>
                <ul>
                    <Way to="/" label="Overview"/>
                    <Way to="/connections" label="Inventory Systems"/>
                    <Way to="/health" label="Health"/>
                    <Way to="/consents" label="Consents"/>
                    <Way to="/schedules" label="Schedules"/>
                    <Way to="/destinations" label="Destinations"/>
                    <Way to="/runs" label="Runs"/>
                    <li class="heading">"Data"</li>
                    <Way to="/data/users" label="Users"/>
                    <Way to="/data/applications" label="Applications"/>
                    <Way to="/data/licences" label="Licences"/>
                    <Way to="/data/usage" label="Usage"/>
                    <Show when=move || session().is_administrator()>
                        <li class="heading">"Beacon"</li>
                        <Way to="/audit" label="Audit"/>
                        <Way to="/settings" label="Settings"/>
                    </Show>
                </ul>
            </nav>
            <main id="main" tabindex="-1" node_ref=main>{children()}</main>
        </div>
    }
}

#[component]
fn Way(to: &'static str, label: &'static str) -> impl IntoView {
    view! { <li><A href=to exact={to == "/"}>{label}</A></li> }
}

/// Loads the page anew: nothing of the session stays in its memory.
fn sign_out() {
    spawn_local(async move {
        // Signed out or not: the new page asks.
        let _ = api::delete::<()>(paths::SESSION).await;
        if let Some(window) = web_sys::window() {
            let _ = window.location().assign("/sign-in");
        }
    });
}

fn stored_theme() -> Option<String> {
    storage()?.get_item(THEME).ok()?
}

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

fn apply_theme(theme: Option<&str>) {
    let Some(root) = root() else { return };
    // Neither fails for a fixed name.
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}

fn switch_theme() {
    let dark = match stored_theme().as_deref() {
        Some("dark") => true,
        Some(_) => false,
        None => web_sys::window()
            .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten())
            .is_some_and(|query| query.matches()),
    };
    let theme = if dark { "light" } else { "dark" };
    apply_theme(Some(theme));
    if let Some(storage) = storage() {
        // A browser that keeps nothing forgets it with the page.
        let _ = storage.set_item(THEME, theme);
    }
}
