//! How long the audit log is kept: what goes, what stays, and who may not ask.

use sqlx::PgConnection;
use tenantry_migration::{
    audit::{Retention, make_partitions},
    roles,
};

use crate::{
    claims::{ALPHA, REQUEST},
    server::{Database, sql, value},
    walls::seeded,
};

const PARTITIONS: &str = "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c \
    WHERE c.relnamespace = 'tenantry_partitions'::regnamespace AND c.relkind = 'r'";

/// Months of long ago with an entry each, made as the function makes those of today, and an old entry in the default.
async fn aged(database: &Database) -> PgConnection {
    let mut superuser = database.superuser().await;
    for year in [2015, 2016] {
        let name = format!("audit_log_y{year}m03");
        sql(
            &mut superuser,
            &format!(
                "SET ROLE tenantry_owner; \
                 CREATE TABLE tenantry_partitions.{name} (LIKE tenantry.audit_log INCLUDING ALL); \
                 SELECT tenantry.close_audit_partition('{name}', 'Old.'); \
                 ALTER TABLE tenantry.audit_log ATTACH PARTITION tenantry_partitions.{name} \
                   FOR VALUES FROM ('{year}-03-01Z') TO ('{year}-04-01Z'); \
                 RESET ROLE; \
                 INSERT INTO tenantry.audit_log (workspace_id, operation, at) VALUES \
                   ('{ALPHA}', 'event', '{year}-03-05Z'), ('{ALPHA}', 'event', '{year}-05-05Z')"
            ),
        )
        .await;
    }
    sql(
        &mut superuser,
        &format!(
            "INSERT INTO tenantry.audit_requests (workspace_id, request_id, at) VALUES \
             ('{ALPHA}', '{REQUEST}', now() - interval '3000 days'), ('{ALPHA}', gen_random_uuid(), now() - interval '500 days')"
        ),
    )
    .await;
    superuser
}

async fn count(connection: &mut PgConnection, table: &str) -> String {
    value(connection, &format!("SELECT count(*) FROM {table}"))
        .await
        .unwrap()
}

#[tokio::test]
async fn old_months_go_and_young_ones_stay() {
    let (database, _app) = seeded().await;
    let mut superuser = database.superuser().await;
    let before = value(&mut superuser, PARTITIONS).await;
    let young = count(&mut superuser, "tenantry.audit_log").await;
    aged(&database).await;
    let mut migrator = database.connect(roles::MIGRATOR).await;
    let mut heard = Vec::new();
    let swept = Retention::default()
        .apply(&mut migrator, |partition| heard.push(partition.to_owned()))
        .await
        .unwrap();
    assert_eq!(
        swept.partitions,
        ["audit_log_y2015m03", "audit_log_y2016m03"]
    );
    assert_eq!(heard, swept.partitions);
    assert_eq!((swept.entries, swept.requests), (2, 1));
    assert_eq!(value(&mut superuser, PARTITIONS).await, before);
    assert_eq!(count(&mut superuser, "tenantry.audit_log").await, young);
    assert_eq!(count(&mut superuser, "tenantry.audit_requests").await, "1");
    let again = Retention::default()
        .apply(&mut migrator, |_| {})
        .await
        .unwrap();
    assert!(again.partitions.is_empty());
    assert_eq!((again.entries, again.requests), (0, 0));
    // The default is shut as it was.
    let open = "SELECT count(*) FROM pg_class c JOIN pg_trigger g ON g.tgrelid = c.oid \
        WHERE c.relname = 'audit_log_default' AND c.relforcerowsecurity AND g.tgenabled = 'A'";
    assert_eq!(value(&mut superuser, open).await.unwrap(), "1");
}

#[tokio::test]
async fn nothing_young_goes_however_little_is_asked() {
    let (database, _app) = seeded().await;
    let mut superuser = database.superuser().await;
    let mut migrator = database.connect(roles::MIGRATOR).await;
    for days in [0, 29] {
        let refusal = Retention::default()
            .days(days)
            .apply(&mut migrator, |_| {})
            .await
            .unwrap_err();
        assert_eq!(refusal.code(), Some("22023"));
    }
    let young = format!(
        "INSERT INTO tenantry.audit_requests (workspace_id, request_id, at) VALUES ('{ALPHA}', '{REQUEST}', now() - interval '300 days')"
    );
    sql(&mut superuser, &young).await;
    let swept = Retention::default()
        .days(70)
        .request_days(0)
        .apply(&mut migrator, |_| {})
        .await
        .unwrap();
    assert!(swept.partitions.is_empty(), "{swept:?}");
    assert_eq!((swept.entries, swept.requests), (0, 0));
    for name in ["audit_log_default", "audit_log_y1999m01"] {
        let drop = format!("SELECT tenantry.drop_audit_partition('{name}', 30)");
        assert_eq!(value(&mut migrator, &drop).await.unwrap(), "false");
    }
    let current = "SELECT tenantry.drop_audit_partition('audit_log_' || to_char(now() AT TIME ZONE 'UTC', '\"y\"YYYY\"m\"MM'), 30)";
    assert_eq!(value(&mut migrator, current).await.unwrap(), "false");
    assert_eq!(make_partitions(&mut migrator, 12).await.unwrap(), 0);
    assert_eq!(make_partitions(&mut migrator, 13).await.unwrap(), 1);
}

#[tokio::test]
async fn two_at_once_drop_each_month_once() {
    let (database, _app) = seeded().await;
    aged(&database).await;
    let mut one = database.connect(roles::MIGRATOR).await;
    let mut other = database.connect(roles::MIGRATOR).await;
    let (one, other) = tokio::join!(
        Retention::default().apply(&mut one, |_| {}),
        Retention::default().apply(&mut other, |_| {}),
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.partitions.len() + other.partitions.len(), 2);
    assert_eq!(one.entries + other.entries, 2);
    assert_eq!(one.requests + other.requests, 1);
}

#[tokio::test]
async fn whoever_holds_the_log_is_waited_for_but_not_forever() {
    let (database, _app) = seeded().await;
    let mut holder = aged(&database).await;
    sql(&mut holder, "BEGIN; SELECT FROM tenantry.audit_log").await;
    let mut migrator = database.connect(roles::MIGRATOR).await;
    let refusal = Retention::default()
        .attempts(1)
        .apply(&mut migrator, |_| {})
        .await
        .unwrap_err();
    assert_eq!(refusal.code(), Some("55P03"));
    let (swept, ()) = tokio::join!(Retention::default().apply(&mut migrator, |_| {}), async {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        sql(&mut holder, "COMMIT").await;
    });
    assert_eq!(swept.unwrap().partitions.len(), 2);
}
