//! From an event of `tracing` to a line at each place where lines go.

use crate::area::area_of;
use crate::daily_file::DailyFile;
use crate::line::{Line, shortened};
use crate::start::Format;
use jiff::Timestamp;
use serde_json::Value;
use std::error::Error;
use std::fmt::Debug;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Where lines go.
pub(crate) struct Output {
    pub(crate) format: Format,
    /// The standard error, and whether the journal of systemd reads it.
    pub(crate) errors: Option<ReadBy>,
    pub(crate) file: Option<Mutex<DailyFile>>,
    pub(crate) now: fn() -> Timestamp,
}

/// Who reads the standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadBy {
    Anybody,
    Journal,
}

/// The fields of a span, kept with it.
struct Kept(Vec<(&'static str, Value)>);

impl Output {
    fn write(&self, line: &Line) {
        // Made once, whoever reads it.
        let said = match self.format {
            Format::Text => line.said(),
            Format::Json => line.json(),
        };
        let plain = || match self.format {
            Format::Text => line.text(&said),
            Format::Json => said.clone(),
        };
        if let Some(read_by) = self.errors {
            let shown = match (self.format, read_by) {
                (Format::Text, ReadBy::Journal) => line.for_journal(&said),
                _ => plain(),
            };
            // Nobody may be reading.
            let _ = writeln!(std::io::stderr().lock(), "{shown}");
        }
        if let Some(file) = &self.file {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk ends imports elsewhere, with its own words; it must not end the beacon.
            let _ = file.write(line.at, &plain());
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Output {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Kept(fields.0));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut fields = fields.0;
        let message = fields.iter().position(|(name, _)| *name == "message").map(|at| fields.remove(at).1);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Kept(kept)) = span.extensions().get() {
                fields.extend(kept.iter().cloned());
            }
        }
        let mut known = Vec::new();
        fields.retain(|(name, _)| {
            let new = !known.contains(name);
            known.push(*name);
            new
        });
        let line = Line {
            at: (self.now)(),
            level: *event.metadata().level(),
            area: area_of(event.metadata().target()).to_owned(),
            message: message.and_then(|message| message.as_str().map(str::to_owned)).unwrap_or_default(),
            fields,
        };
        self.write(&line);
    }
}

#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.push((field.name(), value.into()));
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, shortened(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field, shortened(&value.to_string()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, shortened(&format!("{value:?}")));
    }
}
