//! Questions as values: sent to PostgreSQL, or answered by a fake.

use std::fmt;

use sea_orm::EntityTrait;

use crate::{
    Cursor, Error, ErrorKind, Filter, Page, ReadRepository, Result, Scoped, SoftDelete, Sort,
};

/// How many rows a page has where nobody says otherwise.
const PAGE: u64 = 50;
/// How many rows a page has at most.
pub(crate) const LARGEST_PAGE: u64 = 1_000;

/// What to list. Plain data, without a session.
#[must_use = "a query does nothing until a repository answers it"]
pub struct Query<E: Scoped> {
    pub(crate) filters: Vec<Filter<E>>,
    pub(crate) sort: Option<Sort<E>>,
    pub(crate) limit: u64,
    pub(crate) after: Option<Cursor>,
    pub(crate) visibility: Visibility,
    pub(crate) lock: bool,
}

/// Which rows of a soft-deleting table are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Live,
    All,
    Deleted,
}

impl<E: Scoped> Query<E> {
    /// All living rows, in the order of their ids.
    pub const fn new() -> Self {
        Self {
            filters: Vec::new(),
            sort: None,
            limit: PAGE,
            after: None,
            visibility: Visibility::Live,
            lock: false,
        }
    }

    /// Only rows for which this holds, beside what was asked before.
    pub fn filter(mut self, filter: Filter<E>) -> Self {
        self.filters.push(filter);
        self
    }

    /// In an order that an index serves.
    pub fn sort(mut self, sort: Sort<E>) -> Self {
        self.sort = Some(sort);
        self
    }

    /// At most so many rows on a page: 50 by default, 1,000 at most.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = rows;
        self
    }

    /// From where an earlier page ended. Takes a cursor or an `Option` of one.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// Soft-deleted rows as well.
    pub fn with_deleted(mut self) -> Self
    where
        E: SoftDelete,
    {
        self.visibility = Visibility::All;
        self
    }

    /// Soft-deleted rows and no others.
    pub fn only_deleted(mut self) -> Self
    where
        E: SoftDelete,
    {
        self.visibility = Visibility::Deleted;
        self
    }

    /// The page size asked for.
    #[must_use]
    pub const fn page_size(&self) -> u64 {
        self.limit
    }

    /// For fakes: whether every filter holds and the row is of the kind asked for, living or deleted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) on a filter that only PostgreSQL can answer: what words
    /// find ([`Search::matches`](crate::Search::matches)), and
    /// [`Filter::expression_guarded_by_row_security_alone`].
    pub fn matches(&self, row: &E::Model) -> Result<bool> {
        use sea_orm::ModelTrait;
        let deleted = E::DELETED_AT.is_some_and(|column| {
            let value = row.get(column);
            value != value.as_null()
        });
        let seen = match self.visibility {
            Visibility::Live => !deleted,
            Visibility::All => true,
            Visibility::Deleted => deleted,
        };
        let mut all = seen;
        for filter in &self.filters {
            all &= filter.matches(row).ok_or_else(unanswered)?;
        }
        Ok(all)
    }
}

fn unanswered() -> Error {
    let message = "a filter has no answer in memory, only in PostgreSQL";
    Error::new(ErrorKind::Internal, message)
        .with_hint("Test what asks this with a `TestDatabase`, or with a fake of your own.")
}

impl<E: Scoped> Default for Query<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Scoped> Clone for Query<E> {
    fn clone(&self) -> Self {
        Self {
            filters: self.filters.clone(),
            sort: self.sort,
            limit: self.limit,
            after: self.after.clone(),
            visibility: self.visibility,
            lock: self.lock,
        }
    }
}

impl<E: Scoped> fmt::Debug for Query<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("filters", &self.filters)
            .field("sort", &self.sort)
            .field("limit", &self.limit)
            .field("visibility", &self.visibility)
            .finish_non_exhaustive()
    }
}

/// The same words as [`Query`], with the repository that answers.
#[must_use = "a list does nothing until `page`, `first`, `count` or `exists` is awaited"]
pub struct List<R: ReadRepository> {
    pub(crate) repository: R,
    pub(crate) query: Query<R::Entity>,
}

type Model<R> = <<R as ReadRepository>::Entity as EntityTrait>::Model;

impl<R: ReadRepository> List<R> {
    pub(crate) const fn new(repository: R) -> Self {
        Self {
            repository,
            query: Query::new(),
        }
    }

    /// All of a question at once, in place of what was asked before.
    pub fn query(self, query: Query<R::Entity>) -> Self {
        Self { query, ..self }
    }

    /// Only rows for which this holds, beside what was asked before.
    pub fn filter(mut self, filter: Filter<R::Entity>) -> Self {
        self.query = self.query.filter(filter);
        self
    }

    /// In an order that an index serves.
    pub fn sort(mut self, sort: Sort<R::Entity>) -> Self {
        self.query = self.query.sort(sort);
        self
    }

    /// At most so many rows on a page: 50 by default, 1,000 at most.
    pub fn limit(mut self, rows: u64) -> Self {
        self.query = self.query.limit(rows);
        self
    }

    /// From where an earlier page ended. Takes a cursor or an `Option` of one.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.query = self.query.after(cursor);
        self
    }

    /// Soft-deleted rows as well.
    pub fn with_deleted(mut self) -> Self
    where
        R::Entity: SoftDelete,
    {
        self.query = self.query.with_deleted();
        self
    }

    /// Soft-deleted rows and no others.
    pub fn only_deleted(mut self) -> Self
    where
        R::Entity: SoftDelete,
    {
        self.query = self.query.only_deleted();
        self
    }

    /// One page of rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the cursor is of another query or the
    /// page size is 0 or over 1,000.
    pub async fn page(self) -> Result<Page<Model<R>>> {
        self.repository.page(self.query).await
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub async fn first(self) -> Result<Option<Model<R>>> {
        Ok(self.limit(1).page().await?.items.pop())
    }

    /// How many rows there are, whatever the page size.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn count(self) -> Result<u64> {
        self.repository.count(self.query).await
    }

    /// Whether there is a row. Stops at the first one.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn exists(self) -> Result<bool> {
        self.repository.exists(self.query).await
    }
}

impl<R: ReadRepository> fmt::Debug for List<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("List").field(&self.query).finish()
    }
}
