use tenantry::Session;
use tenantry_entities::challenges::Challenges;

fn spawn(session: Session) {
    let challenges = session.challenges();
    tokio::spawn(async move { challenges.list().count().await });
}

fn main() {}
