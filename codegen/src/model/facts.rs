//! Orders, unique keys and constraints.

use std::collections::BTreeSet;

use tenantry::catalog::{Index, Table};

use super::{Cipher, Entity, Kind, Sort, Unique};
use crate::names;

/// Takes a name; the other one if it is taken, and with a number if that is taken too.
pub(super) fn unused(taken: &mut BTreeSet<String>, name: &str, other: &str) -> String {
    let numbered = (2..).map(|number| format!("{other}{number}"));
    let free = [name.to_owned(), other.to_owned()]
        .into_iter()
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// Types whose order PostgreSQL knows to be leakproof, so that a page can be continued under row security.
const LEAKPROOF_ORDER: &[&str] = &[
    "bool",
    "bytea",
    "date",
    "float4",
    "float8",
    "int2",
    "int4",
    "int8",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "varchar",
];

/// One order for each index that leads with the workspace, ends with the id, and can be walked.
pub(super) fn sorts(table: &Table, entity: &Entity, constants: &mut BTreeSet<String>) -> Vec<Sort> {
    let Kind::Scoped { scope, id, .. } = &entity.kind else {
        return Vec::new();
    };
    if scope == id {
        return Vec::new();
    }
    let mut sorts = Vec::new();
    for index in &table.indexes {
        let covers_the_living = index.predicate.as_deref().is_none_or(is_living);
        let Some(keys) = walkable(table, entity, index, Some(scope)).filter(|_| covers_the_living)
        else {
            continue;
        };
        // Without anything between workspace and id there is no order to speak of.
        if keys.len() < 2 || keys.last().is_none_or(|(column, _)| *column != id) {
            continue;
        }
        sorts.push(sort(table, entity, index, &keys, constants));
    }
    sorts
}

/// The order of an index, whose last column names the row.
pub(super) fn sort(
    table: &Table,
    entity: &Entity,
    index: &Index,
    keys: &[(&str, bool)],
    constants: &mut BTreeSet<String>,
) -> Sort {
    let columns: Vec<&str> = keys.iter().map(|(column, _)| *column).collect();
    let name = stem(
        &index.name,
        &table.name,
        &["_idx", "_index", "_pkey", "_key"],
    )
    .unwrap_or_else(|| format!("by_{}", columns[..columns.len() - 1].join("_and_")));
    let order: Vec<String> = keys
        .iter()
        .map(|(column, descending)| format!("{column}{}", if *descending { " DESC" } else { "" }))
        .collect();
    let what = index.comment.clone().unwrap_or_else(|| described(keys));
    Sort {
        constant: unused(
            constants,
            &names::constant(&name),
            &format!("BY_{}", names::constant(&name)),
        ),
        doc: format!(
            "{}\n\nIndex `{}`: `{}`.",
            sentence(&what),
            index.name,
            order.join(", ")
        ),
        index: index.name.clone(),
        keys: keys
            .iter()
            .filter_map(|(column, descending)| {
                Some((entity.field(column)?.variant.clone(), *descending))
            })
            .collect(),
    }
}

/// The columns of an index that can be walked in its order, behind the one that it leads with.
pub(super) fn walkable<'i>(
    table: &Table,
    entity: &Entity,
    index: &'i Index,
    lead: Option<&str>,
) -> Option<Vec<(&'i str, bool)>> {
    let rest = match (lead, index.columns.split_first()?) {
        (None, _) => index.columns.as_slice(),
        (Some(lead), (first, rest)) if first.name.as_deref() == Some(lead) => rest,
        (Some(_), _) => return None,
    };
    if index.method != "btree" || !index.valid {
        return None;
    }
    rest.iter()
        .map(|part| {
            let name = part.name.as_deref()?;
            let column = table.column(name)?;
            let column_type = &column.column_type;
            let ordered = column_type.schema == "pg_catalog"
                && !column_type.array
                && LEAKPROOF_ORDER.contains(&column_type.name.as_str());
            let plain = part.operator_class.is_none() && part.collation.is_none();
            let clear = entity.field(name)?.cipher == Cipher::Clear;
            (ordered && plain && !column.nullable && clear).then_some((name, part.descending))
        })
        .collect()
}

fn described(keys: &[(&str, bool)]) -> String {
    let words: Vec<String> = keys
        .iter()
        .map(|(column, descending)| {
            format!("`{column}`{}", if *descending { " descending" } else { "" })
        })
        .collect();
    format!("By {}.", words.join(", then "))
}

fn listed(words: &[String], and: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first, last] => format!("{first} {and} {last}"),
        [before @ .., last] => format!("{}, {and} {last}", before.join(", ")),
    }
}

/// Whether a predicate is `deleted_at IS NULL`.
pub(super) fn is_living(predicate: &str) -> bool {
    predicate.trim_matches(['(', ')']) == "deleted_at IS NULL"
}

/// The name of an index without its table and ending, if something remains.
fn stem(index: &str, table: &str, endings: &[&str]) -> Option<String> {
    let name = index
        .strip_prefix(table)
        .and_then(|rest| rest.strip_prefix('_'))
        .unwrap_or(index);
    let ending = endings
        .iter()
        .find(|ending| name.ends_with(**ending) || format!("_{name}") == **ending);
    let name = match ending {
        Some(ending) => &name[..name.len().saturating_sub(ending.len())],
        None => name,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// What can be the target of an upsert: unique keys of plain columns, within the workspace where there is one.
pub(super) fn uniques(
    table: &Table,
    entity: &Entity,
    constants: &mut BTreeSet<String>,
) -> Vec<Unique> {
    let mut uniques = Vec::new();
    let scope = match &entity.kind {
        Kind::Scoped { scope, .. } => Some(scope),
        Kind::Global => None,
        Kind::Unkeyed => return uniques,
    };
    // Where callers make the id, a new row may meet an old one by it.
    let callers_id = entity
        .kind_id()
        .is_some_and(|id| entity.field(id).is_some_and(|field| field.input.required));
    let primary = table.primary_key.iter().filter(|_| callers_id);
    let candidates = primary
        .map(|key| (&key.name, &key.columns, None, None))
        .chain(
            table
                .uniques
                .iter()
                .filter(|unique| unique.expressions.is_empty() && !unique.deferrable)
                .map(|unique| {
                    (
                        &unique.name,
                        &unique.columns,
                        unique.predicate.as_deref(),
                        unique.comment.as_deref(),
                    )
                }),
        );
    for (name, columns, predicate, comment) in candidates {
        // A key that holds the id and more is there for foreign keys to point at.
        if entity
            .kind_id()
            .is_some_and(|id| !callers_id && columns.iter().any(|column| column == id))
        {
            continue;
        }
        let among_living = predicate.is_some_and(is_living);
        let within = scope.is_none_or(|scope| columns.contains(scope));
        let variants: Option<Vec<String>> = columns
            .iter()
            .map(|column| Some(entity.field(column)?.variant.clone()))
            .collect();
        let Some(variants) = variants.filter(|_| within && predicate.is_none_or(is_living)) else {
            continue;
        };
        let about: Vec<String> = columns
            .iter()
            .filter(|column| Some(*column) != scope)
            .map(|column| format!("`{column}`"))
            .collect();
        let what = comment.map_or_else(
            || {
                let living = if among_living { "living " } else { "" };
                let one = names::prose(&entity.module);
                if about.is_empty() {
                    format!("One {living}{one} in a workspace.")
                } else {
                    format!("One {living}{one} per {}.", listed(&about, "and"))
                }
            },
            sentence,
        );
        let constant =
            names::constant(&stem(name, &table.name, &[]).unwrap_or_else(|| name.clone()));
        uniques.push(Unique {
            constant: unused(constants, &constant, &format!("{constant}_UNIQUE")),
            doc: format!("{what}\n\n`{name}`."),
            name: name.clone(),
            variants,
            among_living,
        });
    }
    uniques
}

/// Every constraint an error may name, with its columns; the workspace goes without saying.
pub(super) fn constraints(table: &Table, entity: &Entity) -> Vec<(String, Vec<String>)> {
    let Kind::Scoped { scope, id, .. } = &entity.kind else {
        return Vec::new();
    };
    let mut constraints: Vec<(String, Vec<String>)> = Vec::new();
    let primary = table
        .primary_key
        .iter()
        .map(|key| (&key.name, key.columns.clone()));
    let foreign = table.foreign_keys.iter().map(|key| {
        let stored = |column: &&String| {
            table
                .column(column)
                .is_some_and(|column| column.generated.is_none())
        };
        (
            &key.name,
            key.columns.iter().filter(stored).cloned().collect(),
        )
    });
    let checks = table
        .checks
        .iter()
        .map(|check| (&check.name, check.columns.clone()));
    let exclusions = table
        .exclusions
        .iter()
        .map(|exclusion| (&exclusion.name, exclusion.columns.clone()));
    let uniques = table.uniques.iter().map(|unique| {
        let mut columns = unique.columns.clone();
        columns.extend(named_in(table, &unique.expressions));
        (&unique.name, columns)
    });
    for (name, mut columns) in primary
        .chain(foreign)
        .chain(checks)
        .chain(exclusions)
        .chain(uniques)
    {
        columns.retain(|column| column != scope || scope == id);
        if constraints.iter().all(|(known, _)| known != name) {
            constraints.push((name.clone(), columns));
        }
    }
    constraints.sort();
    constraints
}

/// The columns that expressions name, in the order of the table.
fn named_in(table: &Table, expressions: &[String]) -> Vec<String> {
    let words: BTreeSet<&str> = expressions
        .iter()
        .flat_map(|expression| expression.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .collect();
    table
        .columns
        .iter()
        .map(|column| &column.name)
        .filter(|name| words.contains(name.as_str()))
        .cloned()
        .collect()
}
