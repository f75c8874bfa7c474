//! Changes as one statement takes them: checked, sorted by the columns that they set, cut to size.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use sea_orm::{ActiveModelTrait, ActiveValue, IdenStatic, Iterable, Value};
use sqlx::postgres::PgArguments;

use super::statement::{ID, POSITION, SEEN, SHAPE};
use crate::{
    Result, Seen, Versioned, WorkspaceId,
    bulk::{
        arrays::{Given, as_stored},
        batch::{BYTES, ROWS, SHAPES, size},
        distinct, wire,
    },
    sight::Sight,
};

/// Changes of rows of one table.
pub(super) struct Changes<'w, E: Versioned> {
    workspace: &'w WorkspaceId,
    pub(super) sight: Sight<'w, E>,
    /// The sets of columns that changes set.
    shapes: Vec<Vec<E::Column>>,
    rows: Vec<Change<E>>,
    /// What stands for a column in the rows that do not set it: never written.
    nulls: BTreeMap<&'static str, Value>,
}

struct Change<E: Versioned> {
    seen: Seen<E>,
    /// None sets nothing.
    shape: Option<usize>,
    /// One for each column of its shape.
    values: Vec<Value>,
}

/// Some rows, as a statement is given them.
pub(super) struct Part<'c, E: Versioned> {
    pub(super) given: Given<'c>,
    /// The columns that any of them sets.
    pub(super) columns: Vec<E::Column>,
    /// The sets of columns, numbered as [`SHAPE`] numbers them.
    pub(super) shapes: Vec<&'c [E::Column]>,
}

impl<'w, E: Versioned> Changes<'w, E> {
    /// Takes changes, or refuses two of one row.
    pub(super) fn of<S: Into<Seen<E>>, C: Into<E::ActiveModel>>(
        workspace: &'w WorkspaceId,
        sight: Sight<'w, E>,
        changes: impl IntoIterator<Item = (S, C)>,
    ) -> Result<Self> {
        let mut all = Self {
            workspace,
            sight,
            shapes: Vec::new(),
            rows: Vec::new(),
            nulls: BTreeMap::new(),
        };
        for (position, (seen, change)) in changes.into_iter().enumerate() {
            let (seen, change) = (seen.into(), Cow::Owned(change.into()));
            let change = all.sight.written(change, Some(seen.id()));
            let change = change.map_err(|error| error.with_position(position))?;
            all.push(seen, change.into_owned());
        }
        distinct(all.rows.iter().map(|row| row.seen.id()))?;
        Ok(all)
    }

    fn push(&mut self, seen: Seen<E>, mut change: E::ActiveModel) {
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for column in E::Column::iter().filter(|c| c.as_str() != E::WORKSPACE.as_str()) {
            if let ActiveValue::Set(value) | ActiveValue::Unchanged(value) = change.take(column) {
                self.nulls
                    .entry(column.as_str())
                    .or_insert_with(|| as_stored(column, &value).as_null());
                columns.push(column);
                values.push(value);
            }
        }
        let shape = (!columns.is_empty()).then(|| self.shape(columns));
        self.rows.push(Change {
            seen,
            shape,
            values,
        });
    }

    fn shape(&mut self, columns: Vec<E::Column>) -> usize {
        let same = |known: &Vec<E::Column>| {
            let names = |columns: &[E::Column]| -> Vec<_> {
                columns.iter().map(|column| column.as_str()).collect()
            };
            names(known) == names(&columns)
        };
        self.shapes.iter().rposition(same).unwrap_or_else(|| {
            self.shapes.push(columns);
            self.shapes.len() - 1
        })
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn seen(&self, row: usize) -> &Seen<E> {
        &self.rows[row].seen
    }

    /// What a row is to be changed to.
    pub(super) fn change(&self, row: usize) -> E::ActiveModel {
        let row = &self.rows[row];
        let mut change = E::ActiveModel::default();
        let columns = row.shape.map_or(&[][..], |shape| &self.shapes[shape]);
        for (column, value) in columns.iter().zip(&row.values) {
            change.set(*column, value.clone());
        }
        change
    }

    /// Cuts the rows into what one statement takes each.
    pub(super) fn chunks(&self) -> Vec<Range<usize>> {
        let (mut chunks, mut start, mut bytes) = (Vec::new(), 0, 0);
        let mut shapes: Vec<usize> = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let more = row.values.iter().map(size).sum::<usize>();
            let another = row.shape.filter(|shape| !shapes.contains(shape));
            let full = index - start == ROWS
                || bytes + more > BYTES
                || another.is_some() && shapes.len() == SHAPES;
            if full && index > start {
                chunks.push(start..index);
                (start, bytes) = (index, 0);
                shapes.clear();
            }
            bytes += more;
            shapes.extend(row.shape.filter(|shape| !shapes.contains(shape)));
        }
        if start < self.rows.len() {
            chunks.push(start..self.rows.len());
        }
        chunks
    }

    /// Rows with the values that they set.
    pub(super) fn part(&self, rows: Range<usize>) -> Result<Part<'_, E>> {
        let mut part = self.asked(rows.clone())?;
        let mut numbers: Vec<usize> = Vec::new();
        let mut shape_of = |shape: usize| {
            let known = numbers.iter().position(|number| *number == shape);
            known.unwrap_or_else(|| {
                numbers.push(shape);
                numbers.len() - 1
            })
        };
        let shapes: Vec<Value> = self.rows[rows.clone()]
            .iter()
            .map(|row| row.shape.map_or(-1, |shape| shape_of(shape) as i32).into())
            .collect();
        part.given.push_named(SHAPE, shapes)?;
        part.shapes = numbers
            .iter()
            .map(|number| self.shapes[*number].as_slice())
            .collect();
        part.columns = E::Column::iter()
            .filter(|column| {
                part.shapes
                    .iter()
                    .any(|shape| place(shape, column).is_some())
            })
            .collect();
        for column in &part.columns {
            let values = self.rows[rows.clone()].iter().map(|row| {
                let shape = row.shape.map(|shape| self.shapes[shape].as_slice());
                let place = shape.and_then(|shape| place(shape, column));
                place.map_or(&self.nulls[column.as_str()], |place| &row.values[place])
            });
            part.given.push(*column, values)?;
        }
        Ok(part)
    }

    /// Rows by id, version seen and position alone.
    pub(super) fn asked(&self, rows: impl Iterator<Item = usize> + Clone) -> Result<Part<'_, E>> {
        let of =
            |value: fn(&Seen<E>) -> Value| rows.clone().map(move |row| value(&self.rows[row].seen));
        let mut given = Given::new("given");
        given.push_named(ID, of(|seen| seen.id().clone().into()))?;
        given.push_named(SEEN, of(|seen| seen.version().as_i64().into()))?;
        given.push_named(POSITION, rows.map(|row| (row as i64).into()))?;
        Ok(Part {
            given,
            columns: Vec::new(),
            shapes: Vec::new(),
        })
    }

    /// The workspace as `$1`, then the arrays.
    pub(super) fn arguments(&self, part: &Part<'_, E>) -> Result<PgArguments> {
        let mut arguments = PgArguments::default();
        wire::bind(&self.workspace.0.to_value(), &mut arguments)?;
        part.given.bind(&mut arguments)?;
        Ok(arguments)
    }
}

fn place<C: IdenStatic>(shape: &[C], column: &C) -> Option<usize> {
    shape
        .iter()
        .position(|known| known.as_str() == column.as_str())
}
