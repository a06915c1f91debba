//! What the host tells without being asked: one stream for the whole page.

use beacon_api::{Happened, paths};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// The last thing that happened, and counts that change with each thing of its kind.
#[derive(Clone, Copy)]
pub(crate) struct Happenings {
    pub(crate) last: RwSignal<Option<Happened>>,
    pub(crate) connections: RwSignal<u64>,
    pub(crate) consents: RwSignal<u64>,
    pub(crate) data: RwSignal<u64>,
    pub(crate) schedules: RwSignal<u64>,
    pub(crate) destinations: RwSignal<u64>,
}

impl Happenings {
    pub(crate) fn new() -> Self {
        Self {
            last: RwSignal::new(None),
            connections: RwSignal::new(0),
            consents: RwSignal::new(0),
            data: RwSignal::new(0),
            schedules: RwSignal::new(0),
            destinations: RwSignal::new(0),
        }
    }

    fn take(self, happened: Happened) {
        match &happened {
            Happened::Connections => self.connections.update(|count| *count = count.wrapping_add(1)),
            Happened::Consents => self.consents.update(|count| *count = count.wrapping_add(1)),
            Happened::Schedules => self.schedules.update(|count| *count = count.wrapping_add(1)),
            Happened::Destinations => self.destinations.update(|count| *count = count.wrapping_add(1)),
            Happened::Data { .. } => self.data.update(|count| *count = count.wrapping_add(1)),
            Happened::Run { .. } | Happened::Task { .. } => {}
        }
        self.last.set(Some(happened));
    }

    /// Everything is asked for anew: some events were lost.
    fn lost(self) {
        self.take(Happened::Connections);
        self.take(Happened::Consents);
        self.take(Happened::Schedules);
        self.take(Happened::Destinations);
        self.take(Happened::Data { connection: String::new() });
    }

    /// Listens until the owner of the caller is gone. A stream that breaks is opened again by the browser.
    ///
    /// Only a page that is seen listens: a browser has six connections to a host without TLS, and a stream holds one of
    /// them. Pages in other tabs, and those that "back" leads to, would leave none. Who comes back asks for everything.
    pub(crate) fn listen(self) {
        let stream = StoredValue::new_local((!document().hidden()).then(|| Stream::open(self)));
        let sight = window_event_listener_untyped("visibilitychange", move |_| {
            if document().hidden() {
                stream.set_value(None);
            } else {
                stream.set_value(Some(Stream::open(self)));
                self.lost();
            }
        });
        on_cleanup(move || {
            sight.remove();
            stream.set_value(None);
        });
    }
}

/// An open stream; it ends when this is dropped.
struct Stream {
    source: Option<EventSource>,
    /// What the source calls.
    _listeners: [Closure<dyn Fn(MessageEvent)>; 2],
}

impl Stream {
    fn open(happenings: Happenings) -> Self {
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let happened = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            if let Some(happened) = happened {
                happenings.take(happened);
            }
        });
        let lost = Closure::<dyn Fn(MessageEvent)>::new(move |_| happenings.lost());
        // It fails only for addresses that are none.
        let source = EventSource::new(paths::EVENTS).ok();
        if let Some(source) = &source {
            source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            // It fails only for listeners that are no functions.
            let _ = source.add_event_listener_with_callback("lost", lost.as_ref().unchecked_ref());
        }
        Self { source, _listeners: [message, lost] }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
    }
}

/// What happens, for a screen.
pub(crate) fn happenings() -> Happenings {
    expect_context()
}
