//! Eager loads: the rows of a page with their children, or the number of them, in one statement for
//! each relation.

use std::{collections::HashMap, fmt, future::Future};

use sea_orm::{
    DbBackend, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    Statement, TryGetable,
    sea_query::{Asterisk, Expr, Func, ValueType},
};

use super::{models, select};
use crate::{
    Access, Error, ErrorKind, HasMany, Id, List, Page, Result, Rows, Scoped, Session, WorkspaceId,
    error::from_decode, field::qualified, query::Visibility,
};

/// A list whose rows arrive with what hangs on them.
#[must_use = "a list does nothing until `page` is awaited"]
pub struct With<'s, E: Scoped, A: Access, L> {
    list: List<Rows<'s, E, A>>,
    loads: L,
}

impl<'s, E: Scoped, A: Access> List<Rows<'s, E, A>> {
    /// Each row with its living children, ordered by id.
    pub fn with<R: Scoped>(self, children: HasMany<E, R>) -> With<'s, E, A, (Children<E, R>,)> {
        With {
            list: self,
            loads: (Children(children),),
        }
    }

    /// Each row with the number of its living children.
    pub fn with_count<R: Scoped>(self, children: HasMany<E, R>) -> With<'s, E, A, (Count<E, R>,)> {
        With {
            list: self,
            loads: (Count(children),),
        }
    }
}

impl<'s, E: Scoped, A: Access, L> With<'s, E, A, L> {
    /// The living children of another relation as well.
    pub fn with<R: Scoped>(self, children: HasMany<E, R>) -> With<'s, E, A, L::Output>
    where
        L: Append<Children<E, R>>,
    {
        With {
            list: self.list,
            loads: self.loads.append(Children(children)),
        }
    }

    /// The number of living children of another relation as well.
    pub fn with_count<R: Scoped>(self, children: HasMany<E, R>) -> With<'s, E, A, L::Output>
    where
        L: Append<Count<E, R>>,
    {
        With {
            list: self.list,
            loads: self.loads.append(Count(children)),
        }
    }
}

impl<E: Scoped, A: Access, L: Load<E>> With<'_, E, A, L> {
    /// One page of rows, each with what was asked for: alone, or as a tuple in the order asked.
    ///
    /// # Errors
    ///
    /// As [`List::page`].
    pub async fn page(self) -> Result<Page<(E::Model, L::Output)>> {
        let session = self.list.repository.session();
        let page = self.list.page().await?;
        let ids: Vec<Id<E>> = page.items.iter().map(E::id_of).collect();
        let mut found = if ids.is_empty() {
            HashMap::new()
        } else {
            self.loads.load(session, &ids).await?
        };
        Ok(page.map(|row| {
            let related = found.remove(&E::id_of(&row)).unwrap_or_default();
            (row, related)
        }))
    }
}

/// Something that is loaded beside the rows of a page.
pub trait Load<E: Scoped>: Send + Sync {
    /// What each row gets.
    type Output: Default + Send;

    /// Loads it for rows of one page. A row without any may be left out.
    fn load<A: Access>(
        &self,
        session: &Session<A>,
        ids: &[Id<E>],
    ) -> impl Future<Output = Result<HashMap<Id<E>, Self::Output>>> + Send;
}

/// Lengthens a tuple of loads.
pub trait Append<N> {
    /// The longer tuple.
    type Output;

    /// Puts one more at the end.
    fn append(self, next: N) -> Self::Output;
}

impl<A, N> Append<N> for (A,) {
    type Output = (A, N);
    fn append(self, next: N) -> Self::Output {
        (self.0, next)
    }
}
impl<A, B, N> Append<N> for (A, B) {
    type Output = (A, B, N);
    fn append(self, next: N) -> Self::Output {
        (self.0, self.1, next)
    }
}

/// Loads children.
#[derive(Debug)]
pub struct Children<E, R: EntityTrait>(HasMany<E, R>);
/// Counts children.
#[derive(Debug)]
pub struct Count<E, R: EntityTrait>(HasMany<E, R>);

impl<E: Scoped, R: Scoped> Load<E> for Children<E, R> {
    type Output = Vec<R::Model>;

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        ids: &[Id<E>],
    ) -> Result<HashMap<Id<E>, Vec<R::Model>>> {
        let parent = self.0.parent;
        let select =
            children::<E, R>(session.context().workspace(), parent, ids).order_by_asc(R::ID);
        let purpose = Rows::<R, A>::purpose("with");
        let rows = session
            .connection()
            .fetch_all(purpose, select::build(select))
            .await?;
        let mut found: HashMap<Id<E>, Vec<R::Model>> = HashMap::new();
        for row in models::<R>(rows)? {
            let id = <E::Key as ValueType>::try_from(row.get(parent)).map_err(|_| mistyped())?;
            found.entry(Id::new(id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl<E: Scoped, R: Scoped> Load<E> for Count<E, R> {
    type Output = u64;

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        ids: &[Id<E>],
    ) -> Result<HashMap<Id<E>, u64>> {
        let statement = counts::<E, R>(session.context().workspace(), self.0.parent, ids);
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

impl<E: Scoped, L: Load<E>> Load<E> for (L,) {
    type Output = L::Output;

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        ids: &[Id<E>],
    ) -> Result<HashMap<Id<E>, L::Output>> {
        self.0.load(session, ids).await
    }
}

macro_rules! load_tuple {
    ($($load:ident $at:tt),+) => {
        impl<E: Scoped, $($load: Load<E>),+> Load<E> for ($($load,)+) {
            type Output = ($($load::Output,)+);

            async fn load<A: Access>(
                &self,
                session: &Session<A>,
                ids: &[Id<E>],
            ) -> Result<HashMap<Id<E>, Self::Output>> {
                let mut found = ($(self.$at.load(session, ids).await?,)+);
                Ok(ids
                    .iter()
                    .map(|id| (id.clone(), ($(found.$at.remove(id).unwrap_or_default(),)+)))
                    .collect())
            }
        }
    };
}
load_tuple!(L0 0, L1 1);
load_tuple!(L0 0, L1 1, L2 2);

impl<E: Scoped, A: Access, L> fmt::Debug for With<'_, E, A, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("With").field(&self.list).finish()
    }
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
        assert_snapshot!(readable(&statement), @"
        SELECT widgets.parent_id, COUNT(*)
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.parent_id = ANY($2)
        GROUP BY widgets.parent_id
        ");
    }
}
