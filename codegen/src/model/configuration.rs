//! Whether the configuration speaks of what there is.

use tenantry::catalog::{Catalog, Table};

use crate::{Generator, Problem};

/// Finds names that the catalogue does not have.
pub(super) fn check(generator: &Generator, catalog: &Catalog, problems: &mut Vec<Problem>) {
    for schema in generator.schemas_to_read() {
        if catalog.schemas.iter().all(|found| found.name != schema) {
            problems.push(Problem::new(
                schema,
                "the catalogue has no such schema",
                "Read the catalogue with `Generator::schemas_to_read`.",
            ));
        }
    }
    if generator.schemas.is_empty() {
        problems.push(Problem::new(
            "configuration",
            "no schema is named",
            "Name one with `Generator::schema`.",
        ));
    }
    let has_table = |name: &str| catalog.tables.iter().any(|table| qualified(table) == name);
    let tables = (generator.table_scope_columns.keys())
        .chain(generator.workspace_tables.iter())
        .chain(generator.global_tables.iter())
        .chain(generator.skipped_tables.iter())
        .chain(generator.singulars.keys());
    for name in tables.filter(|name| !has_table(name)) {
        problems.push(Problem::new(
            name,
            "the configuration names a table that does not exist",
            "Write it as `schema.table`, or remove it.",
        ));
    }
    let has_column = |name: &str| {
        catalog.tables.iter().any(|table| {
            let table_name = qualified(table);
            table
                .columns
                .iter()
                .any(|column| format!("{table_name}.{}", column.name) == name)
        })
    };
    let columns = generator
        .skipped_columns
        .iter()
        .chain(generator.column_types.keys())
        .chain(generator.deleted_with_parent.iter());
    for name in columns.filter(|name| !has_column(name)) {
        problems.push(Problem::new(
            name,
            "the configuration names a column that does not exist",
            "Write it as `schema.table.column`, or remove it.",
        ));
    }
}

/// A table as the configuration names it.
pub(super) fn qualified(table: &Table) -> String {
    format!("{}.{}", table.schema, table.name)
}
