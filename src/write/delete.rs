//! `delete`: rows, and what hangs on them.

mod restore;

use std::collections::{HashMap, HashSet};

use sea_orm::{
    Statement, Value,
    sea_query::{ArrayType, ValueType},
};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    Deletion, POSTGRES,
    cascade::{self, OPEN, Plan, ROOTS, WHOLE},
};
use crate::{
    Access, Error, ErrorKind, Id, Result, Rows, Scoped, SoftDelete, Writes,
    error::{from_statement, not_found},
    policy::{Action, Intent},
    read::{models, select},
};

/// How often a cascade looks again, when somebody changed a row between its look and its lock.
const LOOKS: usize = 4;

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Soft-deletes a row and what hangs on it ([`SoftDelete::CHILDREN`]), by one operation. The database notes when and by whom.
    ///
    /// Rows are locked from the top downwards and in the order of their ids, so that overlapping deletes wait for each other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if this workspace has no such living row, also when it was deleted before;
    /// [`ErrorKind::Forbidden`] if the context may read but not delete it, or something that hangs on it: nothing is deleted
    /// then. [`ErrorKind::Retryable`] if a row that must not outlive its parent was added meanwhile.
    /// [`ErrorKind::Reference`] if a row that does not go along may not live without it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tenantry::{Id, Result, Rows, SoftDelete};
    /// # async fn example<E: SoftDelete>(decks: Rows<'_, E>, id: Id<E>) -> Result<()> {
    /// let deletion = decks.delete(id).await?;
    /// for (table, rows) in deletion.by_table() {
    ///     println!("{rows} rows of {table}");
    /// }
    /// decks.restore(&deletion).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(self, id: Id<E>) -> Result<Deletion>
    where
        E: SoftDelete,
        A: Writes,
    {
        self.delete_all("delete", &[id]).await
    }

    /// Soft-deletes rows and what hangs on them by one operation, all or none.
    ///
    /// # Errors
    ///
    /// As [`delete`](Self::delete), for the first row that cannot be deleted; [`ErrorKind::Invalid`] if an id comes twice.
    pub async fn delete_many(self, ids: &[Id<E>]) -> Result<Deletion>
    where
        E: SoftDelete,
        A: Writes,
    {
        refuse_twins::<E>(ids)?;
        if ids.is_empty() {
            return Ok(Deletion::of_operation(Uuid::now_v7()));
        }
        self.delete_all("delete_many", ids).await
    }

    /// Soft-deletes rows, each with what hangs on it and by an operation of its own, and tells the outcome of each.
    ///
    /// It does what [`delete`](Self::delete) would do for one id after the other: what hangs on two of them goes with the
    /// first, and a row that went with one before it is not found.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if an id comes twice; otherwise what ends the transaction, as a lost connection does. The inner
    /// errors are those of [`delete`](Self::delete).
    pub async fn delete_each(self, ids: &[Id<E>]) -> Result<Vec<Result<Deletion>>>
    where
        E: SoftDelete,
        A: Writes,
    {
        refuse_twins::<E>(ids)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let plan = Plan::of::<E>()?.seen_by(self.session(), Intent::Delete);
        if plan.has_hooks(self.session()) {
            return self.delete_each_hooked(&plan, ids).await;
        }
        let operations: Vec<Uuid> = ids.iter().map(|_| Uuid::now_v7()).collect();
        let statement = Statement::from_sql_and_values(
            POSTGRES,
            cascade::delete_each(&plan),
            [self.workspace().0.to_value(), keys(ids), uuids(&operations)],
        );
        let connection = self.session().connection();
        let answer = connection
            .fetch_all(Self::purpose("delete_each"), statement)
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Err(self.explained(&plan, error).await),
        };
        if !is_open(answer.first())? {
            return self.delete_one_by_one(ids).await;
        }
        let places: HashMap<Uuid, usize> = operations.iter().copied().zip(0..).collect();
        let mut deletions: HashMap<usize, Deletion> = HashMap::new();
        for row in &answer {
            connection.learn(row);
            let operation: Option<Uuid> = row.try_get("op").map_err(from_statement)?;
            let Some(&place) = operation.and_then(|known| places.get(&known)) else {
                continue;
            };
            let (node, rows): (i32, i64) = (
                row.try_get("node").map_err(from_statement)?,
                row.try_get("rows").map_err(from_statement)?,
            );
            let table = usize::try_from(node).ok().and_then(|at| plan.nodes.get(at));
            deletions
                .entry(place)
                .or_insert_with(|| Deletion::of_operation(operations[place]))
                .take(
                    table.map_or("", |node| node.table.name),
                    rows.unsigned_abs(),
                );
        }
        let missed: Vec<Id<E>> = ids
            .iter()
            .enumerate()
            .filter(|(at, _)| !deletions.contains_key(at))
            .map(|(_, id)| id.clone())
            .collect();
        let readable = self.readable(&missed).await?;
        Ok(ids
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let deleted = deletions.remove(&at);
                deleted.ok_or_else(|| self.refused(readable.get(id)))
            })
            .collect())
    }

    /// Where one of them cannot be taken whole, each must be asked for itself.
    async fn delete_one_by_one(self, ids: &[Id<E>]) -> Result<Vec<Result<Deletion>>>
    where
        E: SoftDelete,
        A: Writes,
    {
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            let outcome = self
                .delete_all("delete_each", std::slice::from_ref(id))
                .await;
            match outcome {
                Err(error) if !is_about_row(&error) => return Err(error),
                outcome => outcomes.push(outcome),
            }
        }
        Ok(outcomes)
    }

    async fn delete_all(self, verb: &'static str, ids: &[Id<E>]) -> Result<Deletion>
    where
        E: SoftDelete,
        A: Writes,
    {
        let plan = Plan::of::<E>()?.seen_by(self.session(), Intent::Delete);
        if plan.has_hooks(self.session()) {
            return self.delete_hooked(&plan, verb, ids).await;
        }
        self.delete_planned(&plan, verb, ids).await
    }

    pub(in crate::write) async fn delete_planned(
        self,
        plan: &Plan,
        verb: &'static str,
        ids: &[Id<E>],
    ) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        let operation = Uuid::now_v7();
        let sql = cascade::delete(plan);
        let values = vec![self.workspace().0.to_value(), keys(ids), operation.into()];
        let row = self.opened(plan, verb, ids, (&sql, values)).await?;
        self.session().connection().learn(&row);
        Deletion::told(operation, plan, &row)
    }

    /// Locks what a delete would take, or says why it would not.
    pub(in crate::write) async fn lock_planned(
        self,
        plan: &Plan,
        verb: &'static str,
        ids: &[Id<E>],
    ) -> Result<()>
    where
        E: SoftDelete,
    {
        let sql = cascade::lock(plan);
        let values = vec![self.workspace().0.to_value(), keys(ids)];
        self.opened(plan, verb, ids, (&sql, values)).await.map(drop)
    }

    /// Runs a statement until it says that it could lock everything, or never will.
    async fn opened(
        self,
        plan: &Plan,
        verb: &'static str,
        ids: &[Id<E>],
        (sql, values): (&str, Vec<Value>),
    ) -> Result<PgRow>
    where
        E: SoftDelete,
    {
        let connection = self.session().connection();
        for _ in 0..LOOKS {
            let statement = Statement::from_sql_and_values(POSTGRES, sql, values.clone());
            let answer = connection
                .fetch_optional(Self::purpose(verb), statement)
                .await;
            let row = match answer {
                Ok(answer) => answer.ok_or_else(no_answer)?,
                Err(error) => return Err(self.explained(plan, error).await),
            };
            if is_open(Some(&row))? {
                return Ok(row);
            }
            let roots: i64 = row.try_get(ROOTS).map_err(from_statement)?;
            if usize::try_from(roots) != Ok(ids.len()) {
                let readable = self.readable(ids).await?;
                // If all can be read, one of them may not be deleted, or came back a moment ago.
                let refused = ids.iter().map(|id| self.refused(readable.get(id)));
                return Err(refused
                    .min_by_key(told_first)
                    .unwrap_or_else(not_found::<E>));
            }
            let whole: bool = row.try_get(WHOLE).map_err(from_statement)?;
            debug_assert!(!whole, "what is complete and whole is deleted");
        }
        Err(Error::new(
            ErrorKind::Forbidden,
            format!(
                "something that hangs on the row of {} may not be changed",
                E::default().table_name()
            ),
        ))
    }

    /// Those of them that are living rows which may be read.
    async fn readable(self, ids: &[Id<E>]) -> Result<HashMap<Id<E>, E::Model>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let statement = select::build(select::by_ids(&self.sight(), ids));
        let rows = self
            .session()
            .connection()
            .fetch_all(Self::purpose("delete"), statement)
            .await?;
        let rows = models::<E>(rows)?.into_iter();
        Ok(rows.map(|row| (E::id_of(&row), row)).collect())
    }

    /// Why a row that could not be locked could not.
    fn refused(&self, readable: Option<&E::Model>) -> Error {
        match readable {
            Some(row) => self.sight().why_not_done(Action::Delete, "deleted", row),
            None => not_found::<E>(),
        }
    }

    /// A child that came while its parent went is a matter of time; another that holds on to the parent is not.
    async fn explained(&self, plan: &Plan, error: Error) -> Error
    where
        E: SoftDelete,
    {
        let is_of_plan = |name: &str| {
            plan.nodes.iter().any(|node| {
                let known = node.table.constraints();
                known.iter().any(|constraint| constraint.name() == name)
            })
        };
        if error.kind() == ErrorKind::Reference && error.constraint().is_some_and(is_of_plan) {
            self.session().connection().ask_for_retry().await;
            return Error::new(
                ErrorKind::Retryable,
                "a row was added while what it hangs on was being deleted",
            )
            .with_sqlstate("23503");
        }
        error.about::<E>()
    }
}

/// What is missing, then what a rule keeps.
fn told_first(refused: &Error) -> u8 {
    match (refused.kind(), refused.rule()) {
        (ErrorKind::NotFound, _) => 0,
        (_, Some(_)) => 1,
        _ => 2,
    }
}

/// Whether an error is about a row, and has left the transaction as it was.
fn is_about_row(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden) && error.sqlstate().is_none()
}

fn refuse_twins<E: Scoped>(ids: &[Id<E>]) -> Result<()> {
    let mut seen = HashSet::with_capacity(ids.len());
    if ids.iter().all(|id| seen.insert(id)) {
        return Ok(());
    }
    let told = Error::new(ErrorKind::Invalid, "an id comes twice in one call");
    Err(told.with_field(sea_orm::IdenStatic::as_str(&E::ID)))
}

pub(in crate::write) fn keys<E: Scoped>(ids: &[Id<E>]) -> Value {
    let keys = ids.iter().map(|id| id.clone().into()).collect();
    Value::Array(E::Key::array_type(), Some(Box::new(keys)))
}

pub(in crate::write) fn uuids(values: &[Uuid]) -> Value {
    let values = values.iter().map(|value| (*value).into()).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(values)))
}

fn is_open(row: Option<&PgRow>) -> Result<bool> {
    row.ok_or_else(no_answer)?
        .try_get(OPEN)
        .map_err(from_statement)
}

fn no_answer() -> Error {
    Error::new(ErrorKind::Internal, "the statement has no answer")
}

impl Deletion {
    /// Reads how many rows of each table were taken.
    fn told(operation: Uuid, plan: &Plan, row: &PgRow) -> Result<Self> {
        let mut deletion = Self::of_operation(operation);
        for (at, node) in plan.nodes.iter().enumerate() {
            let rows: i64 = row
                .try_get(format!("taken_{at}").as_str())
                .map_err(from_statement)?;
            deletion.take(node.table.name, rows.unsigned_abs());
        }
        Ok(deletion)
    }
}
