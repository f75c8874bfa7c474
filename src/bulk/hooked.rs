//! Many rows of a table with hooks: one call before and one after for all of them, or each by itself.

use std::pin::pin;

use futures_util::{Stream, StreamExt};

use super::{
    Progress,
    batch::{Batch, ROWS},
};
use crate::{
    Access, Error, NewRow, Result, Rows, Scoped, Unique, Versioned, WorkspaceId,
    hook::{Change, Outcomes, Planned, Turn, Unfinished, Verb},
    sight::Sight,
    write::insert::identify,
};

/// Plans new rows. What cannot be a batch is refused before anybody is asked.
pub(super) fn plan<E: Scoped>(
    workspace: &WorkspaceId,
    sight: Sight<'_, E>,
    rows: impl Iterator<Item = E::ActiveModel>,
) -> Result<Vec<Planned<E>>> {
    let (mut planned, mut asked) = (Vec::new(), Batch::<E>::new(workspace, sight));
    for mut row in rows {
        let id = identify::<E>(workspace, &mut row)?;
        asked.push(row.clone())?;
        planned.push(Planned::new(Verb::Insert, id, row));
    }
    asked.refuse_twins()?;
    Ok(planned)
}

/// Asks the hooks about new rows, and takes what they have made of them.
pub(super) async fn ask<'w, E: Scoped>(
    turn: &mut Turn<'_, E>,
    workspace: &'w WorkspaceId,
    sight: Sight<'w, E>,
    mut planned: Vec<Planned<E>>,
) -> Result<Batch<'w, E>> {
    turn.before(&mut planned).await?;
    Batch::of(
        workspace,
        sight,
        planned.into_iter().map(Planned::into_values),
    )
}

/// Tells the hooks of new rows.
pub(super) async fn told<E: Scoped>(
    turn: Turn<'_, E>,
    rows: Vec<E::Model>,
) -> Result<Vec<E::Model>> {
    let changes: Vec<_> = rows.into_iter().map(Change::inserted).collect();
    turn.after(&changes).await?;
    Ok(changes.into_iter().map(Change::into_row).collect())
}

/// A new row as it was taken.
pub(super) struct Given<E: Scoped>(pub(super) E::ActiveModel);

impl<E: Scoped> NewRow<E> for Given<E> {
    fn into_active_model(self) -> E::ActiveModel {
        self.0
    }
}

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Upserts each row, all or none.
    pub(super) async fn upsert_many_hooked(
        self,
        rows: Vec<E::ActiveModel>,
        target: Unique<E>,
    ) -> Result<Vec<E::Model>>
    where
        E: Versioned,
    {
        let session = self.session().again();
        let mut unfinished = Unfinished::new(session.connection());
        unfinished.begin();
        let mut written = Vec::with_capacity(rows.len());
        for row in rows {
            let rows = session.rows(E::default());
            written.push(rows.upsert(Given(row), target).await?);
        }
        unfinished.end();
        Ok(written)
    }

    /// Upserts each row in a savepoint.
    pub(super) async fn upsert_each_hooked(
        self,
        rows: Vec<E::ActiveModel>,
        target: Unique<E>,
    ) -> Result<Vec<Result<E::Model>>>
    where
        E: Versioned,
    {
        let mut session = self.session().again();
        let mut outcomes = Outcomes::new();
        for row in rows {
            let outcome = session
                .savepoint(async |session| {
                    let rows = session.rows(E::default());
                    rows.upsert(Given(row), target).await
                })
                .await;
            outcomes.take(outcome)?;
        }
        Ok(outcomes.told())
    }

    /// Loads pieces as `insert_many` inserts them, with a call of the hooks for each.
    pub(super) async fn load_hooked<N: NewRow<E>, Failure: From<Error>>(
        self,
        rows: impl Stream<Item = Result<N, Failure>> + Send,
        mut report: impl FnMut(Progress) + Send,
    ) -> Result<u64, Failure> {
        let session = self.session().again();
        let mut unfinished = Unfinished::new(session.connection());
        let mut pieces = pin!(rows.chunks(ROWS));
        let mut done = 0;
        unfinished.begin();
        while let Some(piece) = pieces.next().await {
            let piece: Vec<N> = piece.into_iter().collect::<Result<_, Failure>>()?;
            let inserted = session.rows(E::default()).insert_many(piece).await?;
            done += inserted.len() as u64;
            report(Progress::new(done, None));
        }
        unfinished.end();
        Ok(done)
    }

    /// Inserts each row in a savepoint, so that what hooks have done for a refused one goes with it.
    pub(super) async fn insert_each_hooked(
        self,
        rows: Vec<E::ActiveModel>,
    ) -> Result<Vec<Result<E::Model>>> {
        let mut asked = Batch::<E>::new(self.workspace(), self.sight());
        for row in &rows {
            // A row that cannot be stamped is refused in its turn.
            drop(asked.push(row.clone()));
        }
        asked.refuse_twins()?;
        let mut session = self.session().again();
        let mut outcomes = Outcomes::new();
        for row in rows {
            let outcome = session
                .savepoint(async |session| session.rows(E::default()).insert(Given(row)).await)
                .await;
            outcomes.take(outcome)?;
        }
        Ok(outcomes.told())
    }
}
