//! Screens that a browser loads when they are first opened, so that the way in is short.
//!
//! `cargo xtask page` cuts the program at each [`part!`]; screens of one part come in one file. Without the feature
//! `parts` nothing is cut, for people who work on the page with `trunk serve`.

use crate::kit::ProblemNotice;
use beacon_api::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
use std::future::Future;
use std::pin::Pin;

/// A part did not arrive; the browser's console says why.
pub(super) struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A screen under way.
pub(super) type Coming = Pin<Box<dyn Future<Output = Result<AnyView, NotLoaded>>>>;

fn not_loaded() -> Problem {
    Problem {
        kind: ProblemKind::Retry,
        code: "page.part".to_owned(),
        title: "This screen could not be loaded.".to_owned(),
        advice: "Check that the beacon is running, then reload the page.".to_owned(),
        detail: Vec::new(),
        fields: Vec::new(),
    }
}

/// Shows a screen as soon as it is there. What it is made of belongs to the place where it is shown.
pub(super) fn later(coming: Coming) -> impl IntoView {
    let made = StoredValue::new_local(None);
    let arrived = RwSignal::new(false);
    let coming = ScopedFuture::new(coming);
    spawn_local(async move {
        let screen = coming.await;
        // Whoever has gone on to another screen needs it no more.
        let kept = made.try_update_value(|made| *made = Some(screen));
        if kept.is_some() {
            arrived.set(true);
        }
    });
    move || match arrived.get().then(|| made.try_update_value(Option::take)).flatten().flatten() {
        Some(Ok(screen)) => screen,
        Some(Err(NotLoaded)) => view! { <ProblemNotice problem=not_loaded()/> }.into_any(),
        None => view! { <p role="status">"Loading …"</p> }.into_any(),
    }
}

/// Declares the component `$name`: the screen `$screen`, in the file of `$part`.
macro_rules! part {
    ($part:ident: $($name:ident = $screen:path as $function:ident),+ $(,)?) => {$(
        #[cfg(feature = "parts")]
        #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
        fn $function() -> Result<leptos::prelude::AnyView, $crate::screens::later::NotLoaded> {
            Ok(leptos::prelude::IntoAny::into_any($screen()))
        }

        #[cfg(not(feature = "parts"))]
        async fn $function() -> Result<leptos::prelude::AnyView, $crate::screens::later::NotLoaded> {
            Ok(leptos::prelude::IntoAny::into_any($screen()))
        }

        #[leptos::component]
        pub(crate) fn $name() -> impl leptos::prelude::IntoView {
            $crate::screens::later::later(Box::pin($function()))
        }
    )+};
}

pub(super) use part;
