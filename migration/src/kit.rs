//! The kit: tenant-safe DDL in a few declarative lines.
//!
//! [`Table`] and [`Directory`] are declarations; [`Tables`], a migration, or [`Kit`], inside one of your own, makes them; [`lint`] says what a
//! migration may not write by hand.

mod append;
mod audit;
mod column;
mod concurrent;
mod conventions;
mod directory;
mod emit;
mod encrypted;
mod governed;
mod lint;
mod names;
mod owner;
mod purge;
mod references;
mod search;
mod searchable;
mod table;
mod tables;
mod tokens;
mod touch;
mod wall;

use sea_orm_migration::{
    SchemaManager, SchemaManagerConnection,
    sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, Statement},
};

use crate::{
    KeyType,
    quote::{identifier, list, literal},
    roles::{APP, AUDIT, IDENTITY, MAINTENANCE, OWNER, PURGE, READER, SEARCH},
};

pub use column::Column;
pub use concurrent::ConcurrentIndex;
pub use directory::Directory;
pub use lint::{LintError, lint};
pub use purge::Purge;
pub use searchable::{Searchable, Weight};
pub use table::Table;
pub use tables::Tables;

use emit::Step;

/// The kit of one migration, at work as the owner of the schemas.
///
/// A migration that is nothing but declarations is [`Tables`].
///
/// [`Kit::begin`] becomes the owner for the rest of the transaction and bounds the wait for locks; [`Kit::finish`] goes back
/// to whoever records the migration.
///
/// # Examples
///
/// ```no_run
/// use tenantry_migration::{
///     KeyType,
///     kit::{Column, Kit, Table},
///     // `self` is for the derive, which looks for the crate by this name.
///     sea_orm_migration::{self, prelude::*},
/// };
///
/// #[derive(DeriveMigrationName)]
/// struct CreateNotes;
///
/// // Where `rust_2018_idioms` warns, say `#[expect(elided_lifetimes_in_paths, reason = "as the trait has it")]`.
/// #[async_trait::async_trait]
/// impl MigrationTrait for CreateNotes {
///     async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
///         let kit = Kit::begin(manager).await?;
///         kit.create_schema("notes", "What members write down.").await?;
///         let notes = Table::new("notes", "notes", "A note.")
///             .scope("workspace_id", KeyType::Uuid)
///             .column(Column::text("title", "What people see in lists.").max_length(255))
///             .stamped().versioned().soft_delete().audited();
///         kit.create_table(&notes).await?;
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

    /// Makes a schema and lets the runtime roles see into it.
    ///
    /// # Errors
    ///
    /// If the owner may not create schemas in this database.
    pub async fn create_schema(&self, name: &str, about: &str) -> Result<(), DbErr> {
        names::checked("schema", name)?;
        let schema = identifier(name);
        // The audit role owns functions here; it reads nothing. Maintenance calls functions, and nothing else.
        let roles = list([APP, READER, AUDIT, IDENTITY, SEARCH, PURGE, MAINTENANCE]);
        self.run(&format!(
            "CREATE SCHEMA IF NOT EXISTS {schema};\nREVOKE ALL ON SCHEMA {schema} FROM PUBLIC;\n\
             GRANT USAGE ON SCHEMA {schema} TO {roles};\n{}",
            comment(&format!("SCHEMA {schema}"), about)
        ))
        .await
    }

    /// Makes a workspace table with its keys, wall, grants and triggers, or completes it. What a policy says of it stays as it is.
    ///
    /// Tables that it references must exist already.
    ///
    /// # Errors
    ///
    /// If the declaration contradicts itself or the kernel's key types, or the database refuses it.
    pub async fn create_table(&self, table: &Table) -> Result<(), DbErr> {
        let (workspace, actor) = self.kernel_keys().await?;
        if table.audited && table.wall().1.widened() != workspace {
            let problem = format!(
                "the audit log holds workspaces of type {}, table {}.{} has another: tell the kernel by Kernel::workspace_key",
                workspace.sql(),
                table.schema,
                table.name,
            );
            return Err(DbErr::Migration(problem));
        }
        let level = audit::Level::named(self.value(audit::Level::QUERY).await?.as_deref());
        let table = Table {
            said: self.said(table).await?,
            ..table.clone()
        };
        for step in table.steps(actor, level)? {
            match step {
                Step::Run(sql) => self.run(&sql).await?,
                Step::As { role, sql } => self.run_as(role, &table.schema, &sql).await?,
                Step::ForeignKey {
                    constraint,
                    sql,
                    target: (schema, target),
                } => {
                    if self
                        .value(&table.has_constraint(&constraint))
                        .await?
                        .is_none()
                    {
                        let forced = self
                            .lift(&[(&table.schema, &table.name), (&schema, &target)])
                            .await?;
                        self.run(&sql).await?;
                        self.restore(&forced).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes a directory, which no scope role can read.
    ///
    /// # Errors
    ///
    /// If it has no key, or the database refuses it.
    pub async fn create_directory(&self, directory: &Directory) -> Result<(), DbErr> {
        self.run(&directory.to_sql()?).await
    }

    /// Makes a function that a narrow role owns, executable by the roles named and nobody else.
    ///
    /// `signature` is the name with argument types, without schema: `member_role(uuid, uuid)`. `definition` is what follows
    /// `CREATE OR REPLACE FUNCTION schema.`.
    ///
    /// # Errors
    ///
    /// If the definition fails [`lint`], or the login may not become the owner.
    pub async fn create_function(
        &self,
        owner: &str,
        schema: &str,
        signature: &str,
        definition: &str,
        about: &str,
        executable_by: &[&str],
    ) -> Result<(), DbErr> {
        let path = identifier(schema);
        let create = format!("CREATE OR REPLACE FUNCTION {path}.{definition};\n");
        lint(&create).map_err(|refusal| DbErr::Migration(refusal.to_string()))?;
        let grant = format!(
            "REVOKE ALL ON FUNCTION {path}.{signature} FROM PUBLIC;\nGRANT EXECUTE ON FUNCTION {path}.{signature} TO {};\n{}",
            list(executable_by),
            comment(&format!("FUNCTION {path}.{signature}"), about)
        );
        self.run_as(owner, schema, &[create, grant].concat()).await
    }

    /// Runs statements of the application, unless [`lint`] refuses them.
    ///
    /// # Errors
    ///
    /// If a statement is refused here or by the database.
    pub async fn execute(&self, sql: &str) -> Result<(), DbErr> {
        lint(sql).map_err(|refusal| DbErr::Migration(refusal.to_string()))?;
        self.run(sql).await
    }

    /// The types of workspace and actor that the kernel was made with.
    async fn kernel_keys(&self) -> Result<(KeyType, KeyType), DbErr> {
        let mut keys = Vec::new();
        for column in ["workspace_id", "actor_id"] {
            let query = format!(
                "SELECT format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute \
                 WHERE attrelid = to_regclass('tenantry.audit_log') AND attname = {}",
                literal(column)
            );
            let key = self
                .value(&query)
                .await?
                .as_deref()
                .and_then(KeyType::from_sql);
            keys.push(key.ok_or_else(|| {
                DbErr::Migration("the kernel must be migrated before its tables".into())
            })?);
        }
        Ok((keys[0], keys[1]))
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
