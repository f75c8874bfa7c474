//! What no connection may carry from one session into the next.

use std::time::Duration;

use sqlx::{
    Arguments, Row,
    postgres::{PgArguments, PgRow},
};
use tenantry::{Database, Session, TenantContext};
use tenantry_testing::TestDatabase;

use crate::world::World;

/// Everything that a session could leave on its connection, but for what the next one's own transaction has.
const LEFT: &str = "
SELECT concat_ws('; ',
  (SELECT 'cursors ' || string_agg(name, ', ') FROM pg_cursors WHERE name <> ''),
  (SELECT 'locks ' || count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' HAVING count(*) > 0),
  (SELECT 'tables ' || string_agg(relname, ', ') FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
  (SELECT 'channels ' || string_agg(c, ', ') FROM pg_listening_channels() AS c),
  (SELECT 'settings ' || string_agg(name, ', ') FROM pg_settings
    WHERE source = 'session' AND name NOT LIKE 'transaction\\_%' AND name NOT LIKE 'tenantry.%' AND name NOT IN
      ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'client_min_messages')),
  (SELECT 'role ' || current_user WHERE current_user <> session_user))";

/// Looks at every connection of the pool, of which there are so many: no open transaction, and nothing left.
pub(crate) async fn assert_clean(world: &World, connections: usize) {
    let World {
        database,
        alpha,
        beta,
        test,
    } = world;
    assert_nothing_left(test, database, (alpha, beta), connections).await;
}

/// The same for any database. Who looks must meet nothing of the one that was there before.
pub(crate) async fn assert_nothing_left(
    test: &TestDatabase,
    database: &Database,
    (before, looking): (&TenantContext, &TenantContext),
    connections: usize,
) {
    let mut sessions = Vec::with_capacity(connections);
    for _ in 0..connections {
        sessions.push(database.begin(looking).await.unwrap());
    }
    for session in sessions {
        let left: String = ask(&session, LEFT, None).await.get(0);
        assert_eq!(left, "", "left on a connection");
        let foreign: i64 = ask(&session, PREPARED, Some(before)).await.get(0);
        assert_eq!(foreign, 0, "statements that name another workspace");
        session.commit().await.unwrap();
    }
    // Seen from outside: a connection that comes back is idle, as soon as it has come back.
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'tenantry' AND (xact_start IS NOT NULL OR backend_xid IS NOT NULL)";
    for attempt in 0.. {
        let open: i64 = sqlx::query_scalar(open)
            .fetch_one(&test.admin())
            .await
            .unwrap();
        if open == 0 {
            return;
        }
        assert!(attempt < 100, "{open} connections are in a transaction");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

const PREPARED: &str =
    "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, $1) > 0";

async fn ask(session: &Session, sql: &'static str, about: Option<&TenantContext>) -> PgRow {
    let mut arguments = PgArguments::default();
    if let Some(context) = about {
        arguments.add(context.workspace().to_string()).unwrap();
    }
    let rows = session.raw_sql_without_workspace_guard("a test", sql, arguments);
    rows.await.unwrap().remove(0)
}

/// The checker sees what it looks for.
#[tokio::test]
async fn what_is_left_on_a_connection_is_found() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    assert_clean(&world, 1).await;
    for (dirt, found) in [
        (
            "SELECT set_config('work_mem', '2MB', false)",
            "settings work_mem",
        ),
        ("SELECT pg_advisory_lock(1)", "locks 1"),
        ("CREATE TEMPORARY TABLE loot ()", "tables loot"),
        ("LISTEN mine", "channels mine"),
    ] {
        let session = world.beta().await;
        let made = session.raw_sql_without_workspace_guard("a test", dirt, Default::default());
        made.await.unwrap();
        if found.starts_with("channels") {
            session.commit().await.unwrap();
            continue;
        }
        let left: String = ask(&session, LEFT, None).await.get(0);
        assert_eq!(left, found, "after {dirt}");
        session.commit().await.unwrap();
        assert_clean(&world, 1).await;
    }
    assert_clean(&world, 1).await;
}
