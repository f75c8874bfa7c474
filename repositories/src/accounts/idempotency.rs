//! Work that is done once, however often it is asked for.

use std::{
    fmt,
    future::Future,
    time::{Duration, Instant},
};

use sea_orm::{FromQueryResult, Value, prelude::Json};
use serde::{Serialize, de::DeserializeOwned};
use tenantry::{Database, Error, ErrorKind, Result, Session, TenantContext};

use super::{Said, only};

/// How long whoever has claimed work may take to begin it. Once begun, a lock of its row holds it
/// for as long as the transaction lives, so a holder that crashes holds it no longer than this.
pub const HOLD: Duration = Duration::from_secs(10);

/// A piece of work, named by whoever asks for it: asked for twice, it is done once.
///
/// The first caller does it. Callers at the same time wait for it ([`once`](Work::once)) or are told
/// ([`try_once`](Work::try_once)); later callers get what came of it. What the work wrote and the note
/// that it was done commit together, so that after a lost answer it can be asked for again under the
/// same key. Work that failed may be tried again.
///
/// # Examples
///
/// ```no_run
/// # use tenantry::{Database, Error, Result, TenantContext};
/// # use tenantry_entities::challenges::{Challenges, challenge};
/// use tenantry_repositories::accounts::Work;
///
/// # async fn example(database: &Database, context: &TenantContext, request_key: &str) -> Result<()> {
/// let work = Work::new("challenges.create", request_key);
/// let id = work
///     .once(database, context, async |session| {
///         let new = challenge::New { title: "Ship it".into() };
///         Ok::<_, Error>(session.challenges().insert(new).await?.id)
///     })
///     .await?;
/// # let _ = id;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "work is done by `once` or `try_once`"]
pub struct Work {
    job_type: String,
    key: String,
    patience: Duration,
}

/// What became of a call that does not wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "work may be busy elsewhere, and then nothing was done here"]
pub enum Answer<T> {
    /// It was done now.
    Ran(T),
    /// It was done before; this came of it.
    Stored(T),
    /// Somebody else does it at the moment.
    Busy,
}

/// What a claim of work leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// It is the caller's to do, by this attempt.
    Run(i32),
    /// It was done before; this came of it.
    Done(Json),
    /// Somebody else does it at the moment.
    Busy,
}

/// Where work is done once: a database, or a fake of one. Each step is one for [`Work`].
pub trait WorkPlace: Sync {
    /// What says who acts where.
    type Context: Sync;
    /// A transaction.
    type Session;

    /// Runs a unit of work and commits it, or leaves nothing of it.
    fn transact<T, Failure: From<Error>>(
        &self,
        context: &Self::Context,
        work: impl AsyncFnOnce(&mut Self::Session) -> Result<T, Failure> + Clone,
    ) -> impl Future<Output = Result<T, Failure>>;

    /// Claims work that nobody does and nobody has done.
    fn claim(session: &Self::Session, work: &Work) -> impl Future<Output = Result<Claim>>;

    /// Holds claimed work until the transaction ends; false if somebody else has claimed it since.
    fn hold(
        session: &Self::Session,
        work: &Work,
        attempt: i32,
    ) -> impl Future<Output = Result<bool>>;

    /// Keeps what came of it, in the transaction that did it.
    fn finish(
        session: &Self::Session,
        work: &Work,
        attempt: i32,
        result: Json,
    ) -> impl Future<Output = Result<bool>>;

    /// Notes why it failed, so that it may be tried again at once.
    fn fail(
        session: &Self::Session,
        work: &Work,
        attempt: i32,
        reason: &str,
    ) -> impl Future<Output = Result<bool>>;
}

impl Work {
    /// Names a piece of work by its kind, and by a key that the caller chose.
    pub fn new(job_type: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            job_type: job_type.into(),
            key: key.into(),
            patience: Duration::from_secs(30),
        }
    }

    /// Its kind.
    #[must_use]
    pub fn job_type(&self) -> &str {
        &self.job_type
    }

    /// What the caller names it by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Sets how long to wait for another caller who does the same. 30 seconds by default.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Does the work, or waits for whoever does it, or returns what came of it before.
    ///
    /// While it waits, it holds no connection. `work` may run several times, as in
    /// [`Database::transaction`], and is kept once.
    ///
    /// # Errors
    ///
    /// What `work` returns; [`ErrorKind::Retryable`] if another caller is not done in time;
    /// [`ErrorKind::CommitUnknown`] as in [`Database::transaction`]: ask again under the same key.
    pub async fn once<P, T, Failure>(
        &self,
        place: &P,
        context: &P::Context,
        work: impl AsyncFnOnce(&mut P::Session) -> Result<T, Failure> + Clone,
    ) -> Result<T, Failure>
    where
        P: WorkPlace,
        T: Serialize + DeserializeOwned,
        Failure: From<Error> + fmt::Display,
    {
        let begun = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            match self.try_once(place, context, work.clone()).await? {
                Answer::Ran(value) | Answer::Stored(value) => return Ok(value),
                Answer::Busy if begun.elapsed() + pause > self.patience => {
                    return Err(Error::new(
                        ErrorKind::Retryable,
                        "another caller still does the work",
                    )
                    .into());
                }
                Answer::Busy => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    /// Does the work, or tells that somebody else does, or returns what came of it before.
    ///
    /// # Errors
    ///
    /// As [`once`](Self::once), but it does not wait.
    pub async fn try_once<P, T, Failure>(
        &self,
        place: &P,
        context: &P::Context,
        work: impl AsyncFnOnce(&mut P::Session) -> Result<T, Failure> + Clone,
    ) -> Result<Answer<T>, Failure>
    where
        P: WorkPlace,
        T: Serialize + DeserializeOwned,
        Failure: From<Error> + fmt::Display,
    {
        let claimed = place
            .transact(context, async |session: &mut P::Session| {
                P::claim(session, self).await
            })
            .await?;
        let attempt = match claimed {
            Claim::Run(attempt) => attempt,
            Claim::Done(stored) => {
                let value = serde_json::from_value(stored).map_err(|_| unreadable())?;
                return Ok(Answer::Stored(value));
            }
            Claim::Busy => return Ok(Answer::Busy),
        };
        let outcome: Result<_, Failure> = place
            .transact(context, async move |session: &mut P::Session| {
                if !P::hold(session, self, attempt).await? {
                    return Ok(None);
                }
                let value = work(session).await?;
                let result = serde_json::to_value(&value).map_err(|_| unreadable())?;
                if !P::finish(session, self, attempt, result).await? {
                    return Err(
                        Error::new(ErrorKind::Internal, "the work is noted as another's").into(),
                    );
                }
                Ok(Some(value))
            })
            .await;
        match outcome {
            Ok(Some(value)) => Ok(Answer::Ran(value)),
            // It took too long to begin, and somebody else has claimed it since.
            Ok(None) => Ok(Answer::Busy),
            Err(failure) => {
                let reason = failure.to_string();
                let noted = place.transact(context, async |session: &mut P::Session| {
                    P::fail(session, self, attempt, &reason).await
                });
                // Where that fails too, the work can be claimed again when its hold has passed.
                drop(noted.await);
                Err(failure)
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Claimed {
    state: String,
    attempt: Option<i32>,
    result: Option<Json>,
}

impl WorkPlace for Database {
    type Context = TenantContext;
    type Session = Session;

    fn transact<T, Failure: From<Error>>(
        &self,
        context: &TenantContext,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Clone,
    ) -> impl Future<Output = Result<T, Failure>> {
        self.transaction(context, work)
    }

    async fn claim(session: &Session, work: &Work) -> Result<Claim> {
        let arguments: [Value; 3] = [
            work.job_type.as_str().into(),
            work.key.as_str().into(),
            HOLD.as_secs_f64().into(),
        ];
        let claimed: Claimed = only(session.call("accounts.claim_work", arguments).await?)?;
        Ok(match (claimed.state.as_str(), claimed.attempt) {
            ("run", Some(attempt)) => Claim::Run(attempt),
            ("done", _) => Claim::Done(claimed.result.unwrap_or_default()),
            _ => Claim::Busy,
        })
    }

    async fn hold(session: &Session, work: &Work, attempt: i32) -> Result<bool> {
        work.step(session, "accounts.hold_work", attempt, None)
            .await
    }

    async fn finish(session: &Session, work: &Work, attempt: i32, result: Json) -> Result<bool> {
        let result = Some(result.into());
        work.step(session, "accounts.finish_work", attempt, result)
            .await
    }

    async fn fail(session: &Session, work: &Work, attempt: i32, reason: &str) -> Result<bool> {
        let reason = Some(reason.into());
        work.step(session, "accounts.fail_work", attempt, reason)
            .await
    }
}

impl Work {
    async fn step(
        &self,
        session: &Session,
        function: &'static str,
        attempt: i32,
        last: Option<Value>,
    ) -> Result<bool> {
        let arguments = [
            self.job_type.as_str().into(),
            self.key.as_str().into(),
            attempt.into(),
        ];
        let arguments = arguments.into_iter().chain(last);
        let said: Said<bool> = only(session.call(function, arguments).await?)?;
        Ok(said.called)
    }
}

/// What is left of work that is done; of a session, real or fake.
pub trait FinishedWork {
    /// Deletes the keys of a workspace that nobody has touched for 30 days, so many at most; returns
    /// how many they were. For a job that runs now and then in each workspace.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn sweep_finished_work(&self, at_most: u16) -> impl Future<Output = Result<u64>> + Send;
}

impl FinishedWork for Session {
    async fn sweep_finished_work(&self, at_most: u16) -> Result<u64> {
        let most = [i32::from(at_most).into()];
        let swept = self.call("accounts.sweep_idempotency_keys", most).await?;
        let said: Said<i64> = only(swept)?;
        Ok(said.called.unsigned_abs())
    }
}

fn unreadable() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the result of the work cannot be kept or read as JSON",
    )
}
