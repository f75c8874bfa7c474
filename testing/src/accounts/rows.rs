//! Rows of a session in memory, held to the policies of their table.

use std::fmt;

use sea_orm::TryIntoModel;
use tenantry::{
    Deletion, Error, ErrorKind, Id, Minted, Mints, NewRow, Page, Query, ReadRepository, Repository,
    Result, Seen, SoftDelete, Unique, Versioned,
};

use super::{MemorySession, policies::Policies};
use crate::MemoryRepository;

/// The rows of one table, as whoever acts may read and write them.
#[must_use = "rows do nothing until a verb is called"]
pub struct MemoryRows<'s, E: Policies> {
    rows: &'s MemoryRepository<E>,
    pub(super) session: &'s MemorySession,
}

impl<'s, E: Policies> MemoryRows<'s, E> {
    pub(super) const fn new(rows: &'s MemoryRepository<E>, session: &'s MemorySession) -> Self {
        Self { rows, session }
    }

    fn role(&self) -> &str {
        self.session.context().role().as_str()
    }

    /// Does what a verb does, unless a policy or a trigger refuses a row of it.
    async fn guarded<T>(&self, verb: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let before = self.rows.rows();
        let done = verb.await?;
        for after in self.rows.rows() {
            let old = before.iter().find(|old| E::id_of(old) == E::id_of(&after));
            if old == Some(&after) {
                continue;
            }
            let may = old.is_none_or(|old| E::writes(self.role(), old));
            let watched = if may && E::writes(self.role(), &after) {
                E::watch(self.session, old, &after)
            } else {
                let message = format!("{} may not be changed", E::default().table_name());
                Err(Error::new(ErrorKind::Forbidden, message))
            };
            if let Err(refused) = watched {
                self.rows.set_rows(before);
                return Err(refused);
            }
        }
        Ok(done)
    }
}

impl<E: Policies> ReadRepository for MemoryRows<'_, E>
where
    E::Model: PartialEq,
{
    type Entity = E;

    async fn find(&self, id: Id<E>) -> Result<Option<E::Model>> {
        let row = self.rows.find(id).await?;
        Ok(row.filter(|_| E::reads(self.role())))
    }

    async fn page(&self, query: Query<E>) -> Result<Page<E::Model>> {
        if !E::reads(self.role()) {
            return query.answer(Vec::new());
        }
        self.rows.page(query).await
    }

    async fn count(&self, query: Query<E>) -> Result<u64> {
        if !E::reads(self.role()) {
            return Ok(0);
        }
        self.rows.count(query).await
    }
}

impl<E> Repository for MemoryRows<'_, E>
where
    E: Policies<ActiveModel: TryIntoModel<E::Model>>,
    E::Model: PartialEq,
{
    async fn insert(&self, new: impl NewRow<E>) -> Result<E::Model> {
        self.guarded(self.rows.insert(new)).await
    }

    async fn insert_many<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> Result<Vec<E::Model>> {
        self.guarded(self.rows.insert_many(rows)).await
    }

    async fn update(&self, seen: impl Into<Seen<E>> + Send, change: E::Update) -> Result<E::Model>
    where
        E: Versioned,
    {
        self.guarded(self.rows.update(seen, change)).await
    }

    async fn upsert(&self, new: impl NewRow<E>, target: Unique<E>) -> Result<E::Model>
    where
        E: Versioned,
    {
        self.guarded(self.rows.upsert(new, target)).await
    }

    async fn delete(&self, id: Id<E>) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        self.guarded(self.rows.delete(id)).await
    }

    async fn delete_many(&self, ids: &[Id<E>]) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        self.guarded(self.rows.delete_many(ids)).await
    }

    async fn restore(&self, deletion: &Deletion) -> Result<u64>
    where
        E: SoftDelete,
    {
        self.guarded(self.rows.restore(deletion)).await
    }

    async fn restore_many(&self, deletions: &[Deletion]) -> Result<u64>
    where
        E: SoftDelete,
    {
        self.guarded(self.rows.restore_many(deletions)).await
    }
}

impl<E: Policies> Mints for MemoryRows<'_, E> {
    fn mint(&self, prefix: &'static str) -> Result<Minted> {
        let workspace = self.session.context().workspace();
        self.session.accounts.tokens().mint(prefix, workspace)
    }
}

impl<E: Policies> fmt::Debug for MemoryRows<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt(f)
    }
}
