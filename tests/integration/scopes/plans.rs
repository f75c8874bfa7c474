//! Lists beside the workspace walk indexes of their own.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::ground::{Ground, entered};

/// Forty workspaces with two hundred people, each of whom handed in something everywhere.
const CROWD: &str = "
SET session_replication_role = replica;
CREATE TEMPORARY TABLE places AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 40) AS n;
INSERT INTO challenges.challenges (workspace_id, title, status, created_at)
  SELECT id, 'c' || m, CASE WHEN m % 4 = 0 THEN 'active' ELSE 'draft' END, now() - (m * n) * interval '1 second'
  FROM places, generate_series(1, 200) AS m;
INSERT INTO challenges.submissions (workspace_id, challenge_id, user_id, created_at)
  SELECT id, gen_random_uuid(), md5(m::text)::uuid, now() - (m * n) * interval '1 second'
  FROM places, generate_series(1, 200) AS m;
RESET session_replication_role;
ANALYZE challenges.challenges, challenges.submissions";

async fn plan(connection: &mut PgConnection, begin: &str, select: &str) -> String {
    sqlx::raw_sql(AssertSqlSafe(begin.to_owned()))
        .execute(&mut *connection)
        .await
        .unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN {select}"));
    let lines: Vec<String> = sqlx::query_scalar(explain)
        .fetch_all(connection)
        .await
        .unwrap();
    lines.join("\n")
}

#[tokio::test]
async fn a_persons_list_walks_the_index_of_persons() {
    let ground = Ground::new().await;
    ground.plant(CROWD).await;
    let mut login = PgConnection::connect(ground.world.test.person_url())
        .await
        .unwrap();
    let person = sqlx::query_scalar::<_, uuid::Uuid>("SELECT md5('7')::uuid")
        .fetch_one(&ground.world.test.admin())
        .await
        .unwrap();
    for named in [format!("user_id = '{person}' AND"), String::new()] {
        let select = format!(
            "SELECT id FROM challenges.submissions WHERE {named} deleted_at IS NULL \
             AND (created_at, id, workspace_id) < (now(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff') \
             ORDER BY created_at DESC, id DESC, workspace_id DESC LIMIT 20"
        );
        let plan = plan(
            &mut login,
            &format!("ROLLBACK; {}", entered(person)),
            &select,
        )
        .await;
        assert!(plan.contains("submissions_mine_idx"), "{plan}");
        assert!(plan.contains("Index Cond: ((user_id = "), "{plan}");
        assert!(!plan.contains("Sort"), "{plan}");
    }
}

#[tokio::test]
async fn the_catalogue_walks_the_index_of_what_is_published() {
    let ground = Ground::new().await;
    ground.plant(CROWD).await;
    let mut login = PgConnection::connect(ground.world.test.catalogue_url())
        .await
        .unwrap();
    let select = "SELECT id, title FROM challenges.challenges WHERE deleted_at IS NULL \
         AND (created_at, id, workspace_id) < (now(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff') \
         ORDER BY created_at DESC, id DESC, workspace_id DESC LIMIT 20";
    let plan = plan(&mut login, "BEGIN", select).await;
    assert!(plan.contains("challenges_published_idx"), "{plan}");
    assert!(
        plan.contains("Index Cond: (ROW(created_at, id, workspace_id)"),
        "{plan}"
    );
    assert!(!plan.contains("Sort"), "{plan}");
}
