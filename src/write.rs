//! Writes: one statement, one answer.

use std::fmt;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, DbBackend, EntityTrait, IdenStatic, Iterable,
    sea_query::{Alias, Expr, Query, ReturningClause, SelectStatement, ValueType},
};
use uuid::Uuid;

use crate::{Id, Scoped, connection::TRANSACTION_COLUMN};

mod cascade;
mod delete;
mod hooked;
pub(crate) mod insert;
pub(crate) mod update;

/// What one delete took; `restore` revives exactly this.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// The id of the operation, which every row that it took carries in `delete_op`.
    pub operation: Uuid,
    /// How many rows it took, of all tables.
    pub rows: u64,
    by_table: Vec<(&'static str, u64)>,
}

impl Deletion {
    /// Names a deletion by the operation id that was kept from earlier.
    #[must_use]
    pub const fn of_operation(operation: Uuid) -> Self {
        Self {
            operation,
            rows: 0,
            by_table: Vec::new(),
        }
    }

    /// Says how many rows it took, for fakes.
    #[must_use]
    pub fn with_rows(self, rows: u64) -> Self {
        Self { rows, ..self }
    }

    /// How many rows it took of each table of which it took any, parents before their children.
    ///
    /// A deletion that was named [by its operation](Self::of_operation) does not know.
    pub fn by_table(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.by_table.iter().copied()
    }

    /// How many rows of a table it took.
    fn of_table(&self, table: &str) -> u64 {
        let of_table = self.by_table.iter().filter(|(name, _)| *name == table);
        of_table.map(|(_, rows)| rows).sum()
    }

    /// Adds rows of a table.
    fn take(&mut self, table: &'static str, rows: u64) {
        if rows > 0 {
            self.rows += rows;
            self.by_table.push((table, rows));
        }
    }
}

/// The columns of a model as a statement returns them, and the transaction that wrote them.
pub(crate) fn returning<E: EntityTrait>() -> ReturningClause {
    returning_also::<E>([])
}

/// The same, and more.
pub(crate) fn returning_also<E: EntityTrait>(
    more: impl IntoIterator<Item = Expr>,
) -> ReturningClause {
    let columns =
        E::Column::iter().map(|column| column.select_as(Expr::col((E::default(), column))));
    Query::returning().exprs(columns.chain([transaction()]).chain(more))
}

/// The transaction that writes.
pub(crate) fn transaction() -> Expr {
    Expr::cust(format!(
        "pg_current_xact_id()::text AS {TRANSACTION_COLUMN}"
    ))
}

/// The columns of a model as a named part of a statement told them.
pub(crate) fn columns_of<E: EntityTrait>(source: &str) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(E::Column::iter().map(|column| (Alias::new(source), Alias::new(column.as_str()))))
        .from(Alias::new(source));
    select
}

/// The columns that a caller has set, without those that the library or the database sets.
pub(crate) fn assigned<E: Scoped>(row: &E::ActiveModel) -> Vec<(E::Column, Expr)> {
    E::Column::iter()
        .filter(|column| column.as_str() != E::WORKSPACE.as_str())
        .filter_map(|column| match row.get(column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => {
                Some((column, column.save_as(Expr::val(value))))
            }
            ActiveValue::NotSet => None,
        })
        .collect()
}

/// The id that a row has been given.
pub(crate) fn given_id<E: Scoped>(row: &E::ActiveModel) -> Option<Id<E>> {
    match row.get(E::ID) {
        ActiveValue::Set(id) | ActiveValue::Unchanged(id) => {
            <Id<E> as ValueType>::try_from(id).ok()
        }
        ActiveValue::NotSet => None,
    }
}

fn named(name: &'static str) -> Alias {
    Alias::new(name)
}

pub(crate) const POSTGRES: DbBackend = DbBackend::Postgres;

impl fmt::Display for Deletion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows by operation {}", self.rows, self.operation)
    }
}
