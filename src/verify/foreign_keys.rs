//! Rules about foreign keys, and about constraints that have not been validated.

use crate::catalog::{ForeignKey, Index, ReferentialAction, Table};

use super::{
    Findings, Rule,
    names::{identifier, is_audit_log, list, qualified},
    subject::{Relation, Standing, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        for key in &relation.table.foreign_keys {
            let pair = Pair::new(subject, relation, key);
            if !is_audit_log(relation.table) {
                pair.scope(findings);
            }
            pair.action(subject, findings);
            pair.matching(findings);
            validated(relation, &key.name, key.validated, findings);
            pair.index(findings);
        }
        for check in &relation.table.checks {
            validated(relation, &check.name, check.validated, findings);
        }
    }
}

/// A foreign key between its table and its target.
struct Pair<'s> {
    relation: &'s Relation<'s>,
    target: Option<&'s Relation<'s>>,
    key: &'s ForeignKey,
    object: String,
}

impl<'s> Pair<'s> {
    fn new(subject: &'s Subject<'s>, relation: &'s Relation<'s>, key: &'s ForeignKey) -> Self {
        Self {
            relation,
            target: subject.find(&key.target_schema, &key.target_table),
            key,
            object: format!("{}.{}", relation.path(), identifier(&key.name)),
        }
    }

    /// The scope column of the target, if it is a workspace table.
    fn target_scope(&self) -> Option<&'s str> {
        Some(self.target?.scope()?.name.as_str())
    }

    /// Whether the key holds both rows to one workspace.
    fn stays_within(&self) -> bool {
        let (Some(from), Some(to)) = (self.relation.scope(), self.target_scope()) else {
            return false;
        };
        self.key
            .columns
            .iter()
            .zip(&self.key.target_columns)
            .any(|(column, target)| *column == from.name && target == to)
    }

    /// The key as it should be.
    fn mended(&self, from: &str, to: &str) -> String {
        let without = |columns: &[String], scope: &str| -> Vec<String> {
            columns
                .iter()
                .filter(|column| *column != scope)
                .cloned()
                .collect()
        };
        let columns = std::iter::once(from.to_owned()).chain(without(&self.key.columns, from));
        let targets = std::iter::once(to.to_owned()).chain(without(&self.key.target_columns, to));
        let (path, name) = (self.relation.path(), identifier(&self.key.name));
        format!(
            "kit.as_owner: ALTER TABLE {path} DROP CONSTRAINT {name};\n\
             ALTER TABLE {path} ADD CONSTRAINT {name} FOREIGN KEY ({}) REFERENCES {} ({});",
            list(columns),
            qualified(&self.key.target_schema, &self.key.target_table),
            list(targets)
        )
    }

    fn scope(&self, findings: &mut Findings) {
        let Some(to) = self.target_scope() else {
            return;
        };
        let name = &self.key.name;
        let Some(from) = self.relation.scope() else {
            if !self.key.target_columns.iter().any(|column| column == to) {
                findings.warning(
                    Rule::ForeignKeyScope,
                    &self.object,
                    format!("foreign key \"{name}\" points into a workspace table without naming the workspace"),
                    format!("Add a column for {to} and make it part of the key."),
                );
            }
            return;
        };
        if !self.stays_within() {
            findings.error(
                Rule::ForeignKeyScope,
                &self.object,
                format!("foreign key \"{name}\" lets a row point at another workspace's, and tells whether it exists"),
                self.mended(&from.name, to),
            );
        } else if self.key.columns.first() != Some(&from.name) {
            findings.warning(
                Rule::ForeignKeyScope,
                &self.object,
                format!("foreign key \"{name}\" does not begin with the scope column"),
                self.mended(&from.name, to),
            );
        }
    }

    fn action(&self, subject: &Subject<'_>, findings: &mut Findings) {
        let Some(scope) = self.relation.scope() else {
            return;
        };
        let key = self.key;
        let (path, name) = (self.relation.path(), identifier(&key.name));
        for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
            let Some(word) = reaching(action) else {
                continue;
            };
            let remedy = format!(
                "kit.as_owner: ALTER TABLE {path} DROP CONSTRAINT {name}; then add it again without ON {event} {word}."
            );
            let described = format!("foreign key \"{}\" is ON {event} {word}", key.name);
            let sets = matches!(
                action,
                ReferentialAction::SetNull | ReferentialAction::SetDefault
            );
            let touches_scope = key.columns.contains(&scope.name)
                && (event == "UPDATE"
                    || key.on_delete_columns.is_empty()
                    || key.on_delete_columns.contains(&scope.name));
            if self.target_scope().is_some() && !self.stays_within() {
                findings.error(
                    Rule::ForeignKeyAction,
                    &self.object,
                    format!("{described}: another workspace's row, once pointed at, changes this workspace's behind its wall"),
                    remedy,
                );
            } else if sets && touches_scope {
                findings.error(
                    Rule::ForeignKeyAction,
                    &self.object,
                    format!("{described}, which empties the scope column too"),
                    remedy,
                );
            } else if event == "DELETE" {
                let target = self.target.map(|target| target.table);
                let soft = target.is_some_and(|table| {
                    subject.verifier.soft_delete_columns(table).next().is_some()
                });
                let reason = if soft {
                    "a purge of a softly deleted row takes live rows along, without version or delete operation"
                } else if target.is_some() && self.target_scope().is_none() {
                    "one delete reaches the rows of every workspace"
                } else {
                    continue;
                };
                let message = format!("{described}: {reason}");
                // A physical cascade undoes what a soft delete promises: that all of it can come back.
                if soft && action == ReferentialAction::Cascade {
                    findings.error(Rule::ForeignKeyAction, &self.object, message, remedy);
                } else {
                    findings.warning(Rule::ForeignKeyAction, &self.object, message, remedy);
                }
            }
        }
    }

    fn matching(&self, findings: &mut Findings) {
        let nullable = self
            .key
            .columns
            .iter()
            .any(|name| is_nullable(self.relation.table, name));
        let mandatory = self
            .key
            .columns
            .iter()
            .any(|name| !is_nullable(self.relation.table, name));
        if self.key.match_full && nullable && mandatory {
            let (path, name) = (self.relation.path(), identifier(&self.key.name));
            findings.warning(
                Rule::ForeignKeyMatch,
                &self.object,
                format!("foreign key \"{}\" is MATCH FULL, which refuses a row without a parent", self.key.name),
                format!("kit.as_owner: ALTER TABLE {path} DROP CONSTRAINT {name}; then add it again without MATCH FULL."),
            );
        }
    }

    /// The columns by which rows that point at a target are found. What a row only repeats of its target, beside the target's key, finds
    /// no fewer.
    fn finding(&self) -> Vec<&'s String> {
        let key = self
            .target
            .and_then(|target| target.table.primary_key.as_ref());
        let key = key.map_or(&[][..], |key| key.columns.as_slice());
        let names_target = !key.is_empty()
            && key
                .iter()
                .all(|column| self.key.target_columns.contains(column));
        let computed = |name: &String| {
            let column = self.relation.table.column(name);
            column.is_some_and(|column| column.generated.is_some())
        };
        let pairs = self.key.columns.iter().zip(&self.key.target_columns);
        pairs
            .filter(|(column, target)| !names_target || key.contains(target) || computed(column))
            .map(|(column, _)| column)
            .collect()
    }

    /// A full index, or one over the rows whose key is not null, that begins with the columns in any order.
    fn index(&self, findings: &mut Findings) {
        let columns = self.finding();
        let begins_with = |index: &Index, columns: &[&String]| {
            let leading: Vec<_> = index.columns.iter().take(columns.len()).collect();
            leading.len() == columns.len()
                && columns.iter().all(|column| {
                    leading
                        .iter()
                        .any(|part| part.name.as_deref() == Some(column))
                })
        };
        let all: Vec<&String> = self.key.columns.iter().collect();
        let covered = self.relation.table.indexes.iter().any(|index| {
            let predicate = index.predicate.as_deref().is_none_or(|predicate| {
                columns
                    .iter()
                    .any(|column| predicate == format!("({} IS NOT NULL)", identifier(column)))
            });
            predicate
                && index.valid
                && matches!(index.method.as_str(), "btree" | "hash")
                && (begins_with(index, &columns) || begins_with(index, &all))
        });
        if !covered && !matches!(self.relation.standing, Standing::Global) {
            findings.warning(
                Rule::ForeignKeyIndex,
                &self.object,
                format!("no index begins with the columns of foreign key \"{}\", so each delete of a target reads the whole table", self.key.name),
                format!("CREATE INDEX ON {} ({});", self.relation.path(), list(columns.iter().copied())),
            );
        }
    }
}

fn is_nullable(table: &Table, column: &str) -> bool {
    table.column(column).is_some_and(|column| column.nullable)
}

/// Actions that change rows behind the wall.
fn reaching(action: ReferentialAction) -> Option<&'static str> {
    match action {
        ReferentialAction::NoAction | ReferentialAction::Restrict => None,
        ReferentialAction::Cascade => Some("CASCADE"),
        ReferentialAction::SetNull => Some("SET NULL"),
        ReferentialAction::SetDefault => Some("SET DEFAULT"),
    }
}

fn validated(relation: &Relation<'_>, name: &str, validated: bool, findings: &mut Findings) {
    if !validated {
        let (path, constraint) = (relation.path(), identifier(name));
        findings.warning(
            Rule::ConstraintNotValidated,
            format!("{path}.{constraint}"),
            format!(
                "constraint \"{name}\" has not been validated, so rows from before may break it"
            ),
            format!("kit.as_owner: ALTER TABLE {path} VALIDATE CONSTRAINT {constraint};"),
        );
    }
}
