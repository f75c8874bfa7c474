//! What an injected expression, or somebody who has stolen the login, might find beside the walls.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use tenantry_entities::challenges::Challenges;

use crate::world::{World, claim};

const LATER: u64 = 99_999_999_999;

/// A transaction of alpha's, as an injected expression finds it.
async fn inside(world: &World) -> PgConnection {
    let mut raw = world.raw().await;
    let enter = claim(world.alpha.workspace(), LATER, "owner");
    let begin = format!("BEGIN; CALL tenantry.enter('{enter}', '')");
    raw.execute(AssertSqlSafe(begin)).await.unwrap();
    raw
}

/// H-2: what a connection was told outside of a transaction, or in one that rolled back, opens
/// nothing afterwards.
#[tokio::test]
async fn a_context_does_not_come_back_with_a_rollback() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let mut raw = world.raw().await;
    let theirs = claim(world.beta.workspace(), LATER, "owner");
    let steal = format!(
        "BEGIN; CALL tenantry.enter('{theirs}', ''); \
         SELECT set_config('tenantry.context', current_setting('tenantry.context'), false); COMMIT"
    );
    raw.execute(AssertSqlSafe(steal)).await.unwrap();
    for reset in [
        "BEGIN; SELECT set_config('tenantry.context', '', false); ROLLBACK",
        "BEGIN; SELECT set_config('tenantry.context', '', true); COMMIT",
        "BEGIN; RESET tenantry.context; ROLLBACK",
    ] {
        raw.execute(AssertSqlSafe(reset)).await.unwrap();
        let kept: String = sqlx::query_scalar("SELECT current_setting('tenantry.context')")
            .fetch_one(&mut raw)
            .await
            .unwrap();
        assert!(!kept.is_empty(), "it does come back, {reset}");
        let met = World::attempt(&mut raw, "SELECT count(*) FROM challenges.challenges").await;
        assert_eq!(met, Err("42501".into()), "{reset}");
    }
}

/// H-29: an expression can empty the setting, but nothing that an expression can call runs `CALL`.
#[tokio::test]
async fn an_expression_enters_no_other_workspace() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let theirs = claim(world.beta.workspace(), LATER, "owner");
    let call = format!("CALL tenantry.enter(''{theirs}'', '''')");
    for expression in [
        format!("query_to_xml('{call}', true, false, '')"),
        format!("query_to_xml_and_xmlschema('{call}', true, false, '')"),
        format!("ts_rewrite('a'::tsquery, '{call}')::text"),
        format!("(SELECT count(*) FROM ts_stat('{call}'))"),
        "tenantry.enter('', '')".to_owned(),
    ] {
        let mut raw = inside(&world).await;
        let sql = format!("SELECT set_config('tenantry.context', '', true), {expression}");
        // By the extended protocol, as everything of the library's goes.
        let met = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut raw).await;
        assert!(met.is_err(), "{expression}");
        raw.execute("ROLLBACK").await.unwrap();
        let met = World::attempt(&mut raw, "SELECT count(*) FROM challenges.challenges").await;
        assert_eq!(met, Err("42501".into()), "{expression}");
    }
}

/// CVE-2014-8161 and its like, H-42: a function of the attacker's own, however cheap it claims to
/// be, is asked about rows of its own workspace only.
#[tokio::test]
async fn a_cheap_function_is_shown_no_row_of_another() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let mut raw = inside(&world).await;
    raw.execute(
        "CREATE FUNCTION pg_temp.leak(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 \
         AS 'BEGIN RAISE EXCEPTION ''saw %'', value; END'",
    )
    .await
    .unwrap();
    for sql in [
        "SELECT count(*) FROM challenges.challenges WHERE pg_temp.leak(title)",
        "SELECT count(*) FROM challenges.challenges WHERE pg_temp.leak(title) OR title = 'x'",
        "SELECT count(*) FROM challenges.challenges c LEFT JOIN accounts.members m ON pg_temp.leak(m.name || c.title)",
        "SELECT count(*) FROM (SELECT title FROM challenges.challenges OFFSET 0) c WHERE pg_temp.leak(title)",
    ] {
        assert_eq!(World::attempt(&mut raw, sql).await, Ok(0), "{sql}");
    }
    let leakproof = "CREATE FUNCTION pg_temp.worse(value text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'";
    assert_eq!(
        World::attempt(&mut raw, leakproof).await,
        Err("42501".into())
    );
}

/// H-41: the planner's samples of a walled table are nobody's, and ids tell no count.
#[tokio::test]
async fn statistics_show_no_value_and_ids_no_number() {
    let world = World::new().await;
    for number in 0..20 {
        world
            .challenge(&world.beta, &format!("theirs {number}"))
            .await;
    }
    sqlx::raw_sql("ANALYZE challenges.challenges, accounts.members, tenantry.audit_log")
        .execute(&world.test.admin())
        .await
        .unwrap();
    let sampled =
        "SELECT count(*) FROM pg_stats WHERE schemaname IN ('challenges', 'accounts', 'tenantry')";
    let all: i64 = sqlx::query_scalar(sampled)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert!(all > 10, "the administrator sees samples");
    let mut raw = inside(&world).await;
    assert_eq!(World::attempt(&mut raw, sampled).await, Ok(0));
    assert_eq!(
        World::attempt(&mut raw, "SELECT count(*) FROM pg_stats_ext").await,
        Ok(0)
    );

    let sequences = "SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relnamespace::regnamespace::text !~ '^pg_'";
    let sequences: i64 = sqlx::query_scalar(sequences)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(sequences, 0, "our systems number nothing");
}

/// H-1: what a session of another workspace sets on its own connection reaches no other one.
#[tokio::test]
async fn nothing_that_a_login_sets_reaches_other_sessions() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let mut raw = world.raw().await;
    for sql in [
        "ALTER ROLE tenantry_app SET tenantry.context = 'x'",
        "ALTER ROLE tenantry_app SET search_path = pg_temp",
        "ALTER DATABASE postgres SET statement_timeout = 1",
        "ALTER SYSTEM SET statement_timeout = 1",
        "SET session_replication_role = replica",
        "SET session_preload_libraries = 'x'",
        "GRANT tenantry_owner TO tenantry_app",
        "CREATE EXTENSION dblink",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "CREATE PUBLICATION p FOR ALL TABLES",
        "SELECT count(pg_create_logical_replication_slot('s', 'pgoutput'))",
        "SELECT length(pg_read_file('PG_VERSION'))::bigint",
    ] {
        let met = World::attempt(&mut raw, sql).await;
        assert_eq!(met, Err("42501".into()), "{sql}");
    }
    // What it does set on itself ends with its connection.
    raw.execute("SET statement_timeout = 1; SET row_security = off; SELECT pg_advisory_lock(1)")
        .await
        .unwrap();
    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 0);
    raw.close().await.unwrap();
    let still = session
        .raw_sql_without_workspace_guard(
            "a test",
            "SELECT current_setting('row_security')",
            Default::default(),
        )
        .await
        .unwrap();
    assert_eq!(still[0].get::<String, _>(0), "on");
}
