//! What keeps a deleted row from coming back.

use std::fmt;

/// Something that stands in the way of a restore; see [`Error::obstacles`](crate::Error::obstacles).
///
/// Ids are told as text, since the rows may be of any table of the cascade; they are never a part of the text of an error.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Obstacle {
    /// The table of the row that cannot come back.
    pub table: &'static str,
    /// The id of that row.
    pub row: String,
    /// What is in its way.
    pub reason: ObstacleReason,
}

/// Why a deleted row cannot come back.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObstacleReason {
    /// Another row has a unique key of it.
    Taken {
        /// The constraint or index, by its name in the catalogue.
        constraint: &'static str,
        /// The id of the other row, of the same table.
        by: String,
    },
    /// A row that it is deleted with is deleted, by another operation.
    ParentDeleted {
        /// The table of that row.
        table: &'static str,
        /// The id of that row.
        row: String,
    },
    /// The context may not change the row.
    Forbidden,
}

impl Obstacle {
    /// Makes an obstacle, for fakes.
    #[must_use]
    pub fn new(table: &'static str, row: impl fmt::Display, reason: ObstacleReason) -> Self {
        Self {
            table,
            row: row.to_string(),
            reason,
        }
    }
}

impl fmt::Debug for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.table, self.reason)
    }
}

impl fmt::Debug for ObstacleReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { constraint, .. } => write!(f, "unique key {constraint} is taken"),
            Self::ParentDeleted { table, .. } => write!(f, "the row of {table} is deleted"),
            Self::Forbidden => f.write_str("the row may not be changed"),
        }
    }
}
