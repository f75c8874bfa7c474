//! What becomes of a server with known holes.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::*;

/// Writes down what is warned of.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Visit for &Warnings {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::WARN
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn warned(version: i32) -> Vec<String> {
    let warnings = Warnings::default();
    tracing::subscriber::with_default(warnings.clone(), || {
        known_holes(version, Unpatched::Warned).unwrap();
    });
    warnings.0.lock().unwrap().clone()
}

/// H-42: a service learns of the holes of its server when it connects.
#[test]
fn a_server_with_known_holes_is_warned_of() {
    let said = warned(150_018).concat();
    assert!(said.contains("CVE-2026-14666"), "{said}");
    assert!(said.contains("PostgreSQL 15.19"), "{said}");
    assert_eq!(warned(150_019), Vec::<String>::new());
}

/// H-42: or does not connect at all, where it asked for that.
#[test]
fn a_server_with_known_holes_is_refused_where_the_builder_asks_for_it() {
    let error = known_holes(170_005, Unpatched::Refused).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(
        error.to_string(),
        "row security of PostgreSQL 17.5 has known holes: CVE-2025-8713, CVE-2026-14666"
    );
    assert_eq!(
        error.hint(),
        Some("Upgrade the server to PostgreSQL 17.11 or a later minor version.")
    );
    known_holes(170_011, Unpatched::Refused).unwrap();
}
