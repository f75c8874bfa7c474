//! `load`: more rows than memory holds, in pieces of bounded size.
//!
//! Where the role may make temporary tables, a piece goes by binary `COPY` into one of its own and
//! from there by `INSERT … SELECT`, since `COPY` into a table behind a wall is refused by PostgreSQL.
//! Elsewhere, and where the rows of a piece name different columns, it goes as `insert_many` goes.
//! Either way the rows meet the same casts, defaults, walls, triggers and constraints.

use std::pin::pin;

use futures_util::{Stream, StreamExt, stream};
use sea_orm::{
    ColumnTrait, IdenStatic,
    sea_query::{Alias, Expr, Query},
};
use uuid::Uuid;

use super::{
    Progress,
    batch::{Batch, workspace},
    binary::Binary,
    insert,
    wire::Wire,
};
use crate::{
    Access, Error, ErrorKind, NewRow, Result, Rows, Scoped, Writes, connection::Exclusive,
    hook::Turn, write::POSTGRES,
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Inserts any number of rows into the session's workspace, all or none, in bounded memory, and
    /// returns how many.
    ///
    /// As [`insert_many`](Self::insert_many), for loads of which nobody wants the rows back. By
    /// binary `COPY` where the role may make temporary tables.
    ///
    /// # Errors
    ///
    /// As [`insert_many`](Self::insert_many); a repeated id is met as the unique key that it violates.
    pub async fn load<N: NewRow<E>>(
        self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> Result<u64>
    where
        A: Writes,
    {
        let rows = stream::iter(rows.into_iter().map(Ok::<_, Error>));
        self.load_stream(rows, |_| ()).await
    }

    /// The same as [`load`](Self::load) from a stream that may fail, and tells after each piece how
    /// far it is.
    ///
    /// The session is the load's until it is done: the stream may ask other sessions, not this one.
    /// If the stream fails, nothing is loaded and the session goes on. On a table with
    /// [hooks](crate::Hook) rows go in pieces as [`insert_many`](Self::insert_many) inserts them, and
    /// any failure costs the transaction.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and what the stream fails with.
    pub async fn load_stream<N: NewRow<E>, Failure: From<Error>>(
        self,
        rows: impl Stream<Item = Result<N, Failure>> + Send,
        mut report: impl FnMut(Progress) + Send,
    ) -> Result<u64, Failure>
    where
        A: Writes,
    {
        if Turn::<E>::begin(self.session())?.is_some() {
            return self.load_hooked(rows, report).await;
        }
        let mut rows = pin!(rows);
        let connection = self.session().connection();
        let mut connection = connection.exclusive(Self::purpose("load")).await?;
        connection.refuse_others();
        connection.open().await?;
        let copies = connection.may_make_tables().await?;
        let (mut stages, mut done) = (Vec::new(), 0);
        loop {
            let mut batch = Batch::<E>::new(self.workspace(), self.sight());
            let mut ended = true;
            while let Some(row) = rows.next().await {
                // On a failure of the stream the savepoint is undone.
                batch.push(row?.into_active_model())?;
                if batch.is_full() {
                    ended = false;
                    break;
                }
            }
            if batch.len() > 0 {
                let written = piece(&mut connection, &batch, &mut stages, copies).await;
                if let Err(error) = written {
                    connection.give_up().await;
                    return Err(error.into());
                }
                done += batch.len() as u64;
                report(Progress::new(done, None));
            }
            if ended {
                connection.keep().await?;
                return Ok(done);
            }
        }
    }
}

async fn piece<E: Scoped>(
    connection: &mut Exclusive<'_>,
    batch: &Batch<'_, E>,
    stages: &mut Vec<Stage<E>>,
    copies: bool,
) -> Result<()> {
    // What passes through a stage tells nothing of its rows.
    if copies
        && !batch.asks()
        && let [columns] = batch.shapes()
        && !columns.is_empty()
    {
        let known = stages.iter().position(|stage| stage.takes(columns));
        let stage = match known {
            Some(known) => &stages[known],
            None => {
                stages.push(Stage::make(connection, batch, columns).await?);
                &stages[stages.len() - 1]
            }
        };
        return stage.pass(connection, batch).await;
    }
    for chunk in batch.chunks() {
        let count = chunk.len();
        let parts = batch.parts(chunk)?;
        let sql = insert::statement(batch.sight(), &parts, insert::Answer::Count)?;
        let told = connection
            .fetch_all_once(sql, batch.arguments(&parts)?)
            .await
            .map_err(Error::about::<E>)?;
        batch.refuse_inserted(&told)?;
        every(told.len(), count)?;
    }
    Ok(())
}

fn every(written: usize, given: usize) -> Result<()> {
    if written == given {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Internal,
        "the insert did not write every row",
    ))
}

/// A temporary table that rows pass through: gone with the transaction, named by nobody else.
struct Stage<E: Scoped> {
    name: String,
    columns: Vec<E::Column>,
    wires: Vec<Wire>,
}

/// The schema of temporary tables, named so that no table of another one stands in for a stage.
const SCHEMA: &str = "pg_temp";

impl<E: Scoped> Stage<E> {
    async fn make(
        connection: &mut Exclusive<'_>,
        batch: &Batch<'_, E>,
        columns: &[E::Column],
    ) -> Result<Self> {
        let stage = Self {
            name: format!("tenantry_load_{}", Uuid::new_v4().simple()),
            columns: columns.to_vec(),
            wires: batch.wires()?,
        };
        let types = stage.wires.iter().enumerate();
        let types = types.map(|(index, wire)| format!("c{index} {}", wire.name()));
        let types = types.collect::<Vec<_>>().join(", ");
        let name = &stage.name;
        connection
            .write(format!(
                "CREATE TEMPORARY TABLE {SCHEMA}.{name} ({types}) ON COMMIT DROP"
            ))
            .await?;
        Ok(stage)
    }

    fn takes(&self, columns: &[E::Column]) -> bool {
        let name = |column: &E::Column| column.as_str();
        columns.iter().map(name).eq(self.columns.iter().map(name))
    }

    async fn pass(&self, connection: &mut Exclusive<'_>, batch: &Batch<'_, E>) -> Result<()> {
        let mut binary = Binary::new();
        for row in 0..batch.len() {
            binary.row(&batch.stored(row, &self.wires)?)?;
        }
        let name = &self.name;
        let copy = format!("COPY {SCHEMA}.{name} FROM STDIN WITH (FORMAT binary)");
        connection.copy(copy, binary.finish()).await?;
        let written = connection
            .execute_once(self.insert()?, batch.arguments(&[])?)
            .await
            .map_err(Error::about::<E>)?;
        every(usize::try_from(written).unwrap_or(usize::MAX), batch.len())?;
        // Made in this transaction, it is emptied in place.
        connection.write(format!("TRUNCATE {SCHEMA}.{name}")).await
    }

    fn insert(&self) -> Result<String> {
        let staged = |index| Expr::col((Alias::new("staged"), Alias::new(format!("c{index}"))));
        let values = self.columns.iter().enumerate();
        let values = values.map(|(index, column)| column.save_as(staged(index)));
        let mut rows = Query::select();
        rows.exprs([workspace::<E>()].into_iter().chain(values))
            .from_as(
                (Alias::new(SCHEMA), Alias::new(&self.name)),
                Alias::new("staged"),
            );
        Ok(POSTGRES.build(&insert::into::<E>(&self.columns, rows)?).sql)
    }
}
