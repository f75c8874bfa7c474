//! Every look-up of the functions is on an index: no table is read from end to end.

use crate::world::World;

#[tokio::test]
async fn every_look_up_is_on_an_index() {
    let world = World::new().await;
    let admin = world.test.admin();
    let mut connection = admin.acquire().await.unwrap();
    let crowd = "INSERT INTO accounts.members (workspace_id, user_id, role, name) \
        SELECT w.id, gen_random_uuid(), 'member', 'm' FROM accounts.workspaces w, generate_series(1, 2000); \
        INSERT INTO accounts.idempotency_keys (workspace_id, job_type, key) \
        SELECT w.id, 't', n::text FROM accounts.workspaces w, generate_series(1, 2000) n; \
        ANALYZE accounts.members; ANALYZE accounts.idempotency_keys";
    sqlx::raw_sql(crowd)
        .execute(&mut *connection)
        .await
        .unwrap();
    for setting in [
        "SET enable_seqscan = off",
        "SET plan_cache_mode = force_generic_plan",
    ] {
        sqlx::raw_sql(setting)
            .execute(&mut *connection)
            .await
            .unwrap();
    }
    let here = format!("workspace_id = '{}'", world.alpha.workspace());
    for (look_up, index) in [
        (format!("SELECT 1 FROM accounts.api_keys WHERE {here} AND hash = ANY (ARRAY['x'::bytea])"), "api_keys_hash_key"),
        (format!("SELECT 1 FROM accounts.invitations WHERE {here} AND token_hash = ANY (ARRAY['x'::bytea])"), "invitations_token_hash_key"),
        (format!("SELECT 1 FROM accounts.invitations WHERE {here} AND email_norm = 'x' AND deleted_at IS NULL"), "invitations_email_idx"),
        (format!("SELECT 1 FROM accounts.members WHERE {here} AND role = 'owner' AND deleted_at IS NULL"), "members_"),
        ("SELECT 1 FROM accounts.members WHERE user_id = gen_random_uuid() AND deleted_at IS NULL".into(), "members_user_idx"),
        (format!("SELECT 1 FROM accounts.idempotency_keys WHERE {here} AND job_type = 'a' AND key = 'b'"), "idempotency_keys_job_type_key_key"),
        (format!("SELECT 1 FROM accounts.idempotency_keys WHERE {here} AND updated_at < now() - interval '30 days' ORDER BY updated_at, id LIMIT 100"), "idempotency_keys_sweep_idx"),
        ("SELECT 1 FROM accounts.users WHERE email_norm = lower(btrim('X'))".into(), "users_email_norm_key"),
        ("SELECT 1 FROM accounts.users WHERE external_id = 'x'".into(), "users_external_id_key"),
        (format!("SELECT 1 FROM accounts.workspace_names WHERE {here} AND kind = 'slug'"), "workspace_names_workspace_idx"),
    ] {
        let explain = format!("EXPLAIN {}", look_up.replace("gen_random_uuid()", "'00000000-0000-4000-8000-000000000000'"));
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(explain)).fetch_all(&mut *connection).await.unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && plan.contains("Index Cond"), "{look_up}\n{plan}");
    }
}
