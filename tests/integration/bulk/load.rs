//! `load`: by `COPY` where the role may make temporary tables, the same without.

use futures_util::{StreamExt, stream};
use tenantry::{Error, ErrorKind, Result};
use tenantry_entities::challenges::Challenges;

use super::{column_types, numbered};
use crate::{
    cancellation::dropped_after,
    interference::names::Names,
    world::{World, titled},
};

async fn without_temporary(world: &World) {
    let revoke = "DO $$ DECLARE grantee text; BEGIN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        FOR grantee IN SELECT a.grantee::regrole::text FROM pg_database d, aclexplode(d.datacl) a
          WHERE d.datname = current_database() AND a.privilege_type = 'TEMPORARY' AND a.grantee <> 0
        LOOP EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM %s', current_database(), grantee);
        END LOOP; END $$";
    sqlx::raw_sql(revoke)
        .execute(&world.test.admin())
        .await
        .unwrap();
}

/// How many tables of ours stand on the session's connection.
async fn stages(session: &tenantry::Session) -> i64 {
    let sql = "SELECT count(*) FROM pg_class WHERE relname LIKE 'tenantry_load%' AND relkind = 'r'";
    let told = session.raw_sql_without_workspace_guard("a test", sql, Default::default());
    sqlx::Row::get(&told.await.unwrap()[0], 0)
}

#[tokio::test]
async fn a_load_is_the_same_with_and_without_temporary_tables() {
    let world = column_types::world().await;
    for temporary in [true, false] {
        if !temporary {
            without_temporary(&world).await;
        }
        let session = world.alpha().await;
        let samples = session.rows(column_types::sample::Entity);
        // Rows of one shape, or a piece would not be copied.
        let rows = || column_types::rows().into_iter().take(2);
        let inserted = samples.insert_many(rows()).await.unwrap();
        assert_eq!(samples.load(rows()).await.unwrap(), 2);
        let staged = stages(&session).await;
        assert_eq!(staged, i64::from(temporary), "a stage until the commit");
        let all = samples.list().page().await.unwrap().items;
        let loaded = all
            .into_iter()
            .filter(|row| inserted.iter().all(|known| known.id != row.id));
        let sorted = |rows: Vec<column_types::sample::Model>| {
            let mut rows: Vec<_> = rows.iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            rows
        };
        assert_eq!(
            sorted(column_types::alike(loaded)),
            sorted(column_types::alike(inserted))
        );
        session.roll_back().await;
    }
}

/// The entries of the session, with the titles of their rows for the ids.
async fn entries(session: &tenantry::Session) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', to_jsonb(l) - 'record_ids', cardinality(l.record_ids),
             (SELECT string_agg(c.title, ' ' ORDER BY c.title) FROM challenges.challenges c
               WHERE c.id::text = ANY (l.record_ids)))
           FROM tenantry.audit_log l WHERE table_name = 'challenges.challenges'";
    let told = session.raw_sql_without_workspace_guard("a test", sql, Default::default());
    let (told, mut names) = (told.await.unwrap(), Names::default());
    let clear = |row| names.clear(&sqlx::Row::get::<String, _>(row, 0));
    told.iter().map(clear).collect()
}

/// H-16: who wrote what is told alike, whichever way the rows took.
#[tokio::test]
async fn a_load_leaves_the_entries_of_an_insert_with_and_without_temporary_tables() {
    let world = World::new().await;
    let session = world.alpha().await;
    session
        .challenges()
        .insert_many(numbered(40))
        .await
        .unwrap();
    let inserted = entries(&session).await;
    session.roll_back().await;
    assert_eq!(inserted.len(), 1, "one entry for a statement");
    assert!(inserted[0].contains(" 40 000000 000001 "), "{inserted:?}");
    for temporary in [true, false] {
        if !temporary {
            without_temporary(&world).await;
        }
        let session = world.alpha().await;
        session.challenges().load(numbered(40)).await.unwrap();
        assert_eq!(stages(&session).await, i64::from(temporary));
        assert_eq!(entries(&session).await, inserted, "temporary: {temporary}");
        session.roll_back().await;
    }
}

#[tokio::test]
async fn rows_that_name_different_columns_are_loaded_too() {
    let world = column_types::world().await;
    let session = world.alpha().await;
    let samples = session.rows(column_types::sample::Entity);
    assert_eq!(samples.load(column_types::rows()).await.unwrap(), 5);
    assert_eq!(samples.list().count().await.unwrap(), 5);
}

#[tokio::test]
async fn a_long_load_is_kept_as_a_whole_and_tells_how_far_it_is() {
    let world = World::new().await;
    for temporary in [true, false] {
        if !temporary {
            without_temporary(&world).await;
        }
        let session = world.alpha().await;
        let mut told = Vec::new();
        let rows = stream::iter(numbered(25_000).into_iter().map(Ok::<_, Error>));
        let loaded = session
            .challenges()
            .load_stream(rows, |progress| told.push((progress.done, progress.total)))
            .await
            .unwrap();
        assert_eq!(loaded, 25_000);
        assert_eq!(told, [(10_000, None), (20_000, None), (25_000, None)]);
        let row = session.challenges().list().first().await.unwrap().unwrap();
        assert_eq!(row.version.as_i64(), 1);
        assert_eq!(row.created_by, world.alpha.actor().unwrap().as_uuid());
        session.roll_back().await;
        let session = world.alpha().await;
        assert_eq!(session.challenges().list().count().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_refused_row_leaves_nothing_of_the_load() {
    let world = World::new().await;
    for temporary in [true, false] {
        if !temporary {
            without_temporary(&world).await;
        }
        let mut session = world.alpha().await;
        let mut rows = numbered(15_000);
        rows[14_000] = titled("000003");
        let load = async |inner: &mut tenantry::Session| inner.challenges().load(rows).await;
        let refused = session.savepoint(load).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["title"]);
        assert_eq!(session.challenges().list().count().await.unwrap(), 0);
        session.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_fails_leaves_nothing_and_a_session_that_goes_on() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = (0..12_000).map(|n| match n {
        11_000 => Err(Error::new(ErrorKind::Invalid, "line 11000 is no row")),
        n => Ok(titled(&n.to_string())),
    });
    let load = session.challenges().load_stream(stream::iter(rows), |_| ());
    let failed = load.await.unwrap_err();
    assert_eq!(failed.to_string(), "line 11000 is no row");
    session.challenges().insert(titled("after")).await.unwrap();
    assert_eq!(session.challenges().list().count().await.unwrap(), 1);
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_stream_that_asks_its_own_session_is_refused_instead_of_waiting_forever() {
    let world = World::new().await;
    let session = world.alpha().await;
    let challenges = session.challenges();
    for raw in [false, true] {
        let rows = stream::iter(numbered(3)).then(move |row| async move {
            if raw {
                let sql = "SELECT 1";
                let asked = challenges.session();
                asked
                    .raw_sql_without_workspace_guard("a test", sql, Default::default())
                    .await?;
            } else {
                challenges.list().count().await?;
            }
            Ok::<_, Error>(row)
        });
        let load = challenges.load_stream(rows.boxed(), |_| ());
        let refused = tokio::time::timeout(std::time::Duration::from_secs(20), load);
        let refused: Result<u64> = refused.await.expect("it does not wait");
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Internal);
    }
    challenges.insert(titled("after")).await.unwrap();
    session.commit().await.unwrap();
}

/// Dropped at every await: nothing of it is kept, and the pool goes on.
#[tokio::test]
async fn a_load_may_be_dropped_at_any_await() {
    let world = World::with(|builder| builder.max_connections(2)).await;
    let mut finished = false;
    for polls in 0..200 {
        let session = world.alpha().await;
        let load = session.challenges().load(numbered(12));
        let done = dropped_after(polls, load).await;
        let after = session.challenges().insert(titled("after")).await;
        match done {
            Some(loaded) => {
                assert_eq!((loaded.unwrap(), after.is_ok()), (12, true));
                finished = true;
                session.roll_back().await;
            }
            None if after.is_ok() => {
                let left = session.challenges().list().count().await.unwrap();
                // Nothing half: at the last await all is done, and only the answer is not heard.
                assert!([1, 13].contains(&left), "{left} after {polls} polls");
                session.roll_back().await;
                continue;
            }
            // The connection was closed: the session has ended.
            None => {
                session.commit().await.unwrap_err();
            }
        }
        let session = world.alpha().await;
        assert_eq!(session.challenges().list().count().await.unwrap(), 0);
        if finished {
            break;
        }
    }
    assert!(finished);
}

/// An attacker with the session's connection has a table of a stage's name, or one on the path.
#[tokio::test]
async fn no_table_of_another_one_is_taken_for_a_stage() {
    let world = World::new().await;
    let session = world.alpha().await;
    let trap = "CREATE TEMPORARY TABLE challenges (title text)";
    let raw = session.raw_sql_without_workspace_guard("a test", trap, Default::default());
    raw.await.unwrap();
    assert_eq!(session.challenges().load(numbered(5)).await.unwrap(), 5);
    assert_eq!(session.challenges().list().count().await.unwrap(), 5);
    let trapped = "SELECT count(*) FROM pg_temp.challenges";
    let raw = session.raw_sql_without_workspace_guard("a test", trapped, Default::default());
    let trapped: i64 = sqlx::Row::get(&raw.await.unwrap()[0], 0);
    assert_eq!(trapped, 0);
}
