use sea_orm::EntityTrait;
use tenantry::Database;
use tenantry_entities::challenges::challenge;

fn all(database: &Database) {
    let _ = challenge::Entity::find().all(database);
}

fn main() {}
