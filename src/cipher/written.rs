//! What a row holds in encrypted columns when it is written: nothing that would not open there, and the blind indexes of what it holds.

use std::borrow::Cow;

use sea_orm::{ActiveModelTrait, ActiveValue, IdenStatic, Value};

use super::{Cipher, Encrypted, envelope, envelope::Unopened, told};
use crate::{Error, ErrorKind, Id, Result, Scoped, Unique};

impl Cipher {
    /// Refuses a value that was not sealed for this row, and adds the blind indexes of those that were.
    ///
    /// # Errors
    ///
    /// `Invalid` if a value was sealed for another place, or under a key that is not among those given.
    fn write<E: Scoped>(&self, row: &mut E::ActiveModel, id: Option<&Id<E>>) -> Result<()> {
        for encrypted in E::ENCRYPTED {
            let column = encrypted.column;
            let (ActiveValue::Set(value) | ActiveValue::Unchanged(value)) = row.get(column) else {
                continue;
            };
            let blind = match value {
                Value::Bytes(Some(envelope)) => {
                    let id = id.ok_or_else(|| elsewhere::<E>(column))?;
                    let blind = self.checked::<E>(column, id, &envelope)?;
                    Value::Bytes(Some(blind))
                }
                _ => Value::Bytes(None),
            };
            if let Some(index) = encrypted.blind_index {
                row.set(index, blind);
            }
        }
        Ok(())
    }

    /// The blind index of a value, under the key that the value is under: where the one is rotated, so is the other.
    fn checked<E: Scoped>(
        &self,
        column: E::Column,
        id: &Id<E>,
        envelope: &[u8],
    ) -> Result<Vec<u8>> {
        let value = self
            .opened::<E>(column, id, envelope)
            .map_err(|why| match why {
                Unopened::Forged => elsewhere::<E>(column),
                unknown @ Unopened::UnknownKey(_) => told::<E>(unknown, column),
            })?;
        let key = envelope::key_id(envelope).and_then(|id| self.keys.find(id));
        let key = key.ok_or_else(|| elsewhere::<E>(column))?;
        Ok(envelope::blind(key, &self.place::<E>(column), &value))
    }
}

/// Whether a row that is written has an encrypted column.
fn has_sealed<E: Scoped>(row: &E::ActiveModel) -> bool {
    let mut columns = E::ENCRYPTED.iter();
    columns.any(|encrypted| !row.get(encrypted.column).is_not_set())
}

/// A row as it is written: see [`Cipher::write`]. Most rows have nothing that is sealed, and need no keys.
pub(crate) fn written<'r, E: Scoped>(
    cipher: impl FnOnce() -> Result<Cipher>,
    row: Cow<'r, E::ActiveModel>,
    id: Option<&Id<E>>,
) -> Result<Cow<'r, E::ActiveModel>> {
    if !has_sealed::<E>(&row) {
        return Ok(row);
    }
    let mut row = row.into_owned();
    cipher()?.write(&mut row, id)?;
    Ok(Cow::Owned(row))
}

/// Refuses to give what is sealed for a new row to the one that is there, where it would not open.
pub(crate) fn refuse_upsert<E: Scoped>(row: &E::ActiveModel, target: &Unique<E>) -> Result<()> {
    if target.columns().any(|column| column == E::ID.as_str()) {
        return Ok(());
    }
    let is_given = |column: &E::Column| match row.get(*column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value != value.as_null(),
        ActiveValue::NotSet => false,
    };
    let mut sealed = E::ENCRYPTED.iter().map(Encrypted::column);
    match sealed.find(is_given).map(|column| column.as_str()) {
        None => Ok(()),
        Some(name) => Err(Error::new(
            ErrorKind::Invalid,
            format!("{name} cannot be upserted by that key"),
        )
        .with_field(name)
        .with_hint(
            "A value is sealed for one row. Find the row and update it, or upsert by the id.",
        )),
    }
}

fn elsewhere<E: Scoped>(column: E::Column) -> Error {
    let name = column.as_str();
    Error::new(
        ErrorKind::Invalid,
        format!("{name} was not sealed for this row"),
    )
    .with_hint("Seal it for the column and the id that the row is written with; a new row takes its id from its caller.")
    .with_field(name)
}
