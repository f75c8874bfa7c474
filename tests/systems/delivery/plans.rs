//! What a relay asks is answered by an index, however much was settled already.

use sqlx::{AssertSqlSafe, Row as _};
use tenantry::Query;
use tenantry_entities::delivery::{
    Delivery as _, incoming_webhook,
    outbox_event::{self, State},
};
use tenantry_repositories::delivery::Outbox as _;

use super::numbered;
use crate::{plans::Plans, world::World};

const CROWD: &str = "
INSERT INTO delivery.outbox (workspace_id, topic, kind, payload, sequence, state, settled_at)
  SELECT id, 'order.completed', 'event', '{}', m, CASE WHEN m > 990 THEN 'pending' ELSE 'delivered' END, CASE WHEN m <= 990 THEN now() END
  FROM places, generate_series(1, 1000) AS m;
INSERT INTO delivery.webhook_inbox (workspace_id, source, external_id, payload)
  SELECT id, 'payments', 'evt_' || m, '{}' FROM places, generate_series(1, 300) AS m;
INSERT INTO delivery.connected_accounts (provider, external_id, workspace_id)
  SELECT 'payments', 'acct_' || m, gen_random_uuid() FROM generate_series(1, 5000) AS m;
INSERT INTO delivery.outbox_streams (workspace_id, last_sequence, due_at) SELECT id, 1000, now() FROM places;
INSERT INTO delivery.outbox_streams (workspace_id, last_sequence) SELECT gen_random_uuid(), 1 FROM generate_series(1, 5000)";

/// The statements of functions, as they stand in them, and the index that each is for.
const ASKED: [(&str, &str); 9] = [
    (
        "SELECT s.workspace_id FROM delivery.outbox_streams s
         WHERE s.due_at <= now() ORDER BY s.due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED",
        "outbox_streams_due_idx",
    ),
    (
        "SELECT p.id FROM delivery.outbox p WHERE p.workspace_id = $1 AND p.state = 'pending' ORDER BY p.sequence LIMIT $2",
        "outbox_queue_idx",
    ),
    (
        "UPDATE delivery.outbox o SET state = 'delivered' FROM unnest($1::uuid[], $2::uuid[]) AS d (workspace_id, id)
         WHERE o.workspace_id = d.workspace_id AND o.id = d.id AND o.state = 'pending'",
        "outbox_pkey",
    ),
    (
        "SELECT s.workspace_id FROM delivery.outbox_streams s WHERE s.workspace_id = ANY ($1::uuid[]) FOR NO KEY UPDATE",
        "outbox_streams_pkey",
    ),
    (
        "SELECT old.workspace_id, old.id FROM delivery.outbox old
         WHERE old.settled_at < now() - interval '30 days' ORDER BY old.settled_at LIMIT $1 FOR UPDATE SKIP LOCKED",
        "outbox_settled_idx",
    ),
    (
        "SELECT i.result FROM delivery.webhook_inbox i WHERE i.workspace_id = $1 AND i.source = $2 AND i.external_id = 'evt_1'",
        "webhook_inbox_source_external_id_key",
    ),
    (
        "SELECT old.workspace_id, old.id FROM delivery.webhook_inbox old
         WHERE old.received_at < now() - interval '30 days' ORDER BY old.received_at LIMIT $1 FOR UPDATE SKIP LOCKED",
        "webhook_inbox_received_idx",
    ),
    (
        "SELECT c.workspace_id FROM delivery.connected_accounts c WHERE c.provider = $1 AND c.external_id = $2",
        "connected_accounts_pkey",
    ),
    (
        "SELECT c.provider FROM delivery.connected_accounts c WHERE c.workspace_id = $1 ORDER BY c.provider, c.external_id",
        "connected_accounts_workspace_idx",
    ),
];

#[tokio::test]
async fn every_query_walks_an_index() {
    let world = World::new().await;
    let mut plans = Plans::over(&world, CROWD).await;
    plans
        .of("the dead", &world.alpha, async |s| {
            let dead = Query::new().filter(outbox_event::STATE.eq(State::Dead));
            s.outbox()
                .list()
                .query(dead.sort(outbox_event::QUEUE))
                .page()
                .await
        })
        .await;
    plans
        .of("putting and reviving", &world.alpha, async |s| {
            s.outbox().put(numbered(0)).await
        })
        .await;
    plans
        .of("what came in", &world.alpha, async |s| {
            s.webhook_inbox()
                .list()
                .sort(incoming_webhook::NEWEST)
                .page()
                .await
        })
        .await;
    for (statement, index) in ASKED {
        let prepare =
            format!("SET plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}");
        let values = if statement.contains("$2") {
            "(NULL, NULL)"
        } else {
            "(NULL)"
        };
        let mut admin = world.test.admin().acquire().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(prepare))
            .execute(&mut *admin)
            .await
            .unwrap();
        let explain = format!("EXPLAIN EXECUTE asked{values}");
        let lines = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_all(&mut *admin)
            .await
            .unwrap();
        sqlx::raw_sql("DEALLOCATE asked")
            .execute(&mut *admin)
            .await
            .unwrap();
        let plan: Vec<String> = lines.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(
            plan.contains(index) && !plan.contains("Seq Scan"),
            "{statement}\n{plan}"
        );
    }
    plans
        .spare_no_index(
            "delivery",
            &[
                "connected_accounts_workspace_idx",
                "outbox_settled_idx",
                "outbox_streams_due_idx",
                "webhook_inbox_received_idx",
            ],
        )
        .await;
}
