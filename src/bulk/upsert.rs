//! `upsert_many` and `upsert_each`.
//!
//! ```sql
//! WITH given(…, position) AS (SELECT * FROM unnest(…)),
//!      done AS (INSERT INTO … SELECT … FROM given ORDER BY key ON CONFLICT (…) DO UPDATE … RETURNING …)
//! SELECT done.…, given.position FROM done JOIN given ON done.key = given.key
//! ```
//!
//! Rows are found again by the key as PostgreSQL compares it, since a row that was there keeps its
//! own id, and a key that differs by case alone may be the same key. They are written in the order of
//! the key, so that two calls over the same keys wait for each other instead of locking up.

mod statement;

use std::{collections::HashSet, ops::Range};

use sea_orm::{ColumnTrait, IdenStatic};
use sqlx::{Row, postgres::PgRow};

use self::statement::{holder, statement};
use super::{
    batch::{Batch, Part, with_refused},
    hooked::Given,
    narrow::narrow,
    pieces::{Write, all_or_none},
};
use crate::{
    Access, Error, ErrorKind, NewRow, Result, Rows, Scoped, Unique, Versioned, Writes,
    connection::Exclusive,
    error::from_statement,
    hook::Turn,
    read::model,
    write::insert::{changed, refuse_upsert},
};

const POSITION: &str = "tenantry_position";

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Inserts rows or, where `target` finds one of the workspace, gives that one the new values:
    /// all or none, in the order given.
    ///
    /// Each is what [`upsert`](Self::upsert) makes of it. As [`insert_many`](Self::insert_many) it
    /// takes one trip for up to 10,000 rows, and costs the transaction where a row is refused.
    ///
    /// # Errors
    ///
    /// As [`upsert`](Self::upsert), for whichever row is refused first; [`ErrorKind::Invalid`], with
    /// the key's fields, if two rows have the same key: one of them would be lost.
    /// [`ErrorKind::Retryable`] if a concurrent call took the same rows in another order.
    pub async fn upsert_many<N: NewRow<E>>(
        self,
        rows: impl IntoIterator<Item = N> + Send,
        target: Unique<E>,
    ) -> Result<Vec<E::Model>>
    where
        E: Versioned,
        A: Writes,
    {
        let sight = self.sight();
        let rows = rows.into_iter().map(NewRow::into_active_model);
        let rows: Vec<_> = rows.collect();
        let mut refusals = rows.iter().map(|row| refuse_upsert(&sight, row, &target));
        refusals.try_for_each(|refused| refused)?;
        if Turn::<E>::begin(self.session())?.is_some() {
            // What cannot be a batch is refused before anybody is asked.
            plan(
                &Batch::<E>::of(self.workspace(), self.sight(), rows.iter().cloned())?,
                &target,
            )?;
            return self.upsert_many_hooked(rows, target).await;
        }
        let batch = Batch::<E>::of(self.workspace(), self.sight(), rows)?;
        let chunks = plan(&batch, &target)?;
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.session().connection();
        let connection = connection.exclusive(Self::purpose("upsert_many")).await?;
        let upserts = Upserts(&batch, &target);
        sight.all_shown(all_or_none(connection, chunks, |_| (), &upserts).await?)
    }

    /// Inserts or changes rows as [`upsert_many`](Self::upsert_many) does, and tells for each, in the
    /// order given, what became of it.
    ///
    /// The outcomes are those of one [`upsert`](Self::upsert) after another, each in a savepoint of
    /// its own; the trips are those of [`insert_each`](Self::insert_each).
    ///
    /// # Errors
    ///
    /// Of each row: as [`upsert`](Self::upsert). Of the call: [`ErrorKind::Invalid`], and nothing is
    /// kept, if two rows have the same key or id; what a connection can fail with, and nothing is
    /// kept.
    pub async fn upsert_each<N: NewRow<E>>(
        self,
        rows: impl IntoIterator<Item = N> + Send,
        target: Unique<E>,
    ) -> Result<Vec<Result<E::Model>>>
    where
        E: Versioned,
        A: Writes,
    {
        let mut batch = Batch::<E>::new(self.workspace(), self.sight());
        if Turn::<E>::begin(self.session())?.is_some() {
            let rows = rows.into_iter().map(NewRow::into_active_model);
            let rows: Vec<_> = rows.collect();
            // A row that cannot be stamped is refused in its turn.
            drop(batch.push_each(rows.iter().cloned().map(Given::<E>)));
            batch.refuse_twins()?;
            plan(&batch, &target)?;
            return self.upsert_each_hooked(rows, target).await;
        }
        let taken = rows.into_iter().map(|row| {
            let row = row.into_active_model();
            refuse_upsert(batch.sight(), &row, &target)?;
            batch.push(row)
        });
        let taken = taken.collect();
        batch.refuse_twins()?;
        let chunks = plan(&batch, &target)?;
        let connection = self.session().connection();
        let connection = connection.exclusive(Self::purpose("upsert_each")).await?;
        let written = narrow(connection, chunks, &Upserts(&batch, &target)).await?;
        Ok(batch.sight().each_shown(with_refused(taken, written)))
    }
}

/// The columns of a key, but for the workspace's, which all rows have alike.
fn key<E: Scoped>(target: &Unique<E>) -> impl Iterator<Item = E::Column> {
    let key = target.columns.iter().copied();
    key.filter(|column| column.as_str() != E::WORKSPACE.as_str())
}

/// Refuses two rows of one key, and cuts what is left into statements.
///
/// A row without a whole key goes by itself: it meets no other row, and could not be found by its key.
fn plan<E: Scoped>(batch: &Batch<'_, E>, target: &Unique<E>) -> Result<Vec<Range<usize>>> {
    let key: Vec<E::Column> = key(target).collect();
    let mut seen = HashSet::with_capacity(batch.len());
    let mut alone = HashSet::new();
    for row in 0..batch.len() {
        let values = key.iter().map(|column| batch.value(row, *column));
        let whole = values.map(|value| value.filter(|value| **value != value.as_null()));
        match whole.collect::<Option<Vec<_>>>() {
            Some(values) if !seen.insert(format!("{values:?}")) => return Err(twins(target)),
            Some(_) => {}
            None => drop(alone.insert(row)),
        }
    }
    Ok(batch.chunks_with_alone(&alone))
}

fn twins<E: Scoped>(target: &Unique<E>) -> Error {
    let error = Error::new(ErrorKind::Invalid, "two rows of one call have the same key")
        .with_constraint(target.name());
    key(target).fold(error, |error, column| error.with_field(column.as_str()))
}

struct Upserts<'b, E: Scoped>(&'b Batch<'b, E>, &'b Unique<E>);

impl<E: Versioned> Write for Upserts<'_, E> {
    type Row = E::Model;

    async fn write(
        &self,
        connection: &mut Exclusive<'_>,
        rows: Range<usize>,
    ) -> Result<Vec<E::Model>> {
        upsert(connection, self.0, rows, self.1).await
    }
}

/// Upserts the rows of a range, and returns them in their order.
async fn upsert<E: Versioned>(
    connection: &mut Exclusive<'_>,
    batch: &Batch<'_, E>,
    range: Range<usize>,
    target: &Unique<E>,
) -> Result<Vec<E::Model>> {
    let mut parts = batch.parts(range.clone())?;
    for part in &mut parts {
        let positions = part.positions.iter();
        let positions = positions.map(|row| i32::try_from(row - range.start).unwrap_or(i32::MAX));
        part.given.push_named(POSITION, positions.map(Into::into))?;
    }
    let arguments = batch.arguments(&parts)?;
    let sql = statement(batch.sight(), &parts, target)?;
    let told = match parts.len() {
        1 => connection.fetch_all(sql, arguments).await,
        _ => connection.fetch_all_once(sql, arguments).await,
    };
    let told = told.map_err(|error| match error.sqlstate() {
        // The second time that one statement meets a row: two keys are equal to PostgreSQL.
        Some("21000") => twins(target).with_sqlstate("21000"),
        _ => error.about::<E>(),
    })?;
    let mut rows: Vec<Option<E::Model>> = vec![None; range.len()];
    place::<E>(told, &mut rows)?;
    if rows.iter().any(Option::is_none) {
        holders::<E>(connection, batch, &parts, target, range.start, &mut rows).await?;
    }
    // A key that is taken outside of the workspace is taken, as for `upsert`.
    rows.into_iter()
        .map(|row| row.ok_or_else(|| target.violation()))
        .collect()
}

fn place<E: Scoped>(told: Vec<PgRow>, rows: &mut [Option<E::Model>]) -> Result<()> {
    for row in told {
        let position: i32 = row.try_get(POSITION).map_err(from_statement)?;
        let place = usize::try_from(position).ok();
        let place = place.and_then(|position| rows.get_mut(position));
        let told = model::<E>(row)?;
        let place = place
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a row was told that was not given"))?;
        if place.replace(told).is_some() {
            return Err(Error::new(ErrorKind::Internal, "a row was told twice"));
        }
    }
    Ok(())
}

/// The rows that have the key of those that were not written: those that name nothing else were left as they are, the first of the
/// others may not be changed so.
async fn holders<E: Scoped>(
    connection: &mut Exclusive<'_>,
    batch: &Batch<'_, E>,
    parts: &[Part<'_, E>],
    target: &Unique<E>,
    start: usize,
    rows: &mut [Option<E::Model>],
) -> Result<()> {
    for part in parts {
        let has_key = key(target).all(|key| names(part.columns, key));
        if !has_key {
            continue;
        }
        let changes_nothing = changed::<E>(part.columns, target).is_empty();
        let mut told = Vec::new();
        let found = connection
            .fetch_all(
                holder(batch.sight(), part, target),
                batch.arguments(std::slice::from_ref(part))?,
            )
            .await?;
        for row in found {
            let position: i32 = row.try_get(POSITION).map_err(from_statement)?;
            let known = usize::try_from(position).ok();
            if known
                .and_then(|known| rows.get(known))
                .is_some_and(Option::is_none)
            {
                if let (false, Some(place)) = (changes_nothing, known) {
                    let held = model::<E>(row)?;
                    let given = batch.row(start + place);
                    return Err(batch.sight().why_not_changed(&held, &given));
                }
                told.push(row);
            }
        }
        place::<E>(told, rows)?;
    }
    Ok(())
}

fn names<C: ColumnTrait>(columns: &[C], column: C) -> bool {
    columns
        .iter()
        .any(|named| named.as_str() == column.as_str())
}

#[cfg(test)]
mod tests {
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::{
        sample::{self, CODE_KEY},
        sight::Sight,
    };

    fn row(code: &str) -> sample::ActiveModel {
        sample::ActiveModel {
            name: Set("a".into()),
            code: Set(code.into()),
            ..sample::ActiveModel::default()
        }
    }

    #[test]
    fn a_row_without_a_whole_key_goes_by_itself() {
        let workspace = Uuid::nil().into();
        let keyless = sample::ActiveModel {
            name: Set("a".into()),
            ..sample::ActiveModel::default()
        };
        let rows = [row("a"), keyless.clone(), keyless, row("b"), row("c")];
        let batch =
            Batch::<sample::Entity>::of(&workspace, Sight::of_workspace(&workspace), rows).unwrap();
        assert_eq!(plan(&batch, &CODE_KEY).unwrap(), [0..1, 1..2, 2..3, 3..5]);
        let rows = [row("a"), row("b"), row("a")];
        let batch =
            Batch::<sample::Entity>::of(&workspace, Sight::of_workspace(&workspace), rows).unwrap();
        assert_eq!(
            plan(&batch, &CODE_KEY).unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }
}
