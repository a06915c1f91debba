//! The routes.

use crate::happenings::Happenings;
use crate::kit::Problems;
use crate::screens::{
    Applications, AuditScreen, CheckScreen, ConnectionScreen, Connections, Consents, Destinations, FirstStart,
    HealthScreen, Licences, NewConnection, NotFound, OverviewScreen, RunScreen, Runs, Schedules, Settings,
    SignInScreen, Usage, Users,
};
use crate::session::Session;
use crate::shell::Shell;
use beacon_api::SessionState;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole page: who is not signed in sees nothing but the way in.
#[component]
pub(crate) fn App() -> impl IntoView {
    let session = Session::begin();
    let problem = RwSignal::new(None);
    spawn_local(async move { problem.set(session.ask().await.err()) });
    view! {
        <Router>
            <Problems problem=problem/>
            {move || match session.state() {
                None => view! { <main class="alone"><p role="status">"Loading …"</p></main> }.into_any(),
                Some(SessionState::FirstStart) => view! { <FirstStart/> }.into_any(),
                Some(SessionState::SignedOut) => view! { <WayIn/> }.into_any(),
                Some(SessionState::SignedIn) => view! { <Inside/> }.into_any(),
            }}
        </Router>
    }
}

/// A one-time link works for who is signed out as well: after a lost password.
#[component]
fn WayIn() -> impl IntoView {
    view! {
        <Routes fallback=SignInScreen>
            <Route path=path!("/first") view=FirstStart/>
        </Routes>
    }
}

#[component]
fn Inside() -> impl IntoView {
    let happenings = Happenings::new();
    provide_context(happenings);
    happenings.listen();
    view! {
        <Shell>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=OverviewScreen/>
                <Route path=path!("/first") view=OverviewScreen/>
                <Route path=path!("/sign-in") view=OverviewScreen/>
                <Route path=path!("/connections") view=Connections/>
                <Route path=path!("/connections/new/:source_type") view=NewConnection/>
                <Route path=path!("/connections/:id") view=ConnectionScreen/>
                <Route path=path!("/connections/:id/test") view=CheckScreen/>
                <Route path=path!("/runs") view=Runs/>
                <Route path=path!("/runs/:id") view=RunScreen/>
                <Route path=path!("/schedules") view=Schedules/>
                <Route path=path!("/destinations") view=Destinations/>
                <Route path=path!("/health") view=HealthScreen/>
                <Route path=path!("/consents") view=Consents/>
                <Route path=path!("/data/users") view=Users/>
                <Route path=path!("/data/applications") view=Applications/>
                <Route path=path!("/data/licences") view=Licences/>
                <Route path=path!("/data/usage") view=Usage/>
                <Route path=path!("/audit") view=AuditScreen/>
                <Route path=path!("/settings") view=Settings/>
            </Routes>
        </Shell>
    }
}
