#[path = "support/event.rs"]
mod event;

use tenantry::Rows;

fn list(rows: Rows<'_, event::Entity>) {
    let _ = rows.list().with_deleted();
}

fn main() {}
