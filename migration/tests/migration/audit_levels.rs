//! Triggers of rows, as Citus needs them, write the history that triggers of statements write.

use tenantry_migration::roles;

use crate::{
    claims::{ALPHA, Claim, OTHER_PERSON, PERSON, work},
    server::{Database, sql, value},
    walls::CHALLENGE,
};

/// One line for each row and change, in whatever entries they stand.
const HISTORY: &str = "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ( \
    SELECT concat_ws(' ', table_name, operation, record, version, old_data - 'created_at' - 'updated_at' - 'deleted_at' - 'joined_at', \
                     operation_id, actor_kind, actor_id, request_id, schema_version) AS line \
      FROM tenantry.audit_log, unnest(coalesce(record_ids, ARRAY[record_id])) AS record) AS lines";

async fn history(level: &str) -> String {
    let database = Database::prepared().await;
    let mut superuser = database.superuser().await;
    let setting = format!(
        "ALTER DATABASE {} SET tenantry.audit_triggers = '{level}'",
        database.name
    );
    sql(&mut superuser, &setting).await;
    tenantry_migration::run::<tenantry_migration::Migrator>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let each = "SELECT bool_and(tgtype & 1 = 1) AND count(*) = 3 FROM pg_trigger WHERE tgname ^@ 'challenges_audit_'";
    assert_eq!(
        value(&mut superuser, each).await.unwrap(),
        (level == "row").to_string()
    );

    let mut app = database.connect(roles::APP).await;
    let found = format!(
        "INSERT INTO accounts.workspaces (id, name) VALUES ('{ALPHA}', 'A workspace'); \
         INSERT INTO accounts.members (workspace_id, id, user_id, role, name) VALUES ('{ALPHA}', '{PERSON}', '{PERSON}', 'owner', 'Ann'), ('{ALPHA}', '{OTHER_PERSON}', '{OTHER_PERSON}', 'member', 'Ben'); \
         INSERT INTO challenges.challenges (workspace_id, id, title) VALUES ('{ALPHA}', '{CHALLENGE}', 'Ship it'); \
         INSERT INTO challenges.judges (workspace_id, id, challenge_id, user_id) VALUES ('{ALPHA}', '{PERSON}', '{CHALLENGE}', '{OTHER_PERSON}')"
    );
    work(&mut app, &Claim::founder(ALPHA), &found).await;
    let id = "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid";
    for statement in [
        format!("INSERT INTO challenges.challenges (workspace_id, id, title) SELECT '{ALPHA}', {id}, 'n' || n FROM generate_series(1, 1200) n"),
        "UPDATE challenges.challenges SET status = 'published' WHERE title ^@ 'n11'".to_owned(),
        format!("UPDATE challenges.challenges SET deleted_at = now(), delete_op = '{OTHER_PERSON}' WHERE title ^@ 'n12'"),
        "UPDATE challenges.challenges SET deleted_at = NULL WHERE title = 'n12'".to_owned(),
        "UPDATE challenges.challenges SET title = title WHERE title = 'n7'".to_owned(),
        format!("INSERT INTO challenges.challenges (workspace_id, id, title) SELECT '{ALPHA}', {id}, CASE n WHEN 2001 THEN 'n1' ELSE 'x' END \
                 FROM generate_series(2001, 2002) n ON CONFLICT (workspace_id, title) WHERE deleted_at IS NULL DO UPDATE SET status = 'published'"),
        format!("MERGE INTO challenges.challenges c USING (VALUES ('n2'), ('y')) v (title) ON c.title = v.title AND c.workspace_id = '{ALPHA}' \
                 WHEN MATCHED THEN UPDATE SET status = 'published' \
                 WHEN NOT MATCHED THEN INSERT (workspace_id, id, title) VALUES ('{ALPHA}', '00000000-0000-4000-8000-000000003001', v.title)"),
        "WITH a AS (UPDATE challenges.challenges SET status = 'published' WHERE title = 'n3' RETURNING 1), \
              b AS (UPDATE challenges.challenges SET status = 'draft', starts_at = '2026-01-01Z' WHERE title = 'n4' RETURNING 1) SELECT 1".to_owned(),
        format!("CREATE TEMPORARY TABLE loaded (id uuid, title text) ON COMMIT DROP; \
                 INSERT INTO loaded SELECT {id}, 'l' || n FROM generate_series(4001, 4010) n; \
                 INSERT INTO challenges.challenges (workspace_id, id, title) SELECT '{ALPHA}', id, title FROM loaded"),
    ] {
        work(&mut app, &Claim::of(ALPHA, "owner"), &statement).await;
    }
    // A purge by whoever may, and by a foreign key that takes rows along.
    sql(
        &mut superuser,
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_challenge_id_fkey, ADD CONSTRAINT judges_challenge_id_fkey \
           FOREIGN KEY (workspace_id, challenge_id) REFERENCES challenges.challenges (workspace_id, id) ON DELETE CASCADE; \
         DELETE FROM challenges.challenges WHERE title ^@ 'n' AND deleted_at IS NOT NULL; \
         DELETE FROM challenges.challenges WHERE title = 'Ship it'",
    )
    .await;
    let purged = "SELECT count(*) FROM tenantry.audit_log WHERE table_name = 'challenges.judges' AND operation = 'purge'";
    assert_eq!(value(&mut superuser, purged).await.unwrap(), "1");
    value(&mut superuser, HISTORY).await.unwrap()
}

#[tokio::test]
async fn both_kinds_of_trigger_write_one_history() {
    let (statements, rows) = tokio::join!(history("statement"), history("row"));
    assert!(
        statements.lines().count() > 1_300,
        "{}",
        statements.lines().count()
    );
    let difference: Vec<(&str, &str)> = statements
        .lines()
        .zip(rows.lines())
        .filter(|(statement, row)| statement != row)
        .take(5)
        .collect();
    assert!(difference.is_empty(), "{difference:#?}");
    assert_eq!(statements.lines().count(), rows.lines().count());
}
