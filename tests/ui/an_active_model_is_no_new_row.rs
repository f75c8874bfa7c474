use tenantry::Rows;
use tenantry_entities::challenges::challenge;

fn insert(rows: Rows<'_, challenge::Entity>, row: challenge::ActiveModel) {
    let _ = rows.insert(row);
}

fn main() {}
