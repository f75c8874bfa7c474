//! Reads: how a question becomes a statement, and a row a model.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sea_orm::{
    DbBackend, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Select, Value,
    sea_query::SelectStatement,
};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Access, Error, ErrorKind, Page, Query, Result, Rows, Scoped, Session,
    connection::Connection,
    error::{from_decode, from_statement},
    sight::Sight,
};

mod keyset;
mod memory;
pub(crate) mod partial;
mod related;
mod search;
pub(crate) mod select;
mod stream;
mod with;

pub use with::{Append, Count, Found, Load, With};

use keyset::Key;

/// Decodes a row into the model of `E`.
pub(crate) fn model<E: EntityTrait>(row: PgRow) -> Result<E::Model> {
    decoded(&QueryResult::from(row))
}

/// Decodes a row. The driver panics at a time of `infinity`, which tables of old may hold; that is
/// an error like any other value that does not fit.
pub(crate) fn decoded<M: FromQueryResult>(row: &QueryResult) -> Result<M> {
    let decode = AssertUnwindSafe(|| M::from_query_result(row, ""));
    match catch_unwind(decode) {
        Ok(model) => model.map_err(from_decode),
        Err(_) => Err(
            Error::new(ErrorKind::Internal, "a row does not fit its model")
                .with_hint("A value is beyond its type in Rust, such as a time of `infinity`."),
        ),
    }
}

pub(crate) fn models<E: EntityTrait>(rows: Vec<PgRow>) -> Result<Vec<E::Model>> {
    rows.into_iter().map(model::<E>).collect()
}

pub(crate) async fn page<E: Scoped, A: Access>(
    rows: &Rows<'_, E, A>,
    query: Query<E>,
) -> Result<Page<E::Model>> {
    let select = |select: Select<E>, _: &[Key<E>]| select.into_query();
    let position = |keys: &[Key<E>], row: &E::Model| Ok(keyset::position(keys, row));
    let sight = rows.sight();
    let decode = |row| sight.shown(decoded(&row)?);
    let reading = Reading::of(rows.session());
    reading.page(&query, "page", select, decode, position).await
}

pub(crate) async fn count<E: Scoped, A: Access>(
    rows: &Rows<'_, E, A>,
    query: &Query<E>,
) -> Result<u64> {
    Reading::of(rows.session()).count(query).await
}

/// Where rows of `E` are read, and which of them.
pub(crate) struct Reading<'s, E: Scoped> {
    pub(crate) connection: &'s Connection,
    pub(crate) sight: Sight<'s, E>,
    pub(crate) cursor_key: &'s [u8; 32],
}

impl<'s, E: Scoped> Reading<'s, E> {
    pub(crate) fn of<A: Access>(session: &'s Session<A>) -> Self {
        Self {
            connection: session.connection(),
            sight: Sight::of(session),
            cursor_key: session.cursor_key(),
        }
    }

    /// A page of whatever `select` asks for and `decode` makes of a row; `position` tells where the next
    /// one begins. One row more than asked tells whether there is one.
    pub(crate) async fn page<T>(
        self,
        query: &Query<E>,
        verb: &'static str,
        select: impl FnOnce(Select<E>, &[Key<E>]) -> SelectStatement,
        decode: impl Fn(QueryResult) -> Result<T>,
        position: impl FnOnce(&[Key<E>], &T) -> Result<Vec<Value>>,
    ) -> Result<Page<T>> {
        let limit = page_size(query.limit)?;
        let plan = select::ordered(&self.sight, query, self.cursor_key)?;
        let mut select = select(plan.select, &plan.keys);
        select.limit(limit + 1);
        let statement = DbBackend::Postgres.build(&select);
        let purpose = Rows::<E>::purpose(verb);
        let found = self.connection.fetch_all(purpose, statement).await?;
        let more = found.len() as u64 > limit;
        let asked = usize::try_from(limit).unwrap_or(usize::MAX);
        let items = found.into_iter().take(asked);
        let items: Vec<T> = items
            .map(|row| decode(QueryResult::from(row)))
            .collect::<Result<_>>()?;
        let next = match items.last() {
            Some(last) if more => Some(plan.binding.encode(&position(&plan.keys, last)?)?),
            _ => None,
        };
        Ok(Page::new(items, next))
    }

    pub(crate) async fn count(self, query: &Query<E>) -> Result<u64> {
        let statement = select::count(&self.sight, query)?;
        let purpose = Rows::<E>::purpose("count");
        let row = self.connection.fetch_optional(purpose, statement).await?;
        let count: Option<i64> = row
            .map(|row| row.try_get(0))
            .transpose()
            .map_err(from_statement)?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }
}

/// Refuses a page size that reads nothing, or everything.
pub(crate) fn page_size(limit: u64) -> Result<u64> {
    if (1..=crate::query::LARGEST_PAGE).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::new(
        ErrorKind::Invalid,
        "the page size is not between 1 and 1000",
    )
    .with_field("limit")
    .with_hint("Use `stream` to read everything."))
}
