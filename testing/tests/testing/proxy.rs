//! Round trips are counted exactly, and connections break where they are told to.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use tenantry_testing::{CountingProxy, TestDatabase};

async fn table() -> (TestDatabase, CountingProxy) {
    let database = TestDatabase::empty().await.unwrap();
    sqlx::raw_sql("CREATE TABLE widgets (id int PRIMARY KEY)")
        .execute(&database.admin())
        .await
        .unwrap();
    let proxy = CountingProxy::start(database.admin_url()).await.unwrap();
    (database, proxy)
}

async fn widgets(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM widgets")
        .fetch_one(&database.admin())
        .await
        .unwrap()
}

#[tokio::test]
async fn connecting_is_not_counted() {
    let (_database, proxy) = table().await;
    let connection = PgConnection::connect(&proxy.url()).await.unwrap();
    assert_eq!((proxy.trips(), proxy.connections()), (0, 1));
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_prepared_statement_costs_two_trips_then_one() {
    let (_database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    for expected in [2, 1, 1] {
        proxy.reset();
        sqlx::query("SELECT $1")
            .bind(1)
            .execute(&mut connection)
            .await
            .unwrap();
        assert_eq!(proxy.trips(), expected);
    }
}

#[tokio::test]
async fn many_simple_statements_are_one_trip() {
    let (_database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    proxy.reset();
    sqlx::raw_sql("BEGIN; INSERT INTO widgets VALUES (1); COMMIT")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(proxy.trips(), 1);
}

#[tokio::test]
async fn a_copy_is_two_trips() {
    let (database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    proxy.reset();
    let mut copy = connection
        .copy_in_raw("COPY widgets FROM STDIN")
        .await
        .unwrap();
    copy.send(b"1\n2\n".as_slice()).await.unwrap();
    copy.send(b"3\n".as_slice()).await.unwrap();
    copy.finish().await.unwrap();
    assert_eq!(proxy.trips(), 2);
    assert_eq!(widgets(&database).await, 3);
}

#[tokio::test]
async fn a_large_answer_is_one_trip() {
    let (_database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    proxy.reset();
    let rows = sqlx::raw_sql("SELECT repeat('x', 1000) FROM generate_series(1, 2000)")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!((rows.len(), proxy.trips()), (2000, 1));
}

#[tokio::test]
async fn a_cut_ends_open_connections_and_takes_new_ones() {
    let (_database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    proxy.cut();
    assert!(
        sqlx::raw_sql("SELECT 1")
            .execute(&mut connection)
            .await
            .is_err()
    );
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    sqlx::raw_sql("SELECT 1")
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_cut_on_commit_commits_and_loses_the_answer() {
    let (database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql("INSERT INTO widgets VALUES (1)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    proxy.cut_on(b"COMMIT");
    assert!(transaction.commit().await.is_err());
    for _ in 0..200 {
        if widgets(&database).await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the transaction was not committed");
}

#[tokio::test]
async fn a_cut_before_commit_commits_nothing() {
    let (database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql("INSERT INTO widgets VALUES (1)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    proxy.cut_before(b"COMMIT");
    assert!(transaction.commit().await.is_err());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(widgets(&database).await, 0);
}

#[tokio::test]
async fn statements_are_heard_each_time_they_run() {
    let (_database, proxy) = table().await;
    let mut connection = PgConnection::connect(&proxy.url()).await.unwrap();
    sqlx::raw_sql("SELECT 1")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(proxy.statements().is_empty(), "nobody listens in");
    proxy.listen_in();
    for value in [1, 2] {
        let query = sqlx::query("SELECT $1").bind(value);
        query.execute(&mut connection).await.unwrap();
    }
    sqlx::raw_sql("SELECT 2; SELECT 3")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(
        proxy.statements(),
        ["SELECT $1", "SELECT $1", "SELECT 2; SELECT 3"]
    );
}
