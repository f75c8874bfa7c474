//! Work that is done once, however often it is asked for.

use std::{
    fmt,
    time::{Duration, Instant},
};

use sea_orm::{FromQueryResult, Value, prelude::Json};
use serde::{Serialize, de::DeserializeOwned};
use tenantry::{Database, Error, ErrorKind, Result, Session, TenantContext};

use super::{Said, only};

/// How long whoever has claimed work may take to begin it. Once begun, a lock of its row holds it
/// for as long as the transaction lives, so a holder that crashes holds it no longer than this.
const HOLD: Duration = Duration::from_secs(10);

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

#[derive(FromQueryResult)]
struct Claimed {
    state: String,
    attempt: Option<i32>,
    result: Option<Json>,
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
    pub async fn once<T, Failure>(
        &self,
        database: &Database,
        context: &TenantContext,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Clone,
    ) -> Result<T, Failure>
    where
        T: Serialize + DeserializeOwned,
        Failure: From<Error> + fmt::Display,
    {
        let begun = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            match self.try_once(database, context, work.clone()).await? {
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
    pub async fn try_once<T, Failure>(
        &self,
        database: &Database,
        context: &TenantContext,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Clone,
    ) -> Result<Answer<T>, Failure>
    where
        T: Serialize + DeserializeOwned,
        Failure: From<Error> + fmt::Display,
    {
        let claimed = database
            .transaction(context, async |session| self.claim(session).await)
            .await?;
        let attempt = match (claimed.state.as_str(), claimed.attempt) {
            ("run", Some(attempt)) => attempt,
            ("done", _) => {
                let stored = claimed.result.unwrap_or_default();
                let value = serde_json::from_value(stored).map_err(|_| unreadable())?;
                return Ok(Answer::Stored(value));
            }
            _ => return Ok(Answer::Busy),
        };
        let outcome: Result<_, Failure> = database
            .transaction(context, async move |session: &mut Session| {
                if !self
                    .step(session, "accounts.hold_work", attempt, None)
                    .await?
                {
                    return Ok(None);
                }
                let value = work(session).await?;
                let result = serde_json::to_value(&value).map_err(|_| unreadable())?;
                let kept = self.step(
                    session,
                    "accounts.finish_work",
                    attempt,
                    Some(result.into()),
                );
                if !kept.await? {
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
                let reason: Value = failure.to_string().into();
                let noted = database.transaction(context, async move |session: &mut Session| {
                    self.step(session, "accounts.fail_work", attempt, Some(reason))
                        .await
                });
                // Where that fails too, the work can be claimed again when its hold has passed.
                drop(noted.await);
                Err(failure)
            }
        }
    }

    async fn claim(&self, session: &mut Session) -> Result<Claimed> {
        let arguments: [Value; 3] = [
            self.job_type.as_str().into(),
            self.key.as_str().into(),
            HOLD.as_secs_f64().into(),
        ];
        only(session.call("accounts.claim_work", arguments).await?)
    }

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

/// Deletes the keys of a workspace that nobody has touched for 30 days, so many at most; returns how
/// many they were. For a job that runs now and then in each workspace.
///
/// # Errors
///
/// Only what a connection can fail with.
pub async fn sweep_finished_work(session: &Session, at_most: u16) -> Result<u64> {
    let swept = session.call(
        "accounts.sweep_idempotency_keys",
        [i32::from(at_most).into()],
    );
    let said: Said<i64> = only(swept.await?)?;
    Ok(said.called.unsigned_abs())
}

fn unreadable() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the result of the work cannot be kept or read as JSON",
    )
}
