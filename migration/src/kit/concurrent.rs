//! An index on a filled table, built while others write.

use sea_orm_migration::{
    SchemaManager, SchemaManagerConnection,
    sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement},
};

use super::{
    emit::ordered,
    names::{checked, name},
};
use crate::{
    Error,
    quote::{identifier, literal, qualified},
};

/// An index of a workspace table that is built concurrently.
///
/// It needs a migration of its own with `use_transaction() == Some(false)`. A build that was interrupted leaves an invalid
/// index behind, which the next attempt drops first.
///
/// # Examples
///
/// ```no_run
/// # async fn up(manager: &sea_orm_migration::SchemaManager<'_>) -> Result<(), sea_orm_migration::sea_orm::DbErr> {
/// use tenantry_migration::kit::ConcurrentIndex;
///
/// ConcurrentIndex::new("challenges", "submissions", "by_score")
///     .columns("workspace_id", ["score DESC", "id DESC"])
///     .live()
///     .create(manager)
///     .await
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an index does nothing until it is created"]
pub struct ConcurrentIndex {
    schema: String,
    table: String,
    label: String,
    scope: String,
    columns: Vec<String>,
    unique: bool,
    live: bool,
}

impl ConcurrentIndex {
    /// Names the table and the index, which becomes `<table>_<label>_idx`.
    pub fn new(
        schema: impl Into<String>,
        table: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            schema: schema.into(),
            table: table.into(),
            label: label.into(),
            scope: String::new(),
            columns: Vec::new(),
            unique: false,
            live: false,
        }
    }

    /// Names the scope column and those behind it; a column may end in `DESC`.
    pub fn columns<S: Into<String>>(
        mut self,
        scope: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scope = scope.into();
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Makes the index unique; its name then ends in `_key`.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Leaves deleted rows out.
    pub fn live(mut self) -> Self {
        self.live = true;
        self
    }

    fn sql(&self) -> Result<(String, String), Error> {
        checked("column", &self.scope)?;
        let columns = self
            .columns
            .iter()
            .map(|column| ordered(column))
            .collect::<Result<Vec<_>, _>>()?;
        let (unique, kind) = if self.unique {
            ("UNIQUE ", "key")
        } else {
            ("", "idx")
        };
        let live = if self.live {
            " WHERE \"deleted_at\" IS NULL"
        } else {
            ""
        };
        let index = name(&self.table, &[&self.label], kind);
        let columns = [&[identifier(&self.scope)], columns.as_slice()]
            .concat()
            .join(", ");
        let table = qualified(&self.schema, &self.table);
        let sql = format!(
            "CREATE {unique}INDEX CONCURRENTLY IF NOT EXISTS {} ON {table} ({columns}){live}",
            identifier(&index)
        );
        Ok((qualified(&self.schema, &index), sql))
    }

    /// Builds the index, after dropping an invalid one of its name.
    ///
    /// # Errors
    ///
    /// If the migration runs in a transaction, a unique index meets duplicates, or the table does not exist.
    pub async fn create(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if !matches!(connection, SchemaManagerConnection::Connection(_)) {
            return Err(DbErr::Migration(
                "an index is built concurrently only where use_transaction() is Some(false)".into(),
            ));
        }
        let (path, sql) = self.sql()?;
        let invalid = format!(
            "SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({}) AND NOT indisvalid",
            literal(&path)
        );
        if connection
            .query_one_raw(Statement::from_string(DbBackend::Postgres, invalid))
            .await?
            .is_some()
        {
            connection
                .execute_unprepared(&format!("DROP INDEX CONCURRENTLY IF EXISTS {path}"))
                .await?;
        }
        connection.execute_unprepared(&sql).await.map(drop)
    }
}
