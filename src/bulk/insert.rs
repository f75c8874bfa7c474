//! `insert_many` and `insert_each`.
//!
//! ```sql
//! WITH given(id, title) AS (SELECT * FROM unnest($2::uuid[], $3::text[]) AS given)
//! INSERT INTO … (workspace_id, id, title) SELECT $1, given.id, given.title FROM given RETURNING …
//! ```
//!
//! Rows that name different columns are inserted by one statement all the same, one `INSERT` for
//! each set of columns: a column that is not named gets its default, which `unnest` cannot say.

use std::{collections::HashMap, ops::Range};

use sea_orm::sea_query::{
    Alias, CommonTableExpression, Expr, InsertStatement, Query, SelectStatement, UnionType,
    WithClause,
};

use super::{
    Progress,
    batch::{Batch, Part, with_refused, workspace},
    hooked,
    narrow::narrow,
    pieces::{Write, all_or_none},
};
use crate::{
    Access, Error, ErrorKind, Id, NewRow, Result, Rows, Scoped, Writes,
    connection::{Exclusive, TRANSACTION_COLUMN},
    hook::Turn,
    read::models,
    sight::{PERMITTED, Sight},
    write::{POSTGRES, columns_of, returning_also, transaction},
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Inserts rows into the session's workspace, all or none, and returns them in the order given.
    ///
    /// Each is stamped as [`insert`](Self::insert) stamps it; a column that a row does not name gets
    /// its default. Up to 10,000 rows take one trip, more take one for each 10,000 and two for the
    /// savepoint around them. Rows of one trip may point at each other. After an error the
    /// transaction can keep nothing, as after any failed statement: run it in a
    /// [`savepoint`](crate::Session::savepoint) to go on.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert), for whichever row is refused first; [`ErrorKind::Invalid`], and
    /// nothing is sent, if two rows have the same id.
    pub async fn insert_many<N: NewRow<E>>(
        self,
        rows: impl IntoIterator<Item = N> + Send,
    ) -> Result<Vec<E::Model>>
    where
        A: Writes,
    {
        self.insert_many_reporting(rows, |_| ()).await
    }

    /// The same as [`insert_many`](Self::insert_many), and tells after each statement how far it is.
    ///
    /// What was told as done is undone if a later row is refused.
    ///
    /// # Errors
    ///
    /// As [`insert_many`](Self::insert_many).
    pub async fn insert_many_reporting<N: NewRow<E>>(
        self,
        rows: impl IntoIterator<Item = N> + Send,
        report: impl FnMut(Progress) + Send,
    ) -> Result<Vec<E::Model>>
    where
        A: Writes,
    {
        let rows = rows.into_iter().map(NewRow::into_active_model);
        let mut turn = Turn::begin(self.session())?;
        let batch;
        if let Some(turn) = &mut turn {
            let planned = hooked::plan(self.workspace(), self.sight(), rows)?;
            batch = hooked::ask(turn, self.workspace(), self.sight(), planned).await?;
        } else {
            batch = Batch::<E>::of(self.workspace(), self.sight(), rows)?;
        }
        let chunks = batch.chunks();
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.session().connection();
        let connection = connection.exclusive(Self::purpose("insert_many")).await?;
        let inserted = all_or_none(connection, chunks, report, &Inserts(&batch)).await?;
        let inserted = match turn {
            Some(turn) => hooked::told(turn, inserted).await?,
            None => inserted,
        };
        self.sight().all_shown(inserted)
    }

    /// Inserts rows into the session's workspace and tells for each, in the order given, what became
    /// of it: the row as the database made it, or what refused it.
    ///
    /// The outcomes are those of one [`insert`](Self::insert) after another, each in a savepoint of
    /// its own. While no row is refused it takes three trips; a refused one costs about two for each
    /// time that its rows can be halved. A row that points at another of the call must come after it.
    /// On a table with [hooks](crate::Hook) it goes row by row, three trips each.
    ///
    /// # Errors
    ///
    /// Of each row: as [`insert`](Self::insert). Of the call: [`ErrorKind::Invalid`], and nothing is
    /// sent, if two rows have the same id; what a connection can fail with, and nothing is kept.
    pub async fn insert_each<N: NewRow<E>>(
        self,
        rows: impl IntoIterator<Item = N> + Send,
    ) -> Result<Vec<Result<E::Model>>>
    where
        A: Writes,
    {
        if Turn::<E>::begin(self.session())?.is_some() {
            let rows = rows.into_iter().map(NewRow::into_active_model).collect();
            return self.insert_each_hooked(rows).await;
        }
        let mut batch = Batch::<E>::new(self.workspace(), self.sight());
        let stamped = batch.push_each(rows);
        batch.refuse_twins()?;
        let connection = self.session().connection();
        let connection = connection.exclusive(Self::purpose("insert_each")).await?;
        let written = narrow(connection, batch.chunks(), &Inserts(&batch)).await?;
        Ok(batch.sight().each_shown(with_refused(stamped, written)))
    }
}

struct Inserts<'b, E: Scoped>(&'b Batch<'b, E>);

impl<E: Scoped> Write for Inserts<'_, E> {
    type Row = E::Model;

    async fn write(
        &self,
        connection: &mut Exclusive<'_>,
        rows: Range<usize>,
    ) -> Result<Vec<E::Model>> {
        insert(connection, self.0, rows).await
    }
}

/// Inserts the rows of a range, and returns them in their order.
async fn insert<E: Scoped>(
    connection: &mut Exclusive<'_>,
    batch: &Batch<'_, E>,
    range: Range<usize>,
) -> Result<Vec<E::Model>> {
    let parts = batch.parts(range.clone())?;
    let sql = statement(batch.sight(), &parts, Answer::Rows)?;
    let arguments = batch.arguments(&parts)?;
    let told = match parts.len() {
        1 => connection.fetch_all(sql, arguments).await,
        _ => connection.fetch_all_once(sql, arguments).await,
    };
    let told = told.map_err(Error::about::<E>)?;
    batch.refuse_inserted(&told)?;
    let rows = models::<E>(told)?;
    if rows.len() != range.len() {
        return Err(Error::new(
            ErrorKind::Internal,
            "the insert did not return every row",
        ));
    }
    Ok(in_order(batch, range.start, &parts, rows))
}

/// Puts rows, which come part by part, into the order in which they were given.
fn in_order<E: Scoped>(
    batch: &Batch<'_, E>,
    start: usize,
    parts: &[Part<'_, E>],
    rows: Vec<E::Model>,
) -> Vec<E::Model> {
    let positions: Vec<usize> = parts
        .iter()
        .flat_map(|part| part.positions.iter().copied())
        .collect();
    let told = |(position, row): (&usize, &E::Model)| {
        batch.id(*position).is_none_or(|id| *id == E::id_of(row))
    };
    // By what they are rather than by how they come, where that can be known.
    let mut positioned: Vec<(usize, E::Model)> = if positions.iter().zip(&rows).all(told) {
        positions.into_iter().zip(rows).collect()
    } else {
        let of_id: HashMap<&Id<E>, usize> = positions
            .iter()
            .filter_map(|position| Some((batch.id(*position)?, *position)))
            .collect();
        let position = |row: &E::Model| of_id.get(&E::id_of(row)).copied().unwrap_or(start);
        rows.into_iter().map(|row| (position(&row), row)).collect()
    };
    positioned.sort_by_key(|(position, _)| *position);
    positioned.into_iter().map(|(_, row)| row).collect()
}

/// What an insert is asked to tell of each row.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    Rows,
    /// That it is there.
    Count,
}

pub(super) fn statement<E: Scoped>(
    sight: &Sight<'_, E>,
    parts: &[Part<'_, E>],
    asked: Answer,
) -> Result<String> {
    let permitted = sight.permitted();
    let mut first = 2;
    let mut with = WithClause::new();
    let mut inserts = Vec::with_capacity(parts.len());
    for part in parts {
        with.cte(part.given.table(first));
        first += part.given.parameters();
        let mut insert = part_insert(part, |_| ())?;
        insert.returning(match asked {
            Answer::Rows => returning_also::<E>(permitted.clone()),
            Answer::Count => {
                Query::returning().exprs([transaction()].into_iter().chain(permitted.clone()))
            }
        });
        inserts.push(insert);
    }
    if parts.len() == 1 {
        let insert = inserts.remove(0);
        return Ok(POSTGRES.build(&insert.with(with)).sql);
    }
    let mut answer: Option<SelectStatement> = None;
    for (number, insert) in inserts.into_iter().enumerate() {
        let name = format!("done_{number}");
        let mut done = CommonTableExpression::new();
        with.cte(done.table_name(Alias::new(&name)).query(insert).to_owned());
        let mut told = match asked {
            Answer::Rows => columns_of::<E>(&name),
            Answer::Count => Query::select().from(Alias::new(&name)).take(),
        };
        told.expr(Expr::col((Alias::new(&name), TRANSACTION_COLUMN)));
        if permitted.is_some() {
            told.expr(Expr::col((Alias::new(&name), PERMITTED)));
        }
        match &mut answer {
            None => answer = Some(told),
            Some(answer) => {
                answer.union(UnionType::All, told);
            }
        }
    }
    let answer = answer.unwrap_or_default();
    Ok(POSTGRES.build(&answer.with(with)).sql)
}

/// The insert of a part, whose rows may be asked for in an order.
pub(super) fn part_insert<E: Scoped>(
    part: &Part<'_, E>,
    order: impl FnOnce(&mut SelectStatement),
) -> Result<InsertStatement> {
    let values = part.columns.iter().map(|column| part.given.value(*column));
    let mut rows = Query::select();
    rows.exprs([workspace::<E>()].into_iter().chain(values))
        .from(part.given.name());
    order(&mut rows);
    into::<E>(part.columns, rows)
}

/// An insert of rows that a select tells: the workspace, then these columns.
pub(super) fn into<E: Scoped>(
    columns: &[E::Column],
    rows: SelectStatement,
) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert
        .into_table(E::default().table_ref())
        .columns([E::WORKSPACE].into_iter().chain(columns.iter().copied()))
        .select_from(rows)
        .map_err(|_| Error::new(ErrorKind::Internal, "columns and values differ in number"))?;
    Ok(insert)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::{
        sample::{self, readable},
        sight::Sight,
    };

    fn sql(rows: Vec<sample::ActiveModel>) -> String {
        let workspace = Uuid::nil().into();
        let batch =
            Batch::<sample::Entity>::of(&workspace, Sight::of_workspace(&workspace), rows).unwrap();
        let sql = statement(
            batch.sight(),
            &batch.parts(0..batch.len()).unwrap(),
            Answer::Rows,
        )
        .unwrap();
        readable(&sea_orm::Statement::from_string(POSTGRES, sql))
    }

    fn row() -> sample::ActiveModel {
        sample::ActiveModel {
            name: Set("a".into()),
            code: Set("b".into()),
            ..sample::ActiveModel::default()
        }
    }

    #[test]
    fn rows_are_unnested_beside_the_workspace() {
        assert_snapshot!(sql(vec![row(), row()]));
    }

    /// H-14: at every level.
    #[test]
    fn each_set_of_columns_has_an_insert_of_its_own() {
        let sized = sample::ActiveModel {
            size: Set(Some(1)),
            ..row()
        };
        assert_snapshot!(sql(vec![row(), sized, row()]));
    }

    #[test]
    fn a_row_that_names_another_workspace_is_refused() {
        let stray = sample::ActiveModel {
            workspace_id: Set(Uuid::max()),
            ..row()
        };
        let workspace = Uuid::nil().into();
        let rows = vec![row(), stray];
        let refused =
            Batch::<sample::Entity>::of(&workspace, Sight::of_workspace(&workspace), rows)
                .err()
                .unwrap();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["workspace_id"]);
    }
}
