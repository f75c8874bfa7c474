//! Updates of many rows beside other writers.

use tenantry::ErrorKind;
use tenantry_entities::challenges::Challenges;

use super::{committed, publish, rename, told};
use crate::{random::Numbers, world::World};

#[tokio::test]
async fn whoever_waits_for_a_writer_is_told_the_row_that_it_committed() {
    let world = World::new().await;
    let rows = committed(&world, 20).await;
    let holder = world.alpha().await;
    let held = holder.challenges().update(&rows[7], rename("first")).await;
    held.unwrap();
    let late = async {
        let session = world.alpha().await;
        let changes = rows.iter().map(|row| (row, publish()));
        let outcomes = session.challenges().update_each(changes).await.unwrap();
        session.commit().await.unwrap();
        outcomes
    };
    let commit = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        holder.commit().await.unwrap();
    };
    let (outcomes, ()) = tokio::join!(late, commit);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match n {
            7 => assert_eq!(told(outcome), "stale: seen 1, now first 2"),
            n => assert_eq!(outcome.unwrap().id, rows[n].id),
        }
    }
}

/// Locks are taken in the order of the ids, whatever the order of the rows: no two calls lock up.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn overlapping_calls_never_lock_up() {
    let world = World::with(|builder| builder.max_connections(6)).await;
    let rows = committed(&world, 300).await;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0_u64..4 {
        let (database, alpha) = (world.database.clone(), world.alpha.clone());
        let ids = ids.clone();
        writers.spawn(async move {
            let mut applied = 0;
            let mut numbers = Numbers::of(writer);
            for batch in 0..150_u64 {
                let mut chosen = ids.clone();
                numbers.shuffle(&mut chosen);
                chosen.truncate(100);
                let session = database.begin(&alpha).await.unwrap();
                let found = session.challenges().find_many(&chosen).await.unwrap();
                // Now and then a row that a constraint refuses, so that halves are tried.
                let changes = found
                    .iter()
                    .enumerate()
                    .map(|(n, row)| match (batch % 25, n) {
                        (7, 50) => (row, rename(&"x".repeat(256))),
                        (_, n) if n % 2 == 0 => (row, publish()),
                        _ => (row, rename(&format!("{writer} {batch} {n}"))),
                    });
                for outcome in session.challenges().update_each(changes).await.unwrap() {
                    match outcome {
                        Ok(_) => applied += 1,
                        Err(error) if error.kind() == ErrorKind::Stale => {}
                        Err(error) => {
                            assert_eq!(error.constraint(), Some("challenges_title_check"))
                        }
                    }
                }
                session.commit().await.unwrap();
            }
            applied
        });
    }
    let applied: i64 = writers.join_all().await.into_iter().sum();
    assert!(
        applied > 10_000,
        "the writers only stood in each other's way"
    );
    // No update is lost, and none is counted twice.
    let counted = "SELECT sum(version - 1)::bigint FROM challenges.challenges";
    let counted: i64 = sqlx::query_scalar(counted)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(counted, applied);
}
