use sea_orm::EntityTrait;
use tenantry::Session;
use tenantry_entities::challenges::challenge;

fn all(session: &Session) {
    let _ = challenge::Entity::find().all(session);
}

fn main() {}
