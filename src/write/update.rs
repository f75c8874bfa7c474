//! `update`: the version is checked, the row changed and the outcome told in one statement.
//!
//! ```sql
//! WITH locked AS (SELECT … WHERE workspace = $1 AND id = $2 FOR NO KEY UPDATE),
//!      done   AS (UPDATE … FROM locked WHERE … AND locked.version = $3 RETURNING …)
//! SELECT … FROM done UNION ALL SELECT … FROM locked WHERE NOT EXISTS (SELECT FROM done)
//! ```
//!
//! The lock is taken without asking for version or liveness, so that what stands in the way is the
//! newest committed row, read after waiting for whoever held it.

use std::borrow::Cow;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, IdenStatic, Iterable, ModelTrait, Statement,
    sea_query::{
        Alias, CommonTableExpression, Expr, ExprTrait, IntoIden, LockType, Query, SelectStatement,
        TableRef, UnionType, WithClause,
    },
};
use sqlx::Row;

use super::{POSTGRES, assigned, columns_of, named, returning};
use crate::{
    Access, Error, Id, Result, Rows, Scoped, Seen, Stale, Versioned, Writes,
    bulk::typed,
    connection::{Connection, TRANSACTION_COLUMN},
    error::{from_statement, not_found},
    field::qualified,
    hook::Turn,
    query::Visibility,
    read::{model, select},
    sight::Sight,
};

const APPLIED: &str = "tenantry_applied";

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Changes a row if it still has the version that was seen, and returns it as it is now.
    ///
    /// `seen` is `&model`, or `(id, version)` as a web form brings them. A change that sets nothing
    /// checks the version and writes nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stale`](crate::ErrorKind::Stale) if it was changed since: take it as an answer with
    /// [`or_stale`](crate::OrStale::or_stale). [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if this workspace has no such
    /// living row. [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if the context may read but not change it. Otherwise as
    /// [`insert`](Self::insert).
    pub async fn update(
        self,
        seen: impl Into<Seen<E>> + Send,
        change: E::Update,
    ) -> Result<E::Model>
    where
        E: Versioned,
        A: Writes,
    {
        let (seen, change, sight) = (seen.into(), change.into(), self.sight());
        let assigned = assigned::<E>(&change);
        if assigned.is_empty() {
            return sight.shown(self.check_row(&seen, &change).await?);
        }
        sight.refuse_change(assigned.into_iter().map(|(column, _)| column))?;
        let updated = match Turn::begin(self.session())? {
            Some(turn) => self.update_hooked(turn, &seen, change).await,
            None => self.update_row(&seen, &change).await,
        };
        sight.shown(updated?)
    }

    /// The row, locked, if it lives, has the version seen and may be changed so.
    pub(super) async fn check_row(
        &self,
        seen: &Seen<E>,
        change: &E::ActiveModel,
    ) -> Result<E::Model>
    where
        E: Versioned,
    {
        let statement = check(&self.sight(), seen, change);
        self.told_by(seen, change, statement).await
    }

    pub(super) async fn update_row(
        &self,
        seen: &Seen<E>,
        change: &E::ActiveModel,
    ) -> Result<E::Model>
    where
        E: Versioned,
    {
        let sight = self.sight();
        let change = &*sight.written(Cow::Borrowed(change), Some(&seen.id))?;
        let statement = statement(&sight, seen, change);
        self.told_by(seen, change, statement).await
    }

    async fn told_by(
        &self,
        seen: &Seen<E>,
        change: &E::ActiveModel,
        statement: Statement,
    ) -> Result<E::Model>
    where
        E: Versioned,
    {
        let connection = self.session().connection();
        tell(connection, &self.sight(), seen, change, statement).await
    }
}

/// Runs the statement of an update, or of its check, and tells what came of it.
pub(crate) async fn tell<E: Versioned>(
    connection: &Connection,
    sight: &Sight<'_, E>,
    seen: &Seen<E>,
    change: &E::ActiveModel,
    statement: Statement,
) -> Result<E::Model> {
    let purpose = Rows::<E>::purpose("update");
    let row = connection.fetch_optional(purpose, statement).await;
    match row.map_err(Error::about::<E>)? {
        Some(row) => {
            connection.learn(&row);
            let applied: bool = row.try_get(APPLIED).map_err(from_statement)?;
            let row = model::<E>(row)?;
            if applied {
                return Ok(row);
            }
            Err(refusal(sight, row, seen, change))
        }
        None => Err(missed(connection, sight, &seen.id, change).await?),
    }
}

/// Tells why a statement found nothing to write to: the row is missing, or may not be changed.
///
/// Under row security a row that may be read but not changed cannot be locked, so only a second,
/// plain read tells the two apart. The trip is paid by the loser alone.
async fn missed<E: Scoped>(
    connection: &Connection,
    sight: &Sight<'_, E>,
    id: &Id<E>,
    change: &E::ActiveModel,
) -> Result<Error> {
    let statement = select::build(select::by_id(sight, id, Visibility::Live));
    let purpose = Rows::<E>::purpose("update");
    let readable = connection.fetch_optional(purpose, statement).await?;
    Ok(match readable {
        None => not_found::<E>(),
        Some(row) => sight.why_not_changed(&model::<E>(row)?, change),
    })
}

/// Why a row, locked and read, was not changed: it is deleted, of another version, or may not be changed so.
pub(crate) fn refusal<E: Versioned>(
    sight: &Sight<'_, E>,
    row: E::Model,
    seen: &Seen<E>,
    change: &E::ActiveModel,
) -> Error {
    let deleted = E::DELETED_AT.is_some_and(|column| {
        let value = row.get(column);
        value != value.as_null()
    });
    if deleted {
        not_found::<E>().because_deleted()
    } else if E::version_of(&row) == seen.version {
        sight.why_not_changed(&row, change)
    } else {
        let shown = sight.shown(row);
        shown.map_or_else(
            |error| error,
            |row| Stale::<E>::new(row, seen.version).into(),
        )
    }
}

/// What a column of the row will hold.
fn after<E: Scoped>(change: &E::ActiveModel) -> impl Fn(E::Column) -> Expr {
    |column| match change.get(column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => typed(column, &value),
        ActiveValue::NotSet => qualified(column),
    }
}

fn locked<E: Versioned>(sight: &Sight<'_, E>, seen: &Seen<E>) -> SelectStatement {
    let mut select = Query::select();
    for column in E::Column::iter() {
        let value = column.select_as(Expr::col((E::default(), column)));
        select.expr_as(value, Alias::new(column.as_str()));
    }
    select
        .from(E::default().table_ref())
        .cond_where(select::this_row(sight, &seen.id))
        .lock(LockType::NoKeyUpdate);
    if let Some(changeable) = sight.changeable() {
        select.and_where(changeable);
    }
    select
}

/// The locked row as it is, unless it is living and of the version seen and so was changed.
pub(crate) fn statement<E: Versioned>(
    sight: &Sight<'_, E>,
    seen: &Seen<E>,
    change: &E::ActiveModel,
) -> Statement {
    let mut update = Query::update();
    update
        .table(E::default().table_ref())
        .values(assigned::<E>(change))
        .from(TableRef::Table(named("locked").into_iden().into(), None))
        .cond_where(select::this_row(sight, &seen.id))
        .and_where(Expr::col((named("locked"), E::VERSION)).eq(seen.version))
        .returning(returning::<E>());
    if let Some(deleted_at) = E::DELETED_AT {
        update.and_where(Expr::col((named("locked"), deleted_at)).is_null());
    }
    if let Some(permitted) = sight.update_condition(after::<E>(change)) {
        update.and_where(permitted);
    }
    let none_done = Query::select()
        .expr(Expr::cust("1"))
        .from(named("done"))
        .take();
    let mut answer = columns_of::<E>("done");
    answer
        .expr(Expr::col((named("done"), named(TRANSACTION_COLUMN))))
        .expr_as(Expr::cust("TRUE"), named(APPLIED));
    let mut untouched = columns_of::<E>("locked");
    untouched
        .expr(Expr::cust("NULL::text"))
        .expr_as(Expr::cust("FALSE"), named(APPLIED))
        .and_where(Expr::not_exists(none_done));
    answer.union(UnionType::All, untouched);

    let cte = |name, table: &mut CommonTableExpression| table.table_name(named(name)).to_owned();
    let with = WithClause::new()
        .cte(cte(
            "locked",
            CommonTableExpression::new().query(locked(sight, seen)),
        ))
        .cte(cte("done", CommonTableExpression::new().query(update)))
        .to_owned();
    POSTGRES.build(&answer.with(with))
}

/// A change that is not made yet: the row, locked, and whether it is the version seen and may be changed so.
pub(crate) fn check<E: Versioned>(
    sight: &Sight<'_, E>,
    seen: &Seen<E>,
    change: &E::ActiveModel,
) -> Statement {
    let mut select = locked(sight, seen);
    let mut applied = Expr::col((E::default(), E::VERSION)).eq(seen.version);
    if let Some(deleted_at) = E::DELETED_AT {
        applied = applied.and(Expr::col((E::default(), deleted_at)).is_null());
    }
    if let Some(permitted) = sight.update_condition(after::<E>(change)) {
        applied = applied.and(permitted);
    }
    select.expr_as(applied, named(APPLIED));
    POSTGRES.build(&select)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::{
        Version,
        sample::{self, readable},
    };

    fn sight() -> Sight<'static, sample::Entity> {
        Sight::of_workspace(&Uuid::nil().into())
    }

    fn seen() -> Seen<sample::Entity> {
        (Id::new(Uuid::nil()), Version::from_i64(7)).into()
    }

    /// H-14: at every level, the target and what it is joined with.
    #[test]
    fn an_update_locks_decides_and_tells_in_one_statement() {
        let update = sample::Update {
            code: Set("x".into()),
            ..Default::default()
        };
        let statement = statement(&sight(), &seen(), &update.into());
        assert_snapshot!(readable(&statement));
    }

    #[test]
    fn a_policy_is_asked_of_what_is_locked_and_of_what_would_come_of_it() {
        let (policy, context) = (sample::policy(), sample::member());
        let update = sample::Update {
            name: Set("x".into()),
            ..Default::default()
        };
        let sight = Sight::ruled(&policy, &context);
        assert_snapshot!(readable(&statement(&sight, &seen(), &update.into())));
    }

    #[test]
    fn a_change_of_nothing_writes_nothing() {
        assert_snapshot!(readable(&check(
            &sight(),
            &seen(),
            &sample::Update::default().into()
        )));
    }
}
