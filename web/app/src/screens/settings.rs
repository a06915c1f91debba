//! Accounts of the page, the default proxy, which packages go, and what the organisation wants.

mod accounts;
mod default_proxy;
mod organisation;
mod retention;

use accounts::Accounts;
use default_proxy::DefaultProxy;
use leptos::prelude::*;
use organisation::Organisation;
use retention::Retention;

#[component]
pub(crate) fn Settings() -> impl IntoView {
    view! {
        <h1>"Settings"</h1>
        <Accounts/>
        <DefaultProxy/>
        <Retention/>
        <Organisation/>
    }
}
