//! Units of work: what is kept, what is undone, what is tried again, what is unknown.

mod lost_answers;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::Set;
use tenantry::{Error, ErrorKind, Isolation, Session};
use tenantry_entities::challenges::{Challenges, challenge};

use crate::world::{World, titled};

fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

/// H-7: everything of a unit of work or nothing, the audit log included.
#[tokio::test]
async fn a_failure_in_the_last_step_leaves_nothing() {
    let world = World::new().await;
    let failed: Result<(), Error> = world
        .database
        .transaction(&world.alpha, async |session| {
            session.challenges().insert(titled("a")).await?;
            session.challenges().insert(titled("b")).await?;
            Err(Error::new(ErrorKind::Invalid, "the last step"))
        })
        .await;
    assert_eq!(failed.unwrap_err().to_string(), "the last step");
    let session = world.alpha().await;
    assert_eq!(
        session
            .challenges()
            .list()
            .with_deleted()
            .count()
            .await
            .unwrap(),
        0
    );
    let logged =
        "SELECT count(*) FROM tenantry.audit_log WHERE table_name = 'challenges.challenges'";
    let logged: i64 = sqlx::query_scalar(logged)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(logged, 0);
}

#[tokio::test]
async fn a_commit_over_a_swallowed_error_is_an_error() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let session = world.alpha().await;
    session.challenges().insert(titled("lost")).await.unwrap();
    let swallowed = session.challenges().insert(titled("taken")).await;
    assert_eq!(swallowed.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(
        session.commit().await.unwrap_err().kind(),
        ErrorKind::Aborted
    );
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
async fn a_dropped_session_rolls_back() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let session = world.alpha().await;
    session
        .challenges()
        .insert(titled("dropped"))
        .await
        .unwrap();
    drop(session);
    // The only connection: it comes back clean.
    assert_eq!(
        world
            .beta()
            .await
            .challenges()
            .list()
            .count()
            .await
            .unwrap(),
        0
    );
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
async fn a_savepoint_undoes_what_failed_inside_and_nothing_else() {
    let world = World::new().await;
    let mut session = world.alpha().await;
    session.challenges().insert(titled("before")).await.unwrap();
    let failed = session
        .savepoint(async |session| {
            session.challenges().insert(titled("inside")).await?;
            session.challenges().insert(titled("before")).await
        })
        .await;
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::AlreadyExists);
    let nested = session
        .savepoint(async |session| {
            session.challenges().insert(titled("kept")).await?;
            let inner: Result<(), Error> = session
                .savepoint(async |session| {
                    session.challenges().insert(titled("undone")).await?;
                    Err(Error::new(ErrorKind::Invalid, "inner"))
                })
                .await;
            assert!(inner.is_err());
            Ok::<_, Error>(())
        })
        .await;
    nested.unwrap();
    session.commit().await.unwrap();
    let page = world
        .alpha()
        .await
        .challenges()
        .list()
        .page()
        .await
        .unwrap();
    let titles: Vec<_> = page.items.into_iter().map(|row| row.title).collect();
    assert_eq!(titles, ["before", "kept"]);
}

#[tokio::test]
async fn a_savepoint_that_returns_ok_over_a_failure_is_aborted() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let mut session = world.alpha().await;
    let lied = session
        .savepoint(async |session| {
            let _swallowed = session.challenges().insert(titled("taken")).await;
            Ok::<_, Error>(())
        })
        .await;
    assert_eq!(lied.unwrap_err().kind(), ErrorKind::Aborted);
}

#[tokio::test]
async fn a_savepoint_dropped_midway_is_undone_before_anything_else_runs() {
    let world = World::new().await;
    let mut session = world.alpha().await;
    session.challenges().insert(titled("before")).await.unwrap();
    let endless = session.savepoint(async |session| {
        session.challenges().insert(titled("abandoned")).await?;
        std::future::pending::<Result<(), Error>>().await
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(200), endless)
            .await
            .is_err()
    );
    session.challenges().insert(titled("after")).await.unwrap();
    session.commit().await.unwrap();
    let page = world
        .alpha()
        .await
        .challenges()
        .list()
        .page()
        .await
        .unwrap();
    let titles: Vec<_> = page.items.into_iter().map(|row| row.title).collect();
    assert_eq!(titles, ["before", "after"]);
}

/// Write skew: each transaction reads what the other writes. One of them fails when it commits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serialization_failure_at_the_commit_is_tried_again() {
    let world = World::new().await;
    world.challenge(&world.alpha, "x").await;
    world.challenge(&world.alpha, "y").await;
    let database = world.database.isolated(Isolation::Serializable);
    let (attempts, both) = (
        Arc::new(AtomicU32::new(0)),
        Arc::new(tokio::sync::Barrier::new(2)),
    );

    let workers: Vec<_> = ["one", "two"]
        .into_iter()
        .map(|title| {
            let (database, context) = (database.clone(), world.alpha.clone());
            let (attempts, both) = (Arc::clone(&attempts), Arc::clone(&both));
            tokio::spawn(async move {
                database
                    .transaction(&context, async move |session| {
                        let count = session.challenges().list().count().await?;
                        if attempts.fetch_add(1, Ordering::SeqCst) < 2 {
                            both.wait().await;
                        }
                        session
                            .challenges()
                            .insert(titled(&format!("{title} after {count}")))
                            .await
                    })
                    .await
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap().unwrap();
    }
    assert_eq!(
        attempts.load(Ordering::SeqCst),
        3,
        "one of the two ran twice"
    );
    let page = world
        .alpha()
        .await
        .challenges()
        .list()
        .page()
        .await
        .unwrap();
    let mut counts: Vec<_> = page
        .items
        .iter()
        .filter_map(|row| row.title.split_once(" after "))
        .map(|p| p.1)
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, ["2", "3"], "as if one had run after the other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_tried_again() {
    let world = World::new().await;
    let (x, y) = (
        world.challenge(&world.alpha, "x").await,
        world.challenge(&world.alpha, "y").await,
    );
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let workers: Vec<_> = [(x.id, y.id), (y.id, x.id)]
        .into_iter()
        .map(|(first, second)| {
            let (database, context) = (world.database.clone(), world.alpha.clone());
            let (both, attempt) = (Arc::clone(&both), Arc::new(AtomicU32::new(0)));
            tokio::spawn(async move {
                database
                    .transaction(&context, async move |session: &mut Session| {
                        let rows = session.challenges();
                        rows.get_for_update(first).await?;
                        if attempt.fetch_add(1, Ordering::SeqCst) == 0 {
                            both.wait().await;
                        }
                        rows.get_for_update(second).await
                    })
                    .await
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn what_the_application_refuses_is_not_tried_again() {
    let world = World::new().await;
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    let refused: Result<(), Error> = world
        .database
        .transaction(&world.alpha, async move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Err(Error::new(ErrorKind::LimitReached, "enough"))
        })
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::LimitReached);
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_repeatable_read_refuses_to_overwrite() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "a").await;
    let database = world.database.isolated(Isolation::RepeatableRead);
    let slow = database.begin(&world.alpha).await.unwrap();
    slow.challenges().get(row.id).await.unwrap();
    let quick = world.alpha().await;
    quick
        .challenges()
        .update(&row, rename("quick"))
        .await
        .unwrap();
    quick.commit().await.unwrap();
    let late = slow
        .challenges()
        .update(&row, rename("slow"))
        .await
        .unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Retryable);
}

#[tokio::test]
async fn a_read_session_cannot_write_even_by_raw_sql() {
    let world = World::new().await;
    let session = world.database.read(&world.alpha).await.unwrap();
    let sql = "UPDATE challenges.challenges SET title = 'x'";
    let refused = session
        .raw_sql_without_workspace_guard("a test", sql, sqlx::postgres::PgArguments::default())
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn a_second_statement_cannot_be_stacked_on_raw_sql() {
    let world = World::new().await;
    let session = world.alpha().await;
    let stacked = session
        .raw_sql_without_workspace_guard("a test", "SELECT 1; SELECT 2", Default::default())
        .await;
    assert!(stacked.is_err());
}
