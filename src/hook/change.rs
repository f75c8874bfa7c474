//! What has happened to a row.

use std::fmt;

use super::Verb;
use crate::{Id, Scoped};

/// What has happened to a row, with its images from before and after.
pub struct Change<E: Scoped> {
    verb: Verb,
    images: Images<E::Model>,
}

enum Images<M> {
    New(M),
    Both { old: M, new: M },
    Old(M),
}

impl<E: Scoped> Change<E> {
    /// A row was inserted.
    pub const fn inserted(new: E::Model) -> Self {
        Self {
            verb: Verb::Insert,
            images: Images::New(new),
        }
    }

    /// A row was changed.
    pub const fn updated(old: E::Model, new: E::Model) -> Self {
        Self::both(Verb::Update, old, new)
    }

    /// A row was soft-deleted: it is still there, with the marks of its deletion.
    pub const fn deleted(old: E::Model, new: E::Model) -> Self {
        Self::both(Verb::Delete, old, new)
    }

    /// A soft-deleted row was restored.
    pub const fn restored(old: E::Model, new: E::Model) -> Self {
        Self::both(Verb::Restore, old, new)
    }

    /// A row was removed for good.
    pub const fn purged(old: E::Model) -> Self {
        Self {
            verb: Verb::Purge,
            images: Images::Old(old),
        }
    }

    const fn both(verb: Verb, old: E::Model, new: E::Model) -> Self {
        Self {
            verb,
            images: Images::Both { old, new },
        }
    }

    /// What was done.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        self.verb
    }

    /// The row as it was before; `None` if it was inserted.
    #[must_use]
    pub const fn old(&self) -> Option<&E::Model> {
        match &self.images {
            Images::New(_) => None,
            Images::Both { old, .. } | Images::Old(old) => Some(old),
        }
    }

    /// The row as it is now; `None` if it is gone for good.
    #[expect(clippy::new_ret_no_self, reason = "`OLD` and `NEW`, as in PostgreSQL")]
    #[must_use]
    pub const fn new(&self) -> Option<&E::Model> {
        match &self.images {
            Images::New(new) | Images::Both { new, .. } => Some(new),
            Images::Old(_) => None,
        }
    }

    /// The row: as it is now or, if it is gone, as it was.
    #[must_use]
    pub const fn row(&self) -> &E::Model {
        match &self.images {
            Images::New(row) | Images::Both { new: row, .. } | Images::Old(row) => row,
        }
    }

    /// The row, by value.
    pub(crate) fn into_row(self) -> E::Model {
        match self.images {
            Images::New(row) | Images::Both { new: row, .. } | Images::Old(row) => row,
        }
    }

    /// The id of the row.
    #[must_use]
    pub fn id(&self) -> Id<E> {
        E::id_of(self.row())
    }
}

/// Shows no values.
impl<E: Scoped> fmt::Debug for Change<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = E::default();
        write!(f, "{} of {} {}", self.verb, table.table_name(), self.id())
    }
}
