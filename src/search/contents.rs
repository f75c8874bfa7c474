//! Columns by what they contain.

use std::fmt;

use sea_orm::{EntityTrait, IdenStatic, prelude::Json};

use crate::{Filter, Scoped, field::Among};

/// A `jsonb` column that an index finds rows by. Generated.
pub struct DocumentSearch<E: EntityTrait> {
    column: E::Column,
    containing: &'static str,
}

impl<E: EntityTrait> DocumentSearch<E> {
    /// Names the column and the function that searches it.
    #[must_use]
    pub const fn by_function(column: E::Column, containing: &'static str) -> Self {
        Self { column, containing }
    }
}

impl<E: Scoped> DocumentSearch<E> {
    /// Rows whose document contains this one, as `@>` has it: every key with its value, every element of a list.
    pub fn contains(self, document: impl Into<Json>) -> Filter<E> {
        Filter::among(Among::document(
            self.containing,
            self.column,
            document.into(),
        ))
    }
}

/// A `text[]` column that an index finds rows by. Generated.
pub struct TagSearch<E: EntityTrait> {
    column: E::Column,
    containing: &'static str,
    overlapping: &'static str,
}

impl<E: EntityTrait> TagSearch<E> {
    /// Names the column and the functions that search it: for all of some tags, and for any.
    #[must_use]
    pub const fn by_functions(
        column: E::Column,
        containing: &'static str,
        overlapping: &'static str,
    ) -> Self {
        Self {
            column,
            containing,
            overlapping,
        }
    }
}

impl<E: Scoped> TagSearch<E> {
    /// Rows that have all of the tags; with none asked for, all rows.
    pub fn has_all<S: Into<String>>(self, tags: impl IntoIterator<Item = S>) -> Filter<E> {
        let tags = tags.into_iter().map(Into::into).collect();
        Filter::among(Among::all_tags(self.containing, self.column, tags))
    }

    /// Rows that have at least one of the tags; with none asked for, no row.
    pub fn has_any<S: Into<String>>(self, tags: impl IntoIterator<Item = S>) -> Filter<E> {
        let tags = tags.into_iter().map(Into::into).collect();
        Filter::among(Among::any_tag(self.overlapping, self.column, tags))
    }
}

impl<E: EntityTrait> Clone for DocumentSearch<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: EntityTrait> Copy for DocumentSearch<E> {}
impl<E: EntityTrait> fmt::Debug for DocumentSearch<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentSearch({})", self.column.as_str())
    }
}

impl<E: EntityTrait> Clone for TagSearch<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: EntityTrait> Copy for TagSearch<E> {}
impl<E: EntityTrait> fmt::Debug for TagSearch<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagSearch({})", self.column.as_str())
    }
}
