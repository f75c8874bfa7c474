//! Functions of narrow roles, declared beside the tables that they keep.

use sea_orm_migration::sea_orm::DbErr;

use crate::kit::Kit;

/// A function that acts with more rights than whoever calls it.
pub(super) struct Function {
    pub(super) owner: &'static str,
    /// Name and argument types, as GRANT wants them.
    pub(super) signature: &'static str,
    /// What follows `CREATE OR REPLACE FUNCTION schema.`.
    pub(super) definition: &'static str,
    pub(super) about: &'static str,
    pub(super) callers: &'static [&'static str],
}

impl Function {
    pub(super) async fn create(&self, kit: &Kit<'_>, schema: &str) -> Result<(), DbErr> {
        kit.create_function(
            self.owner,
            schema,
            self.signature,
            self.definition,
            self.about,
            self.callers,
        )
        .await
    }
}
