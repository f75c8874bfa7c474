//! Answers that never come: what is unknown, and what can be asked for.

use std::time::Duration;

use tenantry::{Database, ErrorKind, Outcome};
use tenantry_entities::challenges::Challenges;
use tenantry_repositories::accounts::Members;
use tenantry_testing::CountingProxy;

use crate::world::{World, titled};

async fn through(world: &World) -> (CountingProxy, Database) {
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = Database::builder(proxy.url())
        .connect(Members)
        .await
        .unwrap();
    (proxy, database)
}

#[tokio::test]
async fn a_lost_answer_to_the_commit_is_unknown_and_can_be_asked_for() {
    let world = World::new().await;
    let (proxy, database) = through(&world).await;
    let session = database.begin(&world.alpha).await.unwrap();
    session.challenges().insert(titled("a")).await.unwrap();
    proxy.cut_on(b"COMMIT");
    let error = session.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    let transaction = error
        .transaction()
        .expect("a session that wrote knows its transaction");

    let mut outcome = world.database.outcome(transaction).await.unwrap();
    while outcome == Outcome::InProgress {
        tokio::time::sleep(Duration::from_millis(10)).await;
        outcome = world.database.outcome(transaction).await.unwrap();
    }
    assert_eq!(outcome, Outcome::Committed);
    assert_eq!(
        world
            .alpha()
            .await
            .challenges()
            .list()
            .count()
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_unknown_and_turns_out_rolled_back() {
    let world = World::new().await;
    let (proxy, database) = through(&world).await;
    let session = database.begin(&world.alpha).await.unwrap();
    session.challenges().insert(titled("a")).await.unwrap();
    proxy.cut_before(b"COMMIT");
    let error = session.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    let mut outcome = Outcome::InProgress;
    while outcome == Outcome::InProgress {
        tokio::time::sleep(Duration::from_millis(10)).await;
        outcome = world
            .database
            .outcome(error.transaction().unwrap())
            .await
            .unwrap();
    }
    assert_eq!(outcome, Outcome::RolledBack);
    assert_eq!(
        world
            .alpha()
            .await
            .challenges()
            .list()
            .count()
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn a_lost_answer_to_a_reader_is_no_mystery() {
    let world = World::new().await;
    let (proxy, database) = through(&world).await;
    let session = database.read(&world.alpha).await.unwrap();
    session.challenges().list().count().await.unwrap();
    proxy.cut_on(b"COMMIT");
    assert_eq!(
        session.commit().await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced_before_it_is_noticed() {
    let world = World::new().await;
    let (proxy, database) = through(&world).await;
    database
        .begin(&world.alpha)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    proxy.cut();
    database
        .begin(&world.alpha)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
}
