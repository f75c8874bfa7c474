use tenantry::Rows;
use tenantry_entities::challenges::{challenge, submission};

fn get(rows: Rows<'_, challenge::Entity>, id: submission::Id) {
    let _ = rows.get(id);
}

fn main() {}
