//! Naming a transaction, so that its outcome can be asked for.

use std::{fmt, time::Instant};

/// Names a transaction in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId {
    pub(crate) number: u64,
    /// A moment before it had the number: a server that crashed since may have given that away again.
    pub(crate) since: Instant,
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
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
    /// The server cannot tell: it is so old that the server has forgotten, or the server has crashed since, and a
    /// transaction of this number was committed that may be another.
    Forgotten,
}

impl Outcome {
    /// From PostgreSQL's word for the status, and whether the server has crashed since the transaction began.
    ///
    /// Numbers of transactions that had nothing on disk when the server crashed are given away again.
    pub(crate) fn of(status: Option<&str>, crashed: bool) -> Self {
        match (status, crashed) {
            (Some("committed"), false) => Self::Committed,
            (Some("aborted"), _) => Self::RolledBack,
            // Whoever has the number now, ours ended with the crash, and had not been committed.
            (Some("in progress"), true) => Self::RolledBack,
            (Some("in progress"), false) => Self::InProgress,
            _ => Self::Forgotten,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_may_be_anothers_commits_nothing_of_ours() {
        assert_eq!(Outcome::of(Some("committed"), false), Outcome::Committed);
        assert_eq!(Outcome::of(Some("committed"), true), Outcome::Forgotten);
        assert_eq!(Outcome::of(Some("in progress"), true), Outcome::RolledBack);
        assert_eq!(Outcome::of(Some("aborted"), true), Outcome::RolledBack);
        assert_eq!(Outcome::of(None, false), Outcome::Forgotten);
    }
}
