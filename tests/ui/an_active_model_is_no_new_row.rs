#[path = "support/event.rs"]
mod event;

use tenantry::Rows;

fn insert(rows: Rows<'_, event::Entity>, row: event::ActiveModel) {
    let _ = rows.insert(row);
}

fn main() {}
