//! `restore`: exactly what a deletion took, or everything that stands in the way.

use sea_orm::Statement;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    super::{
        Deletion, POSTGRES,
        cascade::{self, Plan, ROOTS, WHOLE},
    },
    LOOKS, is_open, no_answer, uuids,
};
use crate::{
    Access, Error, ErrorKind, Obstacle, ObstacleReason, Result, Rows, Scoped, SoftDelete, Writes,
    error::{from_statement, not_found},
    policy::Intent,
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Restores exactly the rows that a deletion took, with what hung on them, and says how many.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if nothing of this table in this workspace was taken by it, or it was restored before.
    /// If something stands in the way, nothing is restored and [`Error::obstacles`] names all of it:
    /// [`ErrorKind::AlreadyExists`] if a unique key was taken meanwhile, or else [`ErrorKind::Reference`] if a row that it is
    /// deleted with is still deleted, or else [`ErrorKind::Forbidden`] if the context may not change one of the rows. The
    /// session goes on.
    ///
    /// A key that is taken in the same moment, and one that is more than columns, is known to the database alone: its error is
    /// [`ErrorKind::AlreadyExists`] without obstacles, and ends the transaction as that of an insert does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tenantry::{Deletion, ObstacleReason, Result, Rows, SoftDelete};
    /// # async fn example<E: SoftDelete>(decks: Rows<'_, E>, deletion: &Deletion) -> Result<()> {
    /// if let Err(error) = decks.restore(deletion).await {
    ///     for obstacle in error.obstacles() {
    ///         match &obstacle.reason {
    ///             ObstacleReason::Taken { constraint, by } => println!("{by} has {constraint}"),
    ///             ObstacleReason::ParentDeleted { table, row } => println!("restore {row} of {table} first"),
    ///             _ => println!("ask somebody who may"),
    ///         }
    ///     }
    ///     return Err(error);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn restore(self, deletion: &Deletion) -> Result<u64>
    where
        E: SoftDelete,
        A: Writes,
    {
        self.restore_all("restore", &[deletion.operation]).await
    }

    /// Restores what several deletions took, all or none, and says how many rows.
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore); [`ErrorKind::Invalid`] if a deletion comes twice.
    pub async fn restore_many(self, deletions: &[Deletion]) -> Result<u64>
    where
        E: SoftDelete,
        A: Writes,
    {
        refuse_twins(deletions)?;
        if deletions.is_empty() {
            return Ok(0);
        }
        let operations: Vec<Uuid> = deletions
            .iter()
            .map(|deletion| deletion.operation)
            .collect();
        self.restore_all("restore_many", &operations).await
    }

    /// Restores what several deletions took, one after the other, and tells the outcome of each.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if a deletion comes twice; otherwise what ends the transaction, as a lost connection does. The
    /// inner errors are those of [`restore`](Self::restore).
    pub async fn restore_each(self, deletions: &[Deletion]) -> Result<Vec<Result<u64>>>
    where
        E: SoftDelete,
        A: Writes,
    {
        refuse_twins(deletions)?;
        let plan = Plan::of::<E>()?.seen_by(self.session(), Intent::Restore);
        if plan.has_hooks(self.session()) {
            return self.restore_each_hooked(&plan, deletions).await;
        }
        let mut outcomes = Vec::with_capacity(deletions.len());
        for deletion in deletions {
            let outcome = self
                .restore_planned(&plan, "restore_each", &[deletion.operation])
                .await
                .map(|restored| restored.rows);
            match outcome {
                Err(error) if !is_about_row(&error) => return Err(error),
                outcome => outcomes.push(outcome),
            }
        }
        Ok(outcomes)
    }

    async fn restore_all(self, verb: &'static str, operations: &[Uuid]) -> Result<u64>
    where
        E: SoftDelete,
        A: Writes,
    {
        let plan = Plan::of::<E>()?.seen_by(self.session(), Intent::Restore);
        if plan.has_hooks(self.session()) {
            return Ok(self.restore_hooked(&plan, verb, operations).await?.rows);
        }
        Ok(self.restore_planned(&plan, verb, operations).await?.rows)
    }

    pub(in crate::write) async fn restore_planned(
        self,
        plan: &Plan,
        verb: &'static str,
        operations: &[Uuid],
    ) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        let sql = cascade::restore(plan);
        let row = self.clear(plan, verb, operations, &sql).await?;
        self.session().connection().learn(&row);
        Deletion::told(operations[0], plan, &row)
    }

    /// Locks what a restore would revive, or says what stands in its way.
    pub(in crate::write) async fn lock_taken(
        self,
        plan: &Plan,
        verb: &'static str,
        operations: &[Uuid],
    ) -> Result<()>
    where
        E: SoftDelete,
    {
        let sql = cascade::lock_taken(plan);
        self.clear(plan, verb, operations, &sql).await.map(drop)
    }

    /// Runs a statement until nothing stands in its way, or something does that can be named.
    async fn clear(
        self,
        plan: &Plan,
        verb: &'static str,
        operations: &[Uuid],
        sql: &str,
    ) -> Result<PgRow>
    where
        E: SoftDelete,
    {
        let connection = self.session().connection();
        let purpose = Self::purpose(verb);
        for _ in 0..LOOKS {
            let values = [self.workspace().0.to_value(), uuids(operations)];
            let statement = Statement::from_sql_and_values(POSTGRES, sql, values);
            let answer = connection.fetch_optional(purpose, statement).await;
            let row = answer.map_err(Error::about::<E>)?.ok_or_else(no_answer)?;
            if is_open(Some(&row))? {
                return Ok(row);
            }
            let roots: i64 = row.try_get(ROOTS).map_err(from_statement)?;
            let whole: bool = row.try_get(WHOLE).map_err(from_statement)?;
            if whole && usize::try_from(roots) != Ok(operations.len()) {
                return Err(not_found::<E>());
            }
            let obstacles = self.obstacles(plan, verb, operations).await?;
            if !obstacles.is_empty() {
                return Err(refused::<E>(obstacles));
            }
            // It is gone since: look again.
        }
        Err(Error::new(
            ErrorKind::Retryable,
            "rows change while they are being restored",
        ))
    }

    async fn obstacles(
        self,
        plan: &Plan,
        verb: &'static str,
        operations: &[Uuid],
    ) -> Result<Vec<Obstacle>> {
        let statement = Statement::from_sql_and_values(
            POSTGRES,
            cascade::obstacles(plan),
            [self.workspace().0.to_value(), uuids(operations)],
        );
        let rows = self
            .session()
            .connection()
            .fetch_all(Self::purpose(verb), statement)
            .await?;
        rows.iter()
            .filter_map(|row| told(plan, row).transpose())
            .collect()
    }
}

/// Reads one row of [`cascade::obstacles`].
fn told(plan: &Plan, row: &PgRow) -> Result<Option<Obstacle>> {
    let place = |column: &str| -> Result<usize> {
        let number: i32 = row.try_get(column).map_err(from_statement)?;
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    };
    let text = |column: &str| {
        row.try_get::<Option<String>, _>(column)
            .map_err(from_statement)
    };
    let Some(node) = plan.nodes.get(place("node")?) else {
        return Ok(None);
    };
    let other = text("other")?.unwrap_or_default();
    let which = place("which")?;
    let reason = match text("kind")?.as_deref() {
        Some("key") => node
            .table
            .uniques()
            .get(which)
            .map(|key| ObstacleReason::Taken {
                constraint: key.name,
                by: other,
            }),
        Some("parent") => {
            node.table
                .parents()
                .get(which)
                .map(|link| ObstacleReason::ParentDeleted {
                    table: link.table.name,
                    row: other,
                })
        }
        _ => Some(ObstacleReason::Forbidden),
    };
    let row = text("row")?.unwrap_or_default();
    Ok(reason.map(|reason| Obstacle::new(node.table.name, row, reason)))
}

fn refused<E: Scoped>(obstacles: Vec<Obstacle>) -> Error {
    let table = E::default();
    let table = table.table_name();
    let taken = obstacles.iter().find_map(|obstacle| match obstacle.reason {
        ObstacleReason::Taken { constraint, .. } => Some(constraint),
        _ => None,
    });
    let orphaned = obstacles
        .iter()
        .any(|obstacle| matches!(obstacle.reason, ObstacleReason::ParentDeleted { .. }));
    let error = match taken {
        Some(constraint) => Error::new(
            ErrorKind::AlreadyExists,
            format!("rows of {table} cannot be restored: a unique key is taken"),
        )
        .with_constraint(constraint)
        .with_hint("Rename or delete the rows that `Error::obstacles` names, then restore again."),
        None if orphaned => Error::new(
            ErrorKind::Reference,
            format!("rows of {table} cannot be restored: what they hang on is deleted"),
        )
        .with_hint("Restore the rows that `Error::obstacles` names first."),
        None => Error::new(
            ErrorKind::Forbidden,
            format!("rows of {table} may not be restored"),
        ),
    };
    error.about::<E>().with_obstacles(obstacles)
}

/// Whether an error is about what was to be restored, and has left the transaction as it was.
fn is_about_row(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound || !error.obstacles().is_empty()
}

fn refuse_twins(deletions: &[Deletion]) -> Result<()> {
    let mut seen = std::collections::HashSet::with_capacity(deletions.len());
    if deletions
        .iter()
        .all(|deletion| seen.insert(deletion.operation))
    {
        return Ok(());
    }
    let told = Error::new(ErrorKind::Invalid, "a deletion comes twice in one call");
    Err(told.with_field("operation"))
}
