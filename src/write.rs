//! Writes: one statement, one answer.

use std::fmt;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, DbBackend, EntityTrait, IdenStatic, Iterable,
    sea_query::{Alias, Expr, Query, ReturningClause},
};
use uuid::Uuid;

use crate::{Scoped, connection::TRANSACTION_COLUMN};

mod delete;
mod insert;
mod update;

/// What one delete took; `restore` revives exactly this.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// The id of the operation, which every row that it took carries in `delete_op`.
    pub operation: Uuid,
    /// How many rows it took.
    pub rows: u64,
}

impl Deletion {
    /// Names a deletion by the operation id that was kept from earlier.
    #[must_use]
    pub const fn of_operation(operation: Uuid) -> Self {
        Self { operation, rows: 0 }
    }

    /// Says how many rows it took, for fakes.
    #[must_use]
    pub const fn with_rows(self, rows: u64) -> Self {
        Self { rows, ..self }
    }
}

/// The columns of a model as a statement returns them, and the transaction that wrote them.
fn returning<E: EntityTrait>() -> ReturningClause {
    let columns =
        E::Column::iter().map(|column| column.select_as(Expr::col((E::default(), column))));
    let transaction = format!("pg_current_xact_id()::text AS {TRANSACTION_COLUMN}");
    Query::returning().exprs(columns.chain([Expr::cust(transaction)]))
}

/// The columns that a caller has set, without those that the library or the database sets.
fn assigned<E: Scoped>(row: &E::ActiveModel) -> Vec<(E::Column, Expr)> {
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

fn named(name: &'static str) -> Alias {
    Alias::new(name)
}

const POSTGRES: DbBackend = DbBackend::Postgres;

impl fmt::Display for Deletion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows by operation {}", self.rows, self.operation)
    }
}
