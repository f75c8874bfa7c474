//! The DDL kit, the kernel schema and the migrations of the tenantry systems.
//!
//! - [`roles`]: the cluster roles and what each database grants them; an administrator runs it once.

pub mod roles;

mod error;
mod quote;

pub use error::Error;
