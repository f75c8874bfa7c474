//! An import that the server dies under, asked for again.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use tenantry::{Database, Error, ErrorKind, Session};
use tenantry_entities::challenges::Challenges;
use tenantry_repositories::accounts::{Members, Work};
use tenantry_testing::{TestDatabase, TestServer};

use crate::world::{AccountsAndChallenges, found, titled};

const ROWS: u64 = 100_000;

async fn on(server: &Arc<Mutex<TestServer>>, act: impl FnOnce(&mut TestServer) + Send + 'static) {
    let server = Arc::clone(server);
    let acted = tokio::task::spawn_blocking(move || act(&mut server.lock().unwrap()));
    acted.await.unwrap();
}

/// How many challenges there are, how many ids the log names as inserted, how many of them are different, and other entries.
async fn kept(test: &TestDatabase) -> (i64, i64, i64, i64) {
    let sql = "WITH told AS (SELECT operation, unnest(coalesce(record_ids, ARRAY[record_id])) AS id \
            FROM tenantry.audit_log WHERE table_name = 'challenges.challenges') \
        SELECT (SELECT count(*) FROM challenges.challenges), \
            count(*) FILTER (WHERE operation = 'insert'), count(DISTINCT id), count(*) FILTER (WHERE operation <> 'insert') FROM told";
    sqlx::query_as(sql).fetch_one(&test.admin()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_the_server_dies_under_is_kept_once() {
    let server = tokio::task::spawn_blocking(TestServer::start_own);
    let server = server.await.unwrap().unwrap();
    let test = TestDatabase::new_on::<AccountsAndChallenges>(&server)
        .await
        .unwrap();
    let server = Arc::new(Mutex::new(server));
    let builder = Database::builder(test.app_url()).max_connections(2);
    let database = builder.connect(Members).await.unwrap();
    let alpha = found(&database, "alpha").await;

    let (runs, crashed) = (AtomicU32::new(0), Arc::clone(&server));
    let (runs, crashed) = (&runs, &crashed);
    let work = Work::new("challenges.import", "file-1");
    let import = || {
        work.once(&database, &alpha, async move |session: &mut Session| {
            let first = runs.fetch_add(1, Ordering::Relaxed) == 0;
            let rows = |from, to| (from..to).map(|row: u64| titled(&row.to_string()));
            let mut loaded = session.challenges().load(rows(0, ROWS / 2)).await?;
            if first {
                on(crashed, |server| server.crash().unwrap()).await;
            }
            loaded += session.challenges().load(rows(ROWS / 2, ROWS)).await?;
            Ok::<u64, Error>(loaded)
        })
    };
    assert_eq!(import().await.unwrap_err().kind(), ErrorKind::Unavailable);
    on(&server, |server| server.restart().unwrap()).await;
    assert_eq!(kept(&test).await, (0, 0, 0, 0), "nothing is kept by halves");

    let rows = i64::try_from(ROWS).unwrap();
    for _ in 0..2 {
        assert_eq!(import().await.unwrap(), ROWS);
        assert_eq!(kept(&test).await, (rows, rows, rows, 0));
        assert_eq!(
            runs.load(Ordering::Relaxed),
            2,
            "once in vain, once for good"
        );
    }
}
