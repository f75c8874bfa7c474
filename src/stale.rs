//! Optimistic locking as values: what the caller saw, and what stood in its way.

use std::fmt;

use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait};

use crate::{Id, Keyed, Result, Version, Versioned};

/// A row at the version that the caller saw.
///
/// Made from `&model`, or from `(id, version)` as a web form brings them.
pub struct Seen<E: Keyed> {
    pub(crate) id: Id<E>,
    pub(crate) version: Version,
}

impl<E: Keyed> Seen<E> {
    /// The id of the row.
    pub const fn id(&self) -> &Id<E> {
        &self.id
    }

    /// The version that the caller saw.
    pub const fn version(&self) -> Version {
        self.version
    }
}

impl<E: Versioned> From<&E::Model> for Seen<E>
where
    E::Model: ModelTrait<Entity = E>,
{
    fn from(row: &E::Model) -> Self {
        Self {
            id: E::id_of(row),
            version: E::version_of(row),
        }
    }
}

impl<E: Keyed> From<(Id<E>, Version)> for Seen<E> {
    fn from((id, version): (Id<E>, Version)) -> Self {
        Self { id, version }
    }
}

impl<E: Keyed> fmt::Debug for Seen<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at version {}", self.id, self.version)
    }
}

/// The row was changed by someone else first.
#[non_exhaustive]
pub struct Stale<E: Versioned> {
    /// The row as it is now.
    pub current: E::Model,
    /// The version that the caller had seen.
    pub seen: Version,
}

impl<E: Versioned> Stale<E> {
    /// Makes one, for fakes.
    pub const fn new(current: E::Model, seen: Version) -> Self {
        Self { current, seen }
    }

    /// The columns in which the current row differs from the one that the caller holds.
    #[must_use]
    pub fn changed_since(&self, base: &E::Model) -> Vec<&'static str> {
        E::Column::iter()
            .filter(|column| self.current.get(*column) != base.get(*column))
            .map(|column| column.as_str())
            .collect()
    }
}

impl<E: Versioned> fmt::Debug for Stale<E> {
    /// Names the versions, no value of the row.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = E::version_of(&self.current);
        write!(f, "Stale {{ seen: {}, current: {current} }}", self.seen)
    }
}

/// What became of a versioned write whose caller wants to hear of staleness as an answer.
#[must_use = "a stale update changed nothing"]
pub enum Updated<E: Versioned> {
    /// It was applied; this is the row now.
    Applied(E::Model),
    /// Someone was faster; nothing was changed.
    Stale(Box<Stale<E>>),
}

impl<E: Versioned> fmt::Debug for Updated<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied(row) => write!(f, "Applied(version {})", E::version_of(row)),
            Self::Stale(stale) => stale.fmt(f),
        }
    }
}

/// Turns "someone was faster" from an error into an answer.
pub trait OrStale<E: Versioned> {
    /// Makes a stale write an [`Updated::Stale`]; other errors stay errors.
    ///
    /// # Errors
    ///
    /// Every error but [`ErrorKind::Stale`](crate::ErrorKind::Stale).
    fn or_stale(self) -> Result<Updated<E>>;
}

impl<M: ModelTrait> OrStale<M::Entity> for Result<M>
where
    M::Entity: Versioned + EntityTrait<Model = M>,
{
    fn or_stale(self) -> Result<Updated<M::Entity>> {
        match self {
            Ok(row) => Ok(Updated::Applied(row)),
            Err(mut error) => match error.take_stale::<M::Entity>() {
                Some(stale) => Ok(Updated::Stale(stale)),
                None => Err(error),
            },
        }
    }
}
