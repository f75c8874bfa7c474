//! Turns a declaration into statements, in an order that a distributed database takes as well.

use std::collections::HashSet;

use super::{
    audit, comment,
    names::{checked, name},
    table::{KeyShape, Reference, Table},
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
            .steps(actor)?
            .iter()
            .map(Step::text)
            .collect::<Vec<_>>()
            .join("\n"))
    }

    pub(super) fn path(&self) -> String {
        qualified(&self.schema, &self.name)
    }

    pub(super) fn steps(&self, actor: KeyType) -> Result<Vec<Step>, Error> {
        self.check_declaration(actor)?;
        let mut steps = vec![
            Step::Run(self.create(actor)),
            Step::Run(self.comments(actor)),
        ];
        steps.extend(self.index_statements()?.into_iter().map(Step::Run));
        steps.extend(self.foreign_keys());
        steps.push(Step::Run(wall::sql(self, actor)));
        steps.extend(touch::sql(self, actor).map(Step::Run));
        if self.audited {
            steps.extend(audit::steps(self, actor));
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
        if self.audited && !self.versioned && self.soft_delete {
            return wrong("history of a table that soft-deletes needs its versions");
        }
        if !self.soft_delete && self.uniques.iter().any(|unique| unique.live) {
            return wrong("without soft delete all rows live: unique, not unique_live");
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
        let references = self.references.iter().map(|reference| &reference.column);
        let readers = self.readers.iter().flat_map(|(_, columns)| columns);
        let indexes = self.indexes.iter().flat_map(|(_, columns)| columns);
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
        for unique in self.uniques.iter().filter(|unique| !unique.live) {
            let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
            lines.push(self.constraint(
                &name(&self.name, &columns, "key"),
                &format!("UNIQUE ({})", list(self.scoped(&unique.columns))),
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

    fn constraint(&self, name: &str, definition: &str) -> String {
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
        for (label, columns) in &self.indexes {
            let columns = columns
                .iter()
                .map(|column| ordered(column))
                .collect::<Result<Vec<_>, _>>()?;
            statements.push(format!(
                "CREATE INDEX IF NOT EXISTS {} ON {} ({}, {}){live};\n",
                identifier(&name(&self.name, &[label], "idx")),
                self.path(),
                identifier(self.wall().0),
                columns.join(", "),
            ));
        }
        for reference in self
            .references
            .iter()
            .filter(|reference| !self.serves(&reference.column))
        {
            // Not partial: the check of a purged parent looks at deleted children too.
            statements.push(format!(
                "CREATE INDEX IF NOT EXISTS {} ON {} ({});\n",
                identifier(&name(&self.name, &[&reference.column], "idx")),
                self.path(),
                list([self.wall().0, &reference.column]),
            ));
        }
        Ok(statements)
    }

    /// Tells whether a full unique constraint already leads with scope and column.
    fn serves(&self, column: &str) -> bool {
        let by_unique = self.uniques.iter().any(|unique| {
            !unique.live && unique.columns.first().is_some_and(|first| first == column)
        });
        by_unique || (self.shape == KeyShape::Composite && self.key.0 == column)
    }

    fn foreign_keys(&self) -> Vec<Step> {
        let parent = self.scope_parent.iter().map(|[schema, table, target]| {
            let scope = self.wall().0;
            let sql = format!(
                "FOREIGN KEY ({}) REFERENCES {} ({})",
                identifier(scope),
                qualified(schema, table),
                identifier(target)
            );
            self.foreign_key(&name(&self.name, &[scope], "fkey"), &sql, (schema, table))
        });
        let others = self.references.iter().map(
            |Reference {
                 column,
                 schema,
                 table,
                 target,
             }| {
                let scope = self.wall().0;
                let target = list([scope, target]);
                let sql = format!(
                    "FOREIGN KEY ({}) REFERENCES {} ({target})",
                    list([scope, column]),
                    qualified(schema, table)
                );
                self.foreign_key(&name(&self.name, &[column], "fkey"), &sql, (schema, table))
            },
        );
        parent.chain(others).collect()
    }

    fn foreign_key(
        &self,
        constraint: &str,
        definition: &str,
        (schema, table): (&String, &String),
    ) -> Step {
        Step::ForeignKey {
            constraint: constraint.to_owned(),
            sql: format!(
                "ALTER TABLE {} ADD CONSTRAINT {} {definition};\n",
                self.path(),
                identifier(constraint)
            ),
            target: (schema.clone(), table.clone()),
        }
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
