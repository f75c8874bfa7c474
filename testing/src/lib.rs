//! Throwaway PostgreSQL databases and an isolation kit for tests.

mod database;
mod isolation;
mod memory;
mod proxy;
mod server;

pub use database::{DatabaseError, TestDatabase};
pub use isolation::{Isolation, IsolationReport};
pub use memory::MemoryRepository;
pub use proxy::{CountingProxy, ProxyError};
pub use sea_orm_migration::{self, MigratorTrait};
pub use server::{Attempt, LaunchError, ServerError, Source, TestServer, Way};
pub use sqlx;
