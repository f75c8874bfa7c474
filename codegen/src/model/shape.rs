//! What each table is: scoped, global or without a repository; and where its module is.

use std::collections::{BTreeMap, BTreeSet};

use tenantry::catalog::{Catalog, ForeignKey, PolicyCommand, Table, TableKind};

use super::{Kind, configuration::qualified};
use crate::{Generator, Problem, RustType, names};

/// A table, classified.
pub(super) struct Shape<'c> {
    pub(super) table: &'c Table,
    pub(super) module: String,
    pub(super) kind: Kind,
}

/// All tables that relations may lead to.
pub(super) struct Shapes<'c> {
    by_name: BTreeMap<&'c str, BTreeMap<&'c str, Shape<'c>>>,
    foreign_modules: &'c BTreeMap<String, String>,
    deleted_with_parent: &'c BTreeSet<String>,
}

impl<'c> Shapes<'c> {
    pub(super) fn classify(
        generator: &'c Generator,
        catalog: &'c Catalog,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut by_name: BTreeMap<&str, BTreeMap<&str, Shape<'c>>> = BTreeMap::new();
        for table in &catalog.tables {
            let generated = generator.schemas.contains(&table.schema);
            let known = generated || generator.foreign_modules.contains_key(&table.schema);
            let is_table = matches!(table.kind, TableKind::Table | TableKind::Partitioned);
            let skipped =
                table.extension.is_some() || generator.skipped_tables.contains(&qualified(table));
            if !known || !is_table || skipped {
                continue;
            }
            match kind(generator, table) {
                Ok(kind) => {
                    let module = module(generator, table);
                    by_name.entry(&table.schema).or_default().insert(
                        &table.name,
                        Shape {
                            table,
                            module,
                            kind,
                        },
                    );
                }
                // A table that another package generates is its concern.
                Err(problem) if generated => problems.push(problem),
                Err(_) => {}
            }
        }
        Self {
            by_name,
            foreign_modules: &generator.foreign_modules,
            deleted_with_parent: &generator.deleted_with_parent,
        }
    }

    /// Whether rows are deleted with what this key points at: its comment says so, or the configuration.
    pub(super) fn is_deleted_with(&self, table: &Table, key: &ForeignKey) -> bool {
        let name = qualified(table);
        key.is_deleted_with_parent()
            || key.columns.iter().any(|column| {
                self.deleted_with_parent
                    .contains(&format!("{name}.{column}"))
            })
    }

    pub(super) fn get(&self, schema: &str, table: &str) -> Option<&Shape<'c>> {
        self.by_name.get(schema)?.get(table)
    }

    pub(super) fn of_schema(&self, schema: &str) -> impl Iterator<Item = &Shape<'c>> {
        self.by_name
            .get(schema)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// The path of a table's module, seen from the module of a table in `schema`.
    pub(super) fn path(&self, schema: &str, target: &Shape<'_>) -> String {
        let module = names::identifier(&target.module);
        let target_schema = &target.table.schema;
        if target_schema == schema {
            format!("super::{module}")
        } else if let Some(path) = self.foreign_modules.get(target_schema) {
            format!("{path}::{module}")
        } else {
            format!(
                "super::super::{}::{module}",
                names::identifier(&names::snake(target_schema))
            )
        }
    }
}

fn module(generator: &Generator, table: &Table) -> String {
    match generator.singulars.get(&qualified(table)) {
        Some(name) => names::snake(name),
        None => names::singular(&names::snake(&table.name)),
    }
}

fn kind(generator: &Generator, table: &Table) -> Result<Kind, Problem> {
    let name = qualified(table);
    let Some(primary_key) = &table.primary_key else {
        return Err(Problem::new(
            name.clone(),
            "the table has no primary key",
            format!("Add one, or leave the table out with `skip_table(\"{name}\")`."),
        ));
    };
    if generator.global_tables.contains(&name) {
        return Ok(Kind::Global);
    }
    if generator.workspace_tables.contains(&name) {
        return match primary_key.columns.as_slice() {
            [id] => scoped(generator, table, id, id),
            _ => Err(Problem::new(
                name,
                "a workspace must be identified by one column",
                "Name the workspace column with `table_scope_column` instead of `workspace_table`.",
            )),
        };
    }
    let Some(scope) = scope_column(generator, table)? else {
        return Ok(Kind::Global);
    };
    let partition_key = table
        .partitioning
        .as_ref()
        .map(|by| by.columns.as_slice())
        .unwrap_or_default();
    let rest: Vec<&String> = primary_key
        .columns
        .iter()
        .filter(|column| **column != scope && !partition_key.contains(column))
        .collect();
    match rest.as_slice() {
        [] if primary_key.columns == [scope.clone()] => scoped(generator, table, &scope, &scope),
        [id] => scoped(generator, table, &scope, id),
        _ => Ok(Kind::Unkeyed),
    }
}

fn scope_column(generator: &Generator, table: &Table) -> Result<Option<String>, Problem> {
    let name = qualified(table);
    if let Some(column) = generator.table_scope_columns.get(&name) {
        return match table.column(column) {
            Some(_) => Ok(Some(column.clone())),
            None => Err(Problem::new(
                format!("{name}.{column}"),
                "the workspace column does not exist",
                "Correct `table_scope_column`.",
            )),
        };
    }
    let candidates = generator
        .schema_scope_columns
        .get(&table.schema)
        .unwrap_or(&generator.scope_columns);
    Ok(candidates
        .iter()
        .find(|candidate| table.column(candidate).is_some())
        .cloned()
        .or_else(|| walled_column(table)))
}

/// The column that the table's wall compares with the workspace of the context.
fn walled_column(table: &Table) -> Option<String> {
    let walls = table
        .policies
        .iter()
        .filter(|policy| !policy.permissive && policy.command == PolicyCommand::All)
        .filter_map(|policy| policy.using.as_deref());
    // PostgreSQL writes every expression in one form.
    walls.into_iter().find_map(|wall| {
        let stands_on = |name: &str| {
            let quoted = format!("\"{}\"", name.replace('"', "\"\""));
            [name, &quoted].into_iter().any(|name| {
                [format!("({name} = "), format!("(({name})::text = ")]
                    .iter()
                    .filter_map(|left| wall.strip_prefix(left.as_str()))
                    .any(|right| right.starts_with("( SELECT tenantry.workspace_"))
            })
        };
        let column = table.columns.iter().find(|column| stands_on(&column.name));
        column.map(|column| column.name.clone())
    })
}

fn scoped(generator: &Generator, table: &Table, scope: &str, id: &str) -> Result<Kind, Problem> {
    let name = qualified(table);
    let key = |column: &str, what: &str| {
        let found = table.column(column);
        let nullable = found.is_none_or(|column| column.nullable);
        let path = format!("{name}.{column}");
        let rust_type = found
            .and_then(|found| RustType::of(&found.column_type))
            .filter(RustType::is_key)
            .ok_or_else(|| {
                Problem::new(
                    &path,
                    format!("{what} must be uuid, bigint, integer or text"),
                    format!(
                        "Change its type, or leave the table out with `skip_table(\"{name}\")`."
                    ),
                )
            })?;
        if nullable {
            return Err(Problem::new(
                path,
                format!("{what} may be null"),
                format!("Set it NOT NULL, or say `global_table(\"{name}\")`."),
            ));
        }
        Ok(rust_type.path)
    };
    key(scope, "the workspace column")?;
    let key = key(id, "the id")?;
    if generator
        .skipped_columns
        .iter()
        .any(|skipped| *skipped == format!("{name}.{scope}") || *skipped == format!("{name}.{id}"))
    {
        return Err(Problem::new(
            name,
            "the workspace and the id cannot be skipped",
            "Remove them from `skip_column`.",
        ));
    }
    Ok(Kind::Scoped {
        scope: scope.to_owned(),
        id: id.to_owned(),
        key,
    })
}
