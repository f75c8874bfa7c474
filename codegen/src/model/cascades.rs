//! Whether what is said of deletes and children can be done.

use std::collections::{BTreeMap, BTreeSet};

use tenantry::catalog::{Catalog, ForeignKey, Table};

use super::{Kind, configuration::qualified, shape::Shapes};
use crate::{Generator, Problem};

/// Finds relations along which a delete cannot go, though the catalogue or the configuration says so.
pub(super) fn check(
    generator: &Generator,
    catalog: &Catalog,
    shapes: &Shapes<'_>,
    problems: &mut Vec<Problem>,
) {
    let mut hangs_on: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut said = generator.deleted_with_parent.clone();
    let generated = |table: &&Table| shapes.get(&table.schema, &table.name).is_some();
    for table in catalog.tables.iter().filter(generated) {
        for key in &table.foreign_keys {
            if !shapes.is_deleted_with(table, key) {
                continue;
            }
            for column in &key.columns {
                said.remove(&format!("{}.{column}", qualified(table)));
            }
            match obstacle(generator, catalog, shapes, table, key) {
                Some((what, hint)) => problems.push(Problem::new(
                    format!("{}.{}", qualified(table), key.name),
                    format!("its rows cannot be deleted with what they point at: {what}"),
                    hint,
                )),
                None if key.target_table != table.name => {
                    let target = format!("{}.{}", key.target_schema, key.target_table);
                    hangs_on.entry(qualified(table)).or_default().insert(target);
                }
                None => {}
            }
        }
    }
    for column in said {
        let no_key = "the configuration says that rows are deleted with what they point at, but no foreign key has the column";
        problems.push(Problem::new(
            column,
            no_key,
            "Add the foreign key, or remove the name.",
        ));
    }
    for table in hangs_on
        .keys()
        .filter(|table| is_in_circle(&hangs_on, table))
    {
        problems.push(Problem::new(
            table,
            "tables are deleted with each other in a circle",
            "Say it of one of the foreign keys less; a table may point at itself.",
        ));
    }
}

fn obstacle(
    generator: &Generator,
    catalog: &Catalog,
    shapes: &Shapes<'_>,
    table: &Table,
    key: &ForeignKey,
) -> Option<(String, &'static str)> {
    let target = format!("{}.{}", key.target_schema, key.target_table);
    if key.target_schema != table.schema || !generator.schemas.contains(&table.schema) {
        let what = format!("{target} is in another schema, whose module does not know of this one");
        return Some((
            what,
            "Put both tables into one schema, or delete the rows in an operation of your own.",
        ));
    }
    let Some(shape) = shapes.get(&key.target_schema, &key.target_table) else {
        return Some((format!("{target} is left out"), "Generate it too."));
    };
    for (name, soft) in [
        (qualified(table), soft_deletes(table)),
        (
            target,
            catalog
                .table(&key.target_schema, &key.target_table)
                .is_some_and(soft_deletes),
        ),
    ] {
        if !soft {
            return Some((
                format!("{name} does not soft-delete"),
                "Add `deleted_at timestamptz` and `delete_op uuid` to it, both nullable.",
            ));
        }
    }
    let by_id = match &shape.kind {
        Kind::Scoped { scope, id, .. } => {
            key.target_columns.contains(id)
                && key.columns.len() > 1
                && key
                    .columns
                    .iter()
                    .zip(&key.target_columns)
                    .all(|(column, target)| {
                        let computed = table
                            .column(column)
                            .is_some_and(|column| column.generated.is_some());
                        target == id || target == scope || computed
                    })
        }
        Kind::Global | Kind::Unkeyed => false,
    };
    (!by_id).then(|| {
        (
            "the foreign key does not point at the id within the workspace".to_owned(),
            "Let it point at the workspace column and the id.",
        )
    })
}

fn soft_deletes(table: &Table) -> bool {
    let has = |name: &str, type_name: &str| {
        table
            .column(name)
            .is_some_and(|column| column.nullable && column.column_type.name == type_name)
    };
    has("deleted_at", "timestamptz") && has("delete_op", "uuid")
}

fn is_in_circle(hangs_on: &BTreeMap<String, BTreeSet<String>>, table: &str) -> bool {
    let mut reached = BTreeSet::new();
    let mut next = vec![table];
    while let Some(from) = next.pop() {
        for to in hangs_on.get(from).into_iter().flatten() {
            if to == table {
                return true;
            }
            if reached.insert(to.as_str()) {
                next.push(to);
            }
        }
    }
    false
}
