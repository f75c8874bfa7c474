//! What to generate: schemas, the workspace column, exceptions.

use std::collections::{BTreeMap, BTreeSet};

use tenantry::catalog::Catalog;

use crate::{GenerateError, GeneratedFile, RustType, model, render};

/// Says what to generate, and generates it.
///
/// Tables are named as `schema.table`, columns as `schema.table.column`. A name that the catalogue does not have is an error,
/// so that an exception does not outlive its reason.
///
/// Every table is classified:
///
/// - *scoped*, if it has a workspace column: one that is named here, or else the one on which its wall stands. Its rows are identified, within a workspace, by the one column of the primary key
///   that is neither the workspace nor a column of the partition key; a key of that one column alone is a legacy table's, and
///   works too. Where the workspace column is the whole key (or [`workspace_table`](Self::workspace_table) says so), it is both.
/// - *global*, if it has neither column nor wall, or [`global_table`](Self::global_table) says so.
/// - *without a repository*, if it has a workspace column and a key of more columns: the entity is generated, and stands in
///   relations, but implements neither `Scoped` nor `Global`.
/// - an error without a primary key, or with a workspace or id of a type that cannot be a key.
///
/// # Examples
///
/// ```
/// use tenantry_codegen::{Generator, RustType};
///
/// let generator = Generator::new()
///     .schema("shop")
///     .scope_column("account_id")
///     .workspace_table("shop.accounts")
///     .singular("shop.bureaux", "bureau")
///     .skip_table("shop.legacy_imports")
///     .column_type("shop.orders.lead_time", RustType::text("interval"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a generator does nothing until `generate` is called"]
pub struct Generator {
    pub(crate) schemas: BTreeSet<String>,
    pub(crate) foreign_modules: BTreeMap<String, String>,
    pub(crate) scope_columns: Vec<String>,
    pub(crate) schema_scope_columns: BTreeMap<String, Vec<String>>,
    pub(crate) table_scope_columns: BTreeMap<String, String>,
    pub(crate) workspace_tables: BTreeSet<String>,
    pub(crate) global_tables: BTreeSet<String>,
    pub(crate) skipped_tables: BTreeSet<String>,
    pub(crate) skipped_columns: BTreeSet<String>,
    pub(crate) singulars: BTreeMap<String, String>,
    pub(crate) column_types: BTreeMap<String, RustType>,
    pub(crate) type_overrides: BTreeMap<String, RustType>,
    pub(crate) deleted_with_parent: BTreeSet<String>,
    pub(crate) runtime_role: String,
    pub(crate) audit_role: String,
    pub(crate) search_role: String,
    pub(crate) person_role: String,
    pub(crate) catalogue_role: String,
    pub(crate) serde: bool,
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl Generator {
    /// Begins with no schema, no workspace column, and the roles of the kernel.
    pub fn new() -> Self {
        Self {
            schemas: BTreeSet::new(),
            foreign_modules: BTreeMap::new(),
            scope_columns: Vec::new(),
            schema_scope_columns: BTreeMap::new(),
            table_scope_columns: BTreeMap::new(),
            workspace_tables: BTreeSet::new(),
            global_tables: BTreeSet::new(),
            skipped_tables: BTreeSet::new(),
            skipped_columns: BTreeSet::new(),
            singulars: BTreeMap::new(),
            column_types: BTreeMap::new(),
            type_overrides: BTreeMap::new(),
            deleted_with_parent: BTreeSet::new(),
            runtime_role: "tenantry_app".to_owned(),
            audit_role: "tenantry_audit".to_owned(),
            search_role: "tenantry_search".to_owned(),
            person_role: "tenantry_person".to_owned(),
            catalogue_role: "tenantry_catalogue".to_owned(),
            serde: false,
        }
    }

    /// Adds a schema; it becomes a module and a folder of its name.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schemas.insert(schema.into());
        self
    }

    /// Names a schema that is not generated here, and the module that holds it, such as `tenantry_entities::accounts`.
    ///
    /// Foreign keys into it become relations, and their columns have its ids.
    pub fn foreign_module(mut self, schema: impl Into<String>, module: impl Into<String>) -> Self {
        self.foreign_modules.insert(schema.into(), module.into());
        self
    }

    /// Adds a name of the workspace column, for all schemas. A table has the first of them that it has.
    ///
    /// Tables with a wall, such as those of the kit, need none: the column is read off the wall.
    pub fn scope_column(mut self, column: impl Into<String>) -> Self {
        self.scope_columns.push(column.into());
        self
    }

    /// Adds a name of the workspace column for one schema, where the general ones do not count.
    pub fn schema_scope_column(
        mut self,
        schema: impl Into<String>,
        column: impl Into<String>,
    ) -> Self {
        self.schema_scope_columns
            .entry(schema.into())
            .or_default()
            .push(column.into());
        self
    }

    /// Names the workspace column of one table.
    pub fn table_scope_column(
        mut self,
        table: impl Into<String>,
        column: impl Into<String>,
    ) -> Self {
        self.table_scope_columns.insert(table.into(), column.into());
        self
    }

    /// Says that this table is the workspace: its id is its workspace column.
    pub fn workspace_table(mut self, table: impl Into<String>) -> Self {
        self.workspace_tables.insert(table.into());
        self
    }

    /// Says that this table belongs to no workspace, though it has a column of that name.
    pub fn global_table(mut self, table: impl Into<String>) -> Self {
        self.global_tables.insert(table.into());
        self
    }

    /// Leaves a table out.
    pub fn skip_table(mut self, table: impl Into<String>) -> Self {
        self.skipped_tables.insert(table.into());
        self
    }

    /// Leaves a column out. If it must be given on insert, the table has no `New`.
    pub fn skip_column(mut self, column: impl Into<String>) -> Self {
        self.skipped_columns.insert(column.into());
        self
    }

    /// Names one row of a table, where the English rules fail: it is the name of the module.
    pub fn singular(mut self, table: impl Into<String>, name: impl Into<String>) -> Self {
        self.singulars.insert(table.into(), name.into());
        self
    }

    /// Says which Rust type a column becomes.
    pub fn column_type(mut self, column: impl Into<String>, rust_type: RustType) -> Self {
        self.column_types.insert(column.into(), rust_type);
        self
    }

    /// Says which Rust type all columns of a PostgreSQL type (or domain) become, such as `pg_catalog.interval`.
    pub fn type_override(mut self, postgres_type: impl Into<String>, rust_type: RustType) -> Self {
        self.type_overrides.insert(postgres_type.into(), rust_type);
        self
    }

    /// Names a column whose rows are soft-deleted, and restored, with the row that it points at.
    ///
    /// Tables of the kit say so in the comment of the foreign key, by the word `@deleted_with_parent`; this is for those whose comments are not ours.
    pub fn deleted_with_parent(mut self, column: impl Into<String>) -> Self {
        self.deleted_with_parent.insert(column.into());
        self
    }

    /// Names the role whose column privileges say what callers may write; `tenantry_app` unless said.
    ///
    /// It counts where it exists and holds a privilege on the table; elsewhere every column that is not managed may be written.
    pub fn runtime_role(mut self, role: impl Into<String>) -> Self {
        self.runtime_role = role.into();
        self
    }

    /// Names the role that owns the functions of audit triggers; `tenantry_audit` unless said.
    pub fn audit_role(mut self, role: impl Into<String>) -> Self {
        self.audit_role = role.into();
        self
    }

    /// Names the role that owns the functions of searches; `tenantry_search` unless said.
    pub fn search_role(mut self, role: impl Into<String>) -> Self {
        self.search_role = role.into();
        self
    }

    /// Derives serde's traits on rows and enums. The package that holds the files then needs `serde`.
    pub fn with_serde(mut self) -> Self {
        self.serde = true;
        self
    }

    /// The schemas that [`generate`](Self::generate) wants to find in the catalogue.
    #[must_use]
    pub fn schemas_to_read(&self) -> Vec<&str> {
        let all: BTreeSet<&str> = self
            .schemas
            .iter()
            .chain(self.foreign_modules.keys())
            .map(String::as_str)
            .collect();
        all.into_iter().collect()
    }

    /// Generates the files of all schemas, sorted by path.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Schema`] with everything that has no Rust form, each with how to mend it.
    pub fn generate(&self, catalog: &Catalog) -> Result<Vec<GeneratedFile>, GenerateError> {
        let modules = model::build(self, catalog).map_err(GenerateError::Schema)?;
        let mut files: Vec<GeneratedFile> = modules
            .iter()
            .flat_map(|module| render::files(module, self.serde))
            .collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }
}
