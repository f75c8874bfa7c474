use tenantry::CatalogueSession;
use tenantry_entities::challenges::challenge;

fn list(session: &CatalogueSession) {
    let _ = session.rows(challenge::Entity).list().sort(challenge::NEWEST);
}

fn main() {}
