//! What is about to happen to a row.

use std::fmt;

use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, IdenStatic, Iterable};

use super::Verb;
use crate::{Error, ErrorKind, Id, NewRow, Result, Scoped, Versioned};

/// What is about to happen to a row, of which a hook may change the values.
pub struct Planned<E: Scoped> {
    verb: Verb,
    id: Option<Id<E>>,
    old: Option<E::Model>,
    values: E::ActiveModel,
    /// Which of the rows of its call it is.
    pub(super) place: usize,
}

impl<E: Scoped> Planned<E> {
    /// A row that is not there, as far as is known.
    pub(crate) fn new(verb: Verb, id: Option<Id<E>>, values: E::ActiveModel) -> Self {
        Self {
            verb,
            id,
            old: None,
            values,
            place: 0,
        }
    }

    /// A row that is there, and locked.
    pub(crate) fn of(verb: Verb, old: E::Model, values: E::ActiveModel) -> Self {
        Self {
            id: Some(E::id_of(&old)),
            old: Some(old),
            ..Self::new(verb, None, values)
        }
    }

    /// What will be done.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        self.verb
    }

    /// The id of the row. `None` where the database makes it, and where an upsert has found no row.
    #[must_use]
    pub const fn id(&self) -> Option<&Id<E>> {
        self.id.as_ref()
    }

    /// The row as it is now, locked until the transaction ends. `None` for an insert, and where an
    /// upsert has found no row.
    #[must_use]
    pub const fn old(&self) -> Option<&E::Model> {
        self.old.as_ref()
    }

    /// The columns that will be written, those left alone `NotSet`. A delete, restore or purge has
    /// none.
    #[must_use]
    pub const fn values(&self) -> &E::ActiveModel {
        &self.values
    }

    /// Sets columns that callers may change; those left out stay as they are planned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the verb writes no values, or if a hand-written `Update` names
    /// the workspace, the id or the version, which nobody sets.
    pub fn change(&mut self, change: E::Update) -> Result<()>
    where
        E: Versioned,
    {
        let change = change.into();
        if change.get(E::VERSION).is_set() {
            return Err(not_a_callers::<E>(E::VERSION));
        }
        self.take(&change)
    }

    /// Sets the columns of a new row; those that it leaves out stay as they are planned. For tables
    /// whose rows do not change, and for columns that only an insert sets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the verb is no insert or upsert, or if a hand-written new row
    /// names the workspace or the id, which are stamped.
    pub fn replace(&mut self, new: impl NewRow<E>) -> Result<()> {
        if self.verb == Verb::Update {
            return Err(takes_no_values::<E>(self.verb, "a new row"));
        }
        self.take(&new.into_active_model())
    }

    fn take(&mut self, values: &E::ActiveModel) -> Result<()> {
        if !self.verb.writes_values() {
            return Err(takes_no_values::<E>(self.verb, "values"));
        }
        if let Some(column) = [E::WORKSPACE, E::ID]
            .into_iter()
            .find(|column| values.get(*column).is_set())
        {
            return Err(not_a_callers::<E>(column));
        }
        for column in E::Column::iter() {
            if let ActiveValue::Set(value) = values.get(column) {
                self.values.set(column, value);
            }
        }
        Ok(())
    }

    pub(crate) fn into_values(self) -> E::ActiveModel {
        self.values
    }
}

fn takes_no_values<E: Scoped>(verb: Verb, what: &'static str) -> Error {
    let table = E::default();
    Error::new(
        ErrorKind::Invalid,
        format!("{verb} of {} takes no {what}", table.table_name()),
    )
}

fn not_a_callers<E: Scoped>(column: E::Column) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!("{} is not set by callers", column.as_column_ref().1),
    )
    .with_field(column.as_str())
}

/// Shows no values.
impl<E: Scoped> fmt::Debug for Planned<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.verb, E::default().table_name())?;
        match &self.id {
            Some(id) => write!(f, " {id}"),
            None => Ok(()),
        }
    }
}
