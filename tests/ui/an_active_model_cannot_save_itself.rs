use sea_orm::ActiveModelTrait;
use tenantry::Session;
use tenantry_entities::challenges::challenge;

fn save(session: &Session, row: challenge::ActiveModel) {
    let _ = row.insert(session);
}

fn main() {}
