//! `insert` and `upsert`.

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, IdenStatic, QueryFilter, Select, Value,
    sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query},
};

use super::{POSTGRES, assigned, returning};
use crate::{
    Access, Error, ErrorKind, Id, NewRow, Result, Rows, Scoped, Unique, Versioned, WorkspaceId,
    Writes,
    field::qualified,
    query::Visibility,
    read::{model, select},
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
        let statement = statement::<E>(self.workspace(), &new.into_active_model())?;
        self.write_one("insert", &statement)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::Internal, "the insert returned no row"))
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
        let row = new.into_active_model();
        let changed = changed::<E>(&row, &target);
        let mut statement = statement::<E>(self.workspace(), &row)?;
        statement.on_conflict(on_conflict::<E>(self.workspace(), &changed, &target));
        let mut written = self.write_one("upsert", &statement).await?;
        if written.is_none() && changed.is_empty() {
            written = self.holder(&row, &target).await?;
        }
        // A key that is taken outside of the workspace is taken, as for `insert`.
        written.ok_or_else(|| target.violation())
    }

    /// The row of the workspace that has the key of another one.
    async fn holder(&self, row: &E::ActiveModel, target: &Unique<E>) -> Result<Option<E::Model>> {
        let statement = select::build(holder::<E>(self.workspace(), row, target));
        let found = self
            .session()
            .connection()
            .fetch_optional(Self::purpose("upsert"), statement)
            .await?;
        found.map(model::<E>).transpose()
    }

    async fn write_one(
        &self,
        verb: &'static str,
        insert: &InsertStatement,
    ) -> Result<Option<E::Model>> {
        let connection = self.session().connection();
        let row = connection
            .fetch_optional(Self::purpose(verb), POSTGRES.build(insert))
            .await
            .map_err(Error::about::<E>)?;
        if let Some(row) = &row {
            connection.learn(row);
        }
        row.map(model::<E>).transpose()
    }
}

/// `INSERT INTO … RETURNING …`, the workspace stamped.
fn statement<E: Scoped>(workspace: &WorkspaceId, row: &E::ActiveModel) -> Result<InsertStatement> {
    let mut values = stamps::<E>(workspace, row)?;
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
fn stamps<E: Scoped>(
    workspace: &WorkspaceId,
    row: &E::ActiveModel,
) -> Result<Vec<(E::Column, Expr)>> {
    let workspace = workspace.0.to_value();
    if let ActiveValue::Set(given) | ActiveValue::Unchanged(given) = row.get(E::WORKSPACE)
        && widened(given) != workspace
    {
        return Err(
            Error::new(ErrorKind::Invalid, "the row names another workspace")
                .with_field(E::WORKSPACE.as_str()),
        );
    }
    let mut stamps = vec![(E::WORKSPACE, E::WORKSPACE.save_as(Expr::val(workspace)))];
    let is_workspace = E::WORKSPACE.as_str() == E::ID.as_str();
    if !is_workspace
        && row.get(E::ID).is_not_set()
        && let Some(id) = Id::<E>::generate()
    {
        stamps.push((E::ID, E::ID.save_as(Expr::val(id))));
    }
    Ok(stamps)
}

/// A key as a context holds it: a number is a number, however many bytes its column has.
fn widened(key: Value) -> Value {
    match key {
        Value::Int(Some(number)) => i64::from(number).into(),
        other => other,
    }
}

/// The columns that an upsert changes where it finds a row: those that are given, without its key.
fn changed<E: Scoped>(row: &E::ActiveModel, target: &Unique<E>) -> Vec<E::Column> {
    let key = |column: &E::Column| target.columns.iter().any(|k| k.as_str() == column.as_str());
    assigned::<E>(row)
        .into_iter()
        .map(|(column, _)| column)
        .filter(|column| !key(column) && column.as_str() != E::ID.as_str())
        .collect()
}

fn on_conflict<E: Scoped>(
    workspace: &WorkspaceId,
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
    conflict.action_and_where(qualified(E::WORKSPACE).eq(workspace.0.to_value()));
    conflict
}

fn holder<E: Scoped>(
    workspace: &WorkspaceId,
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
        select::scoped::<E>(workspace, visibility),
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
    use crate::sample::{self, CODE_KEY, readable};

    fn row() -> sample::ActiveModel {
        sample::New {
            name: "a".into(),
            code: "b".into(),
        }
        .into_active_model()
    }

    #[test]
    fn an_insert_is_stamped_with_the_workspace() {
        let insert = statement::<sample::Entity>(&Uuid::nil().into(), &row()).unwrap();
        assert_snapshot!(readable(&POSTGRES.build(&insert)));
    }

    #[test]
    fn an_upsert_names_its_target_and_leaves_the_key_alone() {
        let mut insert = statement::<sample::Entity>(&Uuid::nil().into(), &row()).unwrap();
        let changed = changed(&row(), &CODE_KEY);
        insert.on_conflict(on_conflict(&Uuid::nil().into(), &changed, &CODE_KEY));
        assert_snapshot!(readable(&POSTGRES.build(&insert)));
    }

    #[test]
    fn an_upsert_of_a_key_alone_writes_nothing_where_the_row_is_there() {
        let workspace = Uuid::nil().into();
        let mut insert = statement::<sample::Entity>(&workspace, &row()).unwrap();
        insert.on_conflict(on_conflict(&workspace, &[], &CODE_KEY));
        let holder = select::build(holder(&workspace, &row(), &CODE_KEY));
        assert_snapshot!(format!(
            "{}\n\n{}",
            readable(&POSTGRES.build(&insert)),
            readable(&holder)
        ));
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
