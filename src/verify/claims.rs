//! Rules about entities: what their facts claim must be so in the catalogue.

use std::marker::PhantomData;

use sea_orm::{IdenStatic, Iterable};

use crate::{
    Audited, Direction, Link, Scoped, SoftDelete, Versioned,
    catalog::{Column, Index, Table},
};

use super::{
    Findings, Rule,
    names::{identifier, list, path, qualified},
    subject::{Relation, Subject},
};

const GENERATE: &str = "Run the migrations, or generate the entities anew.";

/// The facts of an entity, to be held against the catalogue.
///
/// What [`Scoped`] says is in every claim; the other traits are named, since a claim cannot see which of them an entity has.
///
/// # Examples
///
/// ```
/// # use tenantry::{Audited, SoftDelete, Versioned, verify::{Claim, Verifier}};
/// # fn example<E: Versioned + SoftDelete + Audited>() -> Verifier {
/// Verifier::new().claim(Claim::<E>::new().versioned().soft_deletes().audited())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a claim is held against nothing until a verifier has it"]
pub struct Claim<E> {
    facts: Facts,
    entity: PhantomData<fn() -> E>,
}

/// A claim without its entity.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) workspace: &'static str,
    pub(super) id: &'static str,
    pub(super) deleted_at: Option<&'static str>,
    delete_op: Option<&'static str>,
    pub(super) version: Option<&'static str>,
    pub(super) audited: bool,
    pub(super) children: Vec<Kin>,
    pub(super) parents: Vec<Kin>,
    pub(super) columns: Vec<&'static str>,
    pub(super) encrypted: Vec<&'static str>,
    sorts: Vec<(&'static str, Vec<(&'static str, Direction)>)>,
    searches: Vec<&'static str>,
    constraints: Vec<&'static str>,
}

/// A table that an entity is deleted with, or that is deleted with it, and the column that points.
#[derive(Clone, Debug)]
pub(super) struct Kin {
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) column: &'static str,
}

impl Kin {
    fn of(link: Link) -> Self {
        Self {
            schema: link.table.schema().unwrap_or_else(|| "public".to_owned()),
            table: link.table.name.to_owned(),
            column: link.column,
        }
    }
}

impl<E: Scoped> Claim<E> {
    /// Takes what [`Scoped`] says.
    pub fn new() -> Self {
        let entity = E::default();
        let facts = Facts {
            schema: entity.schema_name().unwrap_or("public").to_owned(),
            table: entity.table_name().to_owned(),
            workspace: E::WORKSPACE.as_str(),
            id: E::ID.as_str(),
            deleted_at: E::DELETED_AT.map(|column| column.as_str()),
            delete_op: None,
            version: None,
            audited: false,
            children: Vec::new(),
            parents: Vec::new(),
            columns: E::Column::iter().map(|column| column.as_str()).collect(),
            encrypted: E::ENCRYPTED
                .iter()
                .map(|one| one.column().as_str())
                .collect(),
            sorts: E::SORTS
                .iter()
                .map(|sort| (sort.index(), sort.columns().collect()))
                .collect(),
            searches: E::SEARCHES.to_vec(),
            constraints: E::CONSTRAINTS.iter().map(crate::Constraint::name).collect(),
        };
        Self {
            facts,
            entity: PhantomData,
        }
    }

    /// Adds what [`Versioned`] says.
    pub fn versioned(mut self) -> Self
    where
        E: Versioned,
    {
        self.facts.version = Some(E::VERSION.as_str());
        self
    }

    /// Adds what [`SoftDelete`] says, of its children and parents too.
    pub fn soft_deletes(mut self) -> Self
    where
        E: SoftDelete,
    {
        self.facts.delete_op = Some(E::DELETE_OP.as_str());
        let children = E::CHILDREN.iter().map(|child| child.link());
        self.facts.children = children.map(Kin::of).collect();
        let parents = E::PARENTS.iter().map(|parent| parent.link());
        self.facts.parents = parents.map(Kin::of).collect();
        self
    }

    /// Adds that the table is audited.
    pub fn audited(mut self) -> Self
    where
        E: Audited,
    {
        self.facts.audited = true;
        self
    }

    pub(super) fn into_facts(self) -> Facts {
        self.facts
    }
}

impl<E: Scoped> Default for Claim<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl Facts {
    pub(super) fn soft_deletes(&self) -> bool {
        self.delete_op.is_some()
    }

    pub(super) fn is_about(&self, table: &Table) -> bool {
        self.schema == table.schema && self.table == table.name
    }
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for facts in &subject.verifier.claims {
        match subject.find(&facts.schema, &facts.table) {
            None => {
                let path = qualified(&facts.schema, &facts.table);
                findings.error(
                    Rule::ClaimTable,
                    &path,
                    format!("an entity is about table {path}, which does not exist"),
                    GENERATE,
                );
            }
            Some(relation) => {
                columns(facts, relation, findings);
                key(facts, relation.table, findings);
                sorts(facts, relation.table, findings);
                searches(subject, facts, relation.table, findings);
                constraints(facts, relation.table, findings);
            }
        }
    }
}

fn columns(facts: &Facts, relation: &Relation<'_>, findings: &mut Findings) {
    let table = relation.table;
    let mut wrong = |column: &str, message: String| {
        let object = format!("{}.{}", path(table), identifier(column));
        findings.error(Rule::ClaimColumn, object, message, GENERATE);
    };
    for column in &facts.columns {
        if table.column(column).is_none() {
            wrong(
                column,
                format!("the entity has a column {column}, the table has none"),
            );
        }
    }
    if let Some(scope) = relation.scope()
        && scope.name != facts.workspace
    {
        wrong(
            facts.workspace,
            format!(
                "the entity's workspace column is {}, the wall stands on {}",
                facts.workspace, scope.name
            ),
        );
    }
    let mut must = |column: Option<&'static str>, nullable: bool, type_name: &str, role: &str| {
        let Some(name) = column else { return };
        let Some(found) = table.column(name) else {
            return;
        };
        if found.nullable != nullable
            || found.column_type.name != type_name
            || found.column_type.array
        {
            wrong(
                name,
                format!("the entity's {role} column {name} is {}", described(found)),
            );
        }
    };
    must(facts.deleted_at, true, "timestamptz", "soft-delete");
    must(facts.delete_op, true, "uuid", "delete-operation");
    must(facts.version, false, "int8", "version");
    for name in [facts.workspace, facts.id] {
        if table.column(name).is_some_and(|column| column.nullable) {
            wrong(name, format!("the entity's key column {name} may be null"));
        }
    }
}

fn described(column: &Column) -> String {
    let null = if column.nullable {
        "nullable"
    } else {
        "NOT NULL"
    };
    format!("{}, {null}", column.column_type.formatted)
}

/// Within a workspace the id must name one row, by a key that covers all rows.
fn key(facts: &Facts, table: &Table, findings: &mut Findings) {
    let is_key = |columns: &[&str]| {
        columns.contains(&facts.id)
            && columns
                .iter()
                .all(|column| [facts.id, facts.workspace].contains(column))
    };
    let found = table.indexes.iter().any(|index| {
        let names: Option<Vec<&str>> = index
            .columns
            .iter()
            .map(|column| column.name.as_deref())
            .collect();
        index.unique
            && index.valid
            && index.predicate.is_none()
            && names.is_some_and(|names| is_key(&names))
    });
    if !found {
        let path = path(table);
        let columns = list([facts.workspace, facts.id]);
        findings.error(
            Rule::ClaimKey,
            &path,
            format!("the entity names rows by ({columns}), which is no key of the table"),
            format!("ALTER TABLE {path} ADD PRIMARY KEY ({columns});"),
        );
    }
}

fn sorts(facts: &Facts, table: &Table, findings: &mut Findings) {
    for (name, keys) in &facts.sorts {
        let object = format!("{}.{}", path(table), identifier(name));
        let columns = keys.iter().map(|(column, direction)| match direction {
            Direction::Ascending => identifier(column),
            Direction::Descending => format!("{} DESC", identifier(column)),
        });
        let wanted = std::iter::once(identifier(facts.workspace))
            .chain(columns)
            .collect::<Vec<_>>()
            .join(", ");
        let problem = match table.indexes.iter().find(|index| index.name == *name) {
            None => Some("does not exist".to_owned()),
            Some(index) if !index.valid => Some("is invalid".to_owned()),
            Some(index) => mismatch(facts, table, index, keys).map(str::to_owned),
        };
        if let Some(problem) = problem {
            findings.error(
                Rule::ClaimSort,
                object,
                format!(
                    "an order of the entity wants index \"{name}\" over ({wanted}), which {problem}"
                ),
                format!(
                    "CREATE INDEX {} ON {} ({wanted}); -- or generate the entities anew",
                    identifier(name),
                    path(table)
                ),
            );
        }
    }
}

/// Why the index does not serve the order.
fn mismatch(
    facts: &Facts,
    table: &Table,
    index: &Index,
    keys: &[(&'static str, Direction)],
) -> Option<&'static str> {
    let mut parts = index.columns.iter();
    if parts.next().and_then(|part| part.name.as_deref()) != Some(facts.workspace) {
        return Some("does not begin with the workspace column");
    }
    let same = parts.len() == keys.len()
        && parts.zip(keys).all(|(part, (column, direction))| {
            part.name.as_deref() == Some(column)
                && part.descending == (*direction == Direction::Descending)
        });
    if !same || index.method != "btree" {
        return Some("has other columns or directions");
    }
    let of_living = |predicate: &str| {
        facts
            .deleted_at
            .is_some_and(|column| predicate == format!("({} IS NULL)", identifier(column)))
    };
    if !index.predicate.as_deref().is_none_or(of_living) {
        return Some("leaves out rows that are not deleted");
    }
    let nullable = |(column, _): &(&str, Direction)| {
        table.column(column).is_some_and(|column| column.nullable)
    };
    keys.iter()
        .any(nullable)
        .then_some("has a column that may be null, so that a page cannot be continued")
}

fn searches(subject: &Subject<'_>, facts: &Facts, table: &Table, findings: &mut Findings) {
    for name in &facts.searches {
        if let Some(problem) = super::search::claim(subject, table, name) {
            findings.error(
                Rule::ClaimSearch,
                format!("{}.{}", path(table), identifier(name)),
                format!("the entity is searched by {name}, {problem}"),
                GENERATE,
            );
        }
    }
}

fn constraints(facts: &Facts, table: &Table, findings: &mut Findings) {
    let exists = |name: &str| {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.name == name)
            || table.uniques.iter().any(|unique| unique.name == name)
            || table.foreign_keys.iter().any(|key| key.name == name)
            || table.checks.iter().any(|check| check.name == name)
            || table
                .exclusions
                .iter()
                .any(|exclusion| exclusion.name == name)
    };
    for name in facts.constraints.iter().filter(|name| !exists(name)) {
        findings.error(
            Rule::ClaimConstraint,
            format!("{}.{}", path(table), identifier(name)),
            format!("the entity names constraint \"{name}\", which does not exist"),
            GENERATE,
        );
    }
}
