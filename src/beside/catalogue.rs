//! The catalogue: what workspaces have published, for everybody.

use std::{fmt, marker::PhantomData};

use sea_orm::IdenStatic as _;

use super::list::{ListAcross, find, hidden, sealed::Ask};
use crate::{
    Catalogued, Database, Error, ErrorKind, Id, PublicSort, Query, Result, WorkspaceId,
    connection::Connection, error::not_found, read::Reading, sight::Sight,
};

/// One transaction that reads what workspaces have published, and nothing else. Nobody needs to be known for it.
///
/// Made by [`Database::catalogue`].
#[must_use = "a session does nothing until its rows are asked for"]
pub struct CatalogueSession {
    connection: Connection,
    database: Database,
}

impl Database {
    /// Begins a session of the catalogue, under the role and wall of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] without a [`catalogue_url`](crate::DatabaseBuilder::catalogue_url);
    /// [`ErrorKind::Unavailable`] if no connection is to be had.
    pub async fn catalogue(&self) -> Result<CatalogueSession> {
        Ok(CatalogueSession {
            connection: self.begin_catalogue().await?,
            database: self.clone(),
        })
    }
}

impl CatalogueSession {
    /// What is published of one table.
    pub const fn rows<E: Catalogued>(&self, _table: E) -> PublicRows<'_, E> {
        PublicRows {
            session: self,
            _table: PhantomData,
        }
    }

    /// Ends the session. Dropping it does the same, a little later.
    pub async fn end(self) {
        self.connection.roll_back().await;
    }
}

/// What is published of `E`. A handle: copy it, keep several on one session.
#[must_use = "rows do nothing until they are asked for"]
pub struct PublicRows<'s, E> {
    session: &'s CatalogueSession,
    _table: PhantomData<fn() -> E>,
}

impl<E> Clone for PublicRows<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for PublicRows<'_, E> {}

impl<'s, E: Catalogued> PublicRows<'s, E> {
    /// The published row of this workspace and id, if there is one.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn find(self, workspace: &WorkspaceId, id: Id<E>) -> Result<Option<E::Public>> {
        let reading = Reading {
            sight: self.sight().in_workspace(workspace.0.to_value()),
            ..self.reading()
        };
        find::<Self>(&reading, &id).await
    }

    /// The published row of this workspace and id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such row, or it is not published.
    pub async fn get(self, workspace: &WorkspaceId, id: Id<E>) -> Result<E::Public> {
        self.find(workspace, id).await?.ok_or_else(not_found::<E>)
    }

    /// Reading for rows of whatever workspace: `rows.list().filter(…).sort(…).page()`.
    pub const fn list(self) -> ListAcross<Self> {
        ListAcross::new(self)
    }

    fn sight(&self) -> Sight<'s, E> {
        Sight::of_catalogue(self.session.database.policies())
    }
}

impl<E: Catalogued> Ask for PublicRows<'_, E> {
    type Entity = E;
    type Row = E::Public;
    type Sort = PublicSort<E>;
    const COLUMNS: Option<&'static [E::Column]> = Some(E::PUBLIC);

    #[expect(private_interfaces, reason = "the trait cannot be named outside")]
    fn reading(&self) -> Reading<'_, E> {
        Reading {
            connection: &self.session.connection,
            sight: self.sight(),
            cursor_key: self.session.database.cursor_key(),
        }
    }

    /// The database would refuse what is not public too, and abort the transaction.
    fn check(query: &Query<E>) -> Result<()> {
        let is_public = |name: &str| {
            let keys = [E::WORKSPACE, E::ID];
            let mut public = E::PUBLIC.iter().chain(&keys);
            public.any(|column| column.as_str() == name)
        };
        for filter in &query.filters {
            if filter.literal("r").is_none() {
                let told = "the catalogue is not asked by searches or expressions";
                return Err(Error::new(ErrorKind::Invalid, told).with_field("filter"));
            }
            if let Some(column) = filter.columns().into_iter().find(|name| !is_public(name)) {
                return Err(hidden::<E>(column));
            }
        }
        let mut sorted = query.sort.iter().flat_map(|sort| sort.keys);
        match sorted.find(|(column, _)| !is_public(column.as_str())) {
            Some((column, _)) => Err(hidden::<E>(column.as_str())),
            None => Ok(()),
        }
    }
}

impl<E: Catalogued> fmt::Debug for PublicRows<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicRows({})", E::default().table_name())
    }
}

impl fmt::Debug for CatalogueSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CatalogueSession")
    }
}
