use tenantry::PersonalSession;
use tenantry_entities::challenges::judge;

fn list(session: &PersonalSession) {
    let _ = session.rows(judge::Entity).list();
}

fn main() {}
