//! Typed ids: one generic type, so that a mix-up names both tables.

use std::{cmp::Ordering, fmt, hash};

use sea_orm::{
    ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable,
    Value,
    sea_query::{
        ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr, value::postgres_array::NotU8,
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{RowKey, WorkspaceId};

/// Says by what type the rows of a table are identified.
///
/// It has no supertraits, so that a `Model` may hold an [`Id`] of its own table.
pub trait Keyed: Send + Sync + 'static {
    /// The type of the id column.
    type Key: RowKey;
}

/// The id of a row of `E`. `Id<challenge::Entity>` and `Id<submission::Entity>` do not mix.
///
/// An id proves nothing: whatever it names, reads and writes stay in the session's workspace.
pub struct Id<E: Keyed>(E::Key);

impl<E: Keyed> Id<E> {
    /// Takes a key that came from outside: a path, a message, another table.
    pub const fn new(key: E::Key) -> Self {
        Self(key)
    }

    /// The key.
    pub const fn as_key(&self) -> &E::Key {
        &self.0
    }

    /// The key, by value.
    pub fn into_key(self) -> E::Key {
        self.0
    }

    /// Makes a new id where the library makes them: a UUIDv7, ordered by time.
    ///
    /// `None` for keys that the database (`bigint`) or the caller (`text`) makes.
    #[must_use]
    pub fn generate() -> Option<Self> {
        E::Key::generate().map(Self)
    }
}

impl<E: Keyed<Key = uuid::Uuid>> Id<E> {
    /// Makes a new UUIDv7, ordered by time.
    #[must_use]
    pub fn random() -> Self {
        Self(uuid::Uuid::now_v7())
    }
}

impl<E: Keyed> Clone for Id<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
impl<E: Keyed> Copy for Id<E> where E::Key: Copy {}
impl<E: Keyed> PartialEq for Id<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<E: Keyed> Eq for Id<E> {}
impl<E: Keyed> PartialOrd for Id<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E: Keyed> Ord for Id<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<E: Keyed> hash::Hash for Id<E> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<E: Keyed> fmt::Debug for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<E: Keyed> fmt::Display for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<E: Keyed> Serialize for Id<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, E: Keyed> Deserialize<'de> for Id<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        E::Key::deserialize(deserializer).map(Self)
    }
}
impl<E: Keyed> From<Id<E>> for WorkspaceId
where
    Self: From<E::Key>,
{
    fn from(id: Id<E>) -> Self {
        Self::from(id.0)
    }
}

// What SeaORM asks of a column type and of a part of a composite primary key.
impl<E: Keyed> From<Id<E>> for Value {
    fn from(id: Id<E>) -> Self {
        id.0.into()
    }
}
impl<E: Keyed> Nullable for Id<E> {
    fn null() -> Value {
        E::Key::null()
    }
}
impl<E: Keyed> ValueType for Id<E> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <E::Key as ValueType>::try_from(value).map(Self)
    }
    fn type_name() -> String {
        E::Key::type_name()
    }
    fn array_type() -> ArrayType {
        E::Key::array_type()
    }
    fn column_type() -> ColumnType {
        E::Key::column_type()
    }
}
impl<E: Keyed> TryGetable for Id<E> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        E::Key::try_get_by(row, index).map(Self)
    }
}
impl<E: Keyed> TryFromU64 for Id<E> {
    fn try_from_u64(number: u64) -> Result<Self, DbErr> {
        E::Key::try_from_u64(number).map(Self)
    }
}
impl<E: Keyed> IntoActiveValue<Self> for Id<E> {
    fn into_active_value(self) -> ActiveValue<Self> {
        sea_orm::Set(self)
    }
}
impl<E: Keyed> NotU8 for Id<E> {}

/// The version of a row: how many times it was written. The database counts it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sea_orm::DeriveValueType,
)]
#[serde(transparent)]
pub struct Version(i64);

impl Version {
    /// Takes a version that came from outside, such as a web form.
    #[must_use]
    pub const fn from_i64(version: i64) -> Self {
        Self(version)
    }

    /// The number.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
