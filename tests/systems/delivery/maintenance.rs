//! Sweeping and making room, over all workspaces, at any time.

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenantry::ErrorKind;
use tenantry_repositories::delivery::{Job, Maintenance};

use super::{numbered, put};
use crate::world::{World, attempt};

async fn maintenance(world: &World) -> Maintenance {
    Maintenance::connect(world.test.maintenance_url())
        .await
        .unwrap()
}

async fn arrange(world: &World, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&world.test.admin())
        .await
        .unwrap();
}

async fn count(world: &World, table: &str) -> i64 {
    let count = format!("SELECT count(*) FROM {table}");
    sqlx::query_scalar(AssertSqlSafe(count))
        .fetch_one(&world.test.admin())
        .await
        .unwrap()
}

/// In each of two workspaces: as many old ones as young ones.
async fn filled(world: &World, each: usize) {
    let fill = format!(
        "INSERT INTO delivery.outbox (workspace_id, topic, kind, payload, state, settled_at, created_at)
           SELECT w.id, 'a.b', 'event', '{{}}', s.state, now() - s.age, now() - interval '99 days'
           FROM accounts.workspaces w, (VALUES ('delivered', interval '31 days'), ('dead', '31 days'), ('delivered', '29 days'), ('dead', '29 days'))
             AS s (state, age), generate_series(1, {each});
         INSERT INTO delivery.webhook_inbox (workspace_id, source, external_id, payload, received_at)
           SELECT w.id, 'payments', d || ' ' || n, '{{}}', now() - make_interval(days => d)
           FROM accounts.workspaces w, (VALUES (29), (31)) AS s (d), generate_series(1, {each}) AS n;
         SET session_replication_role = replica;
         INSERT INTO accounts.idempotency_keys (workspace_id, job_type, key, updated_at)
           SELECT w.id, 'j', d || ' ' || n, now() - make_interval(days => d)
           FROM accounts.workspaces w, (VALUES (29), (31)) AS s (d), generate_series(1, {each}) AS n;
         RESET session_replication_role"
    );
    arrange(world, &fill).await;
}

#[tokio::test]
async fn what_is_older_than_30_days_goes_and_nothing_else() {
    let world = World::new().await;
    put(&world, &world.alpha, [numbered(1)]).await;
    arrange(
        &world,
        "UPDATE delivery.outbox SET created_at = now() - interval '99 days'",
    )
    .await;
    filled(&world, 5).await;
    let maintenance = maintenance(&world).await;
    for _ in 0..2 {
        for (job, done) in maintenance.run_all().await {
            let done = done.unwrap();
            assert!(!done.more_left, "{job}");
        }
        assert_eq!(
            count(&world, "delivery.outbox").await,
            21,
            "those of 29 days, and the one that is pending"
        );
        assert_eq!(count(&world, "delivery.webhook_inbox").await, 10);
        assert_eq!(count(&world, "accounts.idempotency_keys").await, 10);
    }
}

#[tokio::test]
async fn a_job_works_in_bounded_steps_and_says_whether_something_is_left() {
    let world = World::new().await;
    filled(&world, 10).await;
    let maintenance = maintenance(&world).await;
    let job = Job::new("outbox", "delivery.sweep_outbox").step(15);
    let hasty = maintenance.clone().with(job).patience(Duration::ZERO);
    let done = hasty.run("outbox").await.unwrap();
    assert_eq!((done.rows, done.more_left), (15, true));
    assert_eq!(count(&world, "delivery.outbox").await, 65);
    let done = maintenance.with(job).run("outbox").await.unwrap();
    assert_eq!((done.rows, done.more_left), (25, false), "in two steps");
}

#[tokio::test]
async fn several_at_once_sweep_everything_once() {
    let world = World::new().await;
    filled(&world, 50).await;
    let maintenance = maintenance(&world).await;
    let job = Job::new("outbox", "delivery.sweep_outbox").step(7);
    let maintenance = maintenance.with(job);
    let swept = join_all((0..4).map(|_| maintenance.run("outbox"))).await;
    let swept: u64 = swept.into_iter().map(|done| done.unwrap().rows).sum();
    let rest = maintenance.run("outbox").await.unwrap().rows;
    assert_eq!(swept + rest, 200);
    assert_eq!(count(&world, "delivery.outbox").await, 200);
}

#[tokio::test]
async fn the_audit_log_has_its_months_ahead_and_keeps_seven_years() {
    let world = World::new().await;
    let month = |ago: &str| {
        format!(
            "(SELECT 'audit_log_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') {ago}, '\"y\"YYYY\"m\"MM'))"
        )
    };
    let drop_one = format!(
        "DO $$ BEGIN EXECUTE format('DROP TABLE tenantry_partitions.%I', {}); END $$",
        month("+ interval '5 months'")
    );
    arrange(&world, &drop_one).await;
    // Two of eight years ago, and one of six.
    for years in [6, 8, 9] {
        let make = format!(
            "DO $$ DECLARE month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') - interval '{years} years'; BEGIN
               EXECUTE format('CREATE TABLE tenantry_partitions.audit_log_{years} PARTITION OF tenantry.audit_log FOR VALUES FROM (%L) TO (%L)',
                 month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
               ALTER TABLE tenantry_partitions.audit_log_{years} OWNER TO tenantry_owner; END $$"
        );
        arrange(&world, &make).await;
    }
    let maintenance = maintenance(&world).await;
    assert_eq!(maintenance.run("audit_partitions").await.unwrap().rows, 1);
    assert_eq!(maintenance.run("audit_partitions").await.unwrap().rows, 0);
    assert_eq!(maintenance.run("audit_retention").await.unwrap().rows, 2);
    let left = "SELECT to_regclass('tenantry_partitions.audit_log_6') IS NOT NULL
        AND to_regclass('tenantry_partitions.audit_log_8') IS NULL AND to_regclass('tenantry_partitions.audit_log_9') IS NULL";
    let left: bool = sqlx::query_scalar(left)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert!(left);
}

#[tokio::test]
async fn a_job_of_ones_own_is_one_more() {
    let world = World::new().await;
    arrange(
        &world,
        "CREATE FUNCTION delivery.maintain_mine(at_most integer) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
         REVOKE ALL ON FUNCTION delivery.maintain_mine(integer) FROM PUBLIC;
         GRANT EXECUTE ON FUNCTION delivery.maintain_mine(integer) TO tenantry_maintenance",
    )
    .await;
    let maintenance = maintenance(&world).await;
    let maintenance = maintenance
        .with(Job::new("mine", "delivery.maintain_mine"))
        .with(Job::new("broken", "delivery.maintain_nothing"));
    assert_eq!(maintenance.run("mine").await.unwrap().rows, 0);
    let unknown = maintenance.run("nothing").await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    let all = maintenance.run_all().await;
    let failed = all.iter().filter(|(_, done)| done.is_err());
    assert_eq!(failed.map(|(job, _)| *job).collect::<Vec<_>>(), ["broken"]);
    assert_eq!(all.len(), Maintenance::JOBS.len() + 2);
}

#[tokio::test]
async fn maintenance_reads_no_table_enters_no_workspace_and_sweeps_nothing_young() {
    let world = World::new().await;
    put(&world, &world.alpha, [numbered(0)]).await;
    let mut login = PgConnection::connect(world.test.maintenance_url())
        .await
        .unwrap();
    for attack in [
        "SELECT count(*) FROM delivery.outbox",
        "SELECT count(*) FROM delivery.webhook_inbox",
        "SELECT count(*) FROM delivery.connected_accounts",
        "SELECT count(*) FROM accounts.idempotency_keys",
        "SELECT count(*) FROM accounts.users",
        "SELECT count(*) FROM tenantry.audit_log",
        "SELECT count(*) FROM tenantry.seal",
        "DELETE FROM delivery.outbox",
        "SELECT delivery.claim_events(gen_random_uuid(), 1, 1, 60)",
        "SELECT delivery.workspace_of_account('payments', 'acct_1')",
        "SELECT tenantry.make_audit_partitions(120)",
        "SELECT tenantry.drop_audit_partition('audit_log_default', 30)",
        "SELECT tenantry.clear_audit_default(30)",
        "SELECT tenantry.sweep_audit_requests(now(), 1)",
        "SELECT tenantry.record_event('a.b', NULL, NULL, NULL)",
        "SELECT tenantry.workspace_id()",
        "CALL tenantry.enter('', '')",
        "SET ROLE tenantry_owner",
        "SET ROLE tenantry_delivery",
    ] {
        let met = attempt(&mut login, attack).await;
        assert_eq!(met, Err("42501".into()), "{attack}");
    }
    for harmless in [
        "SELECT delivery.sweep_outbox(2147483647)",
        "SELECT delivery.sweep_outbox(-1)",
        "SELECT delivery.sweep_outbox(NULL)",
        "SELECT delivery.sweep_inbox(2147483647)",
        "SELECT accounts.maintain_idempotency_keys(2147483647)",
        "SELECT tenantry.maintain_audit_retention(2147483647)",
        "SELECT tenantry.maintain_audit_requests(2147483647)",
    ] {
        assert_eq!(attempt(&mut login, harmless).await, Ok(0), "{harmless}");
    }
    assert_eq!(count(&world, "delivery.outbox").await, 1);
}
