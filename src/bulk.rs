//! Many rows in one statement: one array for each column, unnested by PostgreSQL.
//!
//! The text is fixed for a table and a set of columns, however many rows there are, and no number of
//! rows meets the limit of bound values.
//!
//! A verb goes three steps: it plans the rows, runs the statements, takes the answers as images.

mod arrays;
mod batch;
mod binary;
mod change;
mod hooked;
mod insert;
mod literal;
mod load;
mod narrow;
mod pieces;
mod progress;
mod reseal;
mod upsert;
mod wire;

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait, IdenStatic, Value,
    sea_query::{Alias, Expr, ExprTrait},
};

pub use progress::Progress;
pub(crate) use reseal::reseal;

use crate::{Error, ErrorKind, Id, Result, Scoped};

/// Refuses two changes of one row, before anything is sent.
pub(crate) fn distinct<'i, E: Scoped>(ids: impl IntoIterator<Item = &'i Id<E>>) -> Result<()> {
    let mut known = HashSet::new();
    if ids.into_iter().all(|id| known.insert(id)) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Invalid,
        "two changes of one call are of the same row",
    )
    .with_field(E::ID.as_str()))
}

/// A value as a column stores it, whatever stands beside it in a statement: a parameter that nothing is assigned to or compared with
/// would be a text.
pub(crate) fn typed<C: ColumnTrait>(column: C, value: &Value) -> Expr {
    let stored = arrays::as_stored(column, value).into_owned();
    let value = match wire::Wire::of(&stored) {
        Ok(wire) => Expr::val(stored).cast_as(Alias::new(wire.name())),
        Err(_) => Expr::val(stored),
    };
    column.save_as(value)
}
