//! A migration that is nothing but declarations.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use super::{Directory, Kit, Table};

/// A migration that makes schemas, tables, directories and policies, in the order in which they are added.
///
/// For whatever else a migration does, implement [`MigrationTrait`] and use the [`Kit`] in it.
///
/// # Examples
///
/// ```
/// use tenantry_migration::{Kernel, KeyType, MigrationTrait, MigratorTrait, kit::{Column, Table, Tables}};
///
/// struct Notes;
///
/// impl MigratorTrait for Notes {
///     fn migrations() -> Vec<Box<dyn MigrationTrait>> {
///         let notes = Table::new("notes", "notes", "What members write down.")
///             .scope("workspace_id", KeyType::Uuid)
///             .column(Column::text("title", "What people see in lists."))
///             .stamped()
///             .versioned();
///         let create = Tables::new("m20260101_000002_notes")
///             .schema("notes", "What members write down.")
///             .table(notes);
///         vec![Box::new(Kernel::new()), Box::new(create)]
///     }
/// }
/// # assert_eq!(Notes::migrations().len(), 2);
/// ```
#[derive(Clone, Debug)]
#[must_use = "tables are a migration: put them into the list of your migrator, behind the kernel"]
pub struct Tables {
    name: String,
    declared: Vec<Declared>,
}

#[derive(Clone, Debug)]
enum Declared {
    Schema { name: String, about: String },
    Table(Box<Table>),
    Directory(Box<Directory>),
    Policy(String),
}

impl Tables {
    /// Names the migration; migrations are applied in the order of the migrator's list, and known by their names.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            declared: Vec::new(),
        }
    }

    /// Adds a schema.
    pub fn schema(mut self, name: impl Into<String>, about: impl Into<String>) -> Self {
        self.declared.push(Declared::Schema {
            name: name.into(),
            about: about.into(),
        });
        self
    }

    /// Adds a workspace table.
    pub fn table(mut self, table: Table) -> Self {
        self.declared.push(Declared::Table(Box::new(table)));
        self
    }

    /// Adds a directory.
    pub fn directory(mut self, directory: Directory) -> Self {
        self.declared.push(Declared::Directory(Box::new(directory)));
        self
    }

    /// Adds what a policy says of a table: the text of `RowSecurity::sql`, of `tenantry`.
    pub fn policy(mut self, sql: impl Into<String>) -> Self {
        self.declared.push(Declared::Policy(sql.into()));
        self
    }
}

impl MigrationName for Tables {
    fn name(&self) -> &str {
        &self.name
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        for declared in &self.declared {
            match declared {
                Declared::Schema { name, about } => kit.create_schema(name, about).await?,
                Declared::Table(table) => kit.create_table(table).await?,
                Declared::Directory(directory) => kit.create_directory(directory).await?,
                Declared::Policy(sql) => kit.execute(sql).await?,
            }
        }
        kit.finish().await
    }
}
