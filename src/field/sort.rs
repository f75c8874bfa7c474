//! Orders, unique keys and relations, each named after the index or constraint behind it.

use std::{fmt, marker::PhantomData};

use sea_orm::{EntityTrait, IdenStatic, ModelTrait, Value};

use crate::{Error, ErrorKind, Scoped};

/// Ascending or descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// An order that an index serves. Generated, one constant per index.
///
/// The columns are those of the index after the workspace column, none of them nullable, the last
/// one the id, so that the order is total and a page can be continued by a row comparison.
pub struct Sort<E: EntityTrait> {
    pub(crate) index: &'static str,
    pub(crate) keys: &'static [(E::Column, Direction)],
}

impl<E: EntityTrait> Sort<E> {
    /// Names an index and the columns it orders by.
    #[must_use]
    pub const fn by_index(index: &'static str, keys: &'static [(E::Column, Direction)]) -> Self {
        Self { index, keys }
    }

    /// The index.
    #[must_use]
    pub const fn index(&self) -> &'static str {
        self.index
    }

    /// The names of the columns and their directions.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, Direction)> {
        self.keys
            .iter()
            .map(|(column, direction)| (column.as_str(), *direction))
    }
}

impl<E: EntityTrait> Clone for Sort<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: EntityTrait> Copy for Sort<E> {}
impl<E: EntityTrait> fmt::Debug for Sort<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sort({})", self.index)
    }
}

macro_rules! sorts_across {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        ///
        /// The columns are those of the index, none of them nullable, with the id last. The workspace, which comes behind it, goes without
        /// saying: across workspaces two rows may have one id.
        pub struct $name<E: EntityTrait>(Sort<E>);

        impl<E: EntityTrait> $name<E> {
            /// Names an index and the columns it orders by.
            #[must_use]
            pub const fn by_index(
                index: &'static str,
                keys: &'static [(E::Column, Direction)],
            ) -> Self {
                Self(Sort::by_index(index, keys))
            }
        }

        impl<E: EntityTrait> From<$name<E>> for Sort<E> {
            fn from(sort: $name<E>) -> Self {
                sort.0
            }
        }
        impl<E: EntityTrait> Clone for $name<E> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<E: EntityTrait> Copy for $name<E> {}
        impl<E: EntityTrait> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
sorts_across! {
    /// An order over a person's own rows that an index serves. Generated, one constant per index that begins with the person.
    PersonalSort;
    /// An order over what is published that an index serves. Generated, one constant per index over what is published.
    PublicSort;
}

/// A unique constraint or index: the target of an upsert, and a name to ask an error for.
pub struct Unique<E: EntityTrait> {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [E::Column],
    pub(crate) live_only: bool,
}

impl<E: EntityTrait> Unique<E> {
    /// Names a constraint and its columns, the workspace column first.
    #[must_use]
    pub const fn new(name: &'static str, columns: &'static [E::Column]) -> Self {
        Self {
            name,
            columns,
            live_only: false,
        }
    }

    /// The same for a partial index over living rows (`WHERE deleted_at IS NULL`).
    #[must_use]
    pub const fn among_living(name: &'static str, columns: &'static [E::Column]) -> Self {
        Self {
            name,
            columns,
            live_only: true,
        }
    }

    /// Its name in the catalogue.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The names of its columns, that of the workspace first.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.as_str())
    }

    /// For fakes: the error that the database gives when the key is taken.
    #[must_use]
    pub fn violation(&self) -> Error {
        let table = E::default();
        let message = format!(
            "unique key {} of {} is taken",
            self.name,
            table.table_name()
        );
        Error::new(ErrorKind::AlreadyExists, message).with_constraint(self.name)
    }
}

impl<E: Scoped> Unique<E> {
    /// For fakes: whether two rows of one workspace could not both stand.
    ///
    /// As in SQL, a null is equal to nothing.
    #[must_use]
    pub fn same_key(&self, a: &E::Model, b: &E::Model) -> bool {
        let null = |value: &Value| *value == value.as_null();
        let lives = |row: &E::Model| E::DELETED_AT.is_none_or(|column| null(&row.get(column)));
        let counts = !self.live_only || (lives(a) && lives(b));
        counts
            && self.columns.iter().all(|column| {
                let value = a.get(*column);
                !null(&value) && value == b.get(*column)
            })
    }
}

impl<E: EntityTrait> Clone for Unique<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: EntityTrait> Copy for Unique<E> {}
impl<E: EntityTrait> fmt::Debug for Unique<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unique({})", self.name)
    }
}

/// Rows of `R` that point at a row of `E` by a foreign key within the workspace.
pub struct HasMany<E, R: EntityTrait> {
    pub(crate) parent: R::Column,
    _parent: PhantomData<fn() -> E>,
}

impl<E, R: EntityTrait> HasMany<E, R> {
    /// Names the column of `R` that holds the id of `E`.
    #[must_use]
    pub const fn new(parent: R::Column) -> Self {
        Self {
            parent,
            _parent: PhantomData,
        }
    }
}

impl<E, R: EntityTrait> Clone for HasMany<E, R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E, R: EntityTrait> Copy for HasMany<E, R> {}
impl<E, R: EntityTrait> fmt::Debug for HasMany<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HasMany({})", self.parent.as_str())
    }
}

/// The row of `P` that a row of `E` points at by a foreign key within the workspace.
pub struct BelongsTo<E: EntityTrait, P> {
    pub(crate) column: E::Column,
    _parent: PhantomData<fn() -> P>,
}

impl<E: EntityTrait, P> BelongsTo<E, P> {
    /// Names the column of `E` that holds the id of `P`.
    #[must_use]
    pub const fn new(column: E::Column) -> Self {
        Self {
            column,
            _parent: PhantomData,
        }
    }
}

impl<E: EntityTrait, P> Clone for BelongsTo<E, P> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: EntityTrait, P> Copy for BelongsTo<E, P> {}
impl<E: EntityTrait, P> fmt::Debug for BelongsTo<E, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BelongsTo({})", self.column.as_str())
    }
}
