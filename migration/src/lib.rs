//! The DDL kit, the kernel schema and the migrations of the tenantry systems.
//!
//! - [`roles`]: the cluster roles and what each database grants them; an administrator runs it once.
//! - [`Kernel`]: the migration that makes the schema `tenantry`.
//! - [`kit`]: tenant-safe tables in a few declarative lines.
//! - [`Migrator`], [`run`]: the migrations and their locked runner.
//! - [`systems`]: the migrations of each system.
//! - [`audit`]: how long the audit log is kept.
//! - [`keys`]: the keys under which services sign their claims.

pub mod audit;
pub mod keys;
pub mod kit;
pub mod roles;
pub mod systems;

mod error;
mod kernel;
mod key_type;
mod migrator;
mod policies;
mod quote;

pub use error::Error;
pub use kernel::Kernel;
pub use key_type::KeyType;
pub use migrator::{Locked, Migrator, run};
pub use sea_orm_migration::{self, MigrationTrait, MigratorTrait};
