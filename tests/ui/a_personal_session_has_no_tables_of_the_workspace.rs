use tenantry::PersonalSession;
use tenantry_entities::challenges::Challenges;

fn all(session: &PersonalSession) {
    let _ = session.submissions();
}

fn main() {}
