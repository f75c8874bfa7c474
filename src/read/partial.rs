//! Pages of partial models: some columns instead of the row.

use sea_orm::{
    ColIdx, ColumnTrait, EntityTrait, PartialModelTrait, QueryResult, QuerySelect, QueryTrait,
    Select, TryGetable, Value,
    sea_query::{Alias, ColumnType, SelectStatement},
};

use super::{Reading, decoded, keyset::Key, select};
use crate::{Access, List, Page, Result, Rows, Scoped, error::from_decode, field::qualified};

impl<E: Scoped, A: Access> List<Rows<'_, E, A>> {
    /// One page of partial models (SeaORM's `DerivePartialModel`), which selects only their columns.
    ///
    /// What a partial model nests or computes from other tables is guarded by row security alone, which knows no hidden columns.
    ///
    /// # Errors
    ///
    /// As [`page`](List::page); [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if it names a column of the table that the context
    /// sees masked or not at all.
    pub async fn page_as<P: PartialModelTrait + Send>(self) -> Result<Page<P>> {
        let session = self.repository.session();
        #[expect(clippy::disallowed_methods, reason = "it is looked at, and not sent")]
        let selected = select::build(P::select_cols(E::find().select_only()));
        self.repository.sight().refuse_text(&selected.sql)?;
        let select = |select: Select<E>, keys: &[Key<E>]| {
            let mut selected = P::select_cols(select.select_only()).into_query();
            beside(&mut selected, keys);
            selected
        };
        let decode = |row| Ok((decoded(&row)?, row));
        let at = |keys: &[Key<E>], (_, row): &(P, QueryResult)| position(keys, row);
        let page = Reading::of(session).page(&self.query, "page_as", select, decode, at);
        Ok(page.await?.map(|(item, _)| item))
    }
}

/// Selects what the rows are sorted by beside the columns that were asked for.
pub(crate) fn beside<E: EntityTrait>(selected: &mut SelectStatement, keys: &[Key<E>]) {
    for (at, key) in keys.iter().enumerate() {
        let column = key.column.select_as(qualified(key.column));
        selected.expr_as(column, Alias::new(hidden(at)));
    }
}

fn hidden(at: usize) -> String {
    format!("tenantry_key_{at}")
}

/// The position of a row of which that was selected.
pub(crate) fn position<E: EntityTrait>(keys: &[Key<E>], row: &QueryResult) -> Result<Vec<Value>> {
    keys.iter()
        .enumerate()
        .map(|(at, key)| read(row, &key.column, &hidden(at)))
        .collect()
}

/// The value of a column, under whichever name it was selected.
pub(crate) fn read<C: ColumnTrait>(row: &QueryResult, column: &C, name: &str) -> Result<Value> {
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
