#[path = "support/event.rs"]
mod event;

use tenantry::{Id, Rows};

fn delete(rows: Rows<'_, event::Entity>, id: Id<event::Entity>) {
    let _ = rows.delete(id);
}

fn main() {}
