//! A database for each test, copied from a template that is migrated once.
//!
//! What belongs here: databases, logins and their URLs. The server they live on is the room `server`.

mod address;
mod error;
mod logins;
mod maintenance;
mod removal;
mod template;

use std::sync::OnceLock;

use sea_orm_migration::MigratorTrait;
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::server::TestServer;
use address::Address;
pub use error::DatabaseError;
use logins::Login;
use template::Recipe;

/// A database of its own for one test, removed with the value.
///
/// The roles of tenantry exist on its server, and each role a test needs has a login: no test runs as a superuser by accident, which would
/// pass for nothing, since a superuser meets no row-level security.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sea_orm_migration::{MigrationTrait, MigratorTrait};
/// use tenantry_testing::{TestDatabase, sqlx};
///
/// struct Migrations;
///
/// impl MigratorTrait for Migrations {
///     fn migrations() -> Vec<Box<dyn MigrationTrait>> {
///         Vec::new()
///     }
/// }
///
/// let database = TestDatabase::new::<Migrations>().await?;
/// let pool = sqlx::PgPool::connect(database.app_url()).await?;
/// let user: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(&pool).await?;
/// assert_eq!(user, "tenantry_test_app");
/// # Ok(())
/// # }
/// ```
#[must_use = "the database is removed when this value is dropped"]
pub struct TestDatabase {
    name: String,
    server: Address,
    admin_url: String,
    migrator_url: String,
    app_url: String,
    reader_url: String,
    person_url: String,
    catalogue_url: String,
    glass_url: String,
    relay_url: String,
    maintenance_url: String,
    admin: OnceLock<PgPool>,
}

impl TestDatabase {
    /// Makes a database with the migrations of `M` applied, on the shared server.
    ///
    /// The migrations run once for each server, migrator and test program, into a template; every further database is a copy of it,
    /// also for tests in other processes.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Server`] without a server, [`DatabaseError::Migration`] if a migration fails, [`DatabaseError::Sql`] if the
    /// server refuses a step.
    pub async fn new<M: MigratorTrait>() -> Result<Self, DatabaseError> {
        Self::made_by(
            TestServer::shared().map_err(DatabaseError::Server)?,
            Recipe::of::<M>(),
        )
        .await
    }

    /// As [`new`](Self::new), on the given server.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub async fn new_on<M: MigratorTrait>(server: &TestServer) -> Result<Self, DatabaseError> {
        Self::made_by(server, Recipe::of::<M>()).await
    }

    /// Makes a database without migrations, but with the roles and the grants that come before the first one.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub async fn empty() -> Result<Self, DatabaseError> {
        Self::empty_on(TestServer::shared().map_err(DatabaseError::Server)?).await
    }

    /// As [`empty`](Self::empty), on the given server.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub async fn empty_on(server: &TestServer) -> Result<Self, DatabaseError> {
        Self::made_by(server, Recipe::empty()).await
    }

    /// Returns the name of the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the administrator's URL, for arranging and for looking past the walls. Never for the code under test.
    #[must_use]
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// Returns the URL of `tenantry_test_migrator`, which starts as `tenantry_owner`.
    #[must_use]
    pub fn migrator_url(&self) -> &str {
        &self.migrator_url
    }

    /// Returns the URL of `tenantry_test_app`, a member of exactly `tenantry_app`.
    #[must_use]
    pub fn app_url(&self) -> &str {
        &self.app_url
    }

    /// Returns the URL of `tenantry_test_reader`, a member of exactly `tenantry_reader`.
    #[must_use]
    pub fn reader_url(&self) -> &str {
        &self.reader_url
    }

    /// Returns the URL of `tenantry_test_person`, a member of exactly `tenantry_person`.
    #[must_use]
    pub fn person_url(&self) -> &str {
        &self.person_url
    }

    /// Returns the URL of `tenantry_test_catalogue`, a member of exactly `tenantry_catalogue`.
    #[must_use]
    pub fn catalogue_url(&self) -> &str {
        &self.catalogue_url
    }

    /// Returns the URL of `tenantry_test_glass`, a member of exactly `tenantry_glass`.
    #[must_use]
    pub fn glass_url(&self) -> &str {
        &self.glass_url
    }

    /// Returns the URL of `tenantry_test_relay`, a member of exactly `tenantry_relay`.
    #[must_use]
    pub fn relay_url(&self) -> &str {
        &self.relay_url
    }

    /// Returns the URL of `tenantry_test_maintenance`, a member of exactly `tenantry_maintenance`.
    #[must_use]
    pub fn maintenance_url(&self) -> &str {
        &self.maintenance_url
    }

    /// Returns a small pool of administrator's connections, opened on first use.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    #[must_use]
    pub fn admin(&self) -> PgPool {
        self.admin
            .get_or_init(|| {
                PgPoolOptions::new()
                    .max_connections(4)
                    .connect_lazy(&self.admin_url)
                    .unwrap_or_else(|error| {
                        panic!("the administrator's URL has been connected to before: {error}")
                    })
            })
            .clone()
    }

    async fn made_by(server: &TestServer, recipe: Recipe<'_>) -> Result<Self, DatabaseError> {
        let address = Address::parse(server.url())?;
        let name = template::copy(&address, &recipe).await?;
        let of = |login: &Login| address.with_login(login).with_database(&name).to_string();
        Ok(Self {
            admin_url: address.with_database(&name).to_string(),
            migrator_url: of(&logins::MIGRATOR),
            app_url: of(&logins::APP),
            reader_url: of(&logins::READER),
            person_url: of(&logins::PERSON),
            catalogue_url: of(&logins::CATALOGUE),
            glass_url: of(&logins::GLASS),
            relay_url: of(&logins::RELAY),
            maintenance_url: of(&logins::MAINTENANCE),
            admin: OnceLock::new(),
            server: address,
            name,
        })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        removal::remove(&self.server, &self.name);
    }
}

impl std::fmt::Debug for TestDatabase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TestDatabase")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
