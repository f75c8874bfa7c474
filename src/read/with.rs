//! Eager loads: the rows of a page with what belongs to them. Counts come with the page itself, rows
//! in one statement more for each relation.

use std::{collections::HashMap, fmt, future::Future};

use sea_orm::{EntityTrait, QueryResult, QueryTrait, Select, sea_query::SelectStatement};

use super::{
    Reading, decoded,
    keyset::{self, Key},
};
use crate::{Access, HasMany, Id, List, Page, Result, Rows, Scoped, Session};

/// A list whose rows arrive with what belongs to them.
#[must_use = "a list does nothing until `page` is awaited"]
pub struct With<'s, E: Scoped, A: Access, L> {
    list: List<Rows<'s, E, A>>,
    loads: L,
}

impl<'s, E: Scoped, A: Access> List<Rows<'s, E, A>> {
    /// Each row with its living children ([`HasMany`], ordered by id), or with its living parent
    /// ([`BelongsTo`](crate::BelongsTo)).
    pub fn with<N: Load<E>>(self, related: N) -> With<'s, E, A, (N,)> {
        With {
            list: self,
            loads: (related,),
        }
    }

    /// Each row with the number of its living children.
    pub fn with_count<R: Scoped>(self, children: HasMany<E, R>) -> With<'s, E, A, (Count<E, R>,)> {
        self.with(Count(children))
    }
}

impl<'s, E: Scoped, A: Access, L> With<'s, E, A, L> {
    /// Another relation as well.
    pub fn with<N: Load<E>>(self, related: N) -> With<'s, E, A, L::Output>
    where
        L: Append<N>,
    {
        With {
            list: self.list,
            loads: self.loads.append(related),
        }
    }

    /// The number of living children of another relation as well.
    pub fn with_count<R: Scoped>(self, children: HasMany<E, R>) -> With<'s, E, A, L::Output>
    where
        L: Append<Count<E, R>>,
    {
        self.with(Count(children))
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
        let sight = self.list.repository.sight();
        let loads = &self.loads;
        loads.refuse(session)?;
        let select = |select: Select<E>, _: &[Key<E>]| {
            let mut select = select.into_query();
            loads.select(session, &mut select);
            select
        };
        let decode = |columns| {
            Ok(Found {
                row: sight.shown(decoded(&columns)?)?,
                columns,
            })
        };
        let position = |keys: &[Key<E>], found: &Found<E>| Ok(keyset::position(keys, &found.row));
        let page = Reading::of(session).page(&self.list.query, "page", select, decode, position);
        let page = page.await?;
        let mut related = if page.items.is_empty() {
            HashMap::new()
        } else {
            loads.load(session, &page.items).await?
        };
        Ok(page.map(|Found { row, .. }| {
            let related = related.remove(&E::id_of(&row)).unwrap_or_default();
            (row, related)
        }))
    }
}

/// A row of a page, and what its statement read beside it.
pub struct Found<E: Scoped> {
    /// The row.
    pub row: E::Model,
    pub(super) columns: QueryResult,
}

/// Something that is loaded beside the rows of a page.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{E}`",
    label = "expected a relation constant that is generated beside `{E}`"
)]
pub trait Load<E: Scoped>: Send + Sync {
    /// What each row gets.
    type Output: Default + Send;

    /// Refuses what the session may not ask, before anything is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if the column that relates is [hidden](crate::policy::Policy::hide) or
    /// masked.
    fn refuse<A: Access>(&self, _session: &Session<A>) -> Result<()> {
        Ok(())
    }

    /// Adds what can be read in the statement of the page.
    fn select<A: Access>(&self, _session: &Session<A>, _page: &mut SelectStatement) {}

    /// Loads it for the rows of one page. A row without any may be left out.
    fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[Found<E>],
    ) -> impl Future<Output = Result<HashMap<Id<E>, Self::Output>>> + Send;
}

/// The number of children.
#[derive(Debug)]
pub struct Count<E, R: EntityTrait>(pub(super) HasMany<E, R>);

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

impl<E: Scoped, L: Load<E>> Load<E> for (L,) {
    type Output = L::Output;

    fn refuse<A: Access>(&self, session: &Session<A>) -> Result<()> {
        self.0.refuse(session)
    }

    fn select<A: Access>(&self, session: &Session<A>, page: &mut SelectStatement) {
        self.0.select(session, page);
    }

    async fn load<A: Access>(
        &self,
        session: &Session<A>,
        rows: &[Found<E>],
    ) -> Result<HashMap<Id<E>, L::Output>> {
        self.0.load(session, rows).await
    }
}

macro_rules! load_tuple {
    ($($load:ident $at:tt),+) => {
        impl<E: Scoped, $($load: Load<E>),+> Load<E> for ($($load,)+) {
            type Output = ($($load::Output,)+);

            fn refuse<A: Access>(&self, session: &Session<A>) -> Result<()> {
                $(self.$at.refuse(session)?;)+
                Ok(())
            }

            fn select<A: Access>(&self, session: &Session<A>, page: &mut SelectStatement) {
                $(self.$at.select(session, page);)+
            }

            async fn load<A: Access>(
                &self,
                session: &Session<A>,
                rows: &[Found<E>],
            ) -> Result<HashMap<Id<E>, Self::Output>> {
                let mut found = ($(self.$at.load(session, rows).await?,)+);
                Ok(rows
                    .iter()
                    .map(|found| E::id_of(&found.row))
                    .map(|id| {
                        let related = ($(found.$at.remove(&id).unwrap_or_default(),)+);
                        (id, related)
                    })
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

impl<E: Scoped> fmt::Debug for Found<E> {
    /// Names the row, no value of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Found({})", E::id_of(&self.row))
    }
}
