#[path = "support/event.rs"]
mod event;

use tenantry::{Rows, Version, Versioned};

fn update(rows: Rows<'_, event::Entity>, id: tenantry::Id<event::Entity>, version: Version) {
    let _ = rows.update((id, version), Default::default());
}

fn main() {}
