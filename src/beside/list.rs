//! Lists across workspaces.

use std::fmt;

use sea_orm::{
    DbBackend, IdenStatic, QueryResult, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, SelectStatement},
};

use crate::{
    Cursor, Error, ErrorKind, Filter, Page, Query, Result, Scoped,
    connection::Purpose,
    field::qualified,
    query::Visibility,
    read::{Reading, decoded, partial, select},
};
use sealed::Ask;

pub(super) mod sealed {
    use sea_orm::FromQueryResult;

    use crate::{Query, Result, Scoped, Sort, read::Reading};

    /// Whose rows are asked for, and what one looks like.
    pub trait Ask: Copy + Send + Sync {
        type Entity: Scoped;
        type Row: FromQueryResult + Send;
        type Sort: Into<Sort<Self::Entity>>;
        /// The columns of a row; `None` for all.
        const COLUMNS: Option<&'static [<Self::Entity as sea_orm::EntityTrait>::Column]>;

        #[expect(private_interfaces, reason = "the trait cannot be named outside")]
        fn reading(&self) -> Reading<'_, Self::Entity>;

        /// Refuses what could not be answered.
        fn check(_query: &Query<Self::Entity>) -> Result<()> {
            Ok(())
        }
    }
}

/// What to list of a person's own rows, or of the catalogue: the words of [`List`](crate::List), as far as they make sense here.
///
/// Its cursors continue lists of the same person, or of the catalogue, and no others.
#[must_use = "a list does nothing until `page`, `first`, `count` or `exists` is awaited"]
pub struct ListAcross<R: Ask> {
    rows: R,
    query: Query<R::Entity>,
}

impl<R: Ask> ListAcross<R> {
    pub(super) const fn new(rows: R) -> Self {
        Self {
            rows,
            query: Query::new(),
        }
    }

    /// Only rows for which this holds, beside what was asked before.
    pub fn filter(mut self, filter: Filter<R::Entity>) -> Self {
        self.query = self.query.filter(filter);
        self
    }

    /// In an order that an index of this scope serves. Without, by workspace and id.
    pub fn sort(mut self, sort: R::Sort) -> Self {
        self.query = self.query.sort(sort.into());
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

    /// One page of rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the cursor is of another query or the page size is 0 or over 1,000; in the catalogue also for a filter
    /// or an order by what is not public.
    pub async fn page(self) -> Result<Page<R::Row>> {
        R::check(&self.query)?;
        let select = |select: Select<R::Entity>, keys: &[_]| {
            let mut selected = chosen::<R>(select);
            partial::beside(&mut selected, keys);
            selected
        };
        let decode = |row: QueryResult| Ok((decoded::<R::Row>(&row)?, row));
        let at = |keys: &[_], (_, row): &(_, QueryResult)| partial::position(keys, row);
        let reading = self.rows.reading();
        let page = reading.page(&self.query, "page", select, decode, at);
        Ok(page.await?.map(|(item, _)| item))
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub async fn first(self) -> Result<Option<R::Row>> {
        Ok(self.limit(1).page().await?.items.pop())
    }

    /// How many rows there are, whatever the page size.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] in the catalogue for a filter by what is not public.
    pub async fn count(self) -> Result<u64> {
        R::check(&self.query)?;
        self.rows.reading().count(&self.query).await
    }

    /// Whether there is a row. Stops at the first one.
    ///
    /// # Errors
    ///
    /// As [`count`](Self::count).
    pub async fn exists(self) -> Result<bool> {
        R::check(&self.query)?;
        let reading = self.rows.reading();
        let statement = select::exists(&reading.sight, &self.query)?;
        let purpose = purpose::<R::Entity>("exists");
        let row = reading
            .connection
            .fetch_optional(purpose, statement)
            .await?;
        Ok(row.is_some())
    }
}

/// The living row of this id, in the workspace of the sight.
pub(super) async fn find<R: Ask>(
    reading: &Reading<'_, R::Entity>,
    id: &crate::Id<R::Entity>,
) -> Result<Option<R::Row>> {
    let statement = chosen::<R>(select::by_id(&reading.sight, id, Visibility::Live));
    let statement = DbBackend::Postgres.build(&statement);
    let purpose = purpose::<R::Entity>("find");
    let row = reading
        .connection
        .fetch_optional(purpose, statement)
        .await?;
    row.map(|row| decoded(&QueryResult::from(row))).transpose()
}

/// A select of the columns that a row of this scope has.
fn chosen<R: Ask>(select: Select<R::Entity>) -> SelectStatement {
    use sea_orm::ColumnTrait as _;

    let Some(columns) = R::COLUMNS else {
        return select.into_query();
    };
    let mut select = select.select_only().into_query();
    for column in columns {
        let value = column.select_as(qualified(*column));
        select.expr_as(value, Alias::new(column.as_str()));
    }
    select
}

fn purpose<E: Scoped>(verb: &'static str) -> Purpose {
    Purpose {
        verb,
        table: E::default().table_name(),
    }
}

/// A column that the scope does not show.
pub(super) fn hidden<E: Scoped>(column: &'static str) -> Error {
    let told = format!(
        "column {column} of {} is not public",
        E::default().table_name()
    );
    Error::new(ErrorKind::Invalid, told).with_field(column)
}

impl<R: Ask> fmt::Debug for ListAcross<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ListAcross").field(&self.query).finish()
    }
}
