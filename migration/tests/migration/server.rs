//! A server for this binary, and a database per test.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, PgConnection};
use tenantry_migration::roles;
use tenantry_testing::TestServer;
use url::Url;

/// A database of its own; the server goes with the process, and the database with it.
pub(crate) struct Database {
    pub(crate) name: String,
}

/// Started here or handed on by the parent of the tests; a throwaway one, since these tests change roles of the cluster.
fn server() -> &'static TestServer {
    TestServer::shared().unwrap()
}

fn url(role: &str, database: &str) -> String {
    let mut url = Url::parse(server().url()).unwrap();
    url.set_username(role).unwrap();
    url.set_path(database);
    url.into()
}

/// A server that asks for passwords gets the administrator's for every login.
async fn give_passwords(connection: &mut PgConnection) {
    let url = Url::parse(server().url()).unwrap();
    let Some(password) = url.password() else {
        return;
    };
    for login in [roles::MIGRATOR]
        .into_iter()
        .chain(roles::SCOPES)
        .chain(roles::BESIDE)
    {
        let statement = format!(
            "SELECT pg_advisory_lock(1); ALTER ROLE {login} PASSWORD '{password}'; SELECT pg_advisory_unlock(1)"
        );
        while try_sql(connection, &statement).await.is_err() {
            sql(connection, "SELECT pg_advisory_unlock_all()").await;
        }
    }
}

impl Database {
    /// An empty database owned by the superuser, nothing prepared.
    pub(crate) async fn bare() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "migration_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = connect(server().url()).await;
        sql(
            &mut connection,
            &format!("CREATE DATABASE {name} TEMPLATE template0"),
        )
        .await;
        Self { name }
    }

    /// Roles installed and grants prepared.
    pub(crate) async fn prepared() -> Self {
        let database = Self::bare().await;
        roles::set_up(&database.superuser_url()).await.unwrap();
        give_passwords(&mut database.superuser().await).await;
        database
    }

    /// Kernel and systems applied, by the migrator.
    pub(crate) async fn migrated() -> Self {
        let database = Self::prepared().await;
        tenantry_migration::run::<tenantry_migration::Migrator>(&database.url("tenantry_migrator"))
            .await
            .unwrap();
        database
    }

    pub(crate) fn url(&self, role: &str) -> String {
        url(role, &self.name)
    }

    pub(crate) fn superuser_url(&self) -> String {
        let mut url = Url::parse(server().url()).unwrap();
        url.set_path(&self.name);
        url.into()
    }

    pub(crate) async fn superuser(&self) -> PgConnection {
        connect(&self.superuser_url()).await
    }

    pub(crate) async fn connect(&self, role: &str) -> PgConnection {
        connect(&url(role, &self.name)).await
    }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Runs statements that must succeed.
pub(crate) async fn sql(connection: &mut PgConnection, text: &str) {
    if let Err(error) = try_sql(connection, text).await {
        panic!("{error}\n{text}");
    }
}

/// Runs statements and tells the SQLSTATE and message of the refusal.
pub(crate) async fn try_sql(connection: &mut PgConnection, text: &str) -> Result<(), String> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()))
        .execute(connection)
        .await
        .map(drop)
        .map_err(|error| {
            let database = error.as_database_error().unwrap();
            format!("{} {}", database.code().unwrap(), database.message())
        })
}

/// Reads one text value.
pub(crate) async fn value(connection: &mut PgConnection, query: &str) -> Option<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT ({query})::text")))
        .fetch_one(connection)
        .await
        .unwrap()
}
