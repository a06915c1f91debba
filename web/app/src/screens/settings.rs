//! Accounts of the page, and what the organisation wants.

mod accounts;
mod organisation;

use accounts::Accounts;
use leptos::prelude::*;
use organisation::Organisation;

#[component]
pub(crate) fn Settings() -> impl IntoView {
    view! {
        <h1>"Settings"</h1>
        <Accounts/>
        <Organisation/>
    }
}
