use tenantry::CatalogueSession;
use tenantry_entities::challenges::submission;

fn list(session: &CatalogueSession) {
    let _ = session.rows(submission::Entity).list();
}

fn main() {}
