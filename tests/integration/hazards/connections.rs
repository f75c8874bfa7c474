//! Connections that go back to the pool, and commits whose answer nobody hears.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};
use tenantry::{Database, ErrorKind, Outcome, Session};
use tenantry_entities::challenges::Challenges;
use tenantry_repositories::accounts::Members;
use tenantry_testing::CountingProxy;

use crate::world::{World, titled};

const BRIEFLY: Duration = Duration::from_millis(150);

async fn raw(session: &Session, sql: &'static str) -> Vec<sqlx::postgres::PgRow> {
    session
        .raw_sql_without_workspace_guard("a test", sql, Default::default())
        .await
        .unwrap()
}

/// H-1, H-6: a rollback that nobody waited for leaves no open transaction in the pool. The next
/// session of the same context, begun within the second, presents the very same claim: it would go
/// on in the old transaction and commit what was rolled back.
#[tokio::test]
async fn a_rollback_dropped_midway_returns_no_open_transaction() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let session = world.alpha().await;
    session.challenges().insert(titled("ghost")).await.unwrap();
    let slow = raw(&session, "SELECT pg_sleep(0.6)");
    assert!(tokio::time::timeout(BRIEFLY, slow).await.is_err());
    let rollback = session.roll_back();
    assert!(tokio::time::timeout(BRIEFLY, rollback).await.is_err());

    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 0);
    session.commit().await.unwrap();
    let beta = world.beta().await;
    assert_eq!(beta.challenges().list().count().await.unwrap(), 0);
}

/// H-7: an insert whose future was dropped may still be carried out, and is then part of what is
/// committed. If the answer to that commit is lost, nobody may call it "not done".
#[tokio::test]
async fn a_lost_commit_after_an_abandoned_write_is_unknown() {
    let world = World::new().await;
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = Database::builder(proxy.url())
        .connect(Members)
        .await
        .unwrap();
    let rival = world.alpha().await;
    rival.challenges().insert(titled("a")).await.unwrap();
    let session = database.begin(&world.alpha).await.unwrap();
    // It waits at the unique key of the rival, is given up, and goes through afterwards.
    let insert = session.challenges();
    let abandoned = tokio::time::timeout(BRIEFLY, insert.insert(titled("a"))).await;
    assert!(abandoned.is_err());
    rival.roll_back().await;

    proxy.cut_on(b"COMMIT");
    let error = session.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    let transaction = error.transaction().unwrap();
    let mut outcome = Outcome::InProgress;
    while outcome == Outcome::InProgress {
        tokio::time::sleep(Duration::from_millis(10)).await;
        outcome = world.database.outcome(transaction).await.unwrap();
    }
    assert_eq!(outcome, Outcome::Committed);
}

/// Raw SQL that ended the transaction would leave the session outside of one: what follows would
/// be kept although the session rolled back, and a commit would succeed over nothing.
#[tokio::test]
async fn raw_sql_cannot_end_the_transaction() {
    let world = World::new().await;
    for sql in [
        "COMMIT",
        "rollback",
        "  ABORT",
        "END",
        "BEGIN",
        "START TRANSACTION",
        "SAVEPOINT mine",
        "ROLLBACK TO SAVEPOINT tenantry_1",
        "RELEASE SAVEPOINT tenantry_1",
        "PREPARE TRANSACTION 'mine'",
        "-- why\nCOMMIT",
        "/* why /* nested */ */ROLLBACK",
        ";COMMIT",
        "DISCARD ALL",
        "DEALLOCATE ALL",
        "DECLARE mine CURSOR WITH HOLD FOR SELECT 1",
    ] {
        let session = world.alpha().await;
        let refused = session
            .raw_sql_without_workspace_guard("a test", sql, Default::default())
            .await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid, "{sql}");
        // Nothing was sent, so the session is as good as before.
        session.challenges().list().count().await.unwrap();
    }
}

/// H-1, H-2: what raw SQL leaves behind on a connection meets no other workspace, however its
/// session ended.
#[tokio::test]
async fn raw_sql_leaves_nothing_on_the_connection() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    world.challenge(&world.alpha, "mine").await;
    for ending in ["commit", "roll back", "drop"] {
        let session = world.alpha().await;
        raw(&session, "SELECT set_config('app.user', 'alpha', false)").await;
        raw(&session, "SELECT pg_advisory_lock(42)").await;
        raw(
            &session,
            "SELECT title INTO TEMPORARY loot FROM challenges.challenges",
        )
        .await;
        raw(&session, "LISTEN mine").await;
        match ending {
            "commit" => session.commit().await.unwrap(),
            "roll back" => session.roll_back().await,
            _ => drop(session),
        }
        let beta = world.beta().await;
        let left = raw(
            &beta,
            "SELECT coalesce(current_setting('app.user', true), '') \
                 || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') \
                 || (SELECT count(*) FROM pg_class WHERE relname = 'loot') \
                 || (SELECT count(*) FROM pg_listening_channels())",
        )
        .await;
        assert_eq!(left[0].get::<String, _>(0), "000", "after {ending}");
        beta.commit().await.unwrap();
    }
}

/// A prepared statement that a migration outdated fails once, not for as long as the connection lives.
#[tokio::test]
async fn a_statement_outdated_by_a_migration_is_prepared_anew() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let row = world.challenge(&world.alpha, "a").await;
    let get = async |session: &mut Session| session.challenges().get(row.id).await;
    world.database.transaction(&world.alpha, get).await.unwrap();
    world.database.transaction(&world.alpha, get).await.unwrap();
    let migrate = "ALTER TABLE challenges.challenges ALTER COLUMN ends_at TYPE timestamptz(3)";
    sqlx::raw_sql(AssertSqlSafe(migrate))
        .execute(&world.test.admin())
        .await
        .unwrap();
    let found = world.database.transaction(&world.alpha, get).await.unwrap();
    assert_eq!(found.title, "a");
}

/// The server ends a session that sat idle: what it wrote is gone, and that is no defect of anybody.
#[tokio::test]
async fn a_session_that_sat_idle_is_unavailable_and_its_connection_is_not_used_again() {
    let world = World::with(|builder| {
        builder
            .max_connections(1)
            .idle_in_transaction_timeout(BRIEFLY)
    })
    .await;
    for statement in [true, false] {
        let session = world.alpha().await;
        session.challenges().insert(titled("idle")).await.unwrap();
        tokio::time::sleep(BRIEFLY * 3).await;
        if statement {
            let error = session.challenges().list().count().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        } else {
            // The socket may be gone before the reason is read; whoever asks learns the truth.
            let error = session.commit().await.unwrap_err();
            if error.kind() == ErrorKind::CommitUnknown {
                let outcome = world.database.outcome(error.transaction().unwrap());
                assert_eq!(outcome.await.unwrap(), Outcome::RolledBack);
            } else {
                assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
            }
        }
    }
    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 0);
    session.commit().await.unwrap();
}

/// Settings that are out of range are neither a panic nor a timeout that was silently switched off.
#[tokio::test]
async fn timeouts_of_any_length_are_taken() {
    let world = World::new().await;
    let database = Database::builder(world.test.app_url())
        .statement_timeout(Duration::MAX)
        .lock_timeout(Duration::from_nanos(1))
        .idle_in_transaction_timeout(Duration::from_secs(u64::MAX))
        .context_lifetime(Duration::MAX)
        .connect(Members)
        .await
        .unwrap();
    let actor = world.alpha.actor().unwrap().clone();
    let context = database
        .authorize(actor, world.alpha.workspace().clone())
        .await
        .unwrap();
    let session = database.begin(&context).await.unwrap();
    let lock = raw(&session, "SELECT current_setting('lock_timeout')").await;
    assert_eq!(lock[0].get::<String, _>(0), "1ms");
}

/// A session that outlives its runtime closes its connection, without a word and without a panic.
#[test]
fn a_session_may_be_dropped_without_a_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, session) = runtime.block_on(async {
        let world = World::with(|builder| builder.min_connections(1)).await;
        let session = world.alpha().await;
        session.challenges().insert(titled("ghost")).await.unwrap();
        (world, session)
    });
    drop(session);
    let left = runtime.block_on(async {
        let beta = world.beta().await;
        beta.commit().await.unwrap();
        let session = world.alpha().await;
        session.challenges().list().count().await.unwrap()
    });
    assert_eq!(left, 0);
    runtime.block_on(async { drop(world) });
}
