use tenantry::Session;
use tenantry_entities::challenges::Challenges;

fn beside(session: &mut Session) {
    let _ = session.savepoint(async |_inner| session.challenges().list().count().await);
}

fn main() {}
