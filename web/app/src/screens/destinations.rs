//! Destinations: where packages go, what is owed to each, and what to do about it.

mod card;
mod editor;
mod entered;
mod give_up;
mod packages;
mod remove;

use crate::api;
use crate::happenings::happenings;
use crate::kit::{Icon, Notice, Problems, Tone};
use crate::loading::{load, shown};
use crate::session::session;
use beacon_api::{Destination, DestinationPackage, DestinationTest, Problem, paths};
use card::Card;
use editor::Editor;
use give_up::GiveUp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use remove::RemoveDestination;
use std::collections::BTreeSet;

/// What the dialog is about.
#[derive(Clone)]
enum Editing {
    New,
    Change(Box<Destination>),
}

/// What the cards share. It outlives them: they are made anew whenever something happens.
#[derive(Clone, Copy)]
struct Acting {
    editing: RwSignal<Option<Editing>>,
    removing: RwSignal<Option<Destination>>,
    giving_up: RwSignal<Option<(Destination, DestinationPackage)>>,
    problem: RwSignal<Option<Problem>>,
    /// What was said about the last thing that was done.
    said: RwSignal<Option<Said>>,
    /// Ids of the destinations whose packages are shown.
    unfolded: RwSignal<BTreeSet<String>>,
}

/// What came of something, in words.
#[derive(Clone)]
struct Said {
    tone: Tone,
    title: String,
    text: &'static str,
}

impl Acting {
    fn new() -> Self {
        Self {
            editing: RwSignal::new(None),
            removing: RwSignal::new(None),
            giving_up: RwSignal::new(None),
            problem: RwSignal::new(None),
            said: RwSignal::new(None),
            unfolded: RwSignal::default(),
        }
    }

    /// Tries a destination out.
    fn test(self, id: &str, name: String) {
        let path = paths::with(paths::DESTINATION_TEST, id);
        let title = format!("{name} is being tried out …");
        self.said.set(Some(Said { tone: Tone::Information, title, text: "" }));
        self.problem.set(None);
        spawn_local(async move {
            let tested = api::post_empty::<DestinationTest>(&path).await;
            self.said.set(None);
            match tested {
                Ok(DestinationTest { problem: None, test_file_left }) => {
                    let text = match test_file_left {
                        true => "The server removes no files: beacon-destination-test.txt stays there.",
                        false => "A small file was written there and removed again.",
                    };
                    let title = format!("Packages can be delivered to {name}");
                    self.said.set(Some(Said { tone: Tone::Good, title, text }));
                }
                Ok(DestinationTest { problem, .. }) => self.problem.set(problem),
                Err(refused) => self.problem.set(Some(refused)),
            }
        });
    }

    /// Sends what waits.
    fn deliver(self, id: &str, name: String) {
        let path = paths::with(paths::DESTINATION_DELIVER, id);
        self.problem.set(None);
        spawn_local(async move {
            match api::post_empty::<()>(&path).await {
                Ok(()) => {
                    let title = format!("What waits for {name} is sent now");
                    let text = "The oldest package goes first.";
                    self.said.set(Some(Said { tone: Tone::Information, title, text }));
                }
                Err(refused) => self.problem.set(Some(refused)),
            }
        });
    }
}

#[component]
pub(crate) fn Destinations() -> impl IntoView {
    let happenings = happenings();
    let listed = load(move || {
        happenings.destinations.track();
        // An import that ends leaves a package for them.
        happenings.connections.track();
        async move { api::get::<Vec<Destination>>(paths::DESTINATIONS).await }
    });
    let acting = Acting::new();
    let administrator = session().is_administrator();
    view! {
        <div class="bar">
            <h1>"Destinations"</h1>
            <span class="grow"></span>
            <Show when=move || administrator>
                <button type="button" class="primary" on:click=move |_| acting.editing.set(Some(Editing::New))>
                    <Icon name="plus"/>"New destination"
                </button>
            </Show>
        </div>
        <div role="status">
            {move || acting.said.get().map(|Said { tone, title, text }| view! { <Notice tone title><p>{text}</p></Notice> })}
        </div>
        <Problems problem=acting.problem/>
        {shown(listed, move |destinations| {
            if destinations.is_empty() {
                return view! { <Empty/> }.into_any();
            }
            let cards = destinations.into_iter().map(|destination| view! { <Card destination acting/> });
            view! { <div class="stack">{cards.collect_view()}</div> }.into_any()
        })}
        <Editor acting/>
        <RemoveDestination destination=acting.removing/>
        <GiveUp package=acting.giving_up/>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="card narrow">
            <h2>"Packages stay on this beacon"</h2>
            <p>"A destination is a folder, or a server that takes uploads. It gets the package of every import that ends \
                from then on, of all connections: at once, and again by itself until it has arrived."</p>
            <p class="soft">"Nothing is lost and nothing arrives twice, wherever it is interrupted."</p>
        </div>
    }
}
