use tenantry::Rows;
use tenantry_entities::challenges::challenge;

fn update(rows: Rows<'_, challenge::Entity>, id: challenge::Id, change: challenge::Update) {
    let _ = rows.update(id, change);
}

fn main() {}
