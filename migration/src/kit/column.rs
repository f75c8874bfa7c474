//! A column of a table: type, vocabulary, and who may write it.

use super::encrypted::Cipher;
use crate::quote::{identifier, literal};

/// A column that the application declares, beside those that the conventions bring.
#[derive(Clone, Debug)]
#[must_use = "a column does nothing until it is added to a table"]
pub struct Column {
    pub(super) name: String,
    pub(super) comment: String,
    pub(super) sql_type: String,
    pub(super) nullable: bool,
    pub(super) default: Option<String>,
    pub(super) generated: Option<String>,
    pub(super) checks: Vec<String>,
    pub(super) access: Access,
    pub(super) sensitive: bool,
    pub(super) hidden: bool,
    pub(super) unrecorded: bool,
    pub(super) cipher: Cipher,
}

/// Which writes the runtime role has on a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Full,
    InsertOnly,
    ReadOnly,
}

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident => $sql:literal;)*) => {
        $($(#[$doc])* pub fn $name(name: impl Into<String>, comment: impl Into<String>) -> Self {
            Self::of_type(name, $sql, comment)
        })*
    };
}

impl Column {
    /// Declares a column of any type, as PostgreSQL writes it.
    pub fn of_type(
        name: impl Into<String>,
        sql_type: impl Into<String>,
        comment: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            comment: comment.into(),
            sql_type: sql_type.into(),
            nullable: false,
            default: None,
            generated: None,
            checks: Vec::new(),
            access: Access::Full,
            sensitive: false,
            hidden: false,
            unrecorded: false,
            cipher: Cipher::Clear,
        }
    }

    typed! {
        /// Declares a `text` column.
        text => "text";
        /// Declares a `uuid` column.
        uuid => "uuid";
        /// Declares a `bigint` column.
        bigint => "bigint";
        /// Declares an `integer` column.
        integer => "integer";
        /// Declares a `smallint` column.
        smallint => "smallint";
        /// Declares a `boolean` column.
        boolean => "boolean";
        /// Declares a `timestamptz` column.
        timestamptz => "timestamptz";
        /// Declares a `date` column.
        date => "date";
        /// Declares a `jsonb` column.
        jsonb => "jsonb";
        /// Declares a `bytea` column.
        bytea => "bytea";
        /// Declares a `text[]` column.
        text_array => "text[]";
        /// Declares an amount of money: `numeric(14,2)`, beside which a currency stands.
        money => "numeric(14,2)";
    }

    /// Allows null.
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Bounds the length in characters by a check.
    pub fn max_length(mut self, characters: u32) -> Self {
        self.checks.push(format!(
            "char_length({}) <= {characters}",
            identifier(&self.name)
        ));
        self
    }

    /// Closes the vocabulary by a check, from which the generator makes an enum.
    pub fn one_of<S: AsRef<str>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        let words: Vec<String> = words
            .into_iter()
            .map(|word| literal(word.as_ref()))
            .collect();
        self.checks.push(format!(
            "{} IN ({})",
            identifier(&self.name),
            words.join(", ")
        ));
        self
    }

    /// Defaults to a text.
    pub fn default_text(mut self, text: &str) -> Self {
        self.default = Some(literal(text));
        self
    }

    /// Defaults to an SQL expression, written into the migration as it is.
    pub fn default_sql(mut self, expression: impl Into<String>) -> Self {
        self.default = Some(expression.into());
        self
    }

    /// Computes the column from others and stores it.
    pub fn generated(mut self, expression: impl Into<String>) -> Self {
        self.generated = Some(expression.into());
        self.access = Access::ReadOnly;
        self
    }

    /// Takes UPDATE from the runtime role: the value of the insert stays.
    pub fn immutable(mut self) -> Self {
        self.access = Access::InsertOnly;
        self
    }

    /// Takes INSERT and UPDATE from the runtime role: defaults, triggers and functions write it.
    pub fn read_only(mut self) -> Self {
        self.access = Access::ReadOnly;
        self
    }

    /// Keeps the value out of the audit log, which then holds a marker only.
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Takes SELECT from the runtime roles, for values such as hashes that no service needs to see.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Says that a change of this column alone is no change of the row: it counts no version, moves no stamp and writes
    /// nothing into the audit log. For marks such as a last use, which functions of a narrow role leave.
    pub fn unrecorded(mut self) -> Self {
        self.unrecorded = true;
        self.access = Access::ReadOnly;
        self
    }

    /// The line of `CREATE TABLE`.
    pub(super) fn definition(&self) -> String {
        let mut line = format!("{} {}", identifier(&self.name), self.sql_type);
        if !self.nullable {
            line.push_str(" NOT NULL");
        }
        if let Some(default) = &self.default {
            line.push_str(&format!(" DEFAULT {default}"));
        }
        if let Some(expression) = &self.generated {
            // Version 18 would make it virtual, which no key may contain.
            line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
        }
        line
    }
}
