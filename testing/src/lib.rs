//! Throwaway PostgreSQL databases and an isolation kit for tests.
//!
//! - [`TestServer`]: a PostgreSQL server, found or started, gone when the tests are.
//! - [`TestDatabase`]: a database for each test, migrated once and copied, with a login for each role.
//! - [`MemoryRepository`]: the rows of one table without a database; with the feature `accounts` also `MemoryAccounts`, a whole service.
//! - [`CountingProxy`]: exact numbers of round trips, and connections that break at a chosen moment.
//!
//! # Examples
//!
//! A test connects as the runtime role. As a superuser it would pass for nothing, since a superuser meets no row-level security.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use sqlx::Connection as _;
//! use tenantry_testing::{CountingProxy, TestDatabase, sqlx};
//!
//! let database = TestDatabase::empty().await?;
//! let proxy = CountingProxy::start(database.app_url()).await?;
//! let mut connection = sqlx::PgConnection::connect(&proxy.url()).await?;
//! proxy.reset();
//! let superuser: String =
//!     sqlx::query_scalar("SHOW is_superuser").fetch_one(&mut connection).await?;
//! assert_eq!(superuser, "off");
//! assert_eq!(proxy.trips(), 2); // prepare, execute
//! # Ok(())
//! # }
//! ```
//!
//! # One server for many processes
//!
//! A test runner that gives each test a process of its own would start a server for each. Its parent starts one instead and hands it on:
//!
//! ```
//! use std::process::Command;
//! use tenantry_testing::TestServer;
//!
//! let server = TestServer::start()?;
//! let mut tests = Command::new("cargo");
//! tests.args(["nextest", "run"]).env(TestServer::VARIABLE, server.url());
//! # Ok::<(), tenantry_testing::ServerError>(())
//! ```

#[cfg(feature = "accounts")]
mod accounts;
mod database;
mod isolation;
mod memory;
mod proxy;
mod server;
mod workspaces;

#[cfg(feature = "accounts")]
pub use accounts::{MemoryAccounts, MemoryContext, MemoryPerson, MemoryRows, MemorySession};
pub use database::{DatabaseError, TestDatabase};
pub use isolation::{Isolation, IsolationReport};
pub use memory::MemoryRepository;
pub use proxy::{CountingProxy, ProxyError};
pub use sea_orm_migration::{self, MigratorTrait};
pub use server::{Attempt, LaunchError, ServerError, Source, TestServer, Way};
pub use sqlx;
pub use workspaces::{Everyone, Workspace, workspaces};
