// H-8: work that outlives its request would go on under a context that is gone.
use tenantry::Session;
use tenantry_entities::challenges::Challenges;

fn spawn(session: Session) {
    let challenges = session.challenges();
    tokio::spawn(async move { challenges.list().count().await });
}

fn main() {}
