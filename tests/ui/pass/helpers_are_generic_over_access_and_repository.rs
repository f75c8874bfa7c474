use tenantry::{
    Access, Id, ReadRepository, ReadSession, Repository, Result, Session, SoftDelete, Versioned,
};
use tenantry_entities::challenges::{Challenges, challenge, judge};
use tenantry_repositories::challenges::ChallengeRepository;

async fn count<A: Access>(session: &Session<A>) -> Result<u64> {
    session.challenges().list().count().await
}

async fn first<R: ReadRepository>(repository: R) -> Result<bool> {
    Ok(repository.list().first().await?.is_some())
}

async fn replace<R>(repository: &R, id: Id<R::Entity>) -> Result<()>
where
    R: Repository<Entity: SoftDelete + Versioned>,
{
    let deletion = repository.delete(id).await?;
    repository.restore(&deletion).await?;
    Ok(())
}

async fn publish(challenges: &impl ChallengeRepository, id: challenge::Id) -> Result<()> {
    challenges.publish(id).await?;
    Ok(())
}

async fn service(session: &Session, id: challenge::Id, judge: judge::Id) -> Result<()> {
    let (challenges, judges) = (session.challenges(), session.judges());
    count(session).await?;
    first(challenges).await?;
    replace(&judges, judge).await?;
    publish(&challenges, id).await
}

async fn report(session: &ReadSession) -> Result<(u64, bool)> {
    Ok((count(session).await?, first(session.submissions()).await?))
}

fn spawn(session: Session, id: challenge::Id, judge: judge::Id) {
    tokio::spawn(async move { service(&session, id, judge).await });
}

fn main() {
    let _ = (spawn, report);
}
