//! Rows under broken glass: read, never written, each with its workspace.

use std::{fmt, marker::PhantomData};

use sea_orm::{
    ColumnTrait, FromQueryResult, PartialModelTrait, QueryResult, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, SelectStatement},
};

use super::GlassSession;
use crate::{
    BehindGlass, Error, ErrorKind, Id, Page, Query, Result, Rows, WhollyBehindGlass, WorkspaceId,
    error::not_found,
    field::qualified,
    key::AnyKey,
    query::Visibility,
    read::{Reading, decoded, partial, select},
    sight::Sight,
};

/// The column in which a statement tells a row's workspace.
const WORKSPACE: &str = "tenantry_workspace";

/// What was seen of a row, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Glimpse<T> {
    /// The workspace that the row belongs to.
    pub workspace: WorkspaceId,
    /// The row, or the columns of it that were asked for.
    pub row: T,
}

/// The rows of `E` in the workspaces whose glass is broken. A handle: copy it, keep several on one session.
#[must_use = "a repository does nothing until one of its verbs is awaited"]
pub struct GlassRows<'s, E> {
    session: &'s GlassSession<'s>,
    _table: PhantomData<fn() -> E>,
}

impl<E> Clone for GlassRows<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for GlassRows<'_, E> {}

impl<'s, E: BehindGlass> GlassRows<'s, E> {
    pub(super) const fn new(session: &'s GlassSession<'s>) -> Self {
        Self {
            session,
            _table: PhantomData,
        }
    }

    /// The living row of this id, if there is one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if the grant is over; [`ErrorKind::Invalid`] if several workspaces have a row of this id: open the
    /// one that is meant.
    pub async fn find(self, id: Id<E>) -> Result<Option<Glimpse<E::Model>>>
    where
        E: WhollyBehindGlass,
    {
        self.found(&id, Select::into_query).await
    }

    /// The living row of this id.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find); [`ErrorKind::NotFound`] if none of the workspaces has such a living row.
    pub async fn get(self, id: Id<E>) -> Result<Glimpse<E::Model>>
    where
        E: WhollyBehindGlass,
    {
        self.find(id).await?.ok_or_else(not_found::<E>)
    }

    /// Some columns of the living row of this id, if there is one: those of a partial model (SeaORM's `DerivePartialModel`).
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find); [`ErrorKind::Forbidden`] also if the policy does not show one of the columns.
    pub async fn find_as<P: PartialModelTrait>(self, id: Id<E>) -> Result<Option<Glimpse<P>>> {
        self.found(&id, columns_of::<E, P>).await
    }

    /// One page of a query, over all the workspaces.
    ///
    /// # Errors
    ///
    /// As [`List::page`](crate::List::page); [`ErrorKind::Forbidden`] if the grant is over, or a filter or sort asks for a column that the policy
    /// does not show.
    pub async fn page(self, query: Query<E>) -> Result<Page<Glimpse<E::Model>>>
    where
        E: WhollyBehindGlass,
    {
        self.paged(&query, Select::into_query).await
    }

    /// One page of partial models (SeaORM's `DerivePartialModel`), over all the workspaces.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub async fn page_as<P: PartialModelTrait + Send>(
        self,
        query: Query<E>,
    ) -> Result<Page<Glimpse<P>>> {
        self.paged(&query, columns_of::<E, P>).await
    }

    /// How many rows a query has in all the workspaces.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub async fn count(self, query: Query<E>) -> Result<u64> {
        self.reading().count(&query).await
    }

    fn sight(self) -> Sight<'s, E> {
        Sight::of_workspaces(self.session.glass().keys())
    }

    fn reading(self) -> Reading<'s, E> {
        Reading {
            connection: self.session.connection(),
            sight: self.sight(),
            cursor_key: self.session.glass().cursor_key(),
        }
    }

    async fn found<T: FromQueryResult>(
        self,
        id: &Id<E>,
        columns: impl FnOnce(Select<E>) -> SelectStatement,
    ) -> Result<Option<Glimpse<T>>> {
        let mut statement = columns(select::by_id(&self.sight(), id, Visibility::Live));
        with_workspace::<E>(&mut statement);
        statement.limit(2);
        let statement = sea_orm::DbBackend::Postgres.build(&statement);
        let purpose = Rows::<E>::purpose("find");
        let connection = self.session.connection();
        let mut rows = connection.fetch_all(purpose, statement).await?.into_iter();
        match (rows.next(), rows.next()) {
            (Some(_), Some(_)) => Err(Error::new(
                ErrorKind::Invalid,
                "several workspaces have a row of this id",
            )
            .with_field("id")),
            (row, _) => row.map(|row| glimpse::<E, T>(&row.into())).transpose(),
        }
    }

    async fn paged<T: FromQueryResult>(
        self,
        query: &Query<E>,
        columns: impl FnOnce(Select<E>) -> SelectStatement,
    ) -> Result<Page<Glimpse<T>>> {
        let select = |select: Select<E>, keys: &[_]| {
            let mut selected = columns(select);
            partial::beside(&mut selected, keys);
            with_workspace::<E>(&mut selected);
            selected
        };
        let decode = |row: QueryResult| Ok((glimpse::<E, T>(&row)?, row));
        let position = |keys: &[_], (_, row): &(_, QueryResult)| partial::position(keys, row);
        let page = self.reading().page(query, "page", select, decode, position);
        Ok(page.await?.map(|(glimpse, _)| glimpse))
    }
}

fn columns_of<E: BehindGlass, P: PartialModelTrait>(select: Select<E>) -> SelectStatement {
    P::select_cols(select.select_only()).into_query()
}

fn with_workspace<E: BehindGlass>(statement: &mut SelectStatement) {
    let column = E::WORKSPACE.select_as(qualified(E::WORKSPACE));
    statement.expr_as(column, Alias::new(WORKSPACE));
}

fn glimpse<E: BehindGlass, T: FromQueryResult>(row: &QueryResult) -> Result<Glimpse<T>> {
    let workspace = AnyKey::from_value(partial::read(row, &E::WORKSPACE, WORKSPACE)?)
        .ok_or_else(|| Error::new(ErrorKind::Internal, "a row tells no workspace"))?;
    Ok(Glimpse {
        workspace: WorkspaceId(workspace),
        row: decoded(row)?,
    })
}

impl<E: BehindGlass> fmt::Debug for GlassRows<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GlassRows({})", E::default().table_name())
    }
}
