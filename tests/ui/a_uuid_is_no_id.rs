use tenantry::Rows;
use tenantry_entities::challenges::challenge;
use uuid::Uuid;

fn get(rows: Rows<'_, challenge::Entity>, id: Uuid) {
    let _ = rows.get(id);
}

fn main() {}
