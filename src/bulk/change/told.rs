//! What became of each row of a bulk update.

use std::collections::HashMap;

use sqlx::Row;

use super::{
    plan::Changes,
    statement::{self, POSITION},
};
use crate::{
    Error, ErrorKind, Result, Versioned,
    connection::Exclusive,
    error::{from_statement, not_found},
    read::model,
};

/// What became of one row.
pub(super) struct Told<E: Versioned> {
    pub(super) position: usize,
    pub(super) outcome: Result<E::Model>,
    /// Its row was of the version seen, whether or not it was written.
    pub(super) fit: bool,
    pub(super) written: bool,
}

/// Tells why rows could not be locked: each is missing, or may not be changed.
///
/// The second statement, as for a single update: paid only where there is such a row.
pub(super) async fn missed<E: Versioned>(
    connection: &mut Exclusive<'_>,
    changes: &Changes<'_, E>,
    positions: &[usize],
) -> Result<Vec<Told<E>>> {
    let part = changes.asked(positions.iter().copied())?;
    let readable = connection
        .fetch_all(
            statement::readable(&changes.sight, &part),
            changes.arguments(&part)?,
        )
        .await?;
    let mut held = HashMap::with_capacity(readable.len());
    for row in readable {
        let position = position_of(row.try_get(POSITION).map_err(from_statement)?)?;
        held.insert(position, model::<E>(row)?);
    }
    let told = |position: &usize| Told {
        position: *position,
        outcome: Err(match held.get(position) {
            Some(row) => {
                let change = changes.change(*position);
                changes.sight.why_not_changed(row, &change)
            }
            None => not_found::<E>(),
        }),
        fit: false,
        written: false,
    };
    Ok(positions.iter().map(told).collect())
}

/// The error of the first row that was not fit, or else of the first that was not changed.
pub(super) fn first_refusal<E: Versioned>(told: Vec<Told<E>>) -> Error {
    let mut refused: Vec<_> = told
        .into_iter()
        .filter_map(|told| Some((told.fit, told.position, told.outcome.err()?)))
        .collect();
    refused.sort_by_key(|(fit, position, _)| (*fit, *position));
    match refused.into_iter().next() {
        Some((_, position, error)) => error.with_position(position),
        None => lost(),
    }
}

pub(super) fn position_of(told: i64) -> Result<usize> {
    usize::try_from(told).map_err(|_| lost())
}

pub(super) fn lost() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the update did not tell of each row once",
    )
}
