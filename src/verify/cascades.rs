//! Rules about deletes that go on along relations: what the catalogue declares, and what entities claim.

use crate::catalog::{ForeignKey, Table};

use super::{
    Findings, Rule,
    claims::{Facts, Kin},
    names::{identifier, path, qualified},
    subject::{Relation, Subject},
};

const GENERATE: &str = "Generate the entities anew, or name the relation among the CHILDREN of the one and the PARENTS of the other.";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        for key in &relation.table.foreign_keys {
            if key.is_deleted_with_parent() {
                declared(subject, relation, key, findings);
            } else if is_liveness(relation.table, key) && !is_covered(relation.table, key) {
                findings.warning(
                    Rule::LivenessKey,
                    object(relation.table, key),
                    format!(
                        "liveness key \"{}\" refuses every delete of a row that is pointed at, since no cascade is declared beside it",
                        key.name
                    ),
                    format!(
                        "COMMENT ON CONSTRAINT … ON {} IS '@deleted_with_parent'; -- on the foreign key without the computed column",
                        path(relation.table)
                    ),
                );
            }
        }
        if is_in_circle(subject, relation.table) {
            findings.error(
                Rule::CascadeCircle,
                path(relation.table),
                "its rows are deleted with those of another table, which are deleted with its own",
                "Say @deleted_with_parent of one of the foreign keys less; a table may point at itself.",
            );
        }
    }
    for facts in &subject.verifier.claims {
        if let Some(relation) = subject.find(&facts.schema, &facts.table) {
            claimed(subject, facts, relation.table, findings);
        }
    }
}

/// Both ends of a declared relation must be able to be deleted softly.
fn declared(
    subject: &Subject<'_>,
    relation: &Relation<'_>,
    key: &ForeignKey,
    findings: &mut Findings,
) {
    let target = subject.find(&key.target_schema, &key.target_table);
    for table in [Some(relation.table), target.map(|target| target.table)]
        .into_iter()
        .flatten()
    {
        if subject.verifier.soft_delete_columns(table).next().is_none() {
            findings.error(
                Rule::CascadeSoftDelete,
                object(relation.table, key),
                format!(
                    "foreign key \"{}\" says that rows are deleted with what they point at, but {} does not soft-delete",
                    key.name,
                    path(table)
                ),
                format!(
                    "ALTER TABLE {} ADD COLUMN deleted_at timestamptz, ADD COLUMN delete_op uuid; -- or take the comment away",
                    path(table)
                ),
            );
        }
    }
}

/// What an entity says of its children and parents, and what it leaves out.
fn claimed(subject: &Subject<'_>, facts: &Facts, table: &Table, findings: &mut Findings) {
    let mut wrong = |message: String| {
        findings.error(Rule::ClaimRelation, path(table), message, GENERATE);
    };
    // Said already, of the entity of that table.
    let is_missing = |kin: &Kin| {
        let mut claims = subject.verifier.claims.iter();
        subject.find(&kin.schema, &kin.table).is_none()
            && claims.any(|claim| claim.schema == kin.schema && claim.table == kin.table)
    };
    for kin in facts.children.iter().filter(|kin| !is_missing(kin)) {
        let child = subject
            .find(&kin.schema, &kin.table)
            .map(|child| child.table);
        if !child.is_some_and(|child| links(child, kin.column, table, facts)) {
            wrong(format!(
                "the entity says that rows of {} are deleted with its own by {}, but no foreign key leads from there",
                kin.path(),
                kin.column
            ));
        }
    }
    for kin in facts.parents.iter().filter(|kin| !is_missing(kin)) {
        let parent = subject.find(&kin.schema, &kin.table);
        let leads = parent.is_some_and(|parent| {
            table.foreign_keys.iter().any(|key| {
                points_at(key, parent.table)
                    && key.columns.iter().any(|column| column == kin.column)
            })
        });
        if !leads {
            wrong(format!(
                "the entity says that its rows are deleted with those of {} by {}, but no foreign key leads there",
                kin.path(),
                kin.column
            ));
        }
    }
    if !facts.soft_deletes() {
        return;
    }
    for relation in subject.tables() {
        let child = relation.table;
        for key in child
            .foreign_keys
            .iter()
            .filter(|key| key.is_deleted_with_parent())
        {
            let by = |kin: &Kin, other: &Table| {
                kin.is_about(other) && key.columns.iter().any(|column| column == kin.column)
            };
            if points_at(key, table) && !facts.children.iter().any(|kin| by(kin, child)) {
                wrong(format!(
                    "rows of {} are deleted with its own, as \"{}\" says, but the entity leaves them behind",
                    path(child),
                    key.name
                ));
            }
            let Some(parent) = subject.find(&key.target_schema, &key.target_table) else {
                continue;
            };
            if std::ptr::eq(child, table) && !facts.parents.iter().any(|kin| by(kin, parent.table))
            {
                wrong(format!(
                    "its rows are deleted with those of {}, as \"{}\" says, but the entity would restore them without",
                    path(parent.table),
                    key.name
                ));
            }
        }
    }
}

/// Whether a foreign key leads from a column of the child to the id of the table, within the workspace.
fn links(child: &Table, column: &str, table: &Table, facts: &Facts) -> bool {
    child.foreign_keys.iter().any(|key| {
        points_at(key, table)
            && key
                .columns
                .iter()
                .zip(&key.target_columns)
                .any(|(from, to)| from == column && to == facts.id)
    })
}

fn points_at(key: &ForeignKey, table: &Table) -> bool {
    key.target_schema == table.schema && key.target_table == table.name
}

fn is_computed(table: &Table, column: &str) -> bool {
    table
        .column(column)
        .is_some_and(|column| column.generated.is_some() && column.column_type.name == "bool")
}

/// A key that asks the parent to live as long as the row does.
fn is_liveness(table: &Table, key: &ForeignKey) -> bool {
    key.columns.iter().any(|column| is_computed(table, column))
}

/// Whether a foreign key of the same columns, without the computed one, says that rows go with their parent.
fn is_covered(table: &Table, liveness: &ForeignKey) -> bool {
    table.foreign_keys.iter().any(|key| {
        key.is_deleted_with_parent()
            && (&key.target_schema, &key.target_table)
                == (&liveness.target_schema, &liveness.target_table)
            && key
                .columns
                .iter()
                .all(|column| liveness.columns.contains(column))
    })
}

fn is_in_circle(subject: &Subject<'_>, table: &Table) -> bool {
    let parents = |of: &Table| -> Vec<&Table> {
        let keys = of
            .foreign_keys
            .iter()
            .filter(|key| key.is_deleted_with_parent());
        keys.filter(|key| !points_at(key, of))
            .filter_map(|key| Some(subject.find(&key.target_schema, &key.target_table)?.table))
            .collect()
    };
    let mut reached: Vec<&Table> = Vec::new();
    let mut next = parents(table);
    while let Some(parent) = next.pop() {
        if std::ptr::eq(parent, table) {
            return true;
        }
        if !reached.iter().any(|known| std::ptr::eq(*known, parent)) {
            reached.push(parent);
            next.extend(parents(parent));
        }
    }
    false
}

fn object(table: &Table, key: &ForeignKey) -> String {
    format!("{}.{}", path(table), identifier(&key.name))
}

impl Kin {
    fn is_about(&self, table: &Table) -> bool {
        self.schema == table.schema && self.table == table.name
    }

    fn path(&self) -> String {
        qualified(&self.schema, &self.table)
    }
}
