//! The verbs as traits: for generic code, for fakes, and as supertraits of domain repositories.
//!
//! Bounds stand on the methods, so that what a table's facts do not allow is refused in words.

use std::future::{Future, ready};

use sea_orm::EntityTrait;

use crate::{
    Deletion, Error, ErrorKind, Hit, Id, List, NewRow, Page, Query, Result, Scoped, Search,
    SearchList, SearchQuery, Seen, SoftDelete, Unique, Versioned, bulk::distinct, error::not_found,
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

    /// One page of a search. A fake that is not asked for one need not have it.
    fn search_page(
        &self,
        _query: SearchQuery<Self::Entity>,
    ) -> impl Future<Output = Result<Page<Hit<Model<Self>>>>> + Send {
        ready(missing("search_page"))
    }

    /// Asks for rows by their words.
    fn search(&self, search: Search<Self::Entity>, words: impl AsRef<str>) -> SearchList<&Self>
    where
        Self: Sized,
    {
        SearchList::new(self, SearchQuery::new(search, words))
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
    fn search_page(
        &self,
        query: SearchQuery<R::Entity>,
    ) -> impl Future<Output = Result<Page<Hit<Model<R>>>>> + Send {
        R::search_page(self, query)
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

    /// Inserts rows, all or none, and returns them in the order given.
    ///
    /// As given, it inserts one after another: a fake that must undo says so itself.
    fn insert_many<N: NewRow<Self::Entity>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> impl Future<Output = Result<Vec<Model<Self>>>> + Send {
        async move {
            let mut inserted = Vec::new();
            for row in rows.into_iter() {
                inserted.push(self.insert(row).await?);
            }
            Ok(inserted)
        }
    }

    /// Inserts rows, and tells of each what became of it.
    fn insert_each<N: NewRow<Self::Entity>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> impl Future<Output = Result<Vec<Result<Model<Self>>>>> + Send {
        async move {
            let mut outcomes = Vec::new();
            for row in rows.into_iter() {
                outcomes.push(self.insert(row).await);
            }
            Ok(outcomes)
        }
    }

    /// Inserts any number of rows, all or none, and returns how many.
    fn load<N: NewRow<Self::Entity>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> impl Future<Output = Result<u64>> + Send {
        async move { Ok(self.insert_many(rows).await?.len() as u64) }
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

    /// Changes rows if all of them have the versions that were seen, and returns them in the order
    /// given. [`Error::position`] says of which row an error is.
    ///
    /// As given, it changes one after another: a fake that must undo says so itself.
    fn update_many(
        &self,
        changes: Vec<(Seen<Self::Entity>, Update<Self>)>,
    ) -> impl Future<Output = Result<Vec<Model<Self>>>> + Send
    where
        Self::Entity: Versioned,
    {
        async move {
            distinct(changes.iter().map(|(seen, _)| seen.id()))?;
            let mut updated = Vec::new();
            for (position, (seen, change)) in changes.into_iter().enumerate() {
                let row = self.update(seen, change).await;
                updated.push(row.map_err(|error| error.with_position(position))?);
            }
            Ok(updated)
        }
    }

    /// Changes rows, and tells of each what became of it.
    fn update_each(
        &self,
        changes: Vec<(Seen<Self::Entity>, Update<Self>)>,
    ) -> impl Future<Output = Result<Vec<Result<Model<Self>>>>> + Send
    where
        Self::Entity: Versioned,
    {
        async move {
            distinct(changes.iter().map(|(seen, _)| seen.id()))?;
            let mut outcomes = Vec::new();
            for (seen, change) in changes {
                outcomes.push(self.update(seen, change).await);
            }
            Ok(outcomes)
        }
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

    /// Inserts rows or changes those that a unique key finds, all or none, in the order given.
    ///
    /// As given, it upserts one after another: a fake that must undo says so itself.
    fn upsert_many<N: NewRow<Self::Entity>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
        target: Unique<Self::Entity>,
    ) -> impl Future<Output = Result<Vec<Model<Self>>>> + Send
    where
        Self::Entity: Versioned,
    {
        async move {
            let mut written = Vec::new();
            for row in rows.into_iter() {
                written.push(self.upsert(row, target).await?);
            }
            Ok(written)
        }
    }

    /// Inserts rows or changes those that a unique key finds, and tells of each what became of it.
    fn upsert_each<N: NewRow<Self::Entity>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
        target: Unique<Self::Entity>,
    ) -> impl Future<Output = Result<Vec<Result<Model<Self>>>>> + Send
    where
        Self::Entity: Versioned,
    {
        async move {
            let mut outcomes = Vec::new();
            for row in rows.into_iter() {
                outcomes.push(self.upsert(row, target).await);
            }
            Ok(outcomes)
        }
    }

    /// Soft-deletes a row.
    fn delete(&self, _id: Id<Self::Entity>) -> impl Future<Output = Result<Deletion>> + Send
    where
        Self::Entity: SoftDelete,
    {
        ready(missing("delete"))
    }

    /// Soft-deletes rows by one operation, all or none.
    fn delete_many(
        &self,
        _ids: &[Id<Self::Entity>],
    ) -> impl Future<Output = Result<Deletion>> + Send
    where
        Self::Entity: SoftDelete,
    {
        ready(missing("delete_many"))
    }

    /// Soft-deletes rows, each by an operation of its own, and tells the outcome of each.
    fn delete_each(
        &self,
        ids: &[Id<Self::Entity>],
    ) -> impl Future<Output = Result<Vec<Result<Deletion>>>> + Send
    where
        Self::Entity: SoftDelete,
    {
        async move {
            let mut outcomes = Vec::with_capacity(ids.len());
            for id in ids {
                outcomes.push(self.delete(id.clone()).await);
            }
            Ok(outcomes)
        }
    }

    /// Restores exactly what a deletion took.
    fn restore(&self, _deletion: &Deletion) -> impl Future<Output = Result<u64>> + Send
    where
        Self::Entity: SoftDelete,
    {
        ready(missing("restore"))
    }

    /// Restores what several deletions took, all or none.
    fn restore_many(&self, _deletions: &[Deletion]) -> impl Future<Output = Result<u64>> + Send
    where
        Self::Entity: SoftDelete,
    {
        ready(missing("restore_many"))
    }

    /// Restores what several deletions took, and tells the outcome of each.
    fn restore_each(
        &self,
        deletions: &[Deletion],
    ) -> impl Future<Output = Result<Vec<Result<u64>>>> + Send
    where
        Self::Entity: SoftDelete,
    {
        async move {
            let mut outcomes = Vec::with_capacity(deletions.len());
            for deletion in deletions {
                outcomes.push(self.restore(deletion).await);
            }
            Ok(outcomes)
        }
    }
}

fn missing<T>(verb: &str) -> Result<T> {
    Err(Error::new(
        ErrorKind::Internal,
        format!("this repository does not implement `{verb}`"),
    ))
}
