//! `sea-orm-cli migrate` for the kernel and the systems.

use sea_orm_migration::cli;
use tenantry_migration::Migrator;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    cli::run_cli(Migrator).await;
}
