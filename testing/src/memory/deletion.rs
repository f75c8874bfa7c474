//! Soft deletes and restores in memory.

use std::{collections::HashSet, hash::Hash};

use sea_orm::{
    ActiveModelTrait, IntoActiveModel, ModelTrait, TryIntoModel, Value, prelude::ChronoUtc,
};
use tenantry::{
    Deletion, Error, ErrorKind, Id, Obstacle, ObstacleReason, Result, SoftDelete, Unique,
};
use uuid::Uuid;

use super::{is_deleted, not_found, touch, unset};

/// Marks rows as deleted by one operation, all or none.
pub(super) fn delete<E>(rows: &mut [E::Model], ids: &[Id<E>]) -> Result<Deletion>
where
    E: SoftDelete<ActiveModel: TryIntoModel<E::Model>>,
{
    let mut places = Vec::with_capacity(ids.len());
    for id in ids {
        let place = rows
            .iter()
            .position(|row| E::id_of(row) == *id && !is_deleted::<E>(row));
        places.push(place.ok_or_else(not_found::<E>)?);
    }
    let operation = Uuid::now_v7();
    for place in places {
        mark::<E>(&mut rows[place], Some(operation))?;
    }
    Ok(Deletion::of_operation(operation).with_rows(ids.len() as u64))
}

/// Revives what operations took, all or none.
pub(super) fn restore<E>(
    rows: &mut Vec<E::Model>,
    uniques: &[Unique<E>],
    deletions: &[Deletion],
) -> Result<u64>
where
    E: SoftDelete<ActiveModel: TryIntoModel<E::Model>>,
{
    let operations: Vec<Uuid> = deletions
        .iter()
        .map(|deletion| deletion.operation)
        .collect();
    refuse_twins(&operations, "operation")?;
    let mut next = rows.clone();
    let mut revived = Vec::new();
    for operation in operations {
        let taken = Value::Uuid(Some(operation));
        let before = revived.len();
        for (place, row) in next.iter_mut().enumerate() {
            if row.get(E::DELETE_OP) == taken {
                mark::<E>(row, None)?;
                revived.push(place);
            }
        }
        if revived.len() == before {
            return Err(not_found::<E>());
        }
    }
    let mut obstacles = Vec::new();
    let mut first = None;
    for row in revived.iter().map(|place| &next[*place]) {
        for unique in uniques {
            let rivals = next
                .iter()
                .filter(|other| E::id_of(other) != E::id_of(row) && unique.same_key(row, other));
            for rival in rivals {
                first.get_or_insert_with(|| unique.violation());
                let reason = ObstacleReason::Taken {
                    constraint: unique.name(),
                    by: E::id_of(rival).to_string(),
                };
                let table = E::default();
                obstacles.push(Obstacle::new(table.table_name(), E::id_of(row), reason));
            }
        }
    }
    if let Some(error) = first {
        return Err(error.with_obstacles(obstacles));
    }
    *rows = next;
    Ok(revived.len() as u64)
}

pub(super) fn refuse_twins<T: Eq + Hash>(keys: &[T], field: &'static str) -> Result<()> {
    let mut seen = HashSet::with_capacity(keys.len());
    if keys.iter().all(|key| seen.insert(key)) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Invalid, "a key comes twice in one call").with_field(field))
}

/// Marks a row as deleted by an operation, or as living.
fn mark<E>(row: &mut E::Model, operation: Option<Uuid>) -> Result<()>
where
    E: SoftDelete<ActiveModel: TryIntoModel<E::Model>>,
{
    let mut next = row.clone().into_active_model();
    touch::<E>(&mut next, row, None);
    next.set(E::DELETE_OP, Value::Uuid(operation));
    if let Some(column) = E::DELETED_AT {
        next.set(
            column,
            Value::ChronoDateTimeUtc(operation.map(|_| ChronoUtc::now())),
        );
    }
    *row = next.try_into_model().map_err(|_| unset("of the row"))?;
    Ok(())
}
