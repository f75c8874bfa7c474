//! What can be loaded beside a row: its children, their number, its parent. Always of the session's
//! workspace, always alive.

use std::collections::HashMap;

use sea_orm::{
    DbBackend, ModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Statement,
    TryGetable,
    sea_query::{Asterisk, Expr, Func, ValueType},
};

use super::{
    models, select,
    with::{Count, Load},
};
use crate::{
    Access, BelongsTo, Error, ErrorKind, HasMany, Id, Result, Rows, Scoped, Session, WorkspaceId,
    error::from_decode, field::qualified, query::Visibility,
};

impl<E: Scoped, R: Scoped> Load<E> for HasMany<E, R> {
    type Output = Vec<R::Model>;

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[E::Model],
    ) -> Result<HashMap<Id<E>, Vec<R::Model>>> {
        let ids = ids_of::<E>(rows);
        let workspace = session.context().workspace();
        let select = children::<E, R>(workspace, self.parent, &ids).order_by_asc(R::ID);
        let purpose = Rows::<R, A>::purpose("with");
        let rows = session
            .connection()
            .fetch_all(purpose, select::build(select))
            .await?;
        let mut found: HashMap<Id<E>, Vec<R::Model>> = HashMap::new();
        for row in models::<R>(rows)? {
            let parent =
                <E::Key as ValueType>::try_from(row.get(self.parent)).map_err(|_| mistyped())?;
            found.entry(Id::new(parent)).or_default().push(row);
        }
        Ok(found)
    }
}

impl<E: Scoped, R: Scoped> Load<E> for Count<E, R> {
    type Output = u64;

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[E::Model],
    ) -> Result<HashMap<Id<E>, u64>> {
        let workspace = session.context().workspace();
        let statement = counts::<E, R>(workspace, self.0.parent, &ids_of::<E>(rows));
        let purpose = Rows::<R, A>::purpose("with_count");
        let rows = session.connection().fetch_all(purpose, statement).await?;
        rows.into_iter()
            .map(|row| {
                let row = sea_orm::QueryResult::from(row);
                let id = E::Key::try_get_by(&row, 0_usize).map_err(|e| from_decode(e.into()))?;
                let count = i64::try_get_by(&row, 1_usize).map_err(|e| from_decode(e.into()))?;
                Ok((Id::new(id), count.unsigned_abs()))
            })
            .collect()
    }
}

impl<E: Scoped, P: Scoped> Load<E> for BelongsTo<E, P> {
    type Output = Option<P::Model>;

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[E::Model],
    ) -> Result<HashMap<Id<E>, Option<P::Model>>> {
        let mut parents: HashMap<Id<E>, Id<P>> = HashMap::new();
        for row in rows {
            let value = row.get(self.column);
            if value != value.as_null() {
                let parent = <P::Key as ValueType>::try_from(value).map_err(|_| mistyped())?;
                parents.insert(E::id_of(row), Id::new(parent));
            }
        }
        let mut ids: Vec<Id<P>> = parents.values().cloned().collect();
        ids.sort();
        ids.dedup();
        let statement = select::build(select::by_ids(session.context().workspace(), &ids));
        let purpose = Rows::<P, A>::purpose("with");
        let found: HashMap<Id<P>, P::Model> =
            models::<P>(session.connection().fetch_all(purpose, statement).await?)?
                .into_iter()
                .map(|parent| (P::id_of(&parent), parent))
                .collect();
        Ok(parents
            .into_iter()
            .map(|(row, parent)| (row, found.get(&parent).cloned()))
            .collect())
    }
}

fn ids_of<E: Scoped>(rows: &[E::Model]) -> Vec<Id<E>> {
    rows.iter().map(E::id_of).collect()
}

/// The living rows of `R` that point at these rows of `E`.
fn children<E: Scoped, R: Scoped>(
    workspace: &WorkspaceId,
    parent: R::Column,
    ids: &[Id<E>],
) -> Select<R> {
    select::scoped::<R>(workspace, Visibility::Live).filter(select::any_of(parent, ids))
}

fn counts<E: Scoped, R: Scoped>(
    workspace: &WorkspaceId,
    parent: R::Column,
    ids: &[Id<E>],
) -> Statement {
    let mut select = children::<E, R>(workspace, parent, ids)
        .select_only()
        .into_query();
    select
        .expr(qualified(parent))
        .expr(Func::count(Expr::col(Asterisk)))
        .add_group_by([qualified(parent)]);
    DbBackend::Postgres.build(&select)
}

fn mistyped() -> Error {
    Error::new(
        ErrorKind::Internal,
        "a relation joins keys of different types",
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use uuid::Uuid;

    use super::*;
    use crate::sample::{self, PARTS, readable};

    #[test]
    fn children_are_counted_within_the_workspace_and_only_the_living() {
        let ids = [Id::<sample::Entity>::new(Uuid::nil())];
        let statement = counts::<_, sample::Entity>(&Uuid::nil().into(), PARTS.parent, &ids);
        assert_snapshot!(readable(&statement), @r"
        SELECT widgets.parent_id, COUNT(*)
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.parent_id = ANY($2)
        GROUP BY widgets.parent_id
        ");
    }
}
