//! The declaration of a workspace table.

use super::column::{Access, Column};
use crate::KeyType;

/// A table of one workspace's rows, declared in a few lines; [`Kit::create_table`](super::Kit::create_table) makes it.
///
/// The scope column leads every key and index. The runtime role may select, and insert and update by column; it never deletes.
///
/// # Examples
///
/// ```
/// use tenantry_migration::{KeyType, kit::{Column, Table}};
///
/// let notes = Table::new("notes", "notes", "What members write down.")
///     .scope("workspace_id", KeyType::Uuid)
///     .key("id", KeyType::Uuid)
///     .column(Column::text("title", "What people see in lists.").max_length(255))
///     .column(Column::text("status", "How far it is.").one_of(["draft", "final"]).default_text("draft"))
///     .stamped()
///     .versioned()
///     .soft_delete()
///     .audited()
///     .unique_live(["title"])
///     .index("newest", ["created_at DESC", "id DESC"]);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a declaration does nothing until a kit creates it"]
pub struct Table {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) comment: String,
    pub(super) scope: Option<(String, KeyType)>,
    /// Schema, table and key of the workspaces.
    pub(super) scope_parent: Option<[String; 3]>,
    pub(super) key: (String, KeyType),
    pub(super) shape: KeyShape,
    pub(super) columns: Vec<Column>,
    pub(super) checks: Vec<(String, String)>,
    pub(super) uniques: Vec<Unique>,
    pub(super) indexes: Vec<(String, Vec<String>)>,
    pub(super) references: Vec<Reference>,
    pub(super) readers: Vec<(String, Vec<String>)>,
    /// The condition under which the runtime role may insert and update.
    pub(super) writable_if: String,
    pub(super) stamped: bool,
    pub(super) versioned: bool,
    pub(super) soft_delete: bool,
    pub(super) audited: bool,
}

/// How the primary key relates to the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyShape {
    /// `(scope, id)`.
    Composite,
    /// `(id)`, and the id is the scope.
    IsScope,
    /// `(id)`, as older tables have it.
    Legacy,
}

#[derive(Clone, Debug)]
pub(super) struct Unique {
    pub(super) columns: Vec<String>,
    pub(super) live: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) column: String,
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) target: String,
}

fn owned<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

impl Table {
    /// Names a table and says what its rows are.
    pub fn new(
        schema: impl Into<String>,
        name: impl Into<String>,
        comment: impl Into<String>,
    ) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
            comment: comment.into(),
            scope: None,
            scope_parent: None,
            key: ("id".into(), KeyType::Uuid),
            shape: KeyShape::Composite,
            columns: Vec::new(),
            checks: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            references: Vec::new(),
            readers: Vec::new(),
            writable_if: "true".into(),
            stamped: false,
            versioned: false,
            soft_delete: false,
            audited: false,
        }
    }

    /// Names the column that says whose row it is.
    pub fn scope(mut self, column: impl Into<String>, key: KeyType) -> Self {
        self.scope = Some((column.into(), key));
        self
    }

    /// Says that the scope column points to the key `id` of the table of workspaces.
    pub fn scope_references(self, schema: impl Into<String>, table: impl Into<String>) -> Self {
        self.scope_references_column(schema, table, "id")
    }

    /// Says that the scope column points to the table of workspaces, by a key of another name.
    pub fn scope_references_column(
        mut self,
        schema: impl Into<String>,
        table: impl Into<String>,
        target: impl Into<String>,
    ) -> Self {
        self.scope_parent = Some([schema.into(), table.into(), target.into()]);
        self
    }

    /// Says that this is the table of workspaces: the wall stands on its own id.
    pub fn scope_is_id(mut self) -> Self {
        self.shape = KeyShape::IsScope;
        self
    }

    /// Names the key: `uuid` defaults to a random one, numbers to an identity, `text` to nothing.
    ///
    /// The primary key is `(scope, key)`.
    pub fn key(mut self, column: impl Into<String>, key: KeyType) -> Self {
        self.key = (column.into(), key);
        self
    }

    /// Names a key that is unique across workspaces, as older tables have it: the primary key is `(key)` alone.
    ///
    /// Another workspace's id then shows as a unique violation; `(scope, key)` is unique as well, for foreign keys.
    pub fn legacy_key(mut self, column: impl Into<String>, key: KeyType) -> Self {
        self.key = (column.into(), key);
        self.shape = KeyShape::Legacy;
        self
    }

    /// Adds a column.
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Adds a check over several columns, written into the migration as it is.
    pub fn check(mut self, name: impl Into<String>, expression: impl Into<String>) -> Self {
        self.checks.push((name.into(), expression.into()));
        self
    }

    /// Adds who created and changed a row, and when; the database keeps them.
    pub fn stamped(mut self) -> Self {
        self.stamped = true;
        self
    }

    /// Adds the version for optimistic locks; the database counts it.
    pub fn versioned(mut self) -> Self {
        self.versioned = true;
        self
    }

    /// Adds when and by whom a row was deleted, and by which operation.
    pub fn soft_delete(mut self) -> Self {
        self.soft_delete = true;
        self
    }

    /// Writes every change into the audit log.
    pub fn audited(mut self) -> Self {
        self.audited = true;
        self
    }

    /// Makes columns unique within the scope.
    pub fn unique<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.uniques.push(Unique {
            columns: owned(columns),
            live: false,
        });
        self
    }

    /// Makes columns unique within the scope, among rows that are not deleted.
    pub fn unique_live<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.uniques.push(Unique {
            columns: owned(columns),
            live: true,
        });
        self
    }

    /// Adds an index behind the scope column, over live rows where the table soft-deletes; a column may end in `DESC`.
    pub fn index<S: Into<String>>(
        mut self,
        name: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.indexes.push((name.into(), owned(columns)));
        self
    }

    /// Lets a column point to the key `id` of another table of the same workspace, and indexes it.
    pub fn references(
        self,
        column: impl Into<String>,
        schema: impl Into<String>,
        table: impl Into<String>,
    ) -> Self {
        self.references_column(column, schema, table, "id")
    }

    /// Lets a column point to a unique column of another table of the same workspace, and indexes it.
    pub fn references_column(
        mut self,
        column: impl Into<String>,
        schema: impl Into<String>,
        table: impl Into<String>,
        target: impl Into<String>,
    ) -> Self {
        let (column, schema, table, target) =
            (column.into(), schema.into(), table.into(), target.into());
        self.references.push(Reference {
            column,
            schema,
            table,
            target,
        });
        self
    }

    /// Lets a narrow role, such as [`IDENTITY`](crate::roles::IDENTITY), read named columns beyond the wall.
    pub fn readable_by<S: Into<String>>(
        mut self,
        role: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.readers.push((role.into(), owned(columns)));
        self
    }

    /// Lets the runtime role insert and update only where `condition` holds, for the row before and for the row after.
    ///
    /// It is SQL over the columns of the row and the readers of the context, such as `(SELECT tenantry.role()) = 'owner'`; write each
    /// reader as a sub-select, so that it is asked once for a statement. It stands behind the wall and cannot widen it. It must not
    /// speak of `deleted_at`, or a soft delete would be refused by its own result.
    pub fn writable_if(mut self, condition: impl Into<String>) -> Self {
        self.writable_if = condition.into();
        self
    }

    /// The column that the wall stands on, and its type.
    pub(super) fn wall(&self) -> (&str, KeyType) {
        match (self.shape, &self.scope) {
            (KeyShape::Composite | KeyShape::Legacy, Some((column, key))) => (column, *key),
            _ => (&self.key.0, self.key.1),
        }
    }

    /// Scope and key, in the order of the primary key.
    pub(super) fn key_columns(&self) -> Vec<&str> {
        match self.shape {
            KeyShape::IsScope => vec![&self.key.0],
            KeyShape::Composite | KeyShape::Legacy => vec![self.wall().0, &self.key.0],
        }
    }

    /// Puts the scope column first.
    pub(super) fn scoped<'a>(&'a self, columns: &'a [String]) -> Vec<&'a str> {
        std::iter::once(self.wall().0)
            .chain(columns.iter().map(String::as_str))
            .collect()
    }

    /// All columns in order: keys, the application's, those of the conventions.
    pub(super) fn all_columns(&self, actor: KeyType) -> Vec<Column> {
        let mut columns = Vec::new();
        if self.shape != KeyShape::IsScope {
            let (scope, key) = self.wall();
            columns.push(
                Column::of_type(scope, key.sql(), "The workspace that the row belongs to.")
                    .immutable(),
            );
        }
        let (name, key) = &self.key;
        let about = if self.shape == KeyShape::IsScope {
            "The workspace."
        } else {
            "The row, within its workspace."
        };
        let mut id = Column::of_type(name, key.sql(), about).immutable();
        match key {
            KeyType::Uuid => id.default = Some("gen_random_uuid()".into()),
            KeyType::BigInt | KeyType::Integer => {
                id.sql_type.push_str(" GENERATED BY DEFAULT AS IDENTITY")
            }
            KeyType::Text => {}
        }
        columns.push(id);
        columns.extend(self.columns.iter().cloned());
        columns.extend(self.convention_columns(actor));
        columns
    }

    fn convention_columns(&self, actor: KeyType) -> Vec<Column> {
        let stamp = |name, comment| {
            Column::of_type(name, actor.sql(), comment)
                .nullable()
                .default_sql(actor.actor_reader())
                .read_only()
        };
        let time = |name, comment| {
            Column::timestamptz(name, comment)
                .default_sql("now()")
                .read_only()
        };
        let mut columns = Vec::new();
        if self.stamped {
            columns.push(time("created_at", "When the row was inserted."));
            columns.push(stamp("created_by", "Who inserted the row."));
            columns.push(time("updated_at", "When the row last changed."));
            columns.push(stamp("updated_by", "Who last changed the row."));
        }
        if self.versioned {
            columns.push(
                Column::bigint("version", "Counts the changes of the row, from 1.")
                    .default_sql("1")
                    .read_only(),
            );
        }
        if self.soft_delete {
            let deleted_by = Column::of_type("deleted_by", actor.sql(), "Who deleted the row.")
                .nullable()
                .read_only();
            columns.push(
                Column::timestamptz(
                    "deleted_at",
                    "When the row was deleted; null while it lives.",
                )
                .nullable()
                .read_only(),
            );
            columns.push(deleted_by);
            columns.push(
                Column::uuid(
                    "delete_op",
                    "The operation that deleted the row, with all that it took.",
                )
                .nullable()
                .read_only(),
            );
        }
        columns
    }

    /// Columns that the runtime role may name in an INSERT.
    pub(super) fn insertable(&self, actor: KeyType) -> Vec<String> {
        self.all_columns(actor)
            .into_iter()
            .filter(|column| column.access != Access::ReadOnly)
            .map(|column| column.name)
            .collect()
    }

    /// Columns that the runtime role may name in an UPDATE.
    pub(super) fn updatable(&self) -> Vec<String> {
        let declared = self
            .columns
            .iter()
            .filter(|column| column.access == Access::Full)
            .map(|column| column.name.clone());
        let deleted = if self.soft_delete {
            &["deleted_at", "delete_op"][..]
        } else {
            &[]
        };
        declared
            .chain(deleted.iter().map(|name| (*name).to_owned()))
            .collect()
    }
}
