//! *Proxy Settings*: disabled as a whole while *Use Proxy* is off.

use super::form_field::{Filling, Wrong};
use beacon_api::{ProxyDraft, ProxyFacts, SecretText};
use leptos::prelude::*;

/// What is entered for the proxy.
#[derive(Clone, Copy)]
pub(crate) struct ProxyFilling {
    pub(crate) used: RwSignal<bool>,
    pub(crate) server: RwSignal<String>,
    pub(crate) username: RwSignal<String>,
    pub(crate) password: RwSignal<String>,
    pub(crate) password_stored: RwSignal<bool>,
}

impl ProxyFilling {
    pub(crate) fn new(facts: Option<&ProxyFacts>) -> Self {
        let text = |text: Option<&str>| RwSignal::new(text.unwrap_or_default().to_owned());
        Self {
            used: RwSignal::new(facts.is_some()),
            server: text(facts.map(|facts| facts.server.as_str())),
            username: text(facts.and_then(|facts| facts.username.as_deref())),
            password: text(None),
            password_stored: RwSignal::new(facts.is_some_and(|facts| facts.password_stored)),
        }
    }

    pub(crate) fn draft(self) -> Option<ProxyDraft> {
        let text = |signal: RwSignal<String>| Some(signal.get_untracked()).filter(|text| !text.is_empty());
        self.used.get_untracked().then(|| ProxyDraft {
            server: self.server.get_untracked(),
            username: text(self.username),
            password: text(self.password).map(SecretText),
        })
    }
}

#[component]
pub(crate) fn ProxyBlock(proxy: ProxyFilling, filling: Filling, #[prop(into)] left: Callback<()>) -> impl IntoView {
    let problem = |field: &'static str| Signal::derive(move || filling.problem(field));
    let (server, password) = (problem("proxy.server"), problem("proxy.password"));
    let off = move || !proxy.used.get();
    let touch = move |_| filling.changed.set(true);
    view! {
        <fieldset class="boxed">
            <legend>"Proxy Settings"</legend>
            <label class="choice">
                <input type="checkbox" bind:checked=proxy.used on:change=touch/>
                <span>"Use Proxy"<span class="help">"For sign-in, data and report downloads alike."</span></span>
            </label>
            <div class="field">
                <label for="proxy-server">"Proxy Server"</label>
                <input
                    id="proxy-server" disabled=off spellcheck="false" autocomplete="off"
                    aria-describedby="proxy-server-help proxy-server-wrong"
                    aria-invalid=move || server.get().is_some().then_some("true")
                    bind:value=proxy.server on:change=touch on:blur=move |_| left.run(())
                />
                <p class="help" id="proxy-server-help">"https://host:port, http://host:port, or host:port"</p>
                <Wrong id="proxy-server-wrong".to_owned() problem=server/>
            </div>
            <div class="columns">
                <div class="field">
                    <label for="proxy-username">"Username"</label>
                    <input id="proxy-username" disabled=off autocomplete="off" bind:value=proxy.username on:change=touch/>
                </div>
                <div class="field">
                    <label for="proxy-password">"Password"</label>
                    <input
                        id="proxy-password" type="password" disabled=off autocomplete="off"
                        aria-describedby="proxy-password-help proxy-password-wrong"
                        aria-invalid=move || password.get().is_some().then_some("true")
                        bind:value=proxy.password on:change=touch
                    />
                    <p class="help" id="proxy-password-help">
                        {move || proxy.password_stored.get().then_some("One is stored; leave it empty to keep it.")}
                    </p>
                    <Wrong id="proxy-password-wrong".to_owned() problem=password/>
                </div>
            </div>
        </fieldset>
    }
}
