use tenantry::Rows;
use tenantry_entities::challenges::{challenge, submission};

fn update(rows: Rows<'_, challenge::Entity>, row: &submission::Model, change: challenge::Update) {
    let _ = rows.update(row, change);
}

fn main() {}
