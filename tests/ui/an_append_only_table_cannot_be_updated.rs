#[path = "support/event.rs"]
mod event;

use tenantry::{Id, Rows, Version};

fn update(rows: Rows<'_, event::Entity>, id: Id<event::Entity>, version: Version) {
    let _ = rows.update((id, version), Default::default());
}

fn main() {}
