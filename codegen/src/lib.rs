//! Generates SeaORM entities and tenantry facts from a PostgreSQL catalogue.
//!
//! A [`Catalog`](tenantry::catalog::Catalog) goes in, Rust text comes out: one folder per schema, one module per table. The
//! same catalogue gives the same bytes. Generated code states facts and forwards; it decides nothing, and nobody edits it.
//!
//! ```no_run
//! use tenantry_codegen::Generator;
//!
//! # async fn run(connection: &mut sqlx::PgConnection) -> Result<(), Box<dyn std::error::Error>> {
//! let generator = Generator::new().schema("shop").scope_column("account_id");
//! let files = generator.generate_from(connection).await?;
//! tenantry_codegen::write(&files, "src/entities")?;
//! # Ok(())
//! # }
//! ```

mod database;
mod error;
mod files;
mod generator;
mod model;
mod names;
mod render;
mod rust_type;

pub use error::{GenerateError, Problem};
pub use files::{Difference, GeneratedFile, check, write};
pub use generator::Generator;
pub use rust_type::RustType;
