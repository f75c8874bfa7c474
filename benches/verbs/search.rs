//! A search in the large workspace, against the same question asked past the search function.

use sqlx::AssertSqlSafe;
use tenantry_entities::challenges::{Challenges, challenge};
use tokio::sync::Mutex;

use crate::{
    Against, Options,
    clock::{against, ours, race},
    world::{Bench, COLUMNS, Decoded, workspace},
};

pub(crate) async fn run(bench: &Bench, options: &Options) {
    let context = &bench.large;
    let session = bench.database.read(context).await.unwrap();
    let raw = Mutex::new(bench.raw(context).await);
    let sql = format!(
        "SELECT {COLUMNS} FROM challenges.challenges WHERE workspace_id = $1 AND deleted_at IS NULL \
         AND search_vector @@ websearch_to_tsquery('english', $2) \
         ORDER BY ts_rank_cd(search_vector, websearch_to_tsquery('english', $2)) DESC LIMIT 21"
    );
    let words = format!("{}", options.rows / 2);
    let contenders = vec![
        ours(async || {
            let found = session.challenges().search(challenge::SEARCH, &words);
            assert_eq!(found.page().await.unwrap().items.len(), 1);
        }),
        against(Against::Sqlx, async || {
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query.bind(workspace(context)).bind(&words);
            drop(query.fetch_all(&mut **raw.lock().await).await);
        }),
    ];
    race(
        options,
        "search, one of all (sqlx: past the function)",
        (3, 2),
        contenders,
    )
    .await;
}
