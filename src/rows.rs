//! The engine's repository: the rows of one table in one session.
//!
//! The verbs are inherent, so that they need no import and their bounds speak; the traits forward.

use std::{fmt, marker::PhantomData};

use sea_orm::QuerySelect;

use crate::{
    Access, Deletion, Hit, Id, List, NewRow, Page, Query, ReadRepository, Repository, Result,
    Scoped, SearchQuery, Seen, Session, SoftDelete, Unique, Versioned, WorkspaceId, Writes,
    connection::Purpose,
    error::not_found,
    query::Visibility,
    read::{model, models, select},
    session::ReadWrite,
    sight::Sight,
};

/// The rows of `E` that the session's workspace owns. A handle: copy it, keep several on one session.
#[must_use = "a repository does nothing until one of its verbs is awaited"]
pub struct Rows<'s, E, A: Access = ReadWrite> {
    session: &'s Session<A>,
    _table: PhantomData<fn() -> E>,
}

impl<E, A: Access> Clone for Rows<'_, E, A> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E, A: Access> Copy for Rows<'_, E, A> {}

impl<'s, E: Scoped, A: Access> Rows<'s, E, A> {
    pub(crate) const fn new(session: &'s Session<A>) -> Self {
        Self {
            session,
            _table: PhantomData,
        }
    }

    /// The session whose rows these are.
    pub const fn session(&self) -> &'s Session<A> {
        self.session
    }

    pub(crate) fn workspace(&self) -> &'s WorkspaceId {
        self.session.context().workspace()
    }

    pub(crate) fn sight(&self) -> Sight<'s, E> {
        Sight::of(self.session)
    }

    pub(crate) fn purpose(verb: &'static str) -> Purpose {
        Purpose {
            verb,
            table: E::default().table_name(),
        }
    }

    /// The living row of this id, if there is one.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn find(self, id: Id<E>) -> Result<Option<E::Model>> {
        self.find_as(id, Visibility::Live, false).await
    }

    /// The row of this id, living or soft-deleted, if there is one.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn find_with_deleted(self, id: Id<E>) -> Result<Option<E::Model>>
    where
        E: SoftDelete,
    {
        self.find_as(id, Visibility::All, false).await
    }

    /// The living row of this id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if this workspace has no such living row.
    pub async fn get(self, id: Id<E>) -> Result<E::Model> {
        self.find(id).await?.ok_or_else(not_found::<E>)
    }

    /// The living row of this id, locked until the transaction ends (`FOR NO KEY UPDATE`).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) as [`get`](Self::get);
    /// [`ErrorKind::Retryable`](crate::ErrorKind::Retryable) if the lock was not free in time.
    pub async fn get_for_update(self, id: Id<E>) -> Result<E::Model>
    where
        A: Writes,
    {
        self.find_as(id, Visibility::Live, true)
            .await?
            .ok_or_else(not_found::<E>)
    }

    async fn find_as(
        &self,
        id: Id<E>,
        visibility: Visibility,
        lock: bool,
    ) -> Result<Option<E::Model>> {
        let sight = self.sight();
        let select = select::by_id(&sight, &id, visibility);
        let select = if lock {
            select.lock(sea_orm::sea_query::LockType::NoKeyUpdate)
        } else {
            select
        };
        let statement = select::build(select);
        let row = self
            .session
            .connection()
            .fetch_optional(Self::purpose("find"), statement)
            .await?;
        row.map(|row| sight.shown(model::<E>(row)?)).transpose()
    }

    /// The living rows of these ids, in the order of the ids; those that are missing are left out.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn find_many(self, ids: &[Id<E>]) -> Result<Vec<E::Model>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sight = self.sight();
        let statement = select::build(select::by_ids(&sight, ids));
        let rows = self
            .session
            .connection()
            .fetch_all(Self::purpose("find_many"), statement)
            .await?;
        let found: std::collections::HashMap<_, _> = sight
            .all_shown(models::<E>(rows)?)?
            .into_iter()
            .map(|row| (E::id_of(&row), row))
            .collect();
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Asks for rows: `rows.list().filter(…).sort(…).page()`.
    pub const fn list(self) -> List<Self> {
        List::new(self)
    }

    /// One page of a query.
    ///
    /// # Errors
    ///
    /// As [`List::page`].
    pub async fn page(self, query: Query<E>) -> Result<Page<E::Model>> {
        crate::read::page(&self, query).await
    }

    /// How many rows a query has, whatever its page size.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn count(self, query: Query<E>) -> Result<u64> {
        crate::read::count(&self, &query).await
    }

    /// Whether a query has a row.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn exists(self, query: Query<E>) -> Result<bool> {
        let statement = select::exists(&self.sight(), &query)?;
        let row = self
            .session
            .connection()
            .fetch_optional(Self::purpose("exists"), statement)
            .await?;
        Ok(row.is_some())
    }
}

impl<E: Scoped, A: Writes> List<Rows<'_, E, A>> {
    /// Locks the rows until the transaction ends (`FOR NO KEY UPDATE`), so that nobody changes them
    /// between this read and a later write.
    pub fn for_update(mut self) -> Self {
        self.query.lock = true;
        self
    }
}

impl<E: Scoped, A: Access> ReadRepository for Rows<'_, E, A> {
    type Entity = E;

    async fn find(&self, id: Id<E>) -> Result<Option<E::Model>> {
        Self::find(*self, id).await
    }
    async fn find_many(&self, ids: &[Id<E>]) -> Result<Vec<E::Model>> {
        Self::find_many(*self, ids).await
    }
    async fn page(&self, query: Query<E>) -> Result<Page<E::Model>> {
        Self::page(*self, query).await
    }
    async fn count(&self, query: Query<E>) -> Result<u64> {
        Self::count(*self, query).await
    }
    async fn exists(&self, query: Query<E>) -> Result<bool> {
        Self::exists(*self, query).await
    }
    async fn search_page(&self, query: SearchQuery<E>) -> Result<Page<Hit<E::Model>>> {
        Self::search_page(*self, query).await
    }
}

impl<E: Scoped> Repository for Rows<'_, E> {
    async fn insert(&self, new: impl NewRow<E>) -> Result<E::Model> {
        Self::insert(*self, new).await
    }
    async fn update(&self, seen: impl Into<Seen<E>> + Send, change: E::Update) -> Result<E::Model>
    where
        E: Versioned,
    {
        Self::update(*self, seen, change).await
    }
    async fn upsert(&self, new: impl NewRow<E>, target: Unique<E>) -> Result<E::Model>
    where
        E: Versioned,
    {
        Self::upsert(*self, new, target).await
    }
    async fn insert_many<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> Result<Vec<E::Model>> {
        Self::insert_many(*self, rows).await
    }
    async fn insert_each<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> Result<Vec<Result<E::Model>>> {
        Self::insert_each(*self, rows).await
    }
    async fn load<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> Result<u64> {
        Self::load(*self, rows).await
    }
    async fn update_many(&self, changes: Vec<(Seen<E>, E::Update)>) -> Result<Vec<E::Model>>
    where
        E: Versioned,
    {
        Self::update_many(*self, changes).await
    }
    async fn update_each(&self, changes: Vec<(Seen<E>, E::Update)>) -> Result<Vec<Result<E::Model>>>
    where
        E: Versioned,
    {
        Self::update_each(*self, changes).await
    }
    async fn upsert_many<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
        target: Unique<E>,
    ) -> Result<Vec<E::Model>>
    where
        E: Versioned,
    {
        Self::upsert_many(*self, rows, target).await
    }
    async fn upsert_each<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
        target: Unique<E>,
    ) -> Result<Vec<Result<E::Model>>>
    where
        E: Versioned,
    {
        Self::upsert_each(*self, rows, target).await
    }
    async fn delete(&self, id: Id<E>) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        Self::delete(*self, id).await
    }
    async fn delete_many(&self, ids: &[Id<E>]) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        Self::delete_many(*self, ids).await
    }
    async fn delete_each(&self, ids: &[Id<E>]) -> Result<Vec<Result<Deletion>>>
    where
        E: SoftDelete,
    {
        Self::delete_each(*self, ids).await
    }
    async fn restore(&self, deletion: &Deletion) -> Result<u64>
    where
        E: SoftDelete,
    {
        Self::restore(*self, deletion).await
    }
    async fn restore_many(&self, deletions: &[Deletion]) -> Result<u64>
    where
        E: SoftDelete,
    {
        Self::restore_many(*self, deletions).await
    }
    async fn restore_each(&self, deletions: &[Deletion]) -> Result<Vec<Result<u64>>>
    where
        E: SoftDelete,
    {
        Self::restore_each(*self, deletions).await
    }
}

impl<E: Scoped, A: Access> fmt::Debug for Rows<'_, E, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows({})", E::default().table_name())
    }
}
