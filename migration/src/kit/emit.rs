//! Turns a declaration into statements, in an order that a distributed database takes as well.

use std::collections::HashSet;

use super::{
    append, audit, comment, encrypted,
    names::{checked, name},
    purge, references, search,
    table::{KeyShape, Table},
    touch, wall,
};
use crate::{
    Error, KeyType,
    quote::{identifier, list, literal, qualified},
};

/// One thing to do for a table.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Statements that may run again.
    Run(String),
    /// A foreign key, unless it is there; it is checked without the wall.
    ForeignKey {
        constraint: String,
        sql: String,
        target: (String, String),
    },
    /// Statements that another role must run, because it will own the result.
    As { role: &'static str, sql: String },
}

impl Step {
    /// What a reader of a golden file sees.
    fn text(&self) -> String {
        match self {
            Self::Run(sql) => sql.clone(),
            Self::ForeignKey { sql, .. } => format!("-- the wall is lifted for this check\n{sql}"),
            Self::As { role, sql } => format!("-- as {role}\n{sql}"),
        }
    }
}

impl Table {
    /// Returns the statements that create the table, where actors have keys of this type.
    ///
    /// # Errors
    ///
    /// If the declaration contradicts itself: no scope, an unknown column in a key, a name that is no name.
    pub fn to_sql(&self, actor: KeyType) -> Result<String, Error> {
        Ok(self
            .steps(actor, audit::Level::Statement)?
            .iter()
            .map(Step::text)
            .collect::<Vec<_>>()
            .join("\n"))
    }

    pub(super) fn path(&self) -> String {
        qualified(&self.schema, &self.name)
    }

    pub(super) fn steps(&self, actor: KeyType, level: audit::Level) -> Result<Vec<Step>, Error> {
        self.check_declaration(actor)?;
        let mut steps = vec![
            Step::Run(self.create(actor)),
            Step::Run(self.comments(actor)),
        ];
        steps.extend(self.index_statements()?.into_iter().map(Step::Run));
        steps.extend(references::foreign_keys(self));
        steps.push(Step::Run(wall::sql(self, actor)));
        steps.extend(search::steps(self));
        steps.extend(purge::steps(self));
        steps.extend(touch::sql(self, actor).map(Step::Run));
        steps.extend(append::sql(self).map(Step::Run));
        if self.audited {
            steps.extend(audit::steps(self, actor, level));
        }
        Ok(steps)
    }

    fn check_declaration(&self, actor: KeyType) -> Result<(), Error> {
        let wrong = |what: &str| {
            Err(Error::new(format!(
                "table {}.{}: {what}",
                self.schema, self.name
            )))
        };
        checked("schema", &self.schema)?;
        checked("table", &self.name)?;
        match (self.shape, &self.scope) {
            (KeyShape::IsScope, Some(_)) => {
                return wrong("its id is the scope, so it has no other");
            }
            (KeyShape::Composite | KeyShape::Legacy, None) => {
                return wrong("it names no scope column");
            }
            _ => {}
        }
        search::check(self)?;
        if let Some(problem) = purge::contradiction(self) {
            return wrong(problem);
        }
        if self.audited && !self.versioned && self.soft_delete {
            return wrong("history of a table that soft-deletes needs its versions");
        }
        let among_living = self.uniques.iter().any(|unique| unique.live);
        if !self.soft_delete && (among_living || !self.exclusives.is_empty()) {
            return wrong("without soft delete all rows live: unique, not unique_live");
        }
        if self.append_only && (self.versioned || self.soft_delete) {
            return wrong("what is never changed has no versions and no soft delete");
        }
        if let Some(problem) = encrypted::contradiction(self) {
            return wrong(&problem);
        }
        if let Some(problem) = references::contradiction(self) {
            return wrong(&problem);
        }
        let columns = self.all_columns(actor);
        let mut known = HashSet::new();
        for column in &columns {
            checked("column", &column.name)?;
            if !known.insert(column.name.as_str()) {
                return wrong(&format!("column \"{}\" is declared twice", column.name));
            }
        }
        let uniques = self.uniques.iter().flat_map(|unique| &unique.columns);
        let uniques = uniques.chain(self.exclusives.iter().flatten());
        let references = self
            .references
            .iter()
            .flat_map(|reference| std::iter::once(&reference.column).chain(&reference.agreeing_on));
        let readers = self.narrow.iter().flat_map(|(_, _, columns)| columns);
        let within = self.indexes.iter().flat_map(|(_, columns)| columns);
        let across = self
            .indexes_across
            .iter()
            .flat_map(|(_, columns, _)| columns);
        let indexes = within.chain(across);
        let indexed = indexes.filter_map(|column| column.split_whitespace().next());
        match uniques
            .chain(references)
            .chain(readers)
            .map(String::as_str)
            .chain(indexed)
            .find(|name| !known.contains(name))
        {
            Some(unknown) => wrong(&format!("it has no column \"{unknown}\"")),
            None => Ok(()),
        }
    }

    fn create(&self, actor: KeyType) -> String {
        let mut lines: Vec<String> = self
            .all_columns(actor)
            .iter()
            .map(super::Column::definition)
            .collect();
        let primary = if self.shape == KeyShape::Legacy {
            vec![self.key.0.as_str()]
        } else {
            self.key_columns()
        };
        lines.push(self.constraint(
            &name(&self.name, &[], "pkey"),
            &format!("PRIMARY KEY ({})", list(primary)),
        ));
        if self.shape == KeyShape::Legacy {
            let unique = format!("UNIQUE ({})", list(self.key_columns()));
            lines.push(self.constraint(&name(&self.name, &[&self.key.0], "key"), &unique));
        }
        if self.liveness_key {
            lines.push(references::liveness_key(self));
        }
        for unique in self.uniques.iter().filter(|unique| !unique.live) {
            let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
            lines.push(self.constraint(
                &name(&self.name, &columns, "key"),
                &format!("UNIQUE ({})", list(self.scoped(&unique.columns))),
            ));
        }
        for columns in &self.exclusives {
            let named: Vec<&str> = columns.iter().map(String::as_str).collect();
            let compared = self.scoped(columns);
            let compared = compared
                .iter()
                .map(|column| format!("{} WITH =", identifier(column)));
            let compared = compared.collect::<Vec<_>>().join(", ");
            lines.push(self.constraint(
                &name(&self.name, &named, "excl"),
                &format!(
                    "EXCLUDE USING btree ({compared}) WHERE (\"deleted_at\" IS NULL) DEFERRABLE INITIALLY IMMEDIATE"
                ),
            ));
        }
        for column in self
            .columns
            .iter()
            .filter(|column| !column.checks.is_empty())
        {
            let check = format!("CHECK ({})", column.checks.join(" AND "));
            lines.push(self.constraint(&name(&self.name, &[&column.name], "check"), &check));
        }
        for (check, expression) in &self.checks {
            lines.push(self.constraint(
                &name(&self.name, &[check], "check"),
                &format!("CHECK ({expression})"),
            ));
        }
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n  {}\n);\n",
            self.path(),
            lines.join(",\n  ")
        )
    }

    pub(super) fn constraint(&self, name: &str, definition: &str) -> String {
        format!("CONSTRAINT {} {definition}", identifier(name))
    }

    fn comments(&self, actor: KeyType) -> String {
        let table = comment(&format!("TABLE {}", self.path()), &self.comment);
        let columns = self.all_columns(actor).into_iter().map(|column| {
            comment(
                &format!("COLUMN {}.{}", self.path(), identifier(&column.name)),
                &column.comment,
            )
        });
        std::iter::once(table).chain(columns).collect()
    }

    fn index_statements(&self) -> Result<Vec<String>, Error> {
        let mut statements = Vec::new();
        let live = if self.soft_delete {
            " WHERE \"deleted_at\" IS NULL"
        } else {
            ""
        };
        for unique in self.uniques.iter().filter(|unique| unique.live) {
            let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
            statements.push(format!(
                "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({}){live};\n",
                identifier(&name(&self.name, &columns, "key")),
                self.path(),
                list(self.scoped(&unique.columns)),
            ));
        }
        let scope = identifier(self.wall().0);
        let led = self.indexes.iter();
        let led = led.map(|(label, columns)| (label, columns, Some(&scope), None));
        let across = self.indexes_across.iter();
        let across = across.map(|(label, columns, when)| (label, columns, None, when.as_ref()));
        for (label, columns, scope, when) in led.chain(across) {
            let columns = columns.iter().map(|column| ordered(column));
            let columns = scope.cloned().map(Ok).into_iter().chain(columns);
            let columns = columns.collect::<Result<Vec<_>, Error>>()?;
            let only = match when {
                None => live.to_owned(),
                Some(when) if live.is_empty() => format!(" WHERE {when}"),
                Some(when) => format!("{live} AND ({when})"),
            };
            statements.push(format!(
                "CREATE INDEX IF NOT EXISTS {} ON {} ({}){only};\n",
                identifier(&name(&self.name, &[label], "idx")),
                self.path(),
                columns.join(", "),
            ));
        }
        statements.extend(references::indexes(self));
        Ok(statements)
    }

    /// The catalogue's condition under which a foreign key is there already.
    pub(super) fn has_constraint(&self, constraint: &str) -> String {
        format!(
            "SELECT 'yes' FROM pg_catalog.pg_constraint WHERE conrelid = {}::regclass AND conname = {}",
            literal(&self.path()),
            literal(constraint)
        )
    }
}

/// Quotes `created_at DESC` as `"created_at" DESC`.
pub(super) fn ordered(column: &str) -> Result<String, Error> {
    let mut words = column.split_whitespace();
    let name = words.next().unwrap_or_default();
    checked("column", name)?;
    let order = words
        .map(str::to_ascii_uppercase)
        .collect::<Vec<_>>()
        .join(" ");
    match order.as_str() {
        "" | "ASC" => Ok(identifier(name)),
        "DESC" | "DESC NULLS LAST" | "DESC NULLS FIRST" | "ASC NULLS LAST" | "ASC NULLS FIRST" => {
            Ok(format!("{} {order}", identifier(name)))
        }
        _ => Err(Error::new(format!(
            "an index column is a name and a direction, not \"{column}\""
        ))),
    }
}
