//! The catalogue: what PostgreSQL itself says about tables, keys, walls and roles.
//!
//! Plain data, read straight from `pg_catalog`, sorted by name, the same bytes for the same schema. The generator and
//! `verify` both stand on it; it judges nothing.

mod access;
mod column;
mod constraint;
mod index;
mod read;
mod table;
mod vocabulary;

use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, postgres::types::Oid};

pub use access::{
    Function, Grant, Grantee, Membership, Policy, PolicyCommand, Role, Trigger, TriggerLevel,
    TriggerMode, TriggerTiming,
};
pub use column::{Column, ColumnType, Enum, Generated, Identity, TypeKind};
pub use constraint::{
    Check, DELETED_WITH_PARENT, Exclusion, ForeignKey, PrimaryKey, ReferentialAction, Unique,
    Vocabulary,
};
pub use index::{Index, IndexColumn};
pub use table::{Partition, Partitioning, RowSecurity, Table, TableKind};

/// What the catalogue says about some schemas, and about all roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Catalog {
    /// The major version of the server, such as 17.
    pub server_version: u32,
    /// The schemas that were asked for, by name.
    pub schemas: Vec<Schema>,
    /// Tables and views, by schema and name. Partitions stand in their table.
    pub tables: Vec<Table>,
    /// Enum types of the schemas, and those that columns of their tables have, by schema and name.
    pub enums: Vec<Enum>,
    /// Functions and procedures of the schemas, by schema, name and arguments.
    pub functions: Vec<Function>,
    /// All roles of the server, by name.
    pub roles: Vec<Role>,
}

/// A schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// The role that owns it.
    pub owner: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Who may do what in it.
    pub grants: Vec<Grant>,
}

/// The policies of one table, by name, whatever its schema.
///
/// Names are qualified where the `search_path` does not find them.
pub(crate) async fn policies(
    connection: &mut PgConnection,
    table: Oid,
) -> crate::Result<Vec<Policy>> {
    read::policies(connection, table)
        .await
        .map_err(crate::error::from_statement)
}

impl Catalog {
    /// Reads what the catalogue says about these schemas.
    ///
    /// It runs in a transaction (or savepoint) that is rolled back; nothing of the connection is changed. Any role may read
    /// the catalogue. Expressions are told with all names qualified, whatever the `search_path` is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if a schema does not exist, or else as any statement.
    pub async fn read(connection: &mut PgConnection, schemas: &[&str]) -> crate::Result<Self> {
        let catalog = read::read(connection, schemas)
            .await
            .map_err(crate::error::from_statement)?;
        match schemas
            .iter()
            .find(|wanted| catalog.schemas.iter().all(|schema| schema.name != **wanted))
        {
            Some(missing) => Err(crate::Error::new(
                crate::ErrorKind::Invalid,
                format!("schema \"{missing}\" does not exist"),
            )
            .with_hint("Run the migrations, or correct the name.")),
            None => Ok(catalog),
        }
    }

    /// Finds a table or view.
    #[must_use]
    pub fn table(&self, schema: &str, name: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|table| table.schema == schema && table.name == name)
    }

    /// Finds an enum type.
    #[must_use]
    pub fn enum_type(&self, schema: &str, name: &str) -> Option<&Enum> {
        self.enums
            .iter()
            .find(|found| found.schema == schema && found.name == name)
    }

    /// Finds a role.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }
}
