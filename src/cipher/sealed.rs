//! Values as rows hold them: sealed, and blind indexes of what is sealed.

use std::{fmt, hash, marker::PhantomData};

use sea_orm::{
    ColIdx, EntityTrait, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};

use super::envelope;
use crate::Scoped;

/// A column whose values are encrypted by the application, before PostgreSQL sees them.
///
/// The generator makes a type for each such column, of which there are no values. It names the column where a value is sealed, so that a
/// value that was sealed for one column does not fit another.
pub trait EncryptedColumn: Send + Sync + 'static {
    /// The table that it is a column of.
    type Entity: Scoped;
    /// The column.
    const COLUMN: <Self::Entity as EntityTrait>::Column;
    /// The column by which rows are found that hold a value, if there is one.
    const BLIND_INDEX: Option<<Self::Entity as EntityTrait>::Column> = None;
}

/// An encrypted column of `E`, as [`Scoped::ENCRYPTED`] lists them.
pub struct Encrypted<E: EntityTrait> {
    pub(super) column: E::Column,
    pub(super) blind_index: Option<E::Column>,
}

impl<E: Scoped> Encrypted<E> {
    /// The column that `C` is.
    #[must_use]
    pub const fn of<C: EncryptedColumn<Entity = E>>() -> Self {
        Self {
            column: C::COLUMN,
            blind_index: C::BLIND_INDEX,
        }
    }

    /// The column.
    pub(crate) const fn column(&self) -> E::Column {
        self.column
    }
}

impl<E: EntityTrait> fmt::Debug for Encrypted<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use sea_orm::IdenStatic;
        write!(f, "Encrypted({})", self.column.as_str())
    }
}

macro_rules! bytes {
    ($(#[$doc:meta])* $name:ident, $shown:literal) => {
        $(#[$doc])*
        pub struct $name<C>(pub(super) Vec<u8>, PhantomData<fn() -> C>);

        impl<C> $name<C> {
            pub(super) const fn new(bytes: Vec<u8>) -> Self {
                Self(bytes, PhantomData)
            }
        }

        impl<C> Clone for $name<C> {
            fn clone(&self) -> Self {
                Self::new(self.0.clone())
            }
        }
        impl<C> PartialEq for $name<C> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }
        impl<C> Eq for $name<C> {}
        impl<C> hash::Hash for $name<C> {
            fn hash<H: hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }
        impl<C> fmt::Debug for $name<C> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($shown)
            }
        }

        // What SeaORM asks of a column type.
        impl<C> From<$name<C>> for Value {
            fn from(value: $name<C>) -> Self {
                value.0.into()
            }
        }
        impl<C> Nullable for $name<C> {
            fn null() -> Value {
                <Vec<u8> as Nullable>::null()
            }
        }
        impl<C> ValueType for $name<C> {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                <Vec<u8> as ValueType>::try_from(value).map(Self::new)
            }
            fn type_name() -> String {
                stringify!($name).to_owned()
            }
            fn array_type() -> ArrayType {
                <Vec<u8> as ValueType>::array_type()
            }
            fn column_type() -> ColumnType {
                <Vec<u8> as ValueType>::column_type()
            }
        }
        impl<C> TryGetable for $name<C> {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                <Vec<u8> as TryGetable>::try_get_by(row, index).map(Self::new)
            }
        }
    };
}

bytes! {
    /// A value of the encrypted column `C`, as its row holds it: no more than bytes to whoever has no key.
    ///
    /// [`Seals::seal`](crate::Seals::seal) makes one, for one row of one workspace; [`Seals::open`](crate::Seals::open) opens it. It cannot
    /// be filtered or sorted by, is not serialised, and `Debug` says only that it is sealed.
    Sealed, "Sealed"
}

bytes! {
    /// What stands for a value of the encrypted column `C` where rows are looked for: a keyed hash, which the engine writes together with
    /// the value.
    ///
    /// Rows are found by [`Seals::equals`](crate::Seals::equals). It tells whoever reads the table which rows of a workspace hold the
    /// same value, and how often a value occurs.
    Blind, "Blind"
}

impl<C> Sealed<C> {
    /// The id of the key that it is under; `None` if the row holds what is no sealed value.
    #[must_use]
    pub fn key_id(&self) -> Option<i32> {
        envelope::key_id(&self.0)
    }
}
