use sea_orm::Set;
use tenantry::CatalogueSession;
use tenantry_entities::challenges::challenge;

fn write(session: &CatalogueSession, row: &challenge::Model) {
    let change = challenge::Update {
        title: Set("mine".into()),
        ..Default::default()
    };
    let _ = session.rows(challenge::Entity).update(row, change);
}

fn main() {}
