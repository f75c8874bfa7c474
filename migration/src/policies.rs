//! Policies that `cargo xtask policies` wrote: each change of a declaration is one more file, and one more migration.

mod challenges;

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::kit::Kit;

/// The policies of a system as they were declared once.
struct Policies {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for Policies {
    fn name(&self) -> &str {
        self.name
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for Policies {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.execute(self.sql).await?;
        kit.finish().await
    }
}

/// The policies of `challenges`, in their order.
pub(crate) fn challenges() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(challenges::ALL)
}

fn all(
    files: &'static [(&'static str, &'static str)],
) -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    let migration = |&(name, sql)| -> Box<dyn MigrationTrait> { Box::new(Policies { name, sql }) };
    files.iter().map(migration)
}
