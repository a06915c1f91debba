//! *Consents*: who was sent a link, what became of it, and what to do.
//!
//! Start reading at [`Consents`]; `group.rs` are the rows of one state, `links.rs` the links that were just made,
//! `review.rs` is the look at a consent that waits.

mod actions;
mod filter;
mod group;
mod history;
mod links;
mod review;

use super::bulk::Chosen;
use crate::api;
use crate::happenings::happenings;
use crate::kit::{ConsentStatus, Icon, Problems};
use crate::loading::{Loading, load, shown};
use crate::session::session;
use beacon_api::{ConsentBoard, ConsentRow, InvitationOrder, InvitationsMade, Problem, paths};
use filter::{Filter, FilterFields};
use group::{Group, invitation_word, is_without_link};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use links::{Links, forget};
use review::Review;

/// What the parts of the screen share.
#[derive(Clone, Copy)]
struct Board {
    /// Links that were just made: they are shown this once.
    made: RwSignal<Option<InvitationsMade>>,
    chosen: Chosen,
    /// The row whose consent is looked at.
    reviewing: RwSignal<Option<ConsentRow>>,
    problem: RwSignal<Option<Problem>>,
    busy: RwSignal<bool>,
}

impl Board {
    fn new() -> Self {
        Self {
            made: RwSignal::new(None),
            chosen: Chosen::new(),
            reviewing: RwSignal::new(None),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Makes links: for these connections, or for all that need one.
    fn invite(self, connections: Option<Vec<String>>) {
        self.busy.set(true);
        spawn_local(async move {
            match api::post::<InvitationsMade>(paths::CONSENTS, &InvitationOrder { connections }).await {
                Ok(made) => {
                    self.problem.set(None);
                    self.chosen.clear();
                    self.made.set(Some(made));
                }
                Err(refused) => self.problem.set(Some(refused)),
            }
            self.busy.set(false);
        });
    }

    /// Takes a link back.
    fn withdraw(self, connection: String) {
        let path = paths::with(paths::CONSENT_LINKS, &connection);
        spawn_local(async move {
            let refused = api::delete::<()>(&path).await.err();
            if refused.is_none() {
                forget(self.made, &connection);
            }
            self.problem.set(refused);
        });
    }
}

#[component]
pub(crate) fn Consents() -> impl IntoView {
    let happenings = happenings();
    let listed = load(move || {
        happenings.consents.track();
        happenings.connections.track();
        async move { api::get::<ConsentBoard>(paths::CONSENTS).await }
    });
    // Much happens that changes nothing here: what has the focus keeps it then.
    let listed = Memo::new(move |_| listed.get());
    let (board, filter) = (Board::new(), Filter::new());
    Effect::new(move |_| {
        if let Loading::Ready(listed) = listed.get() {
            let can_get_link = |row: &ConsentRow| invitation_word(row.state).is_some();
            board.chosen.keep(|id| listed.rows.iter().any(|row| row.connection == id && can_get_link(row)));
        }
    });
    let rows = move || listed.get().ready().map(|listed| listed.rows).unwrap_or_default();
    let some = Memo::new(move |_| !rows().is_empty());
    let uninvited = Memo::new(move |_| rows().iter().filter(|row| row.needed && is_without_link(row.state)).count());
    let administrator = session().is_administrator();
    view! {
        <div class="bar"><h1>"Consents"</h1></div>
        <p class="soft">"A consent is given by somebody at the customer. Send them a link: they sign in at Microsoft, and \
            you confirm here whose consent it is."</p>
        <Problems problem=board.problem/>
        <Links made=board.made/>
        <Show when=move || some.get()>
            <div class="bar">
                <FilterFields filter/>
                <span class="grow"></span>
                <Show when=move || administrator><Many board uninvited/></Show>
            </div>
        </Show>
        {shown(listed, move |listed| {
            if listed.counts.is_empty() {
                return view! { <Empty/> }.into_any();
            }
            view! { <Rows listed board filter/> }.into_any()
        })}
        <Review reviewing=board.reviewing/>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="card narrow">
            <h2>"No consent is missing"</h2>
            <p>"Connections that somebody has to consent to appear here, with the link that they were sent and what became \
                of it."</p>
            <p class="soft">"Connections are under "<A href="/connections">"Inventory Systems"</A>"."</p>
        </div>
    }
}

#[component]
fn Rows(listed: ConsentBoard, board: Board, filter: Filter) -> impl IntoView {
    let counts = listed.counts.clone();
    let badges = counts.iter().map(|count| view! { <li><ConsentStatus state=count.state/>" "{count.count}</li> });
    let badges = badges.collect_view();
    let rows = listed.rows;
    let groups = move || {
        let found: Vec<ConsentRow> = rows.iter().filter(|row| filter.shows(row)).cloned().collect();
        if found.is_empty() {
            return view! { <p role="status">"No connection fits."</p> }.into_any();
        }
        let groups = counts.iter().filter_map(|count| {
            let of_state: Vec<_> = found.iter().filter(|row| row.state == count.state).cloned().collect();
            (!of_state.is_empty()).then(|| view! { <Group state=count.state rows=of_state board/> })
        });
        view! { <div class="stack">{groups.collect_view()}</div> }.into_any()
    };
    view! {
        <ul class="chips" aria-label="Connections by where their consent stands">{badges}</ul>
        {groups}
    }
}

/// What is done for many connections at once.
#[component]
fn Many(board: Board, uninvited: Memo<usize>) -> impl IntoView {
    let chosen = move || board.chosen.count();
    let selected = move |_| board.invite(Some(board.chosen.ids().into_iter().collect()));
    view! {
        <button type="button" disabled=move || board.busy.get() || chosen() == 0 on:click=selected>
            <Icon name="copy"/>{move || format!("Make links for the chosen ({})", chosen())}
        </button>
        <button type="button" class="primary" disabled=move || board.busy.get() || uninvited.get() == 0
            on:click=move |_| board.invite(None)>
            <Icon name="copy"/>{move || format!("Make links for all without one ({})", uninvited.get())}
        </button>
    }
}
