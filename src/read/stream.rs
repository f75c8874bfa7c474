//! Streams: every row of a query in constant memory, by a cursor in the database; to be read, or to be taken out.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering},
};

use futures_util::{Stream, stream};
use sea_orm::{EntityTrait, IdenStatic, Iterable, Select, Statement};
use serde_json::json;
use sqlx::postgres::PgRow;

use super::{model, select};
use crate::{
    Access, Action, Event, List, Result, Rows, Scoped, Writes,
    connection::{Connection, Pending, Purpose},
    policy::Exposure,
    sight::Sight,
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
        let sight = self.repository.sight();
        let plan = select::ordered(&sight, &self.query, self.cursor_key())?;
        self.opened("stream", sight, plan.select).await
    }

    /// Takes rows out, to be given to somebody: a [`stream`](Self::stream) of those that the table's policy lets the context both read
    /// and export ([`policy::Action::Export`](crate::policy::Action::Export)), and an entry in the audit log.
    ///
    /// The entry is `data.export` of the table. It names the columns that leave, those that leave masked apart from the others, and no
    /// value. It is written before the first row is read, and kept only if the session is committed: commit before the rows are
    /// handed on.
    ///
    /// Without a policy for the table it takes out what can be read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden), which names the rule, if the policy lets this context take out nothing of
    /// the table; then nothing is asked of the database. Otherwise as [`stream`](Self::stream).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tenantry::{Result, Scoped, Session};
    /// use futures_util::TryStreamExt;
    ///
    /// async fn take_out<E: Scoped>(session: Session, table: E) -> Result<Vec<E::Model>> {
    ///     let rows = session.rows(table).list().export().await?.try_collect().await?;
    ///     session.commit().await?;
    ///     Ok(rows)
    /// }
    /// ```
    pub async fn export(self) -> Result<impl Stream<Item = Result<E::Model>> + Send + use<'s, E, A>>
    where
        A: Writes,
    {
        let sight = self.repository.sight().exported()?;
        let plan = select::ordered(&sight, &self.query, self.cursor_key())?;
        let audit = self.repository.session().audit();
        audit.record(export_of(&sight)).await?;
        self.opened("export", sight, plan.select).await
    }

    fn cursor_key(&self) -> &'s [u8; 32] {
        self.repository.session().cursor_key()
    }

    /// The rows of a select, as the sight shows them.
    async fn opened(
        self,
        verb: &'static str,
        sight: Sight<'s, E>,
        select: Select<E>,
    ) -> Result<impl Stream<Item = Result<E::Model>> + Send + use<'s, E, A>> {
        let connection = self.repository.session().connection();
        let purpose = Rows::<E, A>::purpose(verb);
        let cursor = Cursor::open(connection, purpose, select::build(select)).await?;
        Ok(stream::try_unfold(
            (cursor, sight),
            async |(mut cursor, sight)| match cursor.next::<E>().await? {
                Some(row) => Ok(Some((sight.shown(row)?, (cursor, sight)))),
                None => Ok(None),
            },
        ))
    }
}

/// What the log is told of an export: the columns that leave, as the context sees them.
fn export_of<E: Scoped>(sight: &Sight<'_, E>) -> Event {
    let (mut whole, mut masked) = (Vec::new(), Vec::new());
    for column in E::Column::iter() {
        match sight.exposure(column.as_str()) {
            Exposure::Shown => whole.push(column.as_str()),
            Exposure::Masked { .. } => masked.push(column.as_str()),
            Exposure::Hidden { .. } => {}
        }
    }
    Event::new(Action::DATA_EXPORT)
        .about::<E>([])
        .details(json!({ "columns": whole, "masked": masked }))
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
