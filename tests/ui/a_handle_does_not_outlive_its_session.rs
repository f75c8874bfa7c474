use tenantry::{Result, Session};
use tenantry_entities::challenges::Challenges;

async fn late(session: Session) -> Result<u64> {
    let challenges = session.challenges();
    session.commit().await?;
    challenges.list().count().await
}

fn main() {}
