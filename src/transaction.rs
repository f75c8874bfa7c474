//! Naming a transaction, so that its outcome can be asked for.

use std::fmt;

/// Names a transaction in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId(pub(crate) u64);

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was committed.
    Committed,
    /// It was rolled back.
    RolledBack,
    /// The server has not finished with it yet. Ask again.
    InProgress,
    /// It is so old that the server has forgotten.
    Forgotten,
}

/// What concurrent transactions may see of one another.
///
/// The words are the SQL standard's; PostgreSQL's read committed is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what was committed when it began.
    #[default]
    ReadCommitted,
    /// All statements see one snapshot; a write to a row changed since is
    /// [`ErrorKind::Retryable`](crate::ErrorKind::Retryable).
    RepeatableRead,
    /// As if transactions ran one after the other; may be
    /// [`ErrorKind::Retryable`](crate::ErrorKind::Retryable) at any statement, also at the commit.
    Serializable,
}

impl Isolation {
    pub(crate) const fn as_sql(self) -> &'static str {
        match self {
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}
