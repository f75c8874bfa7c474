use tenantry::Rows;
use tenantry_entities::challenges::{challenge, submission};

fn insert(rows: Rows<'_, challenge::Entity>, new: submission::New) {
    let _ = rows.insert(new);
}

fn main() {}
