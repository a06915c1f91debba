//! The pane beside a table: one person, one product, or one application.

mod application;
mod person;
mod product;

use super::asked::address_of;
use super::filters::PRODUCT;
use super::query::Query;
use super::table::Table;
use crate::kit::Icon;
use application::Application;
use beacon_api::{View, paths};
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use person::Person;
use product::Product;
use std::collections::BTreeMap;

/// What is open, if anything is.
#[component]
pub(crate) fn Pane(table: Table) -> impl IntoView {
    let asked = table.asked;
    let open = Memo::new(move |_| asked.query.with(|query| query.open.clone()));
    let days = Memo::new(move |_| asked.query.with(|query| query.days));
    // A pane that the address opens does not take the focus; one that a person opens does.
    let seen = StoredValue::new(open.get_untracked());
    move || {
        let open = open.get();
        let takes_focus = seen.with_value(|seen| *seen != open);
        seen.set_value(open.clone());
        let (connection, key) = open?;
        let query = format!("?connection={connection}&days={}", days.get());
        // The key of a row of usage goes on with the application.
        let id = key.split('/').next().unwrap_or_default();
        let (label, content) = match asked.shown {
            View::Applications => ("Application", view! { <Application table id=key/> }.into_any()),
            View::Licences if connection.is_empty() => ("Product", view! { <OfSeveral sku=key/> }.into_any()),
            View::Licences => {
                let address = format!("{}{query}", paths::with(paths::PRODUCT, id));
                ("Product", view! { <Product address connection sku=key/> }.into_any())
            }
            View::Users | View::Usage => {
                let address = format!("{}{query}", paths::with(paths::PERSON, id));
                ("Person", view! { <Person address connection/> }.into_any())
            }
        };
        Some(view! { <Frame table label takes_focus content/> })
    }
}

/// What is around every pane: Escape closes it, and the table has the focus again.
#[component]
fn Frame(table: Table, label: &'static str, takes_focus: bool, content: AnyView) -> impl IntoView {
    let pane = NodeRef::<html::Aside>::new();
    let close = move || {
        table.asked.change(|query| query.open = None);
        // On a small screen the table is seen again only then.
        request_animation_frame(move || {
            if let Some(element) = table.element.try_get_untracked().flatten() {
                // It fails only for what is not in the page.
                let _ = element.focus();
            }
        });
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    Effect::new(move |_| {
        if let Some(pane) = pane.get().filter(|_| takes_focus) {
            // It fails only for what is not in the page.
            let _ = pane.focus();
        }
    });
    view! {
        <aside class="pane" aria-label=label tabindex="-1" node_ref=pane on:keydown=pressed>
            <button type="button" class="quiet close" on:click=move |_| close()><Icon name="cross"/>"Close"</button>
            {content}
        </aside>
    }
}

/// A product of several connections has no single one to ask.
#[component]
fn OfSeveral(sku: String) -> impl IntoView {
    view! {
        <p>"These figures add up several connections. Choose one above for details."</p>
        <Holders connection=String::new() sku/>
    }
}

/// The way to the people who hold a product.
#[component]
fn Holders(connection: String, sku: String) -> impl IntoView {
    let filters = BTreeMap::from([(PRODUCT.to_owned(), sku)]);
    let href = address_of(View::Users, &Query { connection, filters, ..Query::default() });
    view! { <p><A href>"The people who hold it"</A></p> }
}
