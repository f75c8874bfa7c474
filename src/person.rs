//! A person, before and beside any workspace: what is theirs, wherever it is.

use std::fmt;

use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    ActorId, Database, Error, ErrorKind, Result, SigningKey, call,
    claim::{self, Enter},
    connection::{Connection, Purpose},
};

/// A person who acts in no workspace: signs up, reads which workspaces they are in, accepts an
/// invitation.
///
/// Made by [`Database::person`]. By itself it reaches no row; [`Database::personal`] does. It calls functions of the schema, which find the
/// person in the sealed context and take from there what is theirs; no argument says who asks.
#[derive(Clone)]
#[must_use = "a person does nothing until a function is called"]
pub struct Person {
    database: Database,
    actor: ActorId,
    request: Uuid,
}

impl Database {
    /// Stands for a person, whom the application's auth boundary has recognised.
    ///
    /// As with [`authorize`](Self::authorize), the id comes from a login, never from a request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the actor id is blank.
    pub fn person(&self, actor: ActorId) -> Result<Person> {
        if actor.0.is_blank() {
            return Err(Error::new(ErrorKind::Invalid, "the actor id is blank").with_field("actor"));
        }
        Ok(Person {
            database: self.clone(),
            actor,
            request: Uuid::now_v7(),
        })
    }
}

impl Person {
    /// Who it is.
    #[must_use]
    pub const fn actor(&self) -> &ActorId {
        &self.actor
    }

    /// The request that what is done belongs to.
    #[must_use]
    pub(crate) const fn request(&self) -> Uuid {
        self.request
    }

    /// The database that the person was recognised for.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Ties what is done to a request id of the application's own.
    pub fn for_request(mut self, request: Uuid) -> Self {
        self.request = request;
        self
    }

    /// Calls `schema.function(arguments)` as this person, in a transaction of its own.
    ///
    /// After a serialization failure or a deadlock it is called again.
    ///
    /// # Errors
    ///
    /// As [`Session::call`](crate::Session::call); [`ErrorKind::CommitUnknown`] if the answer to the
    /// commit was lost.
    pub async fn call<T: FromQueryResult>(
        &self,
        function: &'static str,
        arguments: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>> {
        let statement = call::statement(function, arguments)?;
        let mut attempt = 1;
        loop {
            let outcome = async {
                let connection = self.enter().await?;
                let rows = connection.call(CALL, statement.clone()).await?;
                connection.commit().await?;
                call::rows(rows)
            };
            let retry = self.database.inner.retry;
            match outcome.await {
                Err(error) if error.kind() == ErrorKind::Retryable && attempt < retry.attempts => {
                    tokio::time::sleep(retry.pause(attempt)).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn enter(&self) -> Result<Connection> {
        let inner = &self.database.inner;
        inner.enter(self.claim(inner.signing_key())).await
    }

    /// What the person says to the database when a transaction begins.
    pub(crate) fn claim(&self, key: Option<&SigningKey>) -> Enter {
        claim::person(&self.actor, self.request, key)
    }
}

const CALL: Purpose = Purpose {
    verb: "call",
    table: "",
};

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({})", self.actor)
    }
}
