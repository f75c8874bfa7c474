//! Work that is done once, in memory.

use chrono::TimeDelta;
use sea_orm::prelude::Json;
use tenantry::{Error, ErrorKind, Result};
use tenantry_entities::accounts::idempotency_key::{self, Status};
use tenantry_repositories::accounts::{Claim, FinishedWork, HOLD, Work, WorkPlace};

use super::{ATTEMPTS, MemoryAccounts, MemoryContext, MemorySession, state::Held};

impl MemoryAccounts {
    /// Runs `work` in a session and commits it; runs it again where another one was in its way.
    ///
    /// # Errors
    ///
    /// What `work` returns; [`ErrorKind::Retryable`] if every attempt met someone in its way.
    pub async fn transaction<T, Failure: From<Error>>(
        &self,
        context: &MemoryContext,
        work: impl AsyncFnOnce(&mut MemorySession) -> Result<T, Failure> + Clone,
    ) -> Result<T, Failure> {
        let mut attempt = 1;
        loop {
            let mut session = self.begin(context).await?;
            let value = work.clone()(&mut session).await?;
            match session.commit().await {
                Ok(()) => return Ok(value),
                Err(error) if error.kind() == ErrorKind::Retryable && attempt < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
            }
            attempt += 1;
            tokio::task::yield_now().await;
        }
    }
}

impl WorkPlace for MemoryAccounts {
    type Context = MemoryContext;
    type Session = MemorySession;

    fn transact<T, Failure: From<Error>>(
        &self,
        context: &MemoryContext,
        work: impl AsyncFnOnce(&mut MemorySession) -> Result<T, Failure> + Clone,
    ) -> impl Future<Output = Result<T, Failure>> {
        self.transaction(context, work)
    }

    async fn claim(session: &MemorySession, work: &Work) -> Result<Claim> {
        for (text, longest, field) in [(work.job_type(), 100, "job_type"), (work.key(), 255, "key")]
        {
            if text.chars().count() > longest {
                let message = format!("check of {field} is violated");
                return Err(Error::new(ErrorKind::Invalid, message).with_field(field));
            }
        }
        let now = session.now();
        let row = session.work_of(work);
        if session.is_held(work) {
            return Ok(Claim::Busy);
        }
        let mut row = match row {
            Some(row) if row.status == Status::Completed => {
                return Ok(Claim::Done(row.result.unwrap_or_default()));
            }
            Some(row)
                if row.status == Status::Processing
                    && row.locked_until.is_some_and(|until| until > now) =>
            {
                return Ok(Claim::Busy);
            }
            Some(row) => row,
            None => idempotency_key::Model {
                workspace_id: session.workspace,
                id: idempotency_key::Id::random(),
                job_type: work.job_type().to_owned(),
                key: work.key().to_owned(),
                status: Status::Pending,
                result: None,
                error: None,
                completed_at: None,
                attempts: 0,
                locked_until: None,
                created_at: now,
                created_by: None,
                updated_at: now,
                updated_by: None,
            },
        };
        row.status = Status::Processing;
        row.attempts += 1;
        row.error = None;
        row.locked_until = Some(now + HOLD);
        row.updated_at = now;
        let attempt = row.attempts;
        session.work.put(row);
        Ok(Claim::Run(attempt))
    }

    async fn hold(session: &MemorySession, work: &Work, attempt: i32) -> Result<bool> {
        if session.is_held(work) || session.attempted(work, attempt).is_none() {
            return Ok(false);
        }
        let held = session.held_name(work);
        session.accounts.lock().held.insert(held.clone());
        session.held().push(held);
        Ok(true)
    }

    async fn finish(
        session: &MemorySession,
        work: &Work,
        attempt: i32,
        result: Json,
    ) -> Result<bool> {
        let Some(mut row) = session.attempted(work, attempt) else {
            return Ok(false);
        };
        let now = session.now();
        row.status = Status::Completed;
        row.result = Some(result);
        row.completed_at = Some(now);
        row.locked_until = None;
        row.updated_at = now;
        session.work.put(row);
        Ok(true)
    }

    async fn fail(
        session: &MemorySession,
        work: &Work,
        attempt: i32,
        reason: &str,
    ) -> Result<bool> {
        // Whoever still works on it will say for themselves what came of it.
        let row = session.attempted(work, attempt);
        let Some(mut row) = row.filter(|_| !session.is_held(work)) else {
            return Ok(false);
        };
        row.status = Status::Failed;
        row.error = Some(reason.chars().take(1000).collect());
        row.locked_until = None;
        row.updated_at = session.now();
        session.work.put(row);
        Ok(true)
    }
}

impl FinishedWork for MemorySession {
    async fn sweep_finished_work(&self, at_most: u16) -> Result<u64> {
        let before = self.now() - TimeDelta::days(30);
        let mut rows = self.work.rows();
        rows.sort_by_key(|row| (row.updated_at, *row.id.as_key()));
        let old = rows.iter().take_while(|row| row.updated_at < before);
        let old = old.take(at_most.min(10_000).into()).count();
        self.work.set_rows(rows.split_off(old));
        Ok(old as u64)
    }
}

impl MemorySession {
    fn work_of(&self, work: &Work) -> Option<idempotency_key::Model> {
        let mut rows = self.work.rows().into_iter();
        rows.find(|row| row.job_type == work.job_type() && row.key == work.key())
    }

    /// The work, if it is still this attempt's.
    fn attempted(&self, work: &Work, attempt: i32) -> Option<idempotency_key::Model> {
        let row = self.work_of(work);
        row.filter(|row| row.attempts == attempt && row.status == Status::Processing)
    }

    fn held_name(&self, work: &Work) -> Held {
        let (job_type, key) = (work.job_type().to_owned(), work.key().to_owned());
        (self.workspace, job_type, key)
    }

    /// Whether another session works on it.
    fn is_held(&self, work: &Work) -> bool {
        let name = self.held_name(work);
        !self.held().contains(&name) && self.accounts.lock().held.contains(&name)
    }
}
