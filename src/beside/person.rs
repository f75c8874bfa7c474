//! A person's own rows, in whatever workspace they are.

use std::{borrow::Cow, fmt, marker::PhantomData};

use sea_orm::{ModelTrait, Value};

use super::list::{ListAcross, find, sealed::Ask};
use crate::{
    ActorId, Database, Id, Person, Personal, PersonalSort, PersonalUpdate, Result, Scoped, Seen,
    Version, Versioned, WorkspaceId,
    connection::Connection,
    error::not_found,
    read::Reading,
    sight::Sight,
    write::{assigned, update},
};

/// One transaction of one person, over what is theirs in whatever workspace.
///
/// Made by [`Database::personal`]. It reads, and changes the few columns that a policy names; it makes and deletes nothing. Dropped
/// without [`commit`](Self::commit), it rolls back.
#[must_use = "a session rolls back unless committed"]
pub struct PersonalSession {
    connection: Connection,
    person: ActorId,
    database: Database,
}

impl Database {
    /// Begins a session of a person, under the role and wall of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) without a [`personal_url`](crate::DatabaseBuilder::personal_url);
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if the database refuses the context;
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if no connection is to be had.
    pub async fn personal(&self, person: &Person) -> Result<PersonalSession> {
        Ok(PersonalSession {
            connection: self.begin_personal(person).await?,
            person: person.actor().clone(),
            database: self.clone(),
        })
    }
}

impl PersonalSession {
    /// Who it is.
    #[must_use]
    pub const fn person(&self) -> &ActorId {
        &self.person
    }

    /// What is the person's own of one table.
    pub const fn rows<E: Personal>(&self, _table: E) -> OwnRows<'_, E> {
        OwnRows {
            session: self,
            _table: PhantomData,
        }
    }

    /// Ends the session and keeps what it wrote.
    ///
    /// # Errors
    ///
    /// As [`Session::commit`](crate::Session::commit).
    pub async fn commit(self) -> Result<()> {
        self.connection.commit().await
    }

    /// Ends the session and undoes what it wrote. Dropping it does the same, a little later.
    pub async fn roll_back(self) {
        self.connection.roll_back().await;
    }
}

/// The rows of `E` that are the person's own. A handle: copy it, keep several on one session.
#[must_use = "rows do nothing until they are asked for"]
pub struct OwnRows<'s, E> {
    session: &'s PersonalSession,
    _table: PhantomData<fn() -> E>,
}

impl<E> Clone for OwnRows<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for OwnRows<'_, E> {}

impl<'s, E: Personal> OwnRows<'s, E> {
    /// The person's living row of this workspace and id, if there is one.
    ///
    /// Across workspaces the id alone names no row; the workspace gives no rights.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn find(self, workspace: &WorkspaceId, id: Id<E>) -> Result<Option<E::Model>> {
        let reading = Reading {
            sight: self.sight().in_workspace(workspace.0.to_value()),
            ..self.reading()
        };
        find::<Self>(&reading, &id).await
    }

    /// The person's living row of this workspace and id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such row, or it is not theirs.
    pub async fn get(self, workspace: &WorkspaceId, id: Id<E>) -> Result<E::Model> {
        self.find(workspace, id).await?.ok_or_else(not_found::<E>)
    }

    /// Reading for rows of whatever workspace: `rows.list().filter(…).sort(…).page()`.
    pub const fn list(self) -> ListAcross<Self> {
        ListAcross::new(self)
    }

    /// Changes a row if it still has the version that was seen, and returns it as it is now.
    ///
    /// `seen` is `&model`, or `(workspace, id, version)` as a web form brings them. A change that sets nothing checks the version and
    /// writes nothing. Hooks do not run: they are a workspace's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stale`](crate::ErrorKind::Stale) if it was changed since: take it as an answer with
    /// [`or_stale`](crate::OrStale::or_stale). [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if it is not there, or not theirs.
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if the rule does not let a person change it now, or to that.
    pub async fn update(
        self,
        seen: impl Into<PersonalSeen<E>> + Send,
        change: E::Change,
    ) -> Result<E::Model>
    where
        E: PersonalUpdate,
    {
        let PersonalSeen { workspace, seen } = seen.into();
        let sight = self.sight().in_workspace(workspace);
        // Whoever acts in no workspace has no keys, and writes nothing that is sealed.
        let change = &*sight.written(Cow::Owned(change.into()), Some(seen.id()))?;
        let statement = if assigned::<E>(change).is_empty() {
            update::check(&sight, &seen, change)
        } else {
            update::statement(&sight, &seen, change)
        };
        update::tell(&self.session.connection, &sight, &seen, change, statement).await
    }

    fn sight(&self) -> Sight<'s, E> {
        Sight::of_person(&self.session.person)
    }
}

impl<E: Personal> Ask for OwnRows<'_, E> {
    type Entity = E;
    type Row = E::Model;
    type Sort = PersonalSort<E>;
    const COLUMNS: Option<&'static [E::Column]> = None;

    #[expect(private_interfaces, reason = "the trait cannot be named outside")]
    fn reading(&self) -> Reading<'_, E> {
        Reading {
            connection: &self.session.connection,
            sight: self.sight(),
            cursor_key: self.session.database.cursor_key(),
        }
    }
}

/// A row of whatever workspace at the version that the person saw.
///
/// Made from `&model`, or from `(workspace, id, version)` as a web form brings them.
pub struct PersonalSeen<E: Scoped> {
    workspace: Value,
    seen: Seen<E>,
}

impl<E: Versioned> From<&E::Model> for PersonalSeen<E>
where
    E::Model: ModelTrait<Entity = E>,
{
    fn from(row: &E::Model) -> Self {
        Self {
            workspace: row.get(E::WORKSPACE),
            seen: row.into(),
        }
    }
}

impl<E: Scoped> From<(WorkspaceId, Id<E>, Version)> for PersonalSeen<E> {
    fn from((workspace, id, version): (WorkspaceId, Id<E>, Version)) -> Self {
        Self {
            workspace: workspace.0.to_value(),
            seen: (id, version).into(),
        }
    }
}

impl<E: Scoped> fmt::Debug for PersonalSeen<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seen.fmt(f)
    }
}

impl<E: Personal> fmt::Debug for OwnRows<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnRows({})", E::default().table_name())
    }
}

impl fmt::Debug for PersonalSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonalSession")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}
