//! The verbs as traits: for generic code, for fakes, and as supertraits of domain repositories.
//!
//! Bounds stand on the methods, so that what a table's facts do not allow is refused in words.

use std::future::{Future, ready};

use sea_orm::EntityTrait;

use crate::{
    Deletion, Error, ErrorKind, Id, List, NewRow, Page, Query, Result, Scoped, Seen, SoftDelete,
    Unique, Versioned, error::not_found,
};

type Model<R> = <<R as ReadRepository>::Entity as EntityTrait>::Model;
type Update<R> = <<R as ReadRepository>::Entity as Versioned>::Update;

/// Reads of one table. Three to write, the rest is given.
pub trait ReadRepository: Send + Sync {
    /// The table.
    type Entity: Scoped;

    /// The living row of this id, if there is one.
    fn find(
        &self,
        id: Id<Self::Entity>,
    ) -> impl Future<Output = Result<Option<Model<Self>>>> + Send;

    /// One page of a query.
    fn page(
        &self,
        query: Query<Self::Entity>,
    ) -> impl Future<Output = Result<Page<Model<Self>>>> + Send;

    /// How many rows a query has, whatever its page size.
    fn count(&self, query: Query<Self::Entity>) -> impl Future<Output = Result<u64>> + Send;

    /// The living row of this id, or [`ErrorKind::NotFound`].
    fn get(&self, id: Id<Self::Entity>) -> impl Future<Output = Result<Model<Self>>> + Send {
        async move { self.find(id).await?.ok_or_else(not_found::<Self::Entity>) }
    }

    /// The living rows of these ids, in the order of the ids; those that are missing are left out.
    fn find_many(
        &self,
        ids: &[Id<Self::Entity>],
    ) -> impl Future<Output = Result<Vec<Model<Self>>>> + Send {
        async move {
            let mut found = Vec::new();
            for id in ids {
                found.extend(self.find(id.clone()).await?);
            }
            Ok(found)
        }
    }

    /// Whether a query has a row.
    fn exists(&self, query: Query<Self::Entity>) -> impl Future<Output = Result<bool>> + Send {
        async move { Ok(self.count(query).await? > 0) }
    }

    /// Asks for rows.
    fn list(&self) -> List<&Self>
    where
        Self: Sized,
    {
        List::new(self)
    }
}

impl<R: ReadRepository> ReadRepository for &R {
    type Entity = R::Entity;

    fn find(&self, id: Id<R::Entity>) -> impl Future<Output = Result<Option<Model<R>>>> + Send {
        R::find(self, id)
    }
    fn find_many(
        &self,
        ids: &[Id<R::Entity>],
    ) -> impl Future<Output = Result<Vec<Model<R>>>> + Send {
        R::find_many(self, ids)
    }
    fn page(&self, query: Query<R::Entity>) -> impl Future<Output = Result<Page<Model<R>>>> + Send {
        R::page(self, query)
    }
    fn count(&self, query: Query<R::Entity>) -> impl Future<Output = Result<u64>> + Send {
        R::count(self, query)
    }
    fn exists(&self, query: Query<R::Entity>) -> impl Future<Output = Result<bool>> + Send {
        R::exists(self, query)
    }
}

/// Writes to one table.
///
/// All are given: a fake writes those that its test needs, the others answer
/// [`ErrorKind::Internal`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not write",
    label = "expected a repository that writes",
    note = "rows of a `ReadSession` only read; open the session with `database.begin(&context)`"
)]
pub trait Repository: ReadRepository {
    /// Inserts a row into the session's workspace.
    fn insert(
        &self,
        _new: impl NewRow<Self::Entity>,
    ) -> impl Future<Output = Result<Model<Self>>> + Send {
        ready(missing("insert"))
    }

    /// Changes a row if it still has the version that was seen.
    fn update(
        &self,
        _seen: impl Into<Seen<Self::Entity>> + Send,
        _change: Update<Self>,
    ) -> impl Future<Output = Result<Model<Self>>> + Send
    where
        Self::Entity: Versioned,
    {
        ready(missing("update"))
    }

    /// Inserts a row, or changes the one that a unique key finds.
    fn upsert(
        &self,
        _new: impl NewRow<Self::Entity>,
        _target: Unique<Self::Entity>,
    ) -> impl Future<Output = Result<Model<Self>>> + Send
    where
        Self::Entity: Versioned,
    {
        ready(missing("upsert"))
    }

    /// Soft-deletes a row.
    fn delete(&self, _id: Id<Self::Entity>) -> impl Future<Output = Result<Deletion>> + Send
    where
        Self::Entity: SoftDelete,
    {
        ready(missing("delete"))
    }

    /// Restores exactly what a deletion took.
    fn restore(&self, _deletion: &Deletion) -> impl Future<Output = Result<u64>> + Send
    where
        Self::Entity: SoftDelete,
    {
        ready(missing("restore"))
    }
}

fn missing<T>(verb: &str) -> Result<T> {
    Err(Error::new(
        ErrorKind::Internal,
        format!("this repository does not implement `{verb}`"),
    ))
}
