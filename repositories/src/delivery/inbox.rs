//! Receiving webhooks once, and in whatever order they come.

use std::{fmt, future::Future};

use sea_orm::{
    FromQueryResult, Value,
    prelude::{DateTimeUtc, Json},
};
use serde::{Serialize, de::DeserializeOwned};
use tenantry::{Database, Error, ErrorKind, Result, Rows, Session, TenantContext};
use tenantry_entities::delivery::{Delivery as _, incoming_webhook};

use super::only;

/// A webhook as it came.
///
/// Its workspace is not looked up by anything in it: the address that it was sent to says it, or the
/// [connected account](super::AccountDirectory) that it is about. The context is that of a [job](Database::job) in that workspace.
///
/// # Examples
///
/// ```no_run
/// # use tenantry::{Database, Error, Result, TenantContext};
/// use tenantry_repositories::delivery::{Incoming, Received};
///
/// # async fn example(database: &Database, job: &TenantContext, payload: serde_json::Value) -> Result<()> {
/// let incoming = Incoming::new("payments", "evt_4711", payload);
/// let received = incoming
///     .once(database, job, async |session| {
///         // … what it tells is written by verbs of this session …
///         # let _ = session;
///         Ok::<_, Error>("paid".to_owned())
///     })
///     .await?;
/// assert!(matches!(received, Received::First(_) | Received::Again(Some(_))));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a webhook is received by `once`, or by `Inbox::receive`"]
pub struct Incoming {
    /// Who sent it, in small letters.
    pub source: String,
    /// What its source calls it.
    pub external_id: String,
    /// What it tells.
    pub payload: Json,
}

/// Whether something was received before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "what was received before is not to be done again"]
pub enum Received<First, Again = Option<First>> {
    /// It was not.
    First(First),
    /// It was, and this came of it, if anything was kept.
    Again(Again),
}

impl Incoming {
    /// Names a webhook by its source and what that calls it.
    pub fn new(source: impl Into<String>, external_id: impl Into<String>, payload: Json) -> Self {
        Self {
            source: source.into(),
            external_id: external_id.into(),
            payload,
        }
    }

    /// Receives it and does what it asks for, in one transaction, unless that was done before.
    ///
    /// Whoever receives it at the same time waits. Where `work` fails, nothing was received: its source may send it again.
    ///
    /// # Errors
    ///
    /// What `work` returns; as [`Inbox::receive`]; as [`Database::transaction`].
    pub async fn once<T, Failure>(
        &self,
        database: &Database,
        context: &TenantContext,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Clone,
    ) -> Result<Received<T>, Failure>
    where
        T: Serialize + DeserializeOwned,
        Failure: From<Error>,
    {
        let received = database.transaction(context, async move |session: &mut Session| {
            if let Received::Again(kept) = session.webhook_inbox().receive(self).await? {
                let kept = kept.map(serde_json::from_value).transpose();
                return Ok(Received::Again(kept.map_err(|_| unreadable())?));
            }
            let value = work(session).await?;
            let result = serde_json::to_value(&value).map_err(|_| unreadable())?;
            session.webhook_inbox().keep(self, result).await?;
            Ok(Received::First(value))
        });
        received.await
    }
}

impl fmt::Debug for Incoming {
    /// Says nothing of what it tells.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("source", &self.source)
            .field("external_id", &self.external_id)
            .finish_non_exhaustive()
    }
}

/// The inbox of a session's workspace, in which only jobs receive.
pub trait Inbox {
    /// Receives a webhook in the session's transaction: if that rolls back, nothing was received. Another transaction that has received it
    /// and is still open is waited for.
    ///
    /// What is older than 30 days may be received again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] unless a job acts; [`ErrorKind::Invalid`] with the field: a `source` that is no name in small letters, an
    /// `external_id` that is empty or has more than 255 characters, a `payload` of more than 1 MiB.
    fn receive(
        &self,
        incoming: &Incoming,
    ) -> impl Future<Output = Result<Received<(), Option<Json>>>> + Send;

    /// Keeps what came of it, for whoever sends it again. Once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] unless a job acts; [`ErrorKind::NotFound`] if it was not received, or a result is kept already.
    fn keep(&self, incoming: &Incoming, result: Json) -> impl Future<Output = Result<()>> + Send;
}

#[derive(FromQueryResult)]
struct Answer {
    is_first: bool,
    result: Option<Json>,
}

impl Inbox for Rows<'_, incoming_webhook::Entity> {
    async fn receive(&self, incoming: &Incoming) -> Result<Received<(), Option<Json>>> {
        let arguments: [Value; 3] = [
            incoming.source.as_str().into(),
            incoming.external_id.as_str().into(),
            incoming.payload.clone().into(),
        ];
        let answer = self.session().call("delivery.receive_webhook", arguments);
        let answer: Vec<Answer> = answer
            .await
            .map_err(Error::about::<incoming_webhook::Entity>)?;
        let answer = only(answer)?;
        Ok(if answer.is_first {
            Received::First(())
        } else {
            Received::Again(answer.result)
        })
    }

    async fn keep(&self, incoming: &Incoming, result: Json) -> Result<()> {
        let arguments: [Value; 3] = [
            incoming.source.as_str().into(),
            incoming.external_id.as_str().into(),
            result.into(),
        ];
        let kept = self.session().call("delivery.keep_result", arguments);
        let kept: super::Said<bool> = only(kept.await?)?;
        if kept.called {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::NotFound,
            "no webhook without a result was received",
        ))
    }
}

/// Where something stands in the order of its source, which is not the order in which it arrives.
///
/// Keep it beside what a webhook changes, and change it only for what is newer. Between reading the row and changing it, its version
/// guards: a `Stale` is read again.
///
/// # Examples
///
/// ```
/// use tenantry_repositories::delivery::Position;
///
/// let at = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
/// let held = Some(Position::at(at(60)).numbered(2));
/// assert!(Position::at(at(61)).is_newer_than(held));
/// assert!(Position::at(at(60)).numbered(3).is_newer_than(held), "two in one second, told apart by their number");
/// assert!(!Position::at(at(60)).numbered(2).is_newer_than(held), "the same again");
/// assert!(!Position::at(at(59)).numbered(9).is_newer_than(held), "it came late");
/// assert!(Position::at(at(0)).is_newer_than(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    at: DateTimeUtc,
    number: i64,
}

impl Position {
    /// By the time that the source tells.
    #[must_use]
    pub const fn at(at: DateTimeUtc) -> Self {
        Self { at, number: 0 }
    }

    /// Among those of the same time, by a number that the source tells.
    #[must_use]
    pub const fn numbered(self, number: i64) -> Self {
        Self { number, ..self }
    }

    /// The time that the source tells.
    #[must_use]
    pub const fn time(self) -> DateTimeUtc {
        self.at
    }

    /// The number among those of the same time.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.number
    }

    /// Whether it tells something newer than what is held. The same position again is not newer.
    #[must_use]
    pub fn is_newer_than(self, held: Option<Self>) -> bool {
        held.is_none_or(|held| self > held)
    }
}

fn unreadable() -> Error {
    Error::new(
        ErrorKind::Internal,
        "what came of the webhook cannot be kept or read as JSON",
    )
}
