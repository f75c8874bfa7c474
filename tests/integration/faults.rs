//! What breaks around the library: a server that dies under its writers, a pool that has nothing left to give.

use std::time::{Duration, Instant};

use tenantry::{Database, ErrorKind, Outcome, TenantContext, TransactionId};
use tenantry_entities::challenges::{Challenges, challenge, submission};
use tenantry_repositories::accounts::Members;
use tenantry_testing::{TestDatabase, TestServer};

use crate::{
    cleanliness::assert_clean,
    world::{AccountsAndChallenges, World, found, titled},
};

/// What a writer knows of a unit of work: a challenge and what its founder handed in for it.
#[derive(Debug)]
enum Told {
    Kept(challenge::Id),
    NotKept(challenge::Id),
    Unknown(challenge::Id, TransactionId),
}

/// Writes until the server is gone for good.
async fn write(
    database: Database,
    context: TenantContext,
    writer: u32,
    until: Instant,
) -> Vec<Told> {
    let mut told = Vec::new();
    for number in 0.. {
        if Instant::now() > until {
            break;
        }
        let Ok(session) = database.begin(&context).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let title = format!("{writer} {number}");
        let Ok(row) = session.challenges().insert(titled(&title)).await else {
            continue;
        };
        let user_id = context.actor().unwrap().as_uuid().unwrap();
        let child = submission::New {
            challenge_id: row.id,
            user_id,
        };
        if session.submissions().insert(child).await.is_err() {
            told.push(Told::NotKept(row.id));
            continue;
        }
        told.push(match session.commit().await {
            Ok(()) => Told::Kept(row.id),
            Err(error) if error.kind() == ErrorKind::CommitUnknown => {
                Told::Unknown(row.id, error.transaction().unwrap())
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
                Told::NotKept(row.id)
            }
        });
    }
    told
}

/// H-7: a server that dies under its writers loses nothing that it acknowledged, and keeps nothing by halves.
/// A number whose transaction was lost is given away again: a commit of the new one is not taken for ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_under_its_writers_keeps_what_it_acknowledged() {
    let mut server = tokio::task::spawn_blocking(TestServer::start_own)
        .await
        .unwrap()
        .unwrap();
    let test = TestDatabase::new_on::<AccountsAndChallenges>(&server)
        .await
        .unwrap();
    let database = Database::builder(test.app_url())
        .max_connections(6)
        .acquire_timeout(Duration::from_millis(300))
        .connect(Members)
        .await
        .unwrap();
    let alpha = found(&database, "alpha").await;
    let until = Instant::now() + Duration::from_secs(5);
    let writers: Vec<_> = (0..6)
        .map(|writer| tokio::spawn(write(database.clone(), alpha.clone(), writer, until)))
        .collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        server = tokio::task::spawn_blocking(move || {
            server.crash().unwrap();
            server.restart().unwrap();
            server
        })
        .await
        .unwrap();
    }
    let mut told = Vec::new();
    for writer in writers {
        told.extend(writer.await.unwrap());
    }

    let session = database.begin(&alpha).await.unwrap();
    let (mut kept, mut broken, mut forgotten) = (0, 0, 0);
    for told in told {
        let (id, expected) = match &told {
            Told::Kept(id) => (*id, true),
            Told::NotKept(id) => (*id, false),
            Told::Unknown(id, transaction) => match database.outcome(*transaction).await.unwrap() {
                Outcome::Committed => (*id, true),
                Outcome::RolledBack => (*id, false),
                Outcome::Forgotten => {
                    forgotten += 1;
                    continue;
                }
                other => panic!("{other:?} after a restart"),
            },
        };
        let there = session.challenges().find(id).await.unwrap().is_some();
        let children = session
            .submissions()
            .list()
            .filter(submission::CHALLENGE_ID.eq(id));
        assert_eq!(there, expected, "{told:?} is otherwise");
        assert_eq!(children.exists().await.unwrap(), there, "half done");
        if expected { kept += 1 } else { broken += 1 }
    }
    session.commit().await.unwrap();
    assert!(
        kept > 0 && broken > 0,
        "{kept} kept, {broken} broken, {forgotten} forgotten: nothing was proven"
    );
}

/// A pool that has nothing to give says so in time, and gives again.
#[tokio::test]
async fn an_exhausted_pool_says_so_in_time_and_recovers() {
    let patience = Duration::from_millis(200);
    let world = World::with(|builder| builder.max_connections(2).acquire_timeout(patience)).await;
    let held = (world.alpha().await, world.alpha().await);
    let began = Instant::now();
    let actor = world.beta.actor().unwrap().clone();
    let refused = [
        world.database.begin(&world.beta).await.err(),
        world.database.read(&world.beta).await.err(),
        world
            .database
            .authorize(actor, world.beta.workspace().clone())
            .await
            .err(),
        world
            .database
            .transaction(&world.beta, async |_| Ok::<_, tenantry::Error>(()))
            .await
            .err(),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap().kind(), ErrorKind::Unavailable);
    }
    assert!(
        began.elapsed() < patience * 4 + Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );

    let (first, second) = held;
    first.challenges().insert(titled("kept")).await.unwrap();
    first.commit().await.unwrap();
    drop(second);
    assert_clean(&world, 2).await;
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

/// Whoever waits in vain for a connection is not in the way of those who wait after.
#[tokio::test]
async fn those_who_gave_up_waiting_take_no_connection() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let held = world.alpha().await;
    for _ in 0..8 {
        let waiting = world.database.begin(&world.beta);
        assert!(
            tokio::time::timeout(Duration::from_millis(20), waiting)
                .await
                .is_err()
        );
    }
    held.commit().await.unwrap();
    assert_clean(&world, 1).await;
}
