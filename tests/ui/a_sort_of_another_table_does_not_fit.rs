use tenantry::Rows;
use tenantry_entities::challenges::{challenge, submission};

fn list(rows: Rows<'_, submission::Entity>) {
    let _ = rows.list().sort(challenge::NEWEST);
}

fn main() {}
