//! Changes of many rows of a table with hooks: all by one call of them, or each by itself.

use super::{Mode, plan::Changes};
use crate::{
    Access, Result, Rows, Scoped, Seen, Versioned,
    bulk::distinct,
    hook::{Change, Outcomes, Planned, Turn, Verb},
    write::assigned,
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    pub(super) async fn update_many_hooked(
        self,
        mut turn: Turn<'_, E>,
        changes: Vec<(Seen<E>, E::ActiveModel)>,
    ) -> Result<Vec<E::Model>>
    where
        E: Versioned,
    {
        let asked = changes.iter();
        let asked =
            asked.map(|(seen, change)| ((seen.id().clone(), seen.version()), change.clone()));
        let asked = Changes::of(self.workspace(), self.sight(), asked)?;
        let old = self.update_planned(asked, Mode::Check).await?;
        let mut rows = Vec::with_capacity(changes.len());
        let mut planned = Vec::new();
        let mut places = Vec::new();
        for (place, ((seen, change), old)) in changes.into_iter().zip(&old).enumerate() {
            if assigned::<E>(&change).is_empty() {
                rows.push((seen, change));
            } else {
                rows.push((seen, unset::<E>()));
                planned.push(Planned::of(Verb::Update, old.clone(), change));
                places.push(place);
            }
        }
        turn.before(&mut planned).await?;
        for (place, planned) in places.iter().zip(planned) {
            rows[*place].1 = planned.into_values();
        }
        let rows = Changes::of(self.workspace(), self.sight(), rows)?;
        // Where a hook has changed one of the rows itself, that is stale.
        let new = self.update_planned(rows, Mode::AllOrNone).await?;
        let changes: Vec<_> = places
            .iter()
            .map(|place| Change::updated(old[*place].clone(), new[*place].clone()))
            .collect();
        turn.after(&changes).await?;
        Ok(new)
    }

    /// Changes each row in a savepoint, so that what hooks have done for a refused one goes with it.
    pub(super) async fn update_each_hooked(
        self,
        changes: Vec<(Seen<E>, E::Update)>,
    ) -> Result<Vec<Result<E::Model>>>
    where
        E: Versioned,
    {
        distinct(changes.iter().map(|(seen, _)| seen.id()))?;
        let mut session = self.session().again();
        let mut outcomes = Outcomes::new();
        for (seen, change) in changes {
            let outcome = session
                .savepoint(async |session| session.rows(E::default()).update(seen, change).await)
                .await;
            outcomes.take(outcome)?;
        }
        Ok(outcomes.told())
    }
}

fn unset<E: Versioned>() -> E::ActiveModel {
    E::Update::default().into()
}
