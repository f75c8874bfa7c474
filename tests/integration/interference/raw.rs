//! What raw SQL of the caller's own observes, and what the audit log says.

use sqlx::{Arguments, Row, postgres::PgArguments};
use tenantry::{Result, Session};
use tenantry_entities::challenges::challenge;

use super::{act::title_of, program::Step};

/// Statements that name no workspace, or theirs. Each is ordered: what is not would not repeat itself.
const RAW_SQL: [&str; 10] = [
    "SELECT count(*)::text FROM challenges.challenges WHERE $1::uuid IS NOT NULL AND $2::text IS NOT NULL",
    "SELECT id || title || version FROM challenges.challenges WHERE id = $1 OR title = $2 ORDER BY workspace_id, id",
    "SELECT count(*) || coalesce(max(c.title), '') FROM challenges.submissions s JOIN challenges.challenges c ON c.id = s.challenge_id
     WHERE c.id = $1 OR c.title >= $2",
    "SELECT name || (SELECT count(*) FROM accounts.workspaces) FROM accounts.members WHERE $1::uuid IS NOT NULL AND $2::text IS NOT NULL
     ORDER BY workspace_id, id",
    "WITH done AS (UPDATE challenges.challenges SET title = title || '!' WHERE id = $1 OR title = $2 RETURNING title) SELECT title FROM done ORDER BY title",
    "WITH done AS (UPDATE challenges.challenges SET deleted_at = now() WHERE id = $1 OR title = $2 RETURNING title) SELECT title FROM done ORDER BY title",
    "INSERT INTO challenges.challenges (workspace_id, id, title) VALUES (tenantry.workspace_id(), $1, $2) RETURNING title",
    "INSERT INTO challenges.challenges (workspace_id, id, title) VALUES (tenantry.workspace_id(), $1, $2) ON CONFLICT DO NOTHING RETURNING title",
    "INSERT INTO challenges.challenges (workspace_id, id, title) VALUES ('00000000-0000-0000-0000-00000000000b', $1, $2) RETURNING title",
    "INSERT INTO challenges.judges (workspace_id, id, challenge_id, user_id)
     SELECT tenantry.workspace_id(), gen_random_uuid(), $1, m.user_id FROM accounts.members m WHERE m.name <> $2 ORDER BY m.id LIMIT 1 RETURNING id::text",
];

/// Runs one of them.
pub(crate) async fn raw(step: &Step, session: &Session, row: &challenge::Model) -> Result<String> {
    let sql = *step.one_of(2, &RAW_SQL);
    let rows = run(session, sql, (*row.id.as_key(), title_of(step, 1))).await?;
    let texts = rows.iter().map(|row| row.get::<String, _>(0));
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

async fn run(
    session: &Session,
    sql: &'static str,
    (id, title): (uuid::Uuid, &str),
) -> Result<Vec<sqlx::postgres::PgRow>> {
    let mut arguments = PgArguments::default();
    arguments.add(id).unwrap();
    arguments.add(title.to_owned()).unwrap();
    session
        .raw_sql_without_workspace_guard("a test", sql, arguments)
        .await
}

/// What our log says of this transaction, and of those before it.
pub(crate) async fn logged(session: &Session) -> String {
    // Entries of one transaction share a time, and their ids are random.
    let log = "SELECT string_agg(entry, E'\n' ORDER BY entry) FROM (
         SELECT (to_jsonb(l) - 'id' - 'at' - 'request_id' - 'operation_id' - 'record_id' - 'record_ids')::text
           || coalesce(array_length(l.record_ids, 1), 0) AS entry
         FROM tenantry.audit_log l WHERE l.at = now()) AS e";
    let rows = session
        .raw_sql_without_workspace_guard("a test", log, Default::default())
        .await;
    rows.unwrap()[0]
        .get::<Option<String>, _>(0)
        .unwrap_or_default()
}
