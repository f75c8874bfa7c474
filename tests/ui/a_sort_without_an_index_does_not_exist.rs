use tenantry::Rows;
use tenantry_entities::challenges::challenge;

fn list(rows: Rows<'_, challenge::Entity>) {
    let _ = rows.list().sort(challenge::TITLE);
}

fn main() {}
