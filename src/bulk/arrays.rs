//! The rows that a bulk statement is given, as a table of that statement.
//!
//! ```sql
//! WITH given(id, name, codes) AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]) AS given)
//! ```
//!
//! [`Given`] holds the values by column, names the table, tells how a statement reads a value from
//! it, and binds one array for each column.

use std::borrow::Cow;

use sea_orm::{
    ColumnTrait, Value,
    sea_query::{Alias, CommonTableExpression, Expr, ExprTrait, Func, IntoIden, Query, TableRef},
};
use sqlx::postgres::PgArguments;

use super::{
    literal,
    wire::{self, Scalar, Wire},
};
use crate::Result;

/// Rows given to one statement, column by column.
///
/// The text that it makes depends on names and types alone, never on values or their number. It is
/// built with `Expr::cust("$n")` for parameters, since SeaORM's own values cannot hold a null within
/// an array; a statement around it numbers its other parameters by hand too.
pub(super) struct Given<'v> {
    name: String,
    columns: Vec<Carried<'v>>,
}

struct Carried<'v> {
    name: &'static str,
    wire: Wire,
    /// One for each row; arrays already as the text that they travel as.
    values: Vec<Cow<'v, Value>>,
}

impl<'v> Given<'v> {
    /// An empty table that a statement calls `name`.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            columns: Vec::new(),
        }
    }

    pub(super) fn name(&self) -> Alias {
        Alias::new(&self.name)
    }

    /// Adds a column of the table that is written to: one value for each row.
    ///
    /// # Errors
    ///
    /// `Internal` if the values are not of one type, or of a type that is not known; `Invalid` if
    /// one has no form in PostgreSQL. Never with a value in the text.
    pub(super) fn push<C: ColumnTrait>(
        &mut self,
        column: C,
        values: impl IntoIterator<Item = &'v Value>,
    ) -> Result<()> {
        let values = values.into_iter().map(|value| as_stored(column, value));
        self.carry(column.as_str(), values.collect())
            .map_err(|error| error.with_field(column.as_str()))
    }

    /// Adds a column that only the statement knows, such as a position.
    pub(super) fn push_named(
        &mut self,
        name: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<()> {
        self.carry(name, values.into_iter().map(Cow::Owned).collect())
    }

    fn carry(&mut self, name: &'static str, mut values: Vec<Cow<'v, Value>>) -> Result<()> {
        let Some(first) = values.first() else {
            return Ok(());
        };
        let wire = Wire::of(first)?;
        for value in &mut values {
            if Wire::of(value)? != wire {
                return Err(wire::mixed());
            }
            if let Value::Array(_, elements) = &**value {
                let text = elements.as_deref().map(|elements| literal::array(elements));
                *value = Cow::Owned(Value::String(text.transpose()?));
            }
        }
        self.columns.push(Carried { name, wire, values });
        Ok(())
    }

    /// How many parameters it takes.
    pub(super) fn parameters(&self) -> usize {
        self.columns.len()
    }

    /// `name(columns) AS (SELECT * FROM unnest(…))`, with parameters from `$first` on.
    pub(super) fn table(&self, first: usize) -> CommonTableExpression {
        let parameters = self.columns.iter().enumerate().map(|(index, column)| {
            let element = column.wire.parameter().name();
            Expr::cust(format!("${}::{element}[]", first + index))
        });
        // Of several arrays it is syntax, which takes PostgreSQL's own and no schema.
        let unnest = match self.columns.len() {
            1 => "pg_catalog.unnest",
            _ => "unnest",
        };
        let unnested = Func::cust(unnest).args(parameters);
        let rows = Query::select()
            .expr(Expr::cust("*"))
            .from(TableRef::FunctionCall(unnested, self.name().into_iden()))
            .take();
        CommonTableExpression::new()
            .table_name(self.name())
            .columns(self.columns.iter().map(|column| Alias::new(column.name)))
            .query(rows)
            .to_owned()
    }

    /// The value of a column, as a statement assigns it or compares with it: cast as its single
    /// statement would cast it.
    pub(super) fn value<C: ColumnTrait>(&self, column: C) -> Expr {
        column.save_as(self.named(column.as_str()))
    }

    /// The value of a column that only the statement knows.
    pub(super) fn named(&self, name: &'static str) -> Expr {
        let value = Expr::col((self.name(), Alias::new(name)));
        match self.columns.iter().find(|column| column.name == name) {
            Some(Carried { wire, .. }) if wire.array => array_of(wire.scalar, value),
            _ => value,
        }
    }

    /// Binds one array for each column, in the order of [`table`](Self::table)'s parameters.
    pub(super) fn bind(&self, arguments: &mut PgArguments) -> Result<()> {
        self.columns.iter().try_for_each(|column| {
            wire::write(column.wire.parameter(), &column.values, arguments)
                .map_err(|error| error.with_field(column.name))
        })
    }
}

/// An array that travelled as text.
fn array_of(element: Scalar, text: Expr) -> Expr {
    text.cast_as(Alias::new(format!("{}[]", element.name())))
}

/// A list of documents in a column of one document is one document: SeaORM tells so only where it
/// casts a value.
pub(super) fn as_stored<C: ColumnTrait>(column: C, value: &Value) -> Cow<'_, Value> {
    if !matches!(value, Value::Array(..)) {
        return Cow::Borrowed(value);
    }
    match column.save_as(Expr::val(value.clone())) {
        Expr::Value(stored) => Cow::Owned(stored),
        _ => Cow::Borrowed(value),
    }
}
