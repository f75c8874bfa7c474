//! Pages of partial models: some columns instead of the row.

use sea_orm::{
    ColIdx, ColumnTrait, DbBackend, EntityTrait, PartialModelTrait, QueryResult, QuerySelect,
    QueryTrait, TryGetable, Value,
    sea_query::{Alias, ColumnType},
};

use super::{decoded, keyset::Key, page_size, select};
use crate::{Access, List, Page, Result, Rows, Scoped, error::from_decode, field::qualified};

impl<E: Scoped, A: Access> List<Rows<'_, E, A>> {
    /// One page of partial models (SeaORM's `DerivePartialModel`), which selects only their columns.
    ///
    /// What a partial model nests or computes from other tables is guarded by row security alone.
    ///
    /// # Errors
    ///
    /// As [`page`](List::page).
    pub async fn page_as<P: PartialModelTrait + Send>(self) -> Result<Page<P>> {
        let session = self.repository.session();
        let limit = page_size(self.query.limit)?;
        let workspace = session.context().workspace();
        let plan = select::ordered(workspace, &self.query, session.cursor_key())?;
        let selected = P::select_cols(plan.select.select_only());
        let mut selected =
            plan.keys
                .iter()
                .enumerate()
                .fold(selected.into_query(), |mut query, (at, key)| {
                    let column = key.column.select_as(qualified(key.column));
                    query.expr_as(column, Alias::new(hidden(at)));
                    query
                });
        selected.limit(limit + 1);
        let statement = DbBackend::Postgres.build(&selected);
        let rows = session
            .connection()
            .fetch_all(Rows::<E, A>::purpose("page_as"), statement)
            .await?;

        let more = rows.len() as u64 > limit;
        let mut items = Vec::with_capacity(rows.len());
        let mut next = None;
        for row in rows
            .into_iter()
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
        {
            let row = QueryResult::from(row);
            items.push(decoded(&row)?);
            if more && items.len() as u64 == limit {
                next = Some(plan.binding.encode(&position(&plan.keys, &row)?)?);
            }
        }
        Ok(Page::new(items, next))
    }
}

fn hidden(at: usize) -> String {
    format!("tenantry_key_{at}")
}

fn position<E: EntityTrait>(keys: &[Key<E>], row: &QueryResult) -> Result<Vec<Value>> {
    keys.iter()
        .enumerate()
        .map(|(at, key)| read(row, &key.column, &hidden(at)))
        .collect()
}

fn read<C: ColumnTrait>(row: &QueryResult, column: &C, name: &str) -> Result<Value> {
    fn get<T: TryGetable + Into<Value>>(row: &QueryResult, name: impl ColIdx) -> Result<Value> {
        T::try_get_by(row, name)
            .map(Into::into)
            .map_err(|error| from_decode(error.into()))
    }
    match column.def().get_column_type() {
        ColumnType::Boolean => get::<bool>(row, name),
        ColumnType::SmallInteger => get::<i16>(row, name),
        ColumnType::Integer => get::<i32>(row, name),
        ColumnType::BigInteger => get::<i64>(row, name),
        ColumnType::Double => get::<f64>(row, name),
        ColumnType::Uuid => get::<uuid::Uuid>(row, name),
        ColumnType::Date => get::<chrono::NaiveDate>(row, name),
        ColumnType::TimestampWithTimeZone => get::<chrono::DateTime<chrono::Utc>>(row, name),
        ColumnType::Text | ColumnType::String(_) | ColumnType::Char(_) => get::<String>(row, name),
        _ => Err(crate::Error::new(
            crate::ErrorKind::Internal,
            format!("column {} cannot be a sort column", column.as_str()),
        )),
    }
}
