//! Rows on their way into a table: stamped, sorted by the columns that they name, cut to size.

use std::{borrow::Cow, collections::HashSet, ops::Range};

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, IdenStatic, Iterable, Value,
    sea_query::{Expr, ValueType},
};
use sqlx::postgres::{PgArguments, PgRow};

use super::{
    arrays::{Given, as_stored},
    wire::{self, Wire},
};
use crate::{
    Error, ErrorKind, Id, NewRow, Result, Scoped, WorkspaceId,
    sight::Sight,
    write::{given_id, insert::stamps},
};

/// The most rows of one statement, and the most bytes. A longer one is no faster, and an argument
/// of a gigabyte is refused.
pub(super) const ROWS: usize = 10_000;
pub(super) const BYTES: usize = 16 * 1024 * 1024;
/// The most different sets of columns in one statement.
pub(super) const SHAPES: usize = 16;

/// Rows of one table.
pub(super) struct Batch<'w, E: Scoped> {
    workspace: &'w WorkspaceId,
    sight: Sight<'w, E>,
    /// Whether a policy asks of each row whether it may be inserted.
    asks: bool,
    /// The sets of columns that rows name; what a row does not name gets the column's default.
    shapes: Vec<Vec<E::Column>>,
    rows: Vec<Row<E>>,
    bytes: usize,
}

struct Row<E: Scoped> {
    shape: usize,
    /// Known beforehand, unless the database makes it.
    id: Option<Id<E>>,
    /// One for each column of its shape.
    values: Vec<Value>,
}

/// The rows of one shape, as a statement is given them.
pub(super) struct Part<'b, E: Scoped> {
    pub(super) columns: &'b [E::Column],
    pub(super) given: Given<'b>,
    /// Which of the rows that were asked for these are.
    pub(super) positions: Vec<usize>,
}

impl<'w, E: Scoped> Batch<'w, E> {
    pub(super) fn new(workspace: &'w WorkspaceId, sight: Sight<'w, E>) -> Self {
        Self {
            workspace,
            asks: sight.permitted().is_some(),
            sight,
            shapes: Vec::new(),
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// Stamps rows and takes all of them, or refuses them for the first that cannot be one.
    pub(super) fn of(
        workspace: &'w WorkspaceId,
        sight: Sight<'w, E>,
        rows: impl IntoIterator<Item = E::ActiveModel>,
    ) -> Result<Self> {
        let mut batch = Self::new(workspace, sight);
        rows.into_iter().try_for_each(|row| batch.push(row))?;
        batch.refuse_twins()?;
        Ok(batch)
    }

    /// Stamps a row, as a single insert does, and takes it.
    ///
    /// # Errors
    ///
    /// `Invalid` if it names another workspace; `Forbidden` if a policy refuses it.
    pub(super) fn push(&mut self, row: E::ActiveModel) -> Result<()> {
        let id = given_id::<E>(&row);
        let mut row = self
            .sight
            .written(Cow::Owned(row), id.as_ref())?
            .into_owned();
        for (column, value) in stamps::<E>(self.workspace, &row)? {
            if column.as_str() != E::WORKSPACE.as_str() {
                row.set(column, value);
            }
        }
        if self.asks {
            self.sight.refuse_insert(&row)?;
        }
        let (mut columns, mut values, mut id) = (Vec::new(), Vec::new(), None);
        for column in E::Column::iter().filter(|c| c.as_str() != E::WORKSPACE.as_str()) {
            if let ActiveValue::Set(value) | ActiveValue::Unchanged(value) = row.take(column) {
                if column.as_str() == E::ID.as_str() {
                    id = <Id<E> as ValueType>::try_from(value.clone()).ok();
                }
                self.bytes += size(&value);
                columns.push(column);
                values.push(value);
            }
        }
        let shape = self.shape(columns);
        self.rows.push(Row { shape, id, values });
        Ok(())
    }

    /// Takes the rows that can be stamped, and tells of each whether it was.
    pub(super) fn push_each<N: NewRow<E>>(
        &mut self,
        rows: impl IntoIterator<Item = N>,
    ) -> Vec<Result<()>> {
        rows.into_iter()
            .map(|row| self.push(row.into_active_model()))
            .collect()
    }

    fn shape(&mut self, columns: Vec<E::Column>) -> usize {
        let names = |columns: &[E::Column]| -> Vec<_> {
            columns.iter().map(|column| column.as_str()).collect()
        };
        // The last is looked at first: neighbours are mostly alike.
        let same = |known: &Vec<E::Column>| names(known) == names(&columns);
        self.shapes.iter().rposition(same).unwrap_or_else(|| {
            self.shapes.push(columns);
            self.shapes.len() - 1
        })
    }

    /// Refuses two rows of one id, before anything is written.
    pub(super) fn refuse_twins(&self) -> Result<()> {
        let mut seen = HashSet::with_capacity(self.rows.len());
        let mut ids = self.rows.iter().filter_map(|row| row.id.as_ref());
        if ids.any(|id| !seen.insert(id)) {
            return Err(
                Error::new(ErrorKind::Invalid, "two rows of one call have the same id")
                    .with_field(E::ID.as_str()),
            );
        }
        Ok(())
    }

    /// Whether rows may be refused by a policy once they are there.
    pub(super) const fn asks(&self) -> bool {
        self.asks
    }

    /// Refuses rows that are there and may not be.
    pub(super) fn refuse_inserted(&self, rows: &[PgRow]) -> Result<()> {
        if !self.asks {
            return Ok(());
        }
        rows.iter().try_for_each(Sight::<E>::refuse_inserted)
    }

    pub(super) const fn sight(&self) -> &Sight<'w, E> {
        &self.sight
    }

    /// A row as it was given.
    pub(super) fn row(&self, row: usize) -> E::ActiveModel {
        let row = &self.rows[row];
        let mut given = E::ActiveModel::default();
        for (column, value) in self.shapes[row.shape].iter().zip(&row.values) {
            given.set(*column, value.clone());
        }
        given
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it is as much as goes at once.
    pub(super) const fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    pub(super) fn shapes(&self) -> &[Vec<E::Column>] {
        &self.shapes
    }

    /// What the values of the first row are.
    pub(super) fn wires(&self) -> Result<Vec<Wire>> {
        let Some(row) = self.rows.first() else {
            return Ok(Vec::new());
        };
        let values = self.shapes[row.shape].iter().zip(&row.values);
        values
            .map(|(column, value)| Wire::of(&as_stored(*column, value)))
            .collect()
    }

    /// The values of a row as its columns take them, if they are what the first row's are.
    pub(super) fn stored(&self, row: usize, wires: &[Wire]) -> Result<Vec<Cow<'_, Value>>> {
        let row = &self.rows[row];
        let values = self.shapes[row.shape].iter().zip(&row.values);
        let stored = values.map(|(column, value)| as_stored(*column, value));
        stored
            .zip(wires)
            .map(|(value, wire)| match Wire::of(&value)? == *wire {
                true => Ok(value),
                false => Err(wire::mixed()),
            })
            .collect()
    }

    pub(super) fn id(&self, row: usize) -> Option<&Id<E>> {
        self.rows[row].id.as_ref()
    }

    /// What a row gives a column, if it names it.
    pub(super) fn value(&self, row: usize, column: E::Column) -> Option<&Value> {
        let row = &self.rows[row];
        let mut columns = self.shapes[row.shape].iter();
        let place = columns.position(|named| named.as_str() == column.as_str())?;
        row.values.get(place)
    }

    /// Cuts the rows into what one statement takes each.
    pub(super) fn chunks(&self) -> Vec<Range<usize>> {
        self.chunks_with_alone(&HashSet::new())
    }

    /// The same, with some rows in statements of their own.
    pub(super) fn chunks_with_alone(&self, alone: &HashSet<usize>) -> Vec<Range<usize>> {
        let (mut chunks, mut start, mut bytes) = (Vec::new(), 0, 0);
        let mut shapes = HashSet::new();
        for (index, row) in self.rows.iter().enumerate() {
            let size = row.values.iter().map(size).sum::<usize>();
            let apart = alone.contains(&index) || index > 0 && alone.contains(&(index - 1));
            let full = apart
                || index - start == ROWS
                || bytes + size > BYTES
                || shapes.len() == SHAPES && !shapes.contains(&row.shape);
            if full && index > start {
                chunks.push(start..index);
                (start, bytes) = (index, 0);
                shapes.clear();
            }
            bytes += size;
            shapes.insert(row.shape);
        }
        if start < self.rows.len() {
            chunks.push(start..self.rows.len());
        }
        chunks
    }

    /// The rows of a range by shape, in the order in which the shapes come.
    pub(super) fn parts(&self, range: Range<usize>) -> Result<Vec<Part<'_, E>>> {
        let mut by_shape: Vec<(usize, Vec<usize>)> = Vec::new();
        for index in range {
            let shape = self.rows[index].shape;
            match by_shape.iter_mut().find(|(known, _)| *known == shape) {
                Some((_, positions)) => positions.push(index),
                None => by_shape.push((shape, vec![index])),
            }
        }
        let single = by_shape.len() == 1;
        let parts = by_shape.into_iter().enumerate();
        parts
            .map(|(number, (shape, positions))| {
                let name = if single {
                    "given".to_owned()
                } else {
                    format!("given_{number}")
                };
                self.part(name, &self.shapes[shape], positions)
            })
            .collect()
    }

    fn part<'b>(
        &'b self,
        name: String,
        columns: &'b [E::Column],
        positions: Vec<usize>,
    ) -> Result<Part<'b, E>> {
        let mut given = Given::new(name);
        for (index, column) in columns.iter().enumerate() {
            let values = positions.iter().map(|row| &self.rows[*row].values[index]);
            given.push(*column, values)?;
        }
        if columns.is_empty() {
            given.push_named("tenantry_row", positions.iter().map(|_| true.into()))?;
        }
        Ok(Part {
            columns,
            given,
            positions,
        })
    }

    /// The workspace as `$1`, then the arrays of each part.
    pub(super) fn arguments(&self, parts: &[Part<'_, E>]) -> Result<PgArguments> {
        let mut arguments = PgArguments::default();
        wire::bind(&self.workspace.0.to_value(), &mut arguments)?;
        for part in parts {
            part.given.bind(&mut arguments)?;
        }
        Ok(arguments)
    }
}

/// Puts the refusals of those that could not be stamped between the outcomes of the others.
pub(super) fn with_refused<T>(stamped: Vec<Result<()>>, written: Vec<Result<T>>) -> Vec<Result<T>> {
    let mut written = written.into_iter();
    stamped
        .into_iter()
        .filter_map(|stamped| match stamped {
            Ok(()) => written.next(),
            Err(error) => Some(Err(error)),
        })
        .collect()
}

/// The workspace of the session, where a statement writes it.
pub(super) fn workspace<E: Scoped>() -> Expr {
    E::WORKSPACE.save_as(Expr::cust("$1"))
}

/// About how many bytes a value takes.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::String(Some(text)) => text.len(),
        Value::Bytes(Some(bytes)) => bytes.len(),
        Value::Json(Some(document)) => document_size(document),
        Value::Array(_, Some(elements)) => elements.iter().map(size).sum(),
        _ => 16,
    }
}

fn document_size(document: &sea_orm::JsonValue) -> usize {
    use sea_orm::JsonValue;
    match document {
        JsonValue::String(text) => text.len(),
        JsonValue::Array(elements) => elements.iter().map(document_size).sum(),
        JsonValue::Object(fields) => fields
            .iter()
            .map(|(name, value)| name.len() + document_size(value))
            .sum(),
        _ => 8,
    }
}
