//! What a policy is asked about.

use std::{fmt, iter};

/// What somebody wants to do with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Action {
    /// Sees it, by whatever read.
    Read,
    /// Puts it there.
    Insert,
    /// Changes it.
    Update,
    /// Marks it as deleted.
    Delete,
    /// Takes that mark away.
    Restore,
    /// Removes it for good.
    Purge,
    /// Finds it by its words; what may not be read is not found either.
    Search,
    /// Takes it out with others, which the audit log tells; what may not be read is not taken out either.
    Export,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Restore,
        Self::Purge,
        Self::Search,
        Self::Export,
    ];
    /// `Read` and `Search`.
    pub const READS: [Self; 2] = [Self::Read, Self::Search];
    /// `Insert`, `Update`, `Delete` and `Restore`.
    pub const WRITES: [Self; 4] = [Self::Insert, Self::Update, Self::Delete, Self::Restore];

    /// In lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
            Self::Search => "search",
            Self::Export => "export",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl IntoIterator for Action {
    type Item = Self;
    type IntoIter = iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        iter::once(self)
    }
}
