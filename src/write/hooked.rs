//! The verbs on a table with hooks: what may be done is found out and locked, the hooks are asked,
//! the row is written by the statement that all others use, the hooks are told.

mod cascade;

use std::slice::from_ref;

use sea_orm::{QuerySelect, Select, sea_query::LockType};

use super::insert;
use crate::{
    Access, Result, Rows, Scoped, Seen, Unique, Versioned,
    hook::{Change, Planned, Turn, Verb},
    read::{models, select},
};

/// How often an upsert looks for a row that others insert and remove meanwhile.
const LOOKS: usize = 4;

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    pub(super) async fn insert_hooked(
        &self,
        mut turn: Turn<'_, E>,
        mut row: E::ActiveModel,
    ) -> Result<E::Model> {
        // Stamped now, so that the hooks know the id, and another's workspace is refused before.
        let id = insert::identify::<E>(self.workspace(), &mut row)?;
        self.sight().refuse_insert(&row)?;
        let mut planned = [Planned::new(Verb::Insert, id, row)];
        turn.before(&mut planned).await?;
        let [planned] = planned;
        let change = Change::inserted(self.insert_row(&planned.into_values()).await?);
        turn.after(from_ref(&change)).await?;
        Ok(change.into_row())
    }

    pub(super) async fn update_hooked(
        &self,
        mut turn: Turn<'_, E>,
        seen: &Seen<E>,
        values: E::ActiveModel,
    ) -> Result<E::Model>
    where
        E: Versioned,
    {
        let old = self.check_row(seen, &values).await?;
        let mut planned = [Planned::of(Verb::Update, old.clone(), values)];
        turn.before(&mut planned).await?;
        let [planned] = planned;
        // Where a hook has changed the row itself, this is stale.
        let new = self.update_row(seen, &planned.into_values()).await?;
        let change = Change::updated(old, new);
        turn.after(from_ref(&change)).await?;
        Ok(change.into_row())
    }

    pub(super) async fn upsert_hooked(
        &self,
        mut turn: Turn<'_, E>,
        row: E::ActiveModel,
        target: Unique<E>,
    ) -> Result<E::Model>
    where
        E: Versioned,
    {
        insert::stamps::<E>(self.workspace(), &row)?;
        self.sight().refuse_insert(&row)?;
        let mut held = self.lock_holder(&row, &target).await?;
        if let Some(held) = &held
            && insert::changes::<E>(&row, &target).is_empty()
        {
            return Ok(held.clone());
        }
        let key = insert::key::<E>(&row, &target);
        let mut planned = [match &held {
            Some(held) => Planned::of(Verb::Upsert, held.clone(), row),
            None => Planned::new(Verb::Upsert, None, row),
        }];
        turn.before(&mut planned).await?;
        let [planned] = planned;
        let row = planned.into_values();
        if turn.is_disturbed().await || insert::key::<E>(&row, &target) != key {
            held = self.lock_holder(&row, &target).await?;
        }
        let changes_nothing = insert::changes::<E>(&row, &target).is_empty();
        for _ in 0..LOOKS {
            let change = match held {
                Some(held) if changes_nothing => {
                    turn.after(&[]).await?;
                    return Ok(held);
                }
                Some(old) => {
                    let new = self.upsert_row(&row, &target).await?;
                    new.map(|new| Change::updated(old, new))
                }
                None => {
                    let new = self.insert_unless_held(&row, &target).await?;
                    new.map(Change::inserted)
                }
            };
            if let Some(change) = change {
                turn.after(from_ref(&change)).await?;
                return Ok(change.into_row());
            }
            // Somebody else has inserted it since.
            held = self.lock_holder(&row, &target).await?;
        }
        Err(self.why_not_upserted(&row, &target).await?)
    }

    /// Locks what a select finds, and reads it as it is then.
    async fn lock_rows(&self, select: Select<E>) -> Result<Vec<E::Model>> {
        let statement = select::build(select.lock(LockType::NoKeyUpdate));
        let rows = self
            .session()
            .connection()
            .fetch_all(Self::purpose("lock"), statement)
            .await?;
        models::<E>(rows)
    }

    /// The row that has the key of a new one, locked.
    async fn lock_holder(
        &self,
        row: &E::ActiveModel,
        target: &Unique<E>,
    ) -> Result<Option<E::Model>> {
        let holder = insert::holder(&self.sight(), row, target);
        Ok(self.lock_rows(holder).await?.pop())
    }
}
