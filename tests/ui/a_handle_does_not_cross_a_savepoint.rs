use tenantry::{Error, Result, Session};
use tenantry_entities::challenges::Challenges;

async fn across(session: &mut Session) -> Result<u64> {
    let challenges = session.challenges();
    session.savepoint(async |_| Ok::<_, Error>(())).await?;
    challenges.list().count().await
}

fn main() {}
