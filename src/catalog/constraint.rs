//! Keys and checks.

use serde::{Deserialize, Serialize};

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrimaryKey {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the key.
    pub columns: Vec<String>,
}

/// Something unique: a constraint or a unique index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unique {
    /// Its name.
    pub name: String,
    /// Whether it is a constraint; else a unique index.
    pub constraint: bool,
    /// Whether it is checked at the end of the transaction, where asked to.
    pub deferrable: bool,
    /// Its key columns, in their order; expressions are left out.
    pub columns: Vec<String>,
    /// Its expressions.
    pub expressions: Vec<String>,
    /// The rows it covers, if not all.
    pub predicate: Option<String>,
    /// Whether two nulls count as equal.
    pub nulls_not_distinct: bool,
    /// The comment on the constraint or index.
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the key.
    pub columns: Vec<String>,
    /// The schema of the table it points at.
    pub target_schema: String,
    /// The table it points at.
    pub target_table: String,
    /// The columns it points at, one for each of `columns`.
    pub target_columns: Vec<String>,
    /// What follows from a delete.
    pub on_delete: ReferentialAction,
    /// The columns that `SET NULL` or `SET DEFAULT` touches, if not all.
    pub on_delete_columns: Vec<String>,
    /// What follows from a change of the key.
    pub on_update: ReferentialAction,
    /// Whether a key that is null in part is refused (`MATCH FULL`).
    pub match_full: bool,
    /// Whether it is checked at the end of the transaction, where asked to.
    pub deferrable: bool,
    /// Whether the rows that were there before it have been checked.
    pub validated: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// The word in the comment of a foreign key by which a table says that its rows are deleted with what they point at.
pub const DELETED_WITH_PARENT: &str = "@deleted_with_parent";

impl ForeignKey {
    /// Whether rows are soft-deleted with what they point at, as the comment says.
    #[must_use]
    pub fn is_deleted_with_parent(&self) -> bool {
        let mut words = self.comment.iter().flat_map(|text| {
            text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '@' | '_')))
        });
        words.any(|word| word == DELETED_WITH_PARENT)
    }
}

/// What a foreign key does when its target goes or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ReferentialAction {
    /// Refuses, at the end of the statement or transaction.
    #[serde(rename = "a")]
    NoAction,
    /// Refuses at once.
    #[serde(rename = "r")]
    Restrict,
    /// Does the same to the row.
    #[serde(rename = "c")]
    Cascade,
    /// Sets null.
    #[serde(rename = "n")]
    SetNull,
    /// Sets the default.
    #[serde(rename = "d")]
    SetDefault,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The columns it names.
    pub columns: Vec<String>,
    /// What must not be false.
    pub expression: String,
    /// Whether the rows that were there before it have been checked.
    pub validated: bool,
    /// Its comment.
    pub comment: Option<String>,
    /// The closed lists of values that it demands.
    #[serde(default)]
    pub vocabularies: Vec<Vocabulary>,
}

/// The values that a check allows in a column, nulls aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Vocabulary {
    /// The column.
    pub column: String,
    /// The values, in the order in which the check lists them.
    pub values: Vec<String>,
}

/// An exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// The columns it names.
    pub columns: Vec<String>,
    /// The constraint as SQL writes it.
    pub definition: String,
    /// Its comment.
    pub comment: Option<String>,
}
