//! The declaration of a workspace table.

mod access;

use super::{column::Column, governed::Said, purge::Purge, searchable::Searchable};
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
    /// Columns that no two living rows share once a statement is done.
    pub(super) exclusives: Vec<Vec<String>>,
    pub(super) indexes: Vec<(String, Vec<String>)>,
    pub(super) references: Vec<Reference>,
    pub(super) liveness_key: bool,
    /// What was said of a reference before there was one.
    pub(super) misplaced: Option<&'static str>,
    /// What narrow roles may do beyond the wall: the verb, the role, the columns.
    pub(super) narrow: Vec<(&'static str, String, Vec<String>)>,
    /// Indexes that do not lead with the scope: their label, columns and condition.
    pub(super) indexes_across: Vec<(String, Vec<String>, Option<String>)>,
    pub(super) searchable: Option<Searchable>,
    pub(super) containments: Vec<String>,
    pub(super) purge: Option<Purge>,
    /// Whether a policy will say who reads and writes, and nobody does before.
    pub(super) governed: bool,
    pub(super) said: Option<Said>,
    /// Whether the runtime role inserts rows, rather than functions of a narrow role.
    pub(super) inserts: bool,
    pub(super) stamped: bool,
    pub(super) versioned: bool,
    pub(super) soft_delete: bool,
    pub(super) audited: bool,
    /// Whether rows stay as they were inserted, whoever asks.
    pub(super) append_only: bool,
    pub(super) schema_version: u16,
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
    pub(super) fate: Fate,
    /// A column that has the same value in both rows.
    pub(super) agreeing_on: Option<String>,
}

/// What the deletion of a parent means for a row that points at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    Independent,
    /// It is deleted with its parent, by the library.
    DeletedWithParent,
    /// Besides, the database lets no row live whose parent is deleted.
    NeverOutlivesParent,
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
            exclusives: Vec::new(),
            indexes: Vec::new(),
            references: Vec::new(),
            liveness_key: false,
            misplaced: None,
            narrow: Vec::new(),
            indexes_across: Vec::new(),
            searchable: None,
            containments: Vec::new(),
            purge: None,
            governed: false,
            said: None,
            inserts: true,
            stamped: false,
            versioned: false,
            soft_delete: false,
            audited: false,
            append_only: false,
            schema_version: 1,
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

    /// Numbers the columns that audit entries name: 1 at first, one more whenever a column was renamed or dropped.
    pub const fn schema_version(mut self, version: u16) -> Self {
        self.schema_version = version;
        self
    }

    /// Writes every change into the audit log.
    pub fn audited(mut self) -> Self {
        self.audited = true;
        self
    }

    /// Leaves rows as they were inserted: nobody may change or delete one, and a trigger refuses whoever could.
    pub fn append_only(mut self) -> Self {
        self.append_only = true;
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

    /// As [`unique_live`](Self::unique_live), but looked at when a statement is done: one statement may exchange values, as of the
    /// places in a list. It is no target of an upsert.
    pub fn exclusive_live<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.exclusives.push(owned(columns));
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
            fate: Fate::Independent,
            agreeing_on: None,
        });
        self
    }

    /// Says of the reference right before it that a row is deleted with what it points at, and restored with it.
    ///
    /// Both tables soft-delete. The foreign key says so in its comment, where the generator and `verify` read it. A table may point at
    /// itself, as comments in a thread do, and may hang on several parents.
    ///
    /// A row that is inserted while its parent is being deleted may stay alive; [`never_outlives_parent`](Self::never_outlives_parent) forbids that.
    ///
    /// # Examples
    ///
    /// ```
    /// use tenantry_migration::{KeyType, kit::{Column, Table}};
    ///
    /// let comments = Table::new("notes", "comments", "What members say to a note.")
    ///     .scope("workspace_id", KeyType::Uuid)
    ///     .column(Column::uuid("note_id", "The note.").immutable())
    ///     .column(Column::uuid("parent_id", "The comment that it answers.").nullable().immutable())
    ///     .versioned().soft_delete().audited()
    ///     .references("note_id", "notes", "notes").never_outlives_parent()
    ///     .references("parent_id", "notes", "comments").deleted_with_parent();
    /// ```
    pub fn deleted_with_parent(self) -> Self {
        self.fate("deleted_with_parent", Fate::DeletedWithParent)
    }

    /// As [`deleted_with_parent`](Self::deleted_with_parent), and the database itself forbids a living row under a deleted parent, whoever writes.
    ///
    /// The parent's table needs [`liveness_key`](Self::liveness_key). Each insert of a child pays a second check of a foreign key, and a delete of the
    /// parent waits for open transactions that insert children.
    pub fn never_outlives_parent(self) -> Self {
        self.fate("never_outlives_parent", Fate::NeverOutlivesParent)
    }

    /// Says of the reference right before it that both rows have the same value in a column of this name, and lets the database hold
    /// them to it: a comment that names its deck and its slide names no slide of another deck.
    ///
    /// The other table is [unique](Self::unique) by its key and that column.
    ///
    /// # Examples
    ///
    /// ```
    /// use tenantry_migration::{KeyType, kit::{Column, Table}};
    ///
    /// let comments = Table::new("notes", "comments", "What members say to a line of a note.")
    ///     .scope("workspace_id", KeyType::Uuid)
    ///     .column(Column::uuid("note_id", "The note.").immutable())
    ///     .column(Column::uuid("line_id", "The line.").immutable())
    ///     .references("line_id", "notes", "lines").agreeing_on("note_id");
    /// ```
    pub fn agreeing_on(mut self, column: impl Into<String>) -> Self {
        match self.references.last_mut() {
            Some(reference) => reference.agreeing_on = Some(column.into()),
            None => self.misplaced = Some("agreeing_on"),
        }
        self
    }

    fn fate(mut self, said: &'static str, fate: Fate) -> Self {
        match self.references.last_mut() {
            Some(reference) => reference.fate = fate,
            None => self.misplaced = Some(said),
        }
        self
    }

    /// Adds the key that children of [`never_outlives_parent`](Self::never_outlives_parent) point at: scope, id, and whether the row lives.
    pub fn liveness_key(mut self) -> Self {
        self.liveness_key = true;
        self
    }

    /// Whether rows have the generated column `live`.
    pub(super) fn has_live(&self) -> bool {
        let bound = |reference: &Reference| reference.fate == Fate::NeverOutlivesParent;
        self.liveness_key || self.references.iter().any(bound)
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
}
