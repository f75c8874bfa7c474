//! The audit log: what it holds, and who may not touch it.

use sqlx::PgConnection;
use tenantry_migration::roles;

use crate::{
    claims::{ALPHA, BETA, Claim, OTHER_PERSON, PERSON, REQUEST, attempt, begin, work},
    server::{sql, try_sql, value},
    walls::{CHALLENGE, seeded},
};

fn owner() -> Claim {
    Claim::of(ALPHA, "owner")
}

/// What the log says about challenges, oldest first, after the insert that seeded them.
async fn log(app: &mut PgConnection) -> Vec<String> {
    begin(app, &owner()).await;
    let rows = sqlx::query_scalar::<_, String>(
        "SELECT concat_ws(' ', operation, version, old_data - 'deleted_at', cardinality(record_ids)) FROM tenantry.audit_log \
         WHERE table_name = 'challenges.challenges' ORDER BY at, version NULLS FIRST, record_id, id OFFSET 1",
    )
    .fetch_all(&mut *app)
    .await
    .unwrap();
    sql(app, "COMMIT").await;
    rows
}

#[tokio::test]
async fn raw_sql_is_audited_whatever_its_form() {
    let (_database, mut app) = seeded().await;
    for statement in [
        "UPDATE challenges.challenges SET title = 'One'".to_owned(),
        format!(
            "INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{ALPHA}', 'One'), ('{ALPHA}', 'Two') \
             ON CONFLICT (workspace_id, title) WHERE deleted_at IS NULL DO UPDATE SET status = 'published'"
        ),
        format!(
            "MERGE INTO challenges.challenges c USING (VALUES ('One'), ('Three')) v (title) ON c.title = v.title AND c.workspace_id = '{ALPHA}' \
             WHEN MATCHED THEN UPDATE SET status = 'active' WHEN NOT MATCHED THEN INSERT (workspace_id, title) VALUES ('{ALPHA}', v.title)"
        ),
        "WITH a AS (UPDATE challenges.challenges SET starts_at = '2026-01-01Z' WHERE title = 'One' RETURNING 1), \
              b AS (UPDATE challenges.challenges SET ends_at = '2026-01-02Z' WHERE title = 'Two' RETURNING 1) SELECT 1"
            .to_owned(),
    ] {
        work(&mut app, &owner(), &statement).await;
    }
    assert_eq!(
        log(&mut app).await,
        [
            r#"update 2 {"title": "Ship it"}"#,
            "insert 1",
            r#"update 3 {"status": "draft"}"#,
            "insert 1",
            r#"update 4 {"status": "published"}"#,
            r#"update 2 {"ends_at": null}"#,
            r#"update 5 {"starts_at": null}"#,
        ]
    );
}

#[tokio::test]
async fn deletion_and_restoration_have_names_of_their_own() {
    let (_database, mut app) = seeded().await;
    let operation = OTHER_PERSON;
    work(
        &mut app,
        &owner(),
        &format!("UPDATE challenges.challenges SET deleted_at = now(), delete_op = '{operation}'"),
    )
    .await;
    work(
        &mut app,
        &owner(),
        "UPDATE challenges.challenges SET deleted_at = NULL",
    )
    .await;
    work(
        &mut app,
        &owner(),
        "UPDATE challenges.challenges SET title = title",
    )
    .await;
    assert_eq!(
        log(&mut app).await,
        [
            r#"delete 2 {"delete_op": null, "deleted_by": null}"#.to_owned(),
            format!(r#"restore 3 {{"delete_op": "{operation}", "deleted_by": "{PERSON}"}}"#),
            "update 4 {}".to_owned(),
        ]
    );
    begin(&mut app, &owner()).await;
    let both = "SELECT count(*) FROM tenantry.audit_log WHERE operation IN ('delete', 'restore') AND operation_id = ";
    assert_eq!(
        value(&mut app, &format!("{both}'{operation}'"))
            .await
            .unwrap(),
        "2"
    );
}

#[tokio::test]
async fn an_entry_says_who_and_a_purge_keeps_the_row() {
    let (database, mut app) = seeded().await;
    let mut superuser = database.superuser().await;
    sql(
        &mut superuser,
        "DELETE FROM challenges.challenges WHERE title = 'Ship it'",
    )
    .await;
    let purged = "SELECT count(*) FROM tenantry.audit_log WHERE operation = 'purge' AND old_data ->> 'title' = 'Ship it' \
        AND version = 1 AND actor_kind IS NULL AND via = session_user";
    assert_eq!(value(&mut superuser, purged).await.unwrap(), "2");
    begin(&mut app, &owner()).await;
    let who = "SELECT format('%s %s %s %s', actor_kind, actor_id, via, request_id) FROM tenantry.audit_log \
        WHERE table_name = 'accounts.members' AND operation = 'insert'";
    assert_eq!(
        value(&mut app, who).await.unwrap(),
        format!("user {PERSON} tenantry_app {REQUEST}")
    );
    sql(&mut app, "COMMIT").await;
    let job = Claim {
        kind: "job",
        actor_kind: "job",
        actor: "t:6e696768746c79".into(),
        ..owner()
    };
    work(
        &mut app,
        &job,
        &format!("INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{ALPHA}', 'x')"),
    )
    .await;
    begin(&mut app, &owner()).await;
    let named = "SELECT actor_name FROM tenantry.audit_log WHERE actor_kind = 'job'";
    assert_eq!(value(&mut app, named).await.unwrap(), "system:nightly");
}

#[tokio::test]
async fn an_insert_is_one_entry_per_thousand_rows() {
    let (_database, mut app) = seeded().await;
    let insert = format!(
        "INSERT INTO challenges.challenges (workspace_id, title) SELECT '{ALPHA}', n::text FROM generate_series(1, 2500) n"
    );
    work(&mut app, &owner(), &insert).await;
    let mut entries = log(&mut app).await;
    entries.sort();
    assert_eq!(entries, ["insert 1000", "insert 1000", "insert 500"]);
}

#[tokio::test]
async fn a_plan_made_for_one_row_serves_many() {
    let (_database, mut app) = seeded().await;
    for number in 0..8 {
        work(
            &mut app,
            &owner(),
            &format!(
                "UPDATE challenges.challenges SET title = 'a{number}' WHERE id = '{CHALLENGE}'"
            ),
        )
        .await;
    }
    let insert = format!(
        "INSERT INTO challenges.challenges (workspace_id, title) SELECT '{ALPHA}', n::text FROM generate_series(1, 20000) n"
    );
    work(&mut app, &owner(), &insert).await;
    let started = std::time::Instant::now();
    work(
        &mut app,
        &owner(),
        "UPDATE challenges.challenges SET status = 'published'",
    )
    .await;
    // Joined by loops this takes minutes.
    assert!(
        started.elapsed() < std::time::Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn nobody_writes_the_log_or_reads_it_without_the_role() {
    let (database, mut app) = seeded().await;
    for statement in [
        "UPDATE tenantry.audit_log SET action = NULL",
        "DELETE FROM tenantry.audit_log",
        "TRUNCATE tenantry.audit_log",
        "SELECT * FROM tenantry_partitions.audit_log_default",
        "SELECT challenges.challenges_audit()",
    ] {
        assert!(
            attempt(&mut app, &owner(), statement)
                .await
                .unwrap_err()
                .starts_with("42501"),
            "{statement}"
        );
    }
    let insert = format!(
        "INSERT INTO tenantry.audit_log (workspace_id, operation) VALUES ('{ALPHA}', 'event')"
    );
    assert!(
        attempt(&mut app, &owner(), &insert)
            .await
            .unwrap_err()
            .starts_with("42501")
    );
    for (claim, expected) in [
        (Claim::of(ALPHA, "member"), "0"),
        // Three rows, a workspace and a member who joined.
        (Claim::of(ALPHA, "admin"), "5"),
        (Claim::of(BETA, "owner"), "5"),
    ] {
        for role in roles::SCOPES {
            let mut connection = database.connect(role).await;
            begin(&mut connection, &claim).await;
            assert_eq!(
                value(&mut connection, "SELECT count(*) FROM tenantry.audit_log")
                    .await
                    .unwrap(),
                expected
            );
        }
    }
    // Evidence, not prevention: whoever owns the cluster may disable the trigger, but not by accident.
    let mut superuser = database.superuser().await;
    sql(&mut superuser, "SET session_replication_role = replica").await;
    let partition = value(
        &mut superuser,
        "SELECT tableoid::regclass::text FROM tenantry.audit_log LIMIT 1",
    )
    .await
    .unwrap();
    for statement in [
        "UPDATE tenantry.audit_log SET action = NULL".to_owned(),
        "DELETE FROM tenantry.audit_log".to_owned(),
        "TRUNCATE tenantry.audit_log".to_owned(),
        format!("DELETE FROM {partition}"),
        format!("TRUNCATE {partition}"),
    ] {
        assert_eq!(
            try_sql(&mut superuser, &statement).await.unwrap_err(),
            "42501 the audit log is append-only"
        );
    }
    let mut migrator = database.connect(roles::MIGRATOR).await;
    assert_eq!(
        value(&mut migrator, &format!("SELECT count(*) FROM {partition}"))
            .await
            .unwrap(),
        "0"
    );
}

#[tokio::test]
async fn a_temporary_table_cannot_forge_an_entry() {
    let (_database, mut app) = seeded().await;
    let forge = "CREATE TEMPORARY TABLE forged (workspace_id uuid, id uuid) ON COMMIT DROP; \
        CREATE TRIGGER forge AFTER INSERT ON forged REFERENCING NEW TABLE AS new_rows \
        FOR EACH STATEMENT EXECUTE FUNCTION challenges.challenges_audit()";
    let refusal = attempt(&mut app, &owner(), forge).await.unwrap_err();
    assert!(
        refusal.starts_with("42501 permission denied for function"),
        "{refusal}"
    );
}

/// Names that stand first in the path, and settings that say another actor, change nothing of what is written.
#[tokio::test]
async fn shadows_and_settings_do_not_change_who_did_it() {
    let (_database, mut app) = seeded().await;
    let shadowed = "CREATE TEMPORARY TABLE audit_log (LIKE tenantry.audit_log) ON COMMIT DROP; \
        CREATE TEMPORARY TABLE challenges (LIKE challenges.challenges) ON COMMIT DROP; \
        SET LOCAL search_path = pg_temp, tenantry, challenges; \
        SELECT set_config('tenantry.actor_id', gen_random_uuid()::text, true), set_config('tenantry.audit_triggers', 'row', true); \
        SET LOCAL enable_nestloop = on; SET LOCAL row_security = on; \
        UPDATE challenges.challenges SET title = 'Shadowed'";
    work(&mut app, &owner(), shadowed).await;
    assert_eq!(log(&mut app).await, [r#"update 2 {"title": "Ship it"}"#]);
    let context = format!(
        "SET LOCAL tenantry.context = '{}'; UPDATE challenges.challenges SET title = 'Forged'",
        owner().actor(&format!("u:{OTHER_PERSON}")).text()
    );
    let emptied =
        "SET LOCAL tenantry.context = ''; UPDATE challenges.challenges SET title = 'Forged'";
    for forged in [context.as_str(), emptied] {
        let refusal = attempt(&mut app, &owner(), forged).await.unwrap_err();
        assert!(refusal.starts_with("42501"), "{refusal}");
    }
    begin(&mut app, &owner()).await;
    let others = format!(
        "SELECT count(*) FROM tenantry.audit_log WHERE actor_id IS DISTINCT FROM '{PERSON}'"
    );
    assert_eq!(value(&mut app, &others).await.unwrap(), "0");
}

#[tokio::test]
async fn an_application_records_events_in_its_own_log() {
    let (_database, mut app) = seeded().await;
    let record = "SELECT tenantry.record_event('challenge.bulk_create', 'challenges.challenges', ARRAY['a', 'b'], '{\"count\": 2}')";
    work(&mut app, &Claim::of(ALPHA, "member"), record).await;
    assert!(
        try_sql(&mut app, record)
            .await
            .unwrap_err()
            .starts_with("42501 no workspace context")
    );
    let shapeless = "SELECT tenantry.record_event('Whatever', NULL, NULL, NULL)";
    assert!(
        attempt(&mut app, &owner(), shapeless)
            .await
            .unwrap_err()
            .starts_with("23514")
    );
    begin(&mut app, &owner()).await;
    let event = "SELECT format('%s %s %s', record_ids, details, actor_id) FROM tenantry.audit_log WHERE action = 'challenge.bulk_create'";
    assert_eq!(
        value(&mut app, event).await.unwrap(),
        format!("{{a,b}} {{\"count\": 2}} {PERSON}")
    );
}

#[tokio::test]
async fn partitions_are_made_ahead_and_take_over_from_the_default() {
    let (database, _app) = seeded().await;
    let mut superuser = database.superuser().await;
    let partitions =
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'tenantry.audit_log'::regclass";
    // Last month, this one, twelve ahead, and the default.
    assert_eq!(value(&mut superuser, partitions).await.unwrap(), "15");
    let late = format!(
        "INSERT INTO tenantry.audit_log (workspace_id, operation, at) VALUES ('{ALPHA}', 'event', now() + interval '410 days')"
    );
    sql(&mut superuser, &late).await;
    let in_default = "SELECT count(*) FROM tenantry_partitions.audit_log_default";
    assert_eq!(value(&mut superuser, in_default).await.unwrap(), "1");
    let mut migrator = database.connect(roles::MIGRATOR).await;
    assert_eq!(
        value(&mut migrator, "tenantry.make_audit_partitions(12)")
            .await
            .unwrap(),
        "0"
    );
    assert_eq!(
        value(&mut migrator, "tenantry.make_audit_partitions(15)")
            .await
            .unwrap(),
        "3"
    );
    assert_eq!(value(&mut superuser, in_default).await.unwrap(), "0");
    assert_eq!(
        value(
            &mut superuser,
            "SELECT count(*) FROM tenantry.audit_log WHERE at > now()"
        )
        .await
        .unwrap(),
        "1"
    );
    let open = "SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND \
        (NOT c.relrowsecurity OR NOT c.relforcerowsecurity OR EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner))";
    assert_eq!(value(&mut superuser, open).await, None);
}
