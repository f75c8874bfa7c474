//! A subscriber that hears everything.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Writes down everything that anybody traces.
#[derive(Clone, Default)]
pub(crate) struct Listener(Arc<Mutex<String>>);

impl Listener {
    /// What was traced until now.
    pub(crate) fn heard(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn note(&self, record: impl FnOnce(&mut dyn Visit)) {
        struct Pen<'a>(&'a mut String);
        impl Visit for Pen<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                let _infallible = write!(self.0, "{}={value:?} ", field.name());
            }
        }
        record(&mut Pen(&mut self.0.lock().unwrap()));
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        self.note(|visit| span.record(visit));
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        self.note(|visit| values.record(visit));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        self.note(|visit| event.record(visit));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
