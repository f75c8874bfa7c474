use tenantry::ReadSession;
use tenantry_entities::challenges::Challenges;

fn export(session: &ReadSession) {
    let _ = session.challenges().list().export();
}

fn main() {}
