//! `update_many` and `update_each`.
//!
//! ```sql
//! WITH given  AS (SELECT * FROM unnest(ids, versions, positions, shapes, values …)),
//!      locked AS (SELECT …, version = seen AND deleted_at IS NULL AS fit FROM given JOIN … ORDER BY id FOR NO KEY UPDATE),
//!      done_0 AS (UPDATE … FROM locked WHERE shape = 0 AND fit RETURNING …), …
//! SELECT … FROM done_0 UNION ALL SELECT … FROM locked WHERE position NOT IN (SELECT position FROM done_0)
//! ```
//!
//! Every row of the call is locked in the order of the ids before the first of them is changed, so
//! that calls over the same rows wait for each other instead of locking up. The lock asks for neither
//! version nor liveness: what stands in the way is the newest committed row, as for `update`.
//!
//! Changes that set different columns are one statement with an `UPDATE` for each set, not one
//! `UPDATE` that writes every column back: a column that is not set needs no grant, fires no trigger
//! and no foreign key is checked again.

mod hooked;
mod plan;
mod statement;
mod told;

use std::{
    borrow::Cow,
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};

use sqlx::Row;

use self::{
    plan::{Changes, Part},
    statement::{APPLIED, FIT, POSITION},
    told::{Told, first_refusal, lost, missed, position_of},
};
use super::{batch::with_refused, distinct, narrow::narrow, pieces::Write};
use crate::{
    Access, Error, Result, Rows, Scoped, Seen, Versioned, Writes,
    connection::Exclusive,
    error::from_statement,
    hook::Turn,
    read::model,
    sight::Sight,
    write::{assigned, update::refusal},
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Changes rows if all of them still have the versions that were seen, and returns them in the
    /// order given.
    ///
    /// Each change is what [`update`](Self::update) takes. Where a row is missing, deleted, stale or
    /// not to be changed, nothing is written and the session goes on. A row that a constraint refuses
    /// costs the transaction, as any failed statement does: run it in a
    /// [`savepoint`](crate::Session::savepoint) to go on. Up to 10,000 rows take one trip.
    ///
    /// A unique key that one row of the call gives up and another takes may be told as taken, as in
    /// every `UPDATE` of several rows: change such rows one call after another.
    ///
    /// # Errors
    ///
    /// Of the first row that cannot be changed, as [`update`](Self::update) tells it;
    /// [`Error::position`] says which it is. What a constraint refuses is told without a position,
    /// before anything else. [`ErrorKind::Invalid`](crate::ErrorKind::Invalid), and nothing is sent, if two changes are of one
    /// row.
    ///
    /// # Examples
    ///
    /// ```
    /// use sea_orm::Set;
    /// use tenantry::{Result, Session};
    /// use tenantry_entities::challenges::{Challenges, challenge};
    ///
    /// async fn close(session: &Session, drafts: &[challenge::Model]) -> Result<Vec<challenge::Model>> {
    ///     let close = || challenge::Update {
    ///         status: Set(challenge::Status::Cancelled),
    ///         ..Default::default()
    ///     };
    ///     let changes = drafts.iter().map(|draft| (draft, close()));
    ///     session.challenges().update_many(changes).await
    /// }
    /// ```
    pub async fn update_many<S: Into<Seen<E>>>(
        self,
        changes: impl IntoIterator<Item = (S, E::Update)> + Send,
    ) -> Result<Vec<E::Model>>
    where
        E: Versioned,
        A: Writes,
    {
        let sight = self.sight();
        let changes: Vec<(Seen<E>, E::ActiveModel)> = changes
            .into_iter()
            .map(|(seen, change)| (seen.into(), change.into()))
            .collect();
        for (position, (seen, change)) in changes.iter().enumerate() {
            let refused = refuse_change(&sight, seen, change);
            refused.map_err(|error| error.with_position(position))?;
        }
        let updated = match Turn::begin(self.session())? {
            Some(turn) => self.update_many_hooked(turn, changes).await,
            None => {
                let changes = Changes::<E>::of(self.workspace(), self.sight(), changes)?;
                self.update_planned(changes, Mode::AllOrNone).await
            }
        };
        sight.all_shown(updated?)
    }

    async fn update_planned(self, changes: Changes<'_, E>, mode: Mode) -> Result<Vec<E::Model>>
    where
        E: Versioned,
    {
        let chunks = changes.chunks();
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.session().connection();
        let mut connection = connection.exclusive(Self::purpose("update_many")).await?;
        if chunks.len() > 1 {
            // What is locked and fit stays so until the last piece is written.
            if let Some(position) = lock(&mut connection, &changes).await? {
                let unfit = position..position + 1;
                let told = change(&mut connection, &changes, unfit, mode).await?;
                return Err(first_refusal(told));
            }
            connection.open().await?;
        }
        let mut updated = Vec::with_capacity(changes.len());
        for chunk in chunks {
            let told = match change(&mut connection, &changes, chunk, mode).await {
                Ok(told) => told,
                Err(error) => {
                    connection.give_up().await;
                    return Err(error);
                }
            };
            if told.iter().any(|told| told.outcome.is_err()) {
                // Written in part only where a trigger of the table's own held a row back.
                if !updated.is_empty() || told.iter().any(|told| told.written) {
                    connection.give_up().await;
                }
                return Err(first_refusal(told));
            }
            updated.extend(told.into_iter().filter_map(|told| told.outcome.ok()));
        }
        connection.keep().await?;
        Ok(updated)
    }

    /// Changes rows and tells for each, in the order given, what became of it: the row as it is now,
    /// or what stood in the way.
    ///
    /// The outcomes are those of one [`update`](Self::update) after another, each in a savepoint of
    /// its own. One statement in three trips changes up to 10,000 rows; one more tells what is
    /// missing from what may not be changed, where there is such a row. A row that a constraint
    /// refuses costs about two statements for each time that the rows can be halved.
    ///
    /// # Errors
    ///
    /// Of each row: as [`update`](Self::update); [`or_stale`](crate::OrStale::or_stale) works on it.
    /// Of the call: [`ErrorKind::Invalid`](crate::ErrorKind::Invalid), and nothing is sent, if two changes are of one row; what
    /// a connection can fail with, and nothing is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use tenantry::{Result, Session, Version, prelude::*};
    /// use tenantry_entities::challenges::{Challenges, challenge};
    ///
    /// async fn save(
    ///     session: &Session,
    ///     form: Vec<((challenge::Id, Version), challenge::Update)>,
    /// ) -> Result<()> {
    ///     for outcome in session.challenges().update_each(form).await? {
    ///         match outcome.or_stale() {
    ///             Ok(Updated::Applied(row)) => println!("{} is saved", row.id),
    ///             Ok(Updated::Stale(stale)) => println!("{} was faster", stale.current.id),
    ///             Err(error) => println!("refused: {error}"),
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub async fn update_each<S: Into<Seen<E>>>(
        self,
        changes: impl IntoIterator<Item = (S, E::Update)> + Send,
    ) -> Result<Vec<Result<E::Model>>>
    where
        E: Versioned,
        A: Writes,
    {
        if Turn::<E>::begin(self.session())?.is_some() {
            let changes = changes.into_iter();
            let changes = changes.map(|(seen, change)| (seen.into(), change));
            return self.update_each_hooked(changes.collect()).await;
        }
        let sight = self.sight();
        let changes: Vec<(Seen<E>, E::ActiveModel)> = changes
            .into_iter()
            .map(|(seen, change)| (seen.into(), change.into()))
            .collect();
        distinct(changes.iter().map(|(seen, _)| seen.id()))?;
        let mut refused = Vec::with_capacity(changes.len());
        let mut permitted = Vec::with_capacity(changes.len());
        for (seen, change) in changes {
            let outcome = refuse_change(&sight, &seen, &change);
            if outcome.is_ok() {
                permitted.push((seen, change));
            }
            refused.push(outcome);
        }
        let changes = Changes::<E>::of(self.workspace(), self.sight(), permitted)?;
        let connection = self.session().connection();
        let connection = connection.exclusive(Self::purpose("update_each")).await?;
        let updates = Updates {
            changes: &changes,
            held: AtomicBool::new(false),
        };
        let outcomes = narrow(connection, changes.chunks(), &updates).await?;
        let shown = outcomes
            .into_iter()
            .map(|outcome| sight.shown(outcome.and_then(|told| told.outcome)?))
            .collect();
        Ok(with_refused(refused, shown))
    }
}

/// Refuses a change of what the context may not change, and to what was sealed for another row.
fn refuse_change<E: Scoped>(
    sight: &Sight<'_, E>,
    seen: &Seen<E>,
    change: &E::ActiveModel,
) -> Result<()> {
    sight.written(Cow::Borrowed(change), Some(seen.id()))?;
    sight.refuse_change(assigned::<E>(change).into_iter().map(|(column, _)| column))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing is written unless every row can be.
    AllOrNone,
    Each,
    /// Nothing is written: rows are locked, and told whether they could be changed so.
    Check,
}

struct Updates<'c, E: Versioned> {
    changes: &'c Changes<'c, E>,
    /// Every row of the call is locked, by a piece that was kept.
    held: AtomicBool,
}

impl<E: Versioned> Write for Updates<'_, E> {
    type Row = Told<E>;

    async fn write(
        &self,
        connection: &mut Exclusive<'_>,
        rows: Range<usize>,
    ) -> Result<Vec<Told<E>>> {
        // A piece that is undone gives its locks back. So either all rows are locked or none: who
        // locked a half, and then the other, could meet another call on its way.
        if rows.len() < self.changes.len() && !self.held.load(Ordering::Relaxed) {
            lock(connection, self.changes).await?;
        }
        let told = change(connection, self.changes, rows, Mode::Each).await?;
        self.held.store(true, Ordering::Relaxed);
        Ok(told)
    }
}

/// Locks every row of the call in the order of the ids, and tells the first that is not fit.
async fn lock<E: Versioned>(
    connection: &mut Exclusive<'_>,
    changes: &Changes<'_, E>,
) -> Result<Option<usize>> {
    let part = changes.asked(0..changes.len())?;
    let sql = statement::lock(&changes.sight, &part);
    // Planned for this many rows: a plan for any number would compare each with each.
    let told = connection.fetch_all_once(sql, changes.arguments(&part)?);
    let told = told.await.map_err(Error::about::<E>)?;
    let Some(row) = told.first() else {
        return Ok(None);
    };
    let first: Option<i64> = row.try_get(POSITION).map_err(from_statement)?;
    first.map(position_of).transpose()
}

/// Changes the rows of a range, and tells of each in their order.
async fn change<E: Versioned>(
    connection: &mut Exclusive<'_>,
    changes: &Changes<'_, E>,
    range: Range<usize>,
    mode: Mode,
) -> Result<Vec<Told<E>>> {
    let part = changes.part(range.clone())?;
    let sql = statement::change(&changes.sight, &part, mode);
    let arguments = changes.arguments(&part)?;
    let rows = match part.shapes.len() {
        0 | 1 => connection.fetch_all(sql, arguments).await,
        _ => connection.fetch_all_once(sql, arguments).await,
    };
    let mut told: Vec<Option<Told<E>>> = Vec::new();
    told.resize_with(range.len(), || None);
    for row in rows.map_err(Error::about::<E>)? {
        let position = position_of(row.try_get(POSITION).map_err(from_statement)?)?;
        let fit: bool = row.try_get(FIT).map_err(from_statement)?;
        let applied: bool = row.try_get(APPLIED).map_err(from_statement)?;
        let written: bool = row.try_get(statement::WRITTEN).map_err(from_statement)?;
        let row = model::<E>(row)?;
        let place = position.checked_sub(range.start);
        let place = place
            .and_then(|place| told.get_mut(place))
            .ok_or_else(lost)?;
        let outcome = if applied {
            Ok(row)
        } else {
            let change = changes.change(position);
            Err(refusal(
                &changes.sight,
                row,
                changes.seen(position),
                &change,
            ))
        };
        let answer = Told {
            position,
            outcome,
            fit,
            written,
        };
        if place.replace(answer).is_some() {
            return Err(lost());
        }
    }
    let unseen: Vec<usize> = range
        .clone()
        .filter(|row| told[row - range.start].is_none())
        .collect();
    if !unseen.is_empty() {
        for answer in missed(connection, changes, &unseen).await? {
            let place = answer.position - range.start;
            told[place] = Some(answer);
        }
    }
    told.into_iter().map(|told| told.ok_or_else(lost)).collect()
}
