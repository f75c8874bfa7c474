//! `insert` and `upsert`.

use std::borrow::Cow;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, IdenStatic, QueryFilter, Select, Value,
    sea_query::{Alias, Expr, ExprTrait, InsertStatement, OnConflict, Query},
};
use sqlx::postgres::PgRow;

use super::{POSTGRES, assigned, given_id, returning, returning_also};
use crate::{
    Access, Error, ErrorKind, Id, NewRow, Result, Rows, Scoped, Unique, Versioned, WorkspaceId,
    Writes, cipher,
    field::qualified,
    hook::Turn,
    query::Visibility,
    read::{model, select},
    sight::Sight,
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Inserts a row into the session's workspace and returns it as the database made it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] if a unique key is taken; [`ErrorKind::Reference`] if it points
    /// at a row that this workspace does not have; [`ErrorKind::Invalid`] if a check refuses a
    /// value; [`ErrorKind::Forbidden`] if a policy refuses the row.
    pub async fn insert(self, new: impl NewRow<E>) -> Result<E::Model>
    where
        A: Writes,
    {
        let row = new.into_active_model();
        let inserted = match Turn::begin(self.session())? {
            Some(turn) => self.insert_hooked(turn, row).await,
            None => self.insert_row(&row).await,
        };
        self.sight().shown(inserted?)
    }

    pub(super) async fn insert_row(&self, row: &E::ActiveModel) -> Result<E::Model> {
        let sight = self.sight();
        let row = &*sight.written(Cow::Borrowed(row), given_id::<E>(row).as_ref())?;
        let mut statement = statement::<E>(self.workspace(), row)?;
        sight.refuse_insert(row)?;
        let permitted = sight.permitted();
        let asks = permitted.is_some();
        statement.returning(returning_also::<E>(permitted));
        let row = self
            .write_row("insert", &statement)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::Internal, "the insert returned no row"))?;
        if asks && let Err(refused) = Sight::<E>::refuse_inserted(&row) {
            self.session().connection().refuse_what_follows();
            return Err(refused);
        }
        model::<E>(row)
    }

    /// Inserts a row or, where `target` finds one of the workspace, gives that one the new values.
    ///
    /// Only the columns that `new` names are changed. The version is not checked, since the caller
    /// has seen none; it is counted. Where `new` names none but the key, the row that is there is
    /// returned as it is, by a second statement.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert), for every unique key but `target`.
    pub async fn upsert(self, new: impl NewRow<E>, target: Unique<E>) -> Result<E::Model>
    where
        E: Versioned,
        A: Writes,
    {
        let (row, sight) = (new.into_active_model(), self.sight());
        refuse_upsert(&sight, &row, &target)?;
        if let Some(turn) = Turn::begin(self.session())? {
            return sight.shown(self.upsert_hooked(turn, row, target).await?);
        }
        let mut written = self.upsert_row(&row, &target).await?;
        if written.is_none() && changes::<E>(&row, &target).is_empty() {
            written = self.holder(&row, &target).await?;
        }
        match written {
            Some(row) => sight.shown(row),
            None => Err(self.why_not_upserted(&row, &target).await?),
        }
    }

    /// Why a key is neither free nor that of a row which may be changed so.
    pub(super) async fn why_not_upserted(
        &self,
        row: &E::ActiveModel,
        target: &Unique<E>,
    ) -> Result<Error> {
        Ok(match self.holder(row, target).await? {
            Some(held) => self.sight().why_not_changed(&held, row),
            // A key that is taken outside of the workspace is taken, as for `insert`.
            None => target.violation(),
        })
    }

    /// Inserts the row, or changes the one that has its key.
    pub(super) async fn upsert_row(
        &self,
        row: &E::ActiveModel,
        target: &Unique<E>,
    ) -> Result<Option<E::Model>> {
        let changed = changes::<E>(row, target);
        self.write_or(row, &changed, target).await
    }

    /// Inserts the row, unless there is one that has its key.
    pub(super) async fn insert_unless_held(
        &self,
        row: &E::ActiveModel,
        target: &Unique<E>,
    ) -> Result<Option<E::Model>> {
        self.write_or(row, &[], target).await
    }

    async fn write_or(
        &self,
        row: &E::ActiveModel,
        changed: &[E::Column],
        target: &Unique<E>,
    ) -> Result<Option<E::Model>> {
        let sight = self.sight();
        // A hook may have sealed since.
        cipher::refuse_upsert(row, target)?;
        let row = &*sight.written(Cow::Borrowed(row), given_id::<E>(row).as_ref())?;
        let mut statement = statement::<E>(self.workspace(), row)?;
        sight.refuse_insert(row)?;
        let workspace = Expr::val(self.workspace().0.to_value());
        statement.on_conflict(on_conflict(&sight, workspace, changed, target));
        let row = self.write_row("upsert", &statement).await?;
        row.map(model::<E>).transpose()
    }

    /// The row of the workspace that has the key of another one.
    async fn holder(&self, row: &E::ActiveModel, target: &Unique<E>) -> Result<Option<E::Model>> {
        let statement = select::build(holder(&self.sight(), row, target));
        let found = self
            .session()
            .connection()
            .fetch_optional(Self::purpose("upsert"), statement)
            .await?;
        found.map(model::<E>).transpose()
    }

    async fn write_row(
        &self,
        verb: &'static str,
        insert: &InsertStatement,
    ) -> Result<Option<PgRow>> {
        let connection = self.session().connection();
        let row = connection
            .fetch_optional(Self::purpose(verb), POSTGRES.build(insert))
            .await
            .map_err(Error::about::<E>)?;
        if let Some(row) = &row {
            connection.learn(row);
        }
        Ok(row)
    }
}

/// `INSERT INTO … RETURNING …`, the workspace stamped.
fn statement<E: Scoped>(workspace: &WorkspaceId, row: &E::ActiveModel) -> Result<InsertStatement> {
    let stamps = stamps::<E>(workspace, row)?.into_iter();
    let mut values: Vec<_> = stamps
        .map(|(column, value)| (column, column.save_as(Expr::val(value))))
        .collect();
    values.extend(assigned::<E>(row));
    let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    let mut insert = Query::insert();
    insert
        .into_table(E::default().table_ref())
        .columns(columns)
        .values(values)
        .map_err(|_| Error::new(ErrorKind::Internal, "columns and values differ in number"))?
        .returning(returning::<E>());
    Ok(insert)
}

/// The workspace, and the id where the library makes it. A workspace of the caller's own is refused
/// if it is another one.
pub(crate) fn stamps<E: Scoped>(
    workspace: &WorkspaceId,
    row: &E::ActiveModel,
) -> Result<Vec<(E::Column, Value)>> {
    let workspace = workspace.0.to_value();
    if let ActiveValue::Set(given) | ActiveValue::Unchanged(given) = row.get(E::WORKSPACE)
        && widened(given) != workspace
    {
        return Err(
            Error::new(ErrorKind::Invalid, "the row names another workspace")
                .with_field(E::WORKSPACE.as_str()),
        );
    }
    let mut stamps = vec![(E::WORKSPACE, workspace)];
    let is_workspace = E::WORKSPACE.as_str() == E::ID.as_str();
    if !is_workspace
        && row.get(E::ID).is_not_set()
        && let Some(id) = Id::<E>::generate()
    {
        stamps.push((E::ID, id.into()));
    }
    Ok(stamps)
}

/// Gives a row its id where the library makes it, as the statement would, and says which it is.
pub(crate) fn identify<E: Scoped>(
    workspace: &WorkspaceId,
    row: &mut E::ActiveModel,
) -> Result<Option<Id<E>>> {
    for (column, value) in stamps::<E>(workspace, row)? {
        if column.as_str() != E::WORKSPACE.as_str() {
            row.set(column, value);
        }
    }
    Ok(given_id::<E>(row))
}

/// A key as a context holds it: a number is a number, however many bytes its column has.
fn widened(key: Value) -> Value {
    match key {
        Value::Int(Some(number)) => i64::from(number).into(),
        other => other,
    }
}

/// The columns that an upsert changes where it finds a row: those that are given, without its key.
pub(crate) fn changed<E: Scoped>(named: &[E::Column], target: &Unique<E>) -> Vec<E::Column> {
    let key = |column: &E::Column| target.columns.iter().any(|k| k.as_str() == column.as_str());
    let named = named.iter().copied();
    named
        .filter(|column| !key(column) && column.as_str() != E::ID.as_str())
        .collect()
}

/// The columns of a new row that an upsert changes where it finds one.
pub(super) fn changes<E: Scoped>(row: &E::ActiveModel, target: &Unique<E>) -> Vec<E::Column> {
    let named: Vec<_> = assigned::<E>(row).into_iter().map(|(c, _)| c).collect();
    changed::<E>(&named, target)
}

/// Refuses to look for a row by what the context does not see, and to change what it may not.
pub(crate) fn refuse_upsert<E: Scoped>(
    sight: &Sight<'_, E>,
    row: &E::ActiveModel,
    target: &Unique<E>,
) -> Result<()> {
    sight.refuse_asked(target.columns())?;
    cipher::refuse_upsert(row, target)?;
    sight.refuse_change(changes::<E>(row, target))
}

/// What a row has in the columns by which an upsert finds one.
pub(super) fn key<E: Scoped>(row: &E::ActiveModel, target: &Unique<E>) -> Vec<ActiveValue<Value>> {
    target
        .columns
        .iter()
        .map(|column| row.get(*column))
        .collect()
}

pub(crate) fn on_conflict<E: Scoped>(
    sight: &Sight<'_, E>,
    workspace: Expr,
    changed: &[E::Column],
    target: &Unique<E>,
) -> OnConflict {
    let mut conflict = OnConflict::columns(target.columns.iter().copied());
    if let (true, Some(deleted_at)) = (target.live_only, E::DELETED_AT) {
        conflict.target_and_where(Expr::col(deleted_at).is_null());
    }
    if changed.is_empty() {
        // Not a touch of the key: the role may not be allowed to write it.
        conflict.do_nothing();
        return conflict;
    }
    conflict.update_columns(changed.iter().copied());
    // The key names the workspace already, unless it is a false fact.
    conflict.action_and_where(qualified(E::WORKSPACE).eq(workspace));
    let is_changed = |column: E::Column| changed.iter().any(|one| one.as_str() == column.as_str());
    let permitted = sight.update_condition(|column| match is_changed(column) {
        true => Expr::col((Alias::new("excluded"), column)),
        false => qualified(column),
    });
    if let Some(permitted) = permitted {
        conflict.action_and_where(permitted);
    }
    conflict
}

pub(super) fn holder<E: Scoped>(
    sight: &Sight<'_, E>,
    row: &E::ActiveModel,
    target: &Unique<E>,
) -> Select<E> {
    let visibility = if target.live_only {
        Visibility::Live
    } else {
        Visibility::All
    };
    let key = target
        .columns
        .iter()
        .filter(|column| column.as_str() != E::WORKSPACE.as_str());
    key.fold(
        select::scoped(sight, visibility),
        |select, column| match row.get(*column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => {
                select.filter(qualified(*column).eq(column.save_as(Expr::val(value))))
            }
            // The database made it, so that no other row has it.
            ActiveValue::NotSet => select.filter(Expr::val(false)),
        },
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::sample::{self, CODE_KEY, Column, readable};

    fn row() -> sample::ActiveModel {
        sample::New {
            name: "a".into(),
            code: "b".into(),
        }
        .into_active_model()
    }

    fn sight() -> Sight<'static, sample::Entity> {
        Sight::of_workspace(&Uuid::nil().into())
    }

    fn nil() -> Expr {
        Expr::val(Uuid::nil())
    }

    #[test]
    fn an_insert_is_stamped_with_the_workspace() {
        let insert = statement::<sample::Entity>(&Uuid::nil().into(), &row()).unwrap();
        assert_snapshot!(readable(&POSTGRES.build(&insert)));
    }

    #[test]
    fn an_upsert_names_its_target_and_leaves_the_key_alone() {
        let mut insert = statement::<sample::Entity>(&Uuid::nil().into(), &row()).unwrap();
        let changed = changed(&[Column::Name, Column::Code], &CODE_KEY);
        insert.on_conflict(on_conflict(&sight(), nil(), &changed, &CODE_KEY));
        assert_snapshot!(readable(&POSTGRES.build(&insert)));
    }

    #[test]
    fn an_upsert_of_a_key_alone_writes_nothing_where_the_row_is_there() {
        let workspace = Uuid::nil().into();
        let mut insert = statement::<sample::Entity>(&workspace, &row()).unwrap();
        insert.on_conflict(on_conflict(&sight(), nil(), &[], &CODE_KEY));
        let holder = select::build(holder(&sight(), &row(), &CODE_KEY));
        assert_snapshot!(format!(
            "{}\n\n{}",
            readable(&POSTGRES.build(&insert)),
            readable(&holder)
        ));
    }

    #[test]
    fn an_upsert_asks_a_policy_what_would_come_of_the_row_that_is_there() {
        let (policy, context) = (sample::policy(), sample::member());
        let sight = Sight::ruled(&policy, &context);
        let mut insert = Query::insert();
        insert.on_conflict(on_conflict(&sight, nil(), &[Column::Name], &CODE_KEY));
        assert_snapshot!(readable(&POSTGRES.build(&insert)));
    }

    #[test]
    fn a_row_that_names_another_workspace_is_refused() {
        let stray = sample::ActiveModel {
            workspace_id: Set(Uuid::max()),
            ..row()
        };
        let refused = statement::<sample::Entity>(&Uuid::nil().into(), &stray).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["workspace_id"]);
    }
}
