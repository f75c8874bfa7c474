//! Every look-up of the functions is on an index: no table is read from end to end, nor a whole workspace of it.
//!
//! A plan is asked with values that the planner does not know, over so many rows that the index of the look-up is the
//! cheapest by far: a table of few rows gets a plan by chance.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::world::World;

/// Twenty workspaces, each with a thousand rows of each table, and a thousand people who are in all of them. Triggers and references are not what is tested.
const CROWD: &str = "
SET session_replication_role = replica;
CREATE TEMPORARY TABLE places AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20) AS n;
CREATE TEMPORARY TABLE crowd AS
  SELECT places.id AS workspace_id, places.n * 1000 + m AS n, m FROM places, generate_series(1, 1000) AS m;
INSERT INTO accounts.workspaces (id, name) SELECT id, 'w' FROM places;
INSERT INTO accounts.members (workspace_id, user_id, role, name)
  SELECT workspace_id, md5(m::text)::uuid, CASE WHEN m = 1 THEN 'owner' ELSE 'member' END, 'm' FROM crowd;
INSERT INTO accounts.invitations (workspace_id, email, role, token_hash, expires_at)
  SELECT workspace_id, n || '@example.org', 'member', sha256(n::text::bytea), now() FROM crowd;
INSERT INTO accounts.api_keys (workspace_id, name, display, hash, role)
  SELECT workspace_id, 'k', '12345678', sha256(n::text::bytea), 'member' FROM crowd;
INSERT INTO accounts.idempotency_keys (workspace_id, job_type, key, updated_at)
  SELECT workspace_id, 't' || m % 5, n::text, now() - m * interval '45 minutes' FROM crowd;
INSERT INTO accounts.users (id, email, external_id, name)
  SELECT gen_random_uuid(), n || '@example.org', 'idp|' || n, 'u' FROM crowd;
INSERT INTO accounts.workspace_names (name, kind, workspace_id)
  SELECT 'n' || n || CASE WHEN m % 2 = 0 THEN '.example' ELSE '' END, CASE WHEN m % 2 = 0 THEN 'domain' ELSE 'slug' END, gen_random_uuid()
  FROM crowd;
RESET session_replication_role;
ANALYZE accounts.workspaces, accounts.members, accounts.invitations, accounts.api_keys, accounts.idempotency_keys,
  accounts.users, accounts.workspace_names";

/// What the functions look up: the types of what they are given, the look-up, and the index that serves it.
const LOOK_UPS: [(&str, &str, &str); 11] = [
    (
        "uuid, bytea[]",
        "api_keys WHERE workspace_id = $1 AND hash = ANY ($2) AND deleted_at IS NULL",
        "api_keys_hash_key",
    ),
    (
        "uuid, bytea[]",
        "invitations WHERE workspace_id = $1 AND token_hash = ANY ($2) AND deleted_at IS NULL",
        "invitations_token_hash_key",
    ),
    (
        "uuid, text",
        "invitations WHERE workspace_id = $1 AND email_norm = lower(btrim($2)) AND deleted_at IS NULL",
        "invitations_email_idx",
    ),
    (
        "uuid, uuid",
        "members WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL",
        "members_user_id_key",
    ),
    (
        "uuid",
        "members WHERE workspace_id = $1 AND role = 'owner' AND deleted_at IS NULL",
        "members_role_idx",
    ),
    (
        "uuid",
        "members WHERE user_id = $1 AND deleted_at IS NULL",
        "members_user_idx",
    ),
    (
        "uuid, text, text",
        "idempotency_keys WHERE workspace_id = $1 AND job_type = $2 AND key = $3",
        "idempotency_keys_job_type_key_key",
    ),
    (
        "uuid, integer",
        "idempotency_keys WHERE workspace_id = $1 AND updated_at < now() - interval '30 days' ORDER BY updated_at, id LIMIT $2",
        "idempotency_keys_sweep_idx",
    ),
    (
        "text",
        "users WHERE email_norm = lower(btrim($1))",
        "users_email_norm_key",
    ),
    (
        "text",
        "users WHERE external_id = $1",
        "users_external_id_key",
    ),
    (
        "uuid, text",
        "workspace_names WHERE workspace_id = $1 AND kind = $2",
        "workspace_names_workspace_idx",
    ),
];

async fn crowded() -> (World, PgPool) {
    let world = World::new().await;
    let pool = world.test.admin();
    sqlx::raw_sql(CROWD).execute(&pool).await.unwrap();
    (world, pool)
}

/// The plan for whatever values come.
async fn plan(connection: &mut PgConnection, types: &str, look_up: &str) -> String {
    let prepare = format!(
        "SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL; PREPARE asked ({types}) AS SELECT 1 FROM accounts.{look_up}"
    );
    sqlx::raw_sql(AssertSqlSafe(prepare))
        .execute(&mut *connection)
        .await
        .unwrap();
    let nulls = vec!["NULL"; types.split(',').count()].join(", ");
    let explain = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN EXECUTE asked ({nulls})")));
    let lines: Vec<String> = explain
        .persistent(false)
        .fetch_all(connection)
        .await
        .unwrap();
    lines.join("\n")
}

/// Whether the plan reads this index, by a condition on all that is given.
fn is_on(plan: &str, index: &str, types: &str) -> bool {
    let mut lines = plan.lines().skip_while(|line| !line.contains("Index"));
    let names = |line: &str| line.split([' ', ':']).any(|word| word == index);
    let Some(scan) = lines.find(|line| names(line)) else {
        return false;
    };
    let condition = lines.find(|line| line.contains("Index Cond"));
    let given = if types.contains("integer") {
        1
    } else {
        types.split(',').count()
    };
    !scan.contains("Seq Scan")
        && condition
            .is_some_and(|condition| (1..=given).all(|at| condition.contains(&format!("${at}"))))
}

#[tokio::test]
async fn every_look_up_is_on_an_index() {
    let (_world, pool) = crowded().await;
    let mut connection = pool.acquire().await.unwrap();
    for (types, look_up, index) in LOOK_UPS {
        let plan = plan(&mut connection, types, look_up).await;
        assert!(is_on(&plan, index, types), "{look_up}\n{plan}");
    }
}

/// The test above can fail: a look-up without its index has no plan that passes.
#[tokio::test]
async fn a_look_up_without_its_index_is_noticed() {
    let (_world, pool) = crowded().await;
    let mut connection = pool.acquire().await.unwrap();
    for (types, look_up, index) in LOOK_UPS {
        let table = look_up.split(' ').next().unwrap();
        let drop = format!(
            "BEGIN; ALTER TABLE accounts.{table} DROP CONSTRAINT IF EXISTS {index} CASCADE; DROP INDEX IF EXISTS accounts.{index}"
        );
        sqlx::raw_sql(AssertSqlSafe(drop))
            .execute(&mut *connection)
            .await
            .unwrap();
        let plan = plan(&mut connection, types, look_up).await;
        sqlx::raw_sql("ROLLBACK")
            .execute(&mut *connection)
            .await
            .unwrap();
        assert!(!is_on(&plan, index, types), "{look_up}\n{plan}");
    }
}
