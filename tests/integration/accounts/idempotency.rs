//! Work that is done once: by several at once, after a failure, after a killed server.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tenantry::{Error, ErrorKind, Session};
use tenantry_entities::{
    accounts::{Accounts, idempotency_key},
    challenges::{Challenges, challenge},
};
use tenantry_repositories::accounts::{Answer, FinishedWork, Work};

use crate::world::{World, titled};

async fn challenges(world: &World) -> u64 {
    world
        .alpha()
        .await
        .challenges()
        .list()
        .count()
        .await
        .unwrap()
}

async fn kept(world: &World) -> idempotency_key::Model {
    let session = world.alpha().await;
    session
        .idempotency_keys()
        .list()
        .first()
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn callers_at_the_same_time_get_one_result() {
    let world = World::new().await;
    let ran = AtomicU32::new(0);
    let ran = &ran;
    let work = Work::new("challenges.create", "k1");
    let call = || {
        work.once(
            &world.database,
            &world.alpha,
            async move |session: &mut Session| {
                ran.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(50)).await;
                let row = session.challenges().insert(titled("once")).await?;
                Ok::<challenge::Id, Error>(row.id)
            },
        )
    };
    let ids = futures_util::future::join_all((0..6).map(|_| call())).await;
    let ids: Vec<_> = ids.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(
        (ran.load(Ordering::Relaxed), challenges(&world).await),
        (1, 1)
    );
    // Another workspace has its own keys.
    let other = work.once(&world.database, &world.beta, async |_: &mut Session| {
        Ok::<u8, Error>(7)
    });
    assert_eq!(other.await.unwrap(), 7);
}

#[tokio::test]
async fn who_does_not_wait_is_told() {
    let world = World::new().await;
    let work = Work::new("slow", "k");
    let (started, seen) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let (started, seen) = (&started, &seen);
    let first = work.try_once(
        &world.database,
        &world.alpha,
        async move |_: &mut Session| {
            started.notify_one();
            seen.notified().await;
            Ok::<u8, Error>(1)
        },
    );
    let second = async {
        started.notified().await;
        let busy = work.try_once(&world.database, &world.alpha, async |_: &mut Session| {
            Ok::<u8, Error>(2)
        });
        let busy = busy.await.unwrap();
        let impatient = work.clone().patience(Duration::from_millis(30));
        let waited = impatient.once(&world.database, &world.alpha, async |_: &mut Session| {
            Ok::<u8, Error>(2)
        });
        let waited = waited.await.unwrap_err().kind();
        seen.notify_one();
        (busy, waited)
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.unwrap(), Answer::Ran(1));
    assert_eq!(second, (Answer::Busy, ErrorKind::Retryable));
    let third = work.try_once(&world.database, &world.alpha, async |_: &mut Session| {
        Ok::<u8, Error>(3)
    });
    assert_eq!(third.await.unwrap(), Answer::Stored(1));
}

#[tokio::test]
async fn work_that_failed_is_tried_again() {
    let world = World::new().await;
    let work = Work::new("fails", "k");
    let failed = work.once(
        &world.database,
        &world.alpha,
        async |session: &mut Session| {
            session.challenges().insert(titled("half")).await?;
            Err::<(), _>(Error::new(ErrorKind::LimitReached, "no more paper"))
        },
    );
    assert_eq!(failed.await.unwrap_err().to_string(), "no more paper");
    assert_eq!(challenges(&world).await, 0);
    let row = kept(&world).await;
    assert_eq!(
        (row.status, row.attempts, row.error.as_deref()),
        (idempotency_key::Status::Failed, 1, Some("no more paper"))
    );
    let again = work.once(&world.database, &world.alpha, async |_: &mut Session| {
        Ok::<(), Error>(())
    });
    again.await.unwrap();
    let row = kept(&world).await;
    assert_eq!(
        (row.status, row.attempts, row.error),
        (idempotency_key::Status::Completed, 2, None)
    );
}

/// Who claimed work and vanished holds it for seconds; who was too slow does not do it twice.
#[tokio::test]
async fn a_holder_that_crashed_is_followed_by_another() {
    let world = World::new().await;
    #[derive(sea_orm::FromQueryResult, Debug)]
    struct Claimed {
        state: String,
    }
    #[derive(sea_orm::FromQueryResult)]
    struct Said {
        called: bool,
    }
    let session = world.alpha().await;
    let claim = async |hold: f64| -> String {
        let session = world.alpha().await;
        let arguments = ["t".into(), "k".into(), hold.into()];
        let claimed: Vec<Claimed> = session
            .call("accounts.claim_work", arguments)
            .await
            .unwrap();
        session.commit().await.unwrap();
        claimed[0].state.clone()
    };
    assert_eq!(claim(0.2).await, "run");
    assert_eq!(claim(0.2).await, "busy");
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(claim(5.0).await, "run");
    let held = async |attempt: i32| {
        let arguments = ["t".into(), "k".into(), attempt.into()];
        let said: Vec<Said> = session.call("accounts.hold_work", arguments).await.unwrap();
        said[0].called
    };
    assert!(!held(1).await, "the first holder is too late");
    assert!(held(2).await);
    // While the second works, nobody claims, however long it takes.
    assert_eq!(claim(0.0).await, "busy");
}

/// An import that the server kills midway, asked for again under the same key.
#[tokio::test]
async fn an_import_that_was_killed_midway_leaves_the_rows_of_one() {
    const ROWS: usize = 2_000;
    let world = World::new().await;
    let admin = world.test.admin();
    let tries = AtomicU32::new(0);
    let (tries, killer) = (&tries, &admin);
    let work = Work::new("challenges.import", "file-1");
    let import =
        || {
            work.once(&world.database, &world.alpha, async move |session: &mut Session| {
            let first = tries.fetch_add(1, Ordering::Relaxed) == 0;
            for batch in 0..4 {
                let rows = (0..ROWS / 4).map(|row| titled(&format!("{batch}-{row}")));
                session.challenges().insert_many(rows.collect::<Vec<_>>()).await?;
                if first && batch == 2 {
                    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                        WHERE datname = current_database() AND state = 'idle in transaction'";
                    let killed: i64 = sqlx::query_scalar(kill).fetch_one(killer).await.unwrap();
                    assert_eq!(killed, 1);
                }
            }
            Ok::<usize, Error>(ROWS)
        })
        };
    assert_eq!(import().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(challenges(&world).await, 0);
    assert_eq!(import().await.unwrap(), ROWS);
    assert_eq!(import().await.unwrap(), ROWS);
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    assert_eq!(challenges(&world).await, ROWS as u64);
    let story = "SELECT sum(cardinality(record_ids))::bigint FROM tenantry.audit_log WHERE table_name = 'challenges.challenges'";
    let told: i64 = sqlx::query_scalar(story).fetch_one(&admin).await.unwrap();
    assert_eq!(told, ROWS as i64);
}

#[tokio::test]
async fn keys_are_swept_after_a_month_and_not_before() {
    let world = World::new().await;
    for key in ["old", "new"] {
        let work = Work::new("t", key);
        work.once(&world.database, &world.alpha, async |_: &mut Session| {
            Ok::<(), Error>(())
        })
        .await
        .unwrap();
    }
    let age = "ALTER TABLE accounts.idempotency_keys DISABLE TRIGGER USER; \
        UPDATE accounts.idempotency_keys SET updated_at = now() - interval '31 days' WHERE key = 'old'; \
        ALTER TABLE accounts.idempotency_keys ENABLE TRIGGER USER";
    sqlx::raw_sql(age)
        .execute(&world.test.admin())
        .await
        .unwrap();
    let session = world.alpha().await;
    assert_eq!(session.sweep_finished_work(100).await.unwrap(), 1);
    assert_eq!(session.sweep_finished_work(100).await.unwrap(), 0);
    session.commit().await.unwrap();
    assert_eq!(kept(&world).await.key, "new");
}
