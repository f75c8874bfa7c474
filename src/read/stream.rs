//! Streams: every row of a query in constant memory, by a cursor in the database.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering},
};

use futures_util::{Stream, stream};
use sea_orm::{EntityTrait, Statement};
use sqlx::postgres::PgRow;

use super::{model, select};
use crate::{
    Access, List, Result, Rows, Scoped,
    connection::{Connection, Pending, Purpose},
};

/// How many rows travel at once.
const BATCH: usize = 2_000;

impl<'s, E: Scoped, A: Access> List<Rows<'s, E, A>> {
    /// Every row, in order, 2,000 at a time, whatever the page size; all of one snapshot.
    ///
    /// The rows wait in a cursor in the database, so the session stays free: a row may be changed
    /// while the stream goes on. Dropping the stream closes the cursor.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the cursor given to `after` is of
    /// another query; then, with each row, what a connection can fail with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tenantry::{Access, Result, Scoped, Session};
    /// use futures_util::{TryStreamExt, pin_mut};
    ///
    /// async fn count_by_hand<E: Scoped>(session: &Session, table: E) -> Result<u64> {
    ///     let rows = session.rows(table).list().stream().await?;
    ///     pin_mut!(rows);
    ///     let mut count = 0;
    ///     while let Some(_row) = rows.try_next().await? {
    ///         count += 1;
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    pub async fn stream(
        self,
    ) -> Result<impl Stream<Item = Result<E::Model>> + Send + use<'s, E, A>> {
        let session = self.repository.session();
        let sight = self.repository.sight();
        let plan = select::ordered(&sight, &self.query, session.cursor_key())?;
        let purpose = Rows::<E, A>::purpose("stream");
        let cursor =
            Cursor::open(session.connection(), purpose, select::build(plan.select)).await?;
        Ok(stream::try_unfold(
            (cursor, sight),
            async |(mut cursor, sight)| match cursor.next::<E>().await? {
                Some(row) => Ok(Some((sight.shown(row)?, (cursor, sight)))),
                None => Ok(None),
            },
        ))
    }
}

/// A cursor in the database, closed when dropped.
struct Cursor<'s> {
    connection: &'s Connection,
    purpose: Purpose,
    name: String,
    fetched: VecDeque<PgRow>,
    exhausted: bool,
}

impl<'s> Cursor<'s> {
    async fn open(connection: &'s Connection, purpose: Purpose, query: Statement) -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("tenantry_stream_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let declare = Statement {
            sql: format!("DECLARE {name} NO SCROLL CURSOR FOR {}", query.sql),
            ..query
        };
        let cursor = Self {
            connection,
            purpose,
            name,
            fetched: VecDeque::new(),
            exhausted: false,
        };
        connection.fetch_all_once(purpose, declare).await?;
        Ok(cursor)
    }

    async fn next<E: EntityTrait>(&mut self) -> Result<Option<E::Model>> {
        if self.fetched.is_empty() && !self.exhausted {
            let sql = format!("FETCH FORWARD {BATCH} FROM {}", self.name);
            let fetch = Statement::from_string(sea_orm::DbBackend::Postgres, sql);
            self.fetched = self
                .connection
                .fetch_all_once(self.purpose, fetch)
                .await?
                .into();
            self.exhausted = self.fetched.len() < BATCH;
        }
        self.fetched.pop_front().map(model::<E>).transpose()
    }
}

impl Drop for Cursor<'_> {
    fn drop(&mut self) {
        // Also where opening it was given up: then there may be nothing to close.
        self.connection
            .leave_pending(Pending::Close(self.name.clone()));
    }
}
