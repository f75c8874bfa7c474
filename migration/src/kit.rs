//! The kit: tenant-safe DDL in a few declarative lines.

use sea_orm_migration::{
    SchemaManager, SchemaManagerConnection,
    sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, Statement},
};

use crate::{
    quote::{identifier, literal},
    roles::OWNER,
};

/// The kit of one migration, at work as the owner of the schemas.
///
/// [`Kit::begin`] becomes the owner for the rest of the transaction and bounds the wait for locks; [`Kit::finish`] goes back
/// to whoever records the migration.
///
/// # Examples
///
/// ```no_run
/// use sea_orm_migration::prelude::*;
/// use tenantry_migration::kit::{Column, Kit};
///
/// #[derive(DeriveMigrationName)]
/// struct CreateNotes;
///
/// #[async_trait::async_trait]
/// impl MigrationTrait for CreateNotes {
///     async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
///         let kit = Kit::begin(manager).await?;
///         kit.finish().await
///     }
/// }
/// ```
#[must_use = "a kit must be finished, or the migration is recorded as the owner of the schemas"]
pub struct Kit<'c> {
    manager: &'c SchemaManager<'c>,
    role_before: String,
}

impl<'c> Kit<'c> {
    /// Becomes the owner.
    ///
    /// # Errors
    ///
    /// If the migration runs without a transaction, or the login may not become the owner.
    pub async fn begin(manager: &'c SchemaManager<'c>) -> Result<Self, DbErr> {
        if matches!(
            manager.get_connection(),
            SchemaManagerConnection::Connection(_)
        ) {
            return Err(DbErr::Migration(
                "the kit needs a migration that runs in a transaction".into(),
            ));
        }
        let mut kit = Self {
            manager,
            role_before: String::new(),
        };
        kit.role_before = kit
            .value("SELECT current_user::text")
            .await?
            .unwrap_or_default();
        kit.run("SET LOCAL lock_timeout = '5s'").await?;
        if kit.role_before != OWNER {
            kit.run(&format!("SET LOCAL ROLE {}", identifier(OWNER)))
                .await?;
        }
        Ok(kit)
    }

    /// Goes back to the role that the migration began with.
    ///
    /// # Errors
    ///
    /// If the transaction has failed.
    pub async fn finish(self) -> Result<(), DbErr> {
        if self.role_before == OWNER {
            return Ok(());
        }
        self.run(&format!("SET LOCAL ROLE {}", identifier(&self.role_before)))
            .await
    }

    /// Runs statements of our own making.
    pub(crate) async fn run(&self, sql: &str) -> Result<(), DbErr> {
        self.manager
            .get_connection()
            .execute_unprepared(sql)
            .await
            .map(drop)
    }

    /// Runs statements as another role, which may create in the schema for that moment.
    pub(crate) async fn run_as(&self, role: &str, schema: &str, sql: &str) -> Result<(), DbErr> {
        let (schema, role, owner) = (identifier(schema), identifier(role), identifier(OWNER));
        self.run(&format!(
            "GRANT CREATE ON SCHEMA {schema} TO {role};\nSET LOCAL ROLE {role};"
        ))
        .await?;
        self.run("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
            .await?;
        self.run(sql).await?;
        self.run(&format!(
            "SET LOCAL ROLE {owner};\nREVOKE CREATE ON SCHEMA {schema} FROM {role};"
        ))
        .await
    }

    pub(crate) async fn row(&self, sql: &str) -> Result<Option<QueryResult>, DbErr> {
        self.manager
            .get_connection()
            .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
            .await
    }

    /// Reads the first column of the first row as text.
    pub(crate) async fn value(&self, sql: &str) -> Result<Option<String>, DbErr> {
        match self.row(sql).await? {
            Some(row) => row.try_get_by_index(0),
            None => Ok(None),
        }
    }
}

impl std::fmt::Debug for Kit<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Kit")
            .field("role_before", &self.role_before)
            .finish_non_exhaustive()
    }
}

/// Writes `COMMENT ON …`.
pub(crate) fn comment(object: &str, text: &str) -> String {
    format!("COMMENT ON {object} IS {};\n", literal(text))
}
