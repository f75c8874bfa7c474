//! What those try who hold a password of the database: that of the service, or that of a relay.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenantry::{Database, ErrorKind};
use uuid::Uuid;

use super::{numbered, put};
use crate::world::{World, attempt};

#[tokio::test]
async fn a_relay_reads_no_table_and_enters_no_workspace() {
    let world = World::new().await;
    put(&world, &world.alpha, [numbered(0)]).await;
    let mut login = PgConnection::connect(world.test.relay_url()).await.unwrap();
    let claim = format!(
        "0|job|9999999999|u:{}|job|t:78|owner|{}|-",
        world.alpha.workspace(),
        Uuid::now_v7()
    );
    for attack in [
        "SELECT count(*) FROM delivery.outbox".to_owned(),
        "SELECT count(*) FROM delivery.outbox_streams".into(),
        "SELECT count(*) FROM accounts.workspaces".into(),
        "SELECT count(*) FROM accounts.users".into(),
        "SELECT count(*) FROM tenantry.audit_log".into(),
        "SELECT count(*) FROM tenantry.key".into(),
        "UPDATE delivery.outbox SET state = 'delivered'".into(),
        "DELETE FROM delivery.outbox".into(),
        "SELECT 1; LOCK TABLE delivery.outbox".into(),
        "TRUNCATE delivery.outbox".into(),
        format!("CALL tenantry.enter('{claim}', '')"),
        "SELECT tenantry.workspace_id()".into(),
        "SELECT delivery.put_events(ARRAY[gen_random_uuid()], '{a.b}', '{event}', ARRAY['{}'::jsonb])".into(),
        "SELECT delivery.enqueue(gen_random_uuid(), ARRAY[gen_random_uuid()], '{a.b}', '{event}', ARRAY['{}'::jsonb])".into(),
        "SELECT delivery.revive_event(gen_random_uuid())".into(),
        "SELECT delivery.sweep_outbox(1)".into(),
        "SELECT delivery.next_attempt(gen_random_uuid())".into(),
        "SET ROLE tenantry_delivery".into(),
        "SET ROLE tenantry_app".into(),
        "SET ROLE tenantry_owner".into(),
        "CREATE TABLE delivery.mine ()".into(),
        "CREATE TEMPORARY TABLE outbox ()".into(),
    ] {
        assert_eq!(attempt(&mut login, &attack).await, Err("42501".into()), "{attack}");
    }
}

/// What a relay holds is what it claimed; of that it says what became, and nothing else.
#[tokio::test]
async fn a_relay_settles_nothing_that_it_has_not_claimed() {
    let world = World::new().await;
    let [id] = put(&world, &world.alpha, [numbered(0)]).await[..] else {
        panic!("one was put")
    };
    let mut login = PgConnection::connect(world.test.relay_url()).await.unwrap();
    let workspace = world.alpha.workspace();
    let settle = |holder: &str| {
        format!(
            "SELECT count(*) FROM delivery.settle_events({holder}, true, ARRAY['{workspace}']::uuid[], ARRAY['{workspace}']::uuid[],
               ARRAY['{id}']::uuid[], '{{}}', '{{}}', '{{}}', '{{}}', '{{}}')"
        )
    };
    for holder in ["NULL", "gen_random_uuid()"] {
        attempt(&mut login, &settle(holder)).await.unwrap();
    }
    for claim in [
        "NULL, 1, 1, 60",
        "gen_random_uuid(), 0, 1, 60",
        "gen_random_uuid(), 100000, 1, 60",
        "gen_random_uuid(), 1, NULL, 60",
        "gen_random_uuid(), 1, 1, 1e9",
        "gen_random_uuid(), 1, 1, 'NaN'",
    ] {
        let claimed = attempt(
            &mut login,
            &format!("SELECT count(*) FROM delivery.claim_events({claim})"),
        )
        .await;
        assert_eq!(claimed, Err("22023".into()), "{claim}");
    }
    let pending = "SELECT count(*) FROM delivery.outbox WHERE state = 'pending' AND attempts = 0";
    let pending: i64 = sqlx::query_scalar(pending)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(pending, 1);
}

#[tokio::test]
async fn the_runtime_role_writes_no_state_and_into_no_other_workspace() {
    let world = World::new().await;
    put(&world, &world.alpha, [numbered(0)]).await;
    put(&world, &world.beta, [numbered(0)]).await;
    let (alpha, beta) = (world.alpha.workspace(), world.beta.workspace());
    for attack in [
        "UPDATE delivery.outbox SET state = 'delivered', settled_at = now()".to_owned(),
        "UPDATE delivery.outbox SET sequence = 0".into(),
        "UPDATE delivery.outbox SET payload = '{}'".into(),
        "DELETE FROM delivery.outbox".into(),
        format!(
            "INSERT INTO delivery.outbox (workspace_id, topic, kind, payload) VALUES ('{alpha}', 'a.b', 'event', '{{}}')"
        ),
        format!(
            "INSERT INTO delivery.outbox (workspace_id, topic, kind, payload) VALUES ('{beta}', 'a.b', 'event', '{{}}')"
        ),
        format!(
            "SELECT delivery.enqueue('{beta}', ARRAY[gen_random_uuid()], '{{a.b}}', '{{event}}', ARRAY['{{}}'::jsonb])"
        ),
        "SELECT count(*) FROM delivery.outbox_streams".into(),
        "UPDATE delivery.outbox_streams SET due_at = 'infinity'".into(),
        "SELECT delivery.claim_events(gen_random_uuid(), 1, 1, 60)".into(),
        "SELECT delivery.sweep_outbox(10)".into(),
        "SELECT delivery.next_attempt(gen_random_uuid())".into(),
        "ALTER TABLE delivery.outbox DISABLE TRIGGER outbox_order".into(),
        "SET session_replication_role = replica".into(),
    ] {
        let session = world.alpha().await;
        let text: &'static str = String::leak(attack);
        let refused =
            session.raw_sql_without_workspace_guard("an attack", text, Default::default());
        let refused = refused.await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.sqlstate()),
            (ErrorKind::Forbidden, Some("42501")),
            "{text}"
        );
    }
    let untouched = "SELECT count(*) FROM delivery.outbox WHERE state = 'pending' AND sequence = 1";
    let untouched: i64 = sqlx::query_scalar(untouched)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(untouched, 2);
}

/// Early or late, the order is that of the commits: whoever fires the trigger early holds the row until then.
#[tokio::test]
async fn constraints_that_are_made_immediate_keep_the_order() {
    let world = World::new().await;
    let early = world.alpha().await;
    let immediate = early.raw_sql_without_workspace_guard(
        "an attack",
        "SET CONSTRAINTS ALL IMMEDIATE",
        Default::default(),
    );
    immediate.await.unwrap();
    put_in(&early, 1).await;
    let late = world.alpha().await;
    put_in(&late, 2).await;
    let waits = tokio::spawn(late.commit());
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!waits.is_finished(), "it waits for the one before it");
    early.commit().await.unwrap();
    waits.await.unwrap().unwrap();
    let order =
        "SELECT string_agg(payload ->> 'number', ' ' ORDER BY sequence) FROM delivery.outbox";
    let order: String = sqlx::query_scalar(order)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(order, "1 2");
}

async fn put_in(session: &tenantry::Session, number: usize) {
    use tenantry_entities::delivery::Delivery as _;
    use tenantry_repositories::delivery::Outbox as _;
    session.outbox().put(numbered(number)).await.unwrap();
}

#[tokio::test]
async fn only_a_login_of_the_relay_relays() {
    let world = World::new().await;
    for url in [
        world.test.app_url(),
        world.test.reader_url(),
        world.test.glass_url(),
        world.test.maintenance_url(),
        world.test.migrator_url(),
        world.test.admin_url(),
    ] {
        let refused = Database::builder(url).connect_relay().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{refused}");
    }
    let refused = Database::builder(world.test.relay_url())
        .connect_maintenance()
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
    let refused = Database::builder(world.test.relay_url())
        .connect(tenantry_repositories::accounts::Members)
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);

    let grant = "GRANT SELECT ON delivery.outbox TO tenantry_relay";
    sqlx::raw_sql(AssertSqlSafe(grant))
        .execute(&world.test.admin())
        .await
        .unwrap();
    let refused = Database::builder(world.test.relay_url())
        .connect_relay()
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("delivery.outbox"), "{refused}");
}
