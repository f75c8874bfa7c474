//! What can be loaded beside a row: its children, their number, its parent. Always of the session's
//! workspace, always alive.

use std::collections::HashMap;

use sea_orm::{
    EntityTrait, IdenStatic, ModelTrait, QueryFilter, QueryOrder, TryGetable,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, ValueType},
};

use super::{
    models, select,
    with::{Count, Found, Load},
};
use crate::{
    Access, BelongsTo, Error, ErrorKind, HasMany, Id, Result, Rows, Scoped, Session, WorkspaceId,
    error::from_decode, field::qualified, policy::Intent, query::Visibility, sight::Sight,
};

impl<E: Scoped, R: Scoped> Load<E> for HasMany<E, R> {
    type Output = Vec<R::Model>;

    fn refuse<A: Access>(&self, session: &Session<A>) -> Result<()> {
        Sight::<R>::of(session).refuse_asked([self.parent.as_str()])
    }

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[Found<E>],
    ) -> Result<HashMap<Id<E>, Vec<R::Model>>> {
        let ids = ids_of::<E>(rows);
        let sight = Sight::of(session);
        let select = select::scoped::<R>(&sight, Visibility::Live)
            .filter(select::any_of(self.parent, &ids))
            .order_by_asc(R::ID);
        let purpose = Rows::<R, A>::purpose("with");
        let rows = session
            .connection()
            .fetch_all(purpose, select::build(select))
            .await?;
        let mut found: HashMap<Id<E>, Vec<R::Model>> = HashMap::new();
        for row in models::<R>(rows)? {
            let parent =
                <E::Key as ValueType>::try_from(row.get(self.parent)).map_err(|_| mistyped())?;
            let children = found.entry(Id::new(parent)).or_default();
            children.push(sight.shown(row)?);
        }
        Ok(found)
    }
}

impl<E: Scoped, R: Scoped> Load<E> for Count<E, R> {
    type Output = u64;

    fn refuse<A: Access>(&self, session: &Session<A>) -> Result<()> {
        self.0.refuse(session)
    }

    fn select<A: Access>(&self, session: &Session<A>, page: &mut SelectStatement) {
        let readable = Sight::<R>::of(session).condition(Intent::Read, COUNTED);
        let workspace = session.context().workspace();
        let count = number::<E, R>(workspace, self.0.parent, readable);
        page.expr_as(count, Alias::new(counted(self.0)));
    }

    async fn load<A: Access>(
        &self,
        _session: &Session<A>,
        rows: &[Found<E>],
    ) -> Result<HashMap<Id<E>, u64>> {
        let name = counted(self.0);
        let read = |found: &Found<E>| {
            let count = i64::try_get_by(&found.columns, name.as_str());
            let count = count.map_err(|error| from_decode(error.into()))?;
            Ok((E::id_of(&found.row), count.unsigned_abs()))
        };
        rows.iter().map(read).collect()
    }
}

impl<E: Scoped, P: Scoped> Load<E> for BelongsTo<E, P> {
    type Output = Option<P::Model>;

    fn refuse<A: Access>(&self, session: &Session<A>) -> Result<()> {
        Sight::<E>::of(session).refuse_asked([self.column.as_str()])
    }

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[Found<E>],
    ) -> Result<HashMap<Id<E>, Option<P::Model>>> {
        let mut parents: HashMap<Id<E>, Id<P>> = HashMap::new();
        for Found { row, .. } in rows {
            let value = row.get(self.column);
            if value != value.as_null() {
                let parent = <P::Key as ValueType>::try_from(value).map_err(|_| mistyped())?;
                parents.insert(E::id_of(row), Id::new(parent));
            }
        }
        let mut ids: Vec<Id<P>> = parents.values().cloned().collect();
        ids.sort();
        ids.dedup();
        let sight = Sight::of(session);
        let statement = select::build(select::by_ids(&sight, &ids));
        let purpose = Rows::<P, A>::purpose("with");
        let told = session.connection().fetch_all(purpose, statement).await?;
        let found: HashMap<Id<P>, P::Model> = sight
            .all_shown(models::<P>(told)?)?
            .into_iter()
            .map(|parent| (P::id_of(&parent), parent))
            .collect();
        Ok(parents
            .into_iter()
            .map(|(row, parent)| (row, found.get(&parent).cloned()))
            .collect())
    }
}

fn ids_of<E: Scoped>(rows: &[Found<E>]) -> Vec<Id<E>> {
    rows.iter().map(|found| E::id_of(&found.row)).collect()
}

/// The living rows of `R` that point at these rows of `E`.
/// What a count is called in the statement of the page.
fn counted<E, R: EntityTrait>(children: HasMany<E, R>) -> String {
    format!(
        "tenantry_count_{}_{}",
        R::default().table_name(),
        children.parent.as_str()
    )
}

/// What the rows are called that are counted.
const COUNTED: &str = "counted";

/// The number of living rows of `R` that point at the row of `E` that the page is at, of those that are readable.
fn number<E: Scoped, R: Scoped>(
    workspace: &WorkspaceId,
    parent: R::Column,
    readable: Option<Expr>,
) -> Expr {
    let child = || Alias::new(COUNTED);
    let mut children = Query::select();
    children
        .expr(Func::count(Expr::col(Asterisk)))
        .from_as(R::default().table_ref(), child())
        .and_where(Expr::col((child(), R::WORKSPACE)).eq(workspace.0.to_value()))
        .and_where(Expr::col((child(), parent)).eq(qualified(E::ID)));
    if let Some(deleted_at) = R::DELETED_AT {
        children.and_where(Expr::col((child(), deleted_at)).is_null());
    }
    if let Some(readable) = readable {
        children.and_where(readable);
    }
    Expr::from(children)
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
    use sea_orm::{DbBackend, QuerySelect, QueryTrait};
    use uuid::Uuid;

    use super::*;
    use crate::sample::{self, PARTS, readable};

    #[test]
    fn children_are_counted_within_the_workspace_and_only_the_living() {
        let workspace = Uuid::nil().into();
        let sight = Sight::<sample::Entity>::of_workspace(&workspace);
        let mut page = select::scoped(&sight, Visibility::Live)
            .select_only()
            .into_query();
        let count =
            number::<sample::Entity, sample::Entity>(&workspace, sample::Column::ParentId, None);
        page.expr_as(count, Alias::new(counted(PARTS)));
        let statement = DbBackend::Postgres.build(&page);
        assert_snapshot!(readable(&statement), @"
        SELECT (SELECT COUNT(*)
        FROM app.widgets AS counted
        WHERE counted.workspace_id = $1 AND counted.parent_id = widgets.id AND counted.deleted_at IS NULL) AS tenantry_count_widgets_parent_id
        FROM app.widgets
        WHERE widgets.workspace_id = $2 AND widgets.deleted_at IS NULL
        ");
    }
}
