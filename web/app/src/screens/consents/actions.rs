//! What can be done about one connection.

use super::Board;
use super::group::invitation_word;
use crate::kit::Icon;
use crate::session::session;
use beacon_api::{ConsentRow, ConsentState};
use leptos::prelude::*;

#[component]
pub(super) fn Actions(row: ConsentRow, board: Board) -> impl IntoView {
    // Readers look; what changes something is for administrators.
    if !session().is_administrator() {
        return ().into_any();
    }
    let ConsentRow { connection, name, state, task, .. } = row.clone();
    let review = task.is_some().then(|| {
        let label = format!("Confirm or discard… {name}");
        view! {
            <button type="button" class="primary" aria-label=label on:click=move |_| board.reviewing.set(Some(row.clone()))>
                <Icon name="key"/>"Confirm or discard…"
            </button>
        }
    });
    let invite = invitation_word(state).map(|word| {
        let (label, connection) = (format!("{word} for {name}"), connection.clone());
        let press = move |_| board.invite(Some(vec![connection.clone()]));
        view! {
            <button type="button" aria-label=label disabled=move || board.busy.get() on:click=press>
                <Icon name="copy"/>{word}
            </button>
        }
    });
    let open = matches!(state, ConsentState::LinkMade | ConsentState::Opened | ConsentState::SigningIn);
    let withdraw = open.then(|| {
        let label = format!("Withdraw the link for {name}");
        view! {
            <button type="button" class="quiet" aria-label=label on:click=move |_| board.withdraw(connection.clone())>
                <Icon name="cross"/>"Withdraw"
            </button>
        }
    });
    view! { {review}{invite}{withdraw} }.into_any()
}
