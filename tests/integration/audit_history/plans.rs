//! Plans over a log of a hundred thousand entries, of the library's own statements, as the runtime role.

use sqlx::{AssertSqlSafe, Row};
use tenantry::Session;
use tenantry_entities::challenges::Challenges;

use super::{Story, history};

async fn texts(session: &Session, sql: String) -> Vec<String> {
    let sql = Box::leak(sql.into_boxed_str());
    let rows = session
        .raw_sql_without_workspace_guard("a plan", sql, Default::default())
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The plan of the one statement that this session has prepared and in which this text stands.
async fn plan(session: &Session, text: &str, values: &str) -> String {
    let named = format!(
        "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%{text}%' AND statement NOT LIKE '%pg_prepared_statements%'"
    );
    let names = texts(session, named).await;
    assert_eq!(names.len(), 1, "{names:?}");
    let explain = format!(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE {}({values})",
        names[0]
    );
    texts(session, explain).await.join("\n")
}

/// H-45, H-30: each look into the log is by an index that begins with the workspace, in the months of the row's life only.
#[tokio::test]
async fn a_history_reads_the_entries_of_its_row_and_no_month_before_it() {
    let story = Story::told().await;
    let (alpha, beta) = (story.world.alpha.workspace(), story.world.beta.workspace());
    let fill = format!(
        "INSERT INTO tenantry.audit_log (workspace_id, at, operation, table_name, record_id, record_ids, version, old_data, schema_version) \
         SELECT (CASE WHEN n % 2 = 0 THEN '{alpha}' ELSE '{beta}' END)::uuid, now() - n % 40 * interval '1 day', \
                CASE WHEN n % 3 = 0 THEN 'insert' ELSE 'update' END, 'challenges.challenges', \
                CASE WHEN n % 3 > 0 THEN md5((n / 80)::text)::uuid::text END, \
                CASE WHEN n % 3 = 0 THEN ARRAY[md5((n / 80)::text)::uuid::text] END, 2 + n, '{{\"title\": \"x\"}}', 1 \
           FROM generate_series(1, 100000) AS n"
    );
    let pool = story.world.test.admin();
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&pool)
        .await
        .unwrap();
    story.as_administrator("ANALYZE tenantry.audit_log").await;
    let last_month: String = sqlx::query_scalar(
        "SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month', '\"audit_log_y\"YYYY\"m\"MM')",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let there = format!("SELECT count(*) FROM tenantry_partitions.{last_month}");
    let there: i64 = sqlx::query_scalar(AssertSqlSafe(there))
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(there > 10_000, "{there}");

    let session = story.world.alpha().await;
    texts(
        &session,
        "SET LOCAL plan_cache_mode = force_generic_plan".into(),
    )
    .await;
    let id = story.id();
    assert_eq!(history(&session, id).await.len(), 7);
    session
        .challenges()
        .image_of(id, story.seen[0].version)
        .await
        .unwrap();
    let columns = "'{title}'";
    let rebuilt = format!("'{alpha}', '{id}', 'challenges.challenges', '{id}', 1, {columns}");
    let since = story.seen[0].created_at.to_rfc3339();
    let entries = format!("'{alpha}', 'challenges.challenges', '{id}', '{since}', 8, false, 51");
    for plan in [
        plan(&session, "SELECT $5::bigint AS version", &rebuilt).await,
        plan(&session, "ORDER BY l.place", &entries).await,
    ] {
        let lines: Vec<&str> = plan.lines().collect();
        let mut reads = 0;
        for (at, line) in lines.iter().enumerate() {
            if !line.contains(" on audit_log") || line.contains("never executed") {
                continue;
            }
            assert!(!line.contains(&last_month), "{plan}");
            if line.contains("Bitmap Heap Scan") {
                // The scan of the index below it has the condition.
                continue;
            }
            let node = lines[at + 1..]
                .iter()
                .take_while(|line| !line.contains("->"));
            let node: Vec<&&str> = node.collect();
            if line.contains("Seq Scan") {
                // A month that is empty has nothing to look up.
                assert!(line.contains("rows=0"), "{plan}");
                assert!(!node.iter().any(|line| line.contains("Removed")), "{plan}");
                continue;
            }
            let condition = node.iter().find(|line| line.contains("Index Cond"));
            assert!(condition.unwrap().contains("workspace_id = "), "{plan}");
            reads += 1;
        }
        assert!(reads > 0, "{plan}");
    }
}
