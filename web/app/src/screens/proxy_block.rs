//! *Proxy Settings*: disabled as a whole while *Use Proxy* is off. A connection has them, and a destination.

use super::form_field::Wrong;
use beacon_api::{DefaultProxyFacts, FieldProblem, ProxyDraft, ProxyFacts, SecretText};
use leptos::prelude::*;

/// What is entered for the proxy.
#[derive(Clone, Copy)]
pub(crate) struct ProxyFilling {
    /// One of its own, in place of the default.
    own: RwSignal<bool>,
    /// Without one of its own: none, not even the default.
    without: RwSignal<bool>,
    server: RwSignal<String>,
    username: RwSignal<String>,
    password: RwSignal<String>,
    bypass: RwSignal<String>,
    password_stored: RwSignal<bool>,
    /// The default proxy of the beacon, if there is one.
    default: StoredValue<Option<DefaultProxyFacts>>,
}

/// What was chosen.
pub(crate) enum ProxyUse {
    None,
    Default,
    Own(ProxyDraft),
}

impl ProxyFilling {
    pub(crate) fn new(facts: Option<&ProxyFacts>, without: bool, default: Option<DefaultProxyFacts>) -> Self {
        let text = |text: Option<&str>| RwSignal::new(text.unwrap_or_default().to_owned());
        Self {
            own: RwSignal::new(facts.is_some()),
            without: RwSignal::new(without),
            server: text(facts.map(|facts| facts.server.as_str())),
            username: text(facts.and_then(|facts| facts.username.as_deref())),
            password: text(None),
            bypass: text(facts.map(|facts| facts.bypass.as_str())),
            password_stored: RwSignal::new(facts.is_some_and(|facts| facts.password_stored)),
            default: StoredValue::new(default),
        }
    }

    /// Takes one of its own into the form.
    pub(crate) fn take(self, given: &ProxyDraft) {
        self.own.set(true);
        self.server.set(given.server.clone());
    }

    /// Whether a proxy is used. Nothing said means the default, where there is one.
    fn is_used(self) -> bool {
        self.own.get() || (!self.without.get() && self.has_default())
    }

    fn has_default(self) -> bool {
        self.default.with_value(Option::is_some)
    }

    fn switch(self, on: bool) {
        self.without.set(!on);
        self.own.set(on && !self.has_default());
    }

    /// What is entered for one proxy.
    pub(crate) fn draft(self) -> ProxyDraft {
        let text = |signal: RwSignal<String>| Some(signal.get_untracked()).filter(|text| !text.is_empty());
        ProxyDraft {
            server: self.server.get_untracked(),
            username: text(self.username),
            password: text(self.password).map(SecretText),
            bypass: Some(self.bypass.get_untracked()),
        }
    }

    /// What was chosen.
    pub(crate) fn chosen(self) -> ProxyUse {
        match (self.own.get_untracked(), self.without.get_untracked()) {
            (true, _) => ProxyUse::Own(self.draft()),
            (false, true) => ProxyUse::None,
            (false, false) => ProxyUse::Default,
        }
    }
}

/// `bypass` shows the list of hosts that are reached without it; `help` says what goes through it.
#[component]
pub(crate) fn ProxyBlock(
    proxy: ProxyFilling,
    #[prop(into)] wrong: Signal<Vec<FieldProblem>>,
    #[prop(into)] touched: Callback<()>,
    #[prop(into)] left: Callback<()>,
    bypass: bool,
    help: &'static str,
) -> impl IntoView {
    let off = Signal::derive(move || !proxy.is_used());
    let foreign = Signal::derive(move || !proxy.own.get());
    let touch = move || touched.run(());
    let default = match proxy.default.with_value(Clone::clone) {
        None => "None is set.".to_owned(),
        Some(DefaultProxyFacts { server, username: Some(username), .. }) => format!("{server} as {username}"),
        Some(DefaultProxyFacts { server, .. }) => server,
    };
    view! {
        <fieldset class="boxed">
            <legend>"Proxy Settings"</legend>
            <label class="choice">
                <input type="checkbox" prop:checked=move || proxy.is_used()
                    on:change=move |event| { proxy.switch(event_target_checked(&event)); touch(); }/>
                <span>"Use Proxy"<span class="help">{help}</span></span>
            </label>
            <label class="choice">
                <input type="radio" name="proxy-choice" disabled=move || off.get() || !proxy.has_default()
                    prop:checked=move || !off.get() && foreign.get()
                    on:change=move |_| { proxy.own.set(false); touch(); }/>
                <span>"The default proxy of this beacon"<span class="help">{default}</span></span>
            </label>
            <label class="choice">
                <input type="radio" name="proxy-choice" disabled=off prop:checked=move || !foreign.get()
                    on:change=move |_| { proxy.own.set(true); touch(); }/>
                <span>"A proxy of its own"</span>
            </label>
            <ProxyFields proxy wrong off=foreign touched left bypass/>
        </fieldset>
    }
}

/// Address, account and list of one proxy.
#[component]
pub(crate) fn ProxyFields(
    proxy: ProxyFilling,
    #[prop(into)] wrong: Signal<Vec<FieldProblem>>,
    #[prop(into)] off: Signal<bool>,
    touched: Callback<()>,
    left: Callback<()>,
    bypass: bool,
) -> impl IntoView {
    let problem = move |field: &'static str| {
        Signal::derive(move || wrong.with(|wrong| wrong.iter().find(|one| one.field == field).cloned()))
    };
    view! {
        <Line id="proxy-server" label="Proxy Server" value=proxy.server problem=problem("proxy.server") off
            help="https://host:port, http://host:port, or host:port" touched left/>
        <div class="columns">
            <Line id="proxy-username" label="Username" value=proxy.username problem=problem("proxy.username")
                off help="" touched left/>
            <Password proxy problem=problem("proxy.password") off touched/>
        </div>
        {bypass.then(|| view! {
            <Line id="proxy-bypass" label="Hosts without it (optional)" value=proxy.bypass
                problem=problem("proxy.bypass") off
                help="Names, .domains, addresses and ranges such as 10.0.0.0/8, separated by commas" touched left/>
        })}
    }
}

#[component]
fn Line(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    problem: Signal<Option<FieldProblem>>,
    off: Signal<bool>,
    help: &'static str,
    touched: Callback<()>,
    left: Callback<()>,
) -> impl IntoView {
    let (help_id, wrong) = (format!("{id}-help"), format!("{id}-wrong"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id disabled=off spellcheck="false" autocomplete="off"
                aria-describedby=format!("{help_id} {wrong}")
                aria-invalid=move || problem.get().is_some().then_some("true")
                bind:value=value on:change=move |_| touched.run(()) on:blur=move |_| left.run(())
            />
            <p class="help" id=help_id>{help}</p>
            <Wrong id=wrong problem=problem/>
        </div>
    }
}

#[component]
fn Password(
    proxy: ProxyFilling,
    problem: Signal<Option<FieldProblem>>,
    off: Signal<bool>,
    touched: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for="proxy-password">"Password"</label>
            <input
                id="proxy-password" type="password" disabled=off autocomplete="off"
                aria-describedby="proxy-password-help proxy-password-wrong"
                aria-invalid=move || problem.get().is_some().then_some("true")
                bind:value=proxy.password on:change=move |_| touched.run(())
            />
            <p class="help" id="proxy-password-help">
                {move || proxy.password_stored.get().then_some("One is stored; leave it empty to keep it.")}
            </p>
            <Wrong id="proxy-password-wrong".to_owned() problem=problem/>
        </div>
    }
}
