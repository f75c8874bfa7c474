//! Each test has a database of its own, and its migrations run once.

#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait of SeaORM is declared so, and async_trait wants the same text"
)]

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use sea_orm_migration::prelude::*;
use sqlx::{Connection as _, PgConnection, Row as _};
use tenantry_testing::{TestDatabase, TestServer};

static RUNS: AtomicU32 = AtomicU32::new(0);

struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Create)]
    }
}

#[derive(DeriveMigrationName)]
struct Create;

#[async_trait::async_trait]
impl MigrationTrait for Create {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        RUNS.fetch_add(1, Ordering::SeqCst);
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE SCHEMA app; CREATE TABLE app.widgets (id bigint PRIMARY KEY); \
                 GRANT USAGE ON SCHEMA app TO tenantry_app; GRANT SELECT, INSERT ON app.widgets TO tenantry_app; \
                 INSERT INTO app.widgets VALUES (1)",
            )
            .await?;
        Ok(())
    }
}

struct Broken;

impl MigratorTrait for Broken {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Break)]
    }
}

#[derive(DeriveMigrationName)]
struct Break;

#[async_trait::async_trait]
impl MigrationTrait for Break {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared("SELECT 1 / 0")
            .await?;
        Ok(())
    }
}

#[tokio::test]
async fn migrations_run_once_for_many_databases_at_once() {
    let (first, second, third) = tokio::join!(
        TestDatabase::new::<Migrations>(),
        TestDatabase::new::<Migrations>(),
        TestDatabase::new::<Migrations>()
    );
    let names = [first.unwrap(), second.unwrap(), third.unwrap()]
        .map(|database| database.name().to_owned());
    assert!(names[0] != names[1] && names[1] != names[2]);
    assert!(RUNS.load(Ordering::SeqCst) <= 1);
}

#[tokio::test]
async fn what_one_test_writes_no_other_sees() {
    let first = TestDatabase::new::<Migrations>().await.unwrap();
    let second = TestDatabase::new::<Migrations>().await.unwrap();
    let mut connection = PgConnection::connect(first.app_url()).await.unwrap();
    sqlx::query("INSERT INTO app.widgets VALUES (2)")
        .execute(&mut connection)
        .await
        .unwrap();
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM app.widgets")
        .fetch_one(&second.admin())
        .await
        .unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn no_login_of_the_tests_is_more_than_its_role() {
    let database = TestDatabase::empty().await.unwrap();
    for (url, user, role) in [
        (database.app_url(), "tenantry_test_app", "tenantry_app"),
        (
            database.reader_url(),
            "tenantry_test_reader",
            "tenantry_reader",
        ),
        (
            database.person_url(),
            "tenantry_test_person",
            "tenantry_person",
        ),
        (
            database.catalogue_url(),
            "tenantry_test_catalogue",
            "tenantry_catalogue",
        ),
        (
            database.glass_url(),
            "tenantry_test_glass",
            "tenantry_glass",
        ),
        (
            database.relay_url(),
            "tenantry_test_relay",
            "tenantry_relay",
        ),
        (
            database.maintenance_url(),
            "tenantry_test_maintenance",
            "tenantry_maintenance",
        ),
    ] {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let row = sqlx::query(
            "SELECT current_user::text AS user, rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication AS strong, \
             (SELECT string_agg(roleid::regrole::text, ' ') FROM pg_auth_members WHERE member = r.oid) AS roles \
             FROM pg_roles r WHERE rolname = current_user",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(row.get::<String, _>("user"), user);
        assert!(!row.get::<bool, _>("strong"));
        assert_eq!(row.get::<String, _>("roles"), role);
        let created = sqlx::query("CREATE TABLE public.forbidden ()")
            .execute(&mut connection)
            .await;
        assert!(created.is_err());
    }
}

#[tokio::test]
async fn the_migrator_starts_as_the_owner() {
    let database = TestDatabase::new::<Migrations>().await.unwrap();
    let mut connection = PgConnection::connect(database.migrator_url())
        .await
        .unwrap();
    let user: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(user, "tenantry_owner");
    sqlx::query("CREATE SCHEMA another")
        .execute(&mut connection)
        .await
        .unwrap();
    let owner: String = sqlx::query_scalar(
        "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'app.widgets'::regclass",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(owner, "tenantry_owner");
}

#[tokio::test]
async fn a_copy_keeps_the_grants_of_its_template() {
    let database = TestDatabase::empty().await.unwrap();
    let granted: Vec<(String, String)> = sqlx::query_as(
        "SELECT CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type \
         FROM pg_database, aclexplode(datacl) WHERE datname = current_database() AND grantee <> datdba ORDER BY 1, 2",
    )
    .fetch_all(&database.admin())
    .await
    .unwrap();
    assert!(
        granted.contains(&("tenantry_app".to_owned(), "CONNECT".to_owned())),
        "{granted:?}"
    );
    assert!(
        granted.contains(&("tenantry_owner".to_owned(), "CREATE".to_owned())),
        "{granted:?}"
    );
    assert!(
        granted.iter().all(|(grantee, _)| grantee != "PUBLIC"),
        "{granted:?}"
    );
}

#[tokio::test]
async fn a_dropped_database_is_gone_though_connections_were_open() {
    let observer = TestDatabase::empty().await.unwrap();
    let database = TestDatabase::empty().await.unwrap();
    let name = database.name().to_owned();
    let _open = PgConnection::connect(database.app_url()).await.unwrap();
    drop(database);
    assert!(!exists(&observer, &name).await);
}

#[tokio::test]
async fn a_database_may_outlive_its_runtime() {
    let observer = TestDatabase::empty().await.unwrap();
    let name = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let database = runtime.block_on(TestDatabase::empty()).unwrap();
        drop(runtime);
        database.name().to_owned()
    })
    .join()
    .unwrap();
    assert!(!exists(&observer, &name).await);
}

#[tokio::test]
async fn an_unfinished_template_is_made_again() {
    let server = TestServer::start().unwrap();
    let failed = TestDatabase::new_on::<Broken>(&server).await.unwrap_err();
    assert!(
        format!("{failed:?}").contains("division by zero"),
        "{failed:?}"
    );
    // The failed attempt has left a database behind; the next one starts over instead of copying it.
    let again = TestDatabase::new_on::<Broken>(&server).await.unwrap_err();
    assert!(
        format!("{again:?}").contains("division by zero"),
        "{again:?}"
    );
}

async fn exists(observer: &TestDatabase, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&observer.admin())
        .await
        .unwrap()
}
