use sea_orm::ColumnTrait;
use tenantry::Rows;
use tenantry_entities::challenges::challenge;

fn list(rows: Rows<'_, challenge::Entity>) {
    let _ = rows.list().filter(challenge::Column::Title.contains("x"));
}

fn main() {}
