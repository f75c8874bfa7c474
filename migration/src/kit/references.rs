//! What rows point at: foreign keys, their indexes, and what a deleted parent means for its children.

use super::{
    comment,
    emit::Step,
    names::name,
    table::{Fate, KeyShape, Reference, Table},
};
use crate::quote::{identifier, list, qualified};

/// What the comment of a foreign key says to the generator and to `verify`; the library looks for the word with the `@`.
const DELETED_WITH_PARENT: &str = "A row is deleted with what it points at. @deleted_with_parent";

/// Why the declaration of its references contradicts itself.
pub(super) fn contradiction(table: &Table) -> Option<String> {
    if let Some(said) = table.misplaced {
        return Some(format!(
            "{said} stands behind the reference that it is about"
        ));
    }
    if table.soft_delete {
        return None;
    }
    if table.liveness_key {
        return Some("without soft delete all rows live: it needs no liveness_key".to_owned());
    }
    table
        .references
        .iter()
        .find(|reference| reference.fate != Fate::Independent)
        .map(|reference| {
            format!(
                "without soft delete its rows cannot be deleted with what \"{}\" points at",
                reference.column
            )
        })
}

/// The constraint that living children point at.
pub(super) fn liveness_key(table: &Table) -> String {
    let columns = table.key_columns().into_iter().chain(["live"]);
    table.constraint(
        &name(&table.name, &[&table.key.0, "live"], "key"),
        &format!("UNIQUE ({})", list(columns)),
    )
}

/// Indexes for the checks of foreign keys, for cascades and for restores.
pub(super) fn indexes(table: &Table) -> Vec<String> {
    let (path, scope) = (table.path(), table.wall().0);
    let mut statements = Vec::new();
    for reference in &table.references {
        let column = reference.column.as_str();
        let bound = reference.fate == Fate::NeverOutlivesParent;
        if !bound && serves(table, column) {
            continue;
        }
        // Not partial: the check of a purged parent looks at deleted children too.
        let columns = [scope, column].into_iter().chain(bound.then_some("live"));
        statements.push(format!(
            "CREATE INDEX IF NOT EXISTS {} ON {path} ({});\n",
            identifier(&name(&table.name, &[column], "idx")),
            list(columns),
        ));
    }
    if table.soft_delete {
        statements.push(format!(
            "CREATE INDEX IF NOT EXISTS {} ON {path} ({}) WHERE \"deleted_at\" IS NOT NULL;\n",
            identifier(&name(&table.name, &["delete_op"], "idx")),
            list([scope, "delete_op"]),
        ));
    }
    statements
}

/// Tells whether a full unique constraint or index already leads with scope and column.
fn serves(table: &Table, column: &str) -> bool {
    let by_unique = table
        .uniques
        .iter()
        .any(|unique| !unique.live && unique.columns.first().is_some_and(|first| first == column));
    // Of what soft-deletes, indexes hold the living alone.
    let by_index = !table.soft_delete
        && table.indexes.iter().any(|(_, columns)| {
            let first = columns
                .first()
                .and_then(|first| first.split_whitespace().next());
            first == Some(column)
        });
    by_unique || by_index || (table.shape == KeyShape::Composite && table.key.0 == column)
}

pub(super) fn foreign_keys(table: &Table) -> Vec<Step> {
    let scope = table.wall().0;
    let mut steps = Vec::new();
    if let Some([schema, parent, target]) = &table.scope_parent {
        let key = Key {
            columns: vec![scope],
            parent: (schema, parent),
            targets: vec![target],
        };
        steps.push(key.step(table, &[scope]));
    }
    for reference in &table.references {
        let Reference {
            column,
            schema,
            table: parent,
            target,
            fate,
            agreeing_on,
        } = reference;
        let mut key = Key {
            columns: vec![scope, column],
            parent: (schema, parent),
            targets: vec![scope, target],
        };
        steps.push(key.step(table, &[column]));
        if *fate != Fate::Independent {
            let constraint = identifier(&name(&table.name, &[column], "fkey"));
            steps.push(Step::Run(comment(
                &format!("CONSTRAINT {constraint} ON {}", table.path()),
                DELETED_WITH_PARENT,
            )));
        }
        if let Some(shared) = agreeing_on {
            key.columns.push(shared);
            key.targets.push(shared);
            steps.push(key.step(table, &[column, shared]));
            key.columns.pop();
            key.targets.pop();
        }
        if *fate == Fate::NeverOutlivesParent {
            key.columns.push("live");
            key.targets.push("live");
            steps.push(key.step(table, &[column, "live"]));
        }
    }
    steps
}

/// A foreign key to be.
struct Key<'t> {
    columns: Vec<&'t str>,
    parent: (&'t String, &'t String),
    targets: Vec<&'t str>,
}

impl Key<'_> {
    fn step(&self, table: &Table, about: &[&str]) -> Step {
        let constraint = name(&table.name, about, "fkey");
        let (schema, parent) = self.parent;
        let sql = format!(
            "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({});\n",
            table.path(),
            identifier(&constraint),
            list(&self.columns),
            qualified(schema, parent),
            list(&self.targets)
        );
        Step::ForeignKey {
            constraint,
            sql,
            target: (schema.clone(), parent.clone()),
        }
    }
}
