//! The life of a challenge, step by step.

use std::future::Future;

use chrono::{DateTime, Utc};
use sea_orm::{Iterable, Set};
use tenantry::{Error, ErrorKind, Query, Repository, Result};
use tenantry_entities::challenges::challenge::{self, Status};

/// The statuses that may follow another: a challenge goes through its life in order, and can be
/// cancelled until it is completed. The policy of challenges holds every update to it.
#[must_use]
pub const fn next_statuses(status: Status) -> &'static [Status] {
    match status {
        Status::Draft => &[Status::Published, Status::Cancelled],
        Status::Published => &[Status::Active, Status::Cancelled],
        Status::Active => &[Status::Judging, Status::Cancelled],
        Status::Judging => &[Status::Completed, Status::Cancelled],
        Status::Completed | Status::Cancelled => &[],
    }
}

/// Every step from one status to another.
pub(super) fn steps() -> impl Iterator<Item = (Status, Status)> {
    let from = |from| next_statuses(from).iter().map(move |to| (from, *to));
    Status::iter().flat_map(from)
}

/// The challenges of a workspace, real or fake.
pub trait ChallengeRepository: Repository<Entity = challenge::Entity> {
    /// Takes a challenge one step on, if [`next_statuses`] allows it.
    ///
    /// Of two who take the same step at once, one is told that the challenge changed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such challenge; [`ErrorKind::Invalid`] if it cannot go
    /// there from where it is; [`ErrorKind::Stale`] if it was changed meanwhile.
    fn advance(
        &self,
        id: challenge::Id,
        to: Status,
    ) -> impl Future<Output = Result<challenge::Model>> + Send {
        async move {
            let row = self.get(id).await?;
            if !next_statuses(row.status).contains(&to) {
                return Err(Error::new(ErrorKind::Invalid, refusal(to)).with_field("status"));
            }
            let change = challenge::Update {
                status: Set(to),
                ..Default::default()
            };
            self.update(&row, change).await
        }
    }

    /// Publishes a draft.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn publish(&self, id: challenge::Id) -> impl Future<Output = Result<challenge::Model>> + Send {
        self.advance(id, Status::Published)
    }

    /// Opens a published challenge: members may hand in.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn activate(&self, id: challenge::Id) -> impl Future<Output = Result<challenge::Model>> + Send {
        self.advance(id, Status::Active)
    }

    /// Closes an active challenge and lets its judges score.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn judge(&self, id: challenge::Id) -> impl Future<Output = Result<challenge::Model>> + Send {
        self.advance(id, Status::Judging)
    }

    /// Completes a challenge that has been judged.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn complete(&self, id: challenge::Id) -> impl Future<Output = Result<challenge::Model>> + Send {
        self.advance(id, Status::Completed)
    }

    /// Cancels a challenge that is not completed.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn cancel(&self, id: challenge::Id) -> impl Future<Output = Result<challenge::Model>> + Send {
        self.advance(id, Status::Cancelled)
    }

    /// How many challenges run at some time within a period: those that start before its end and end
    /// after its start. Those without a start or an end do not run.
    ///
    /// [`running`] is the same question as a query, to be listed.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn count_running(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> impl Future<Output = Result<u64>> + Send {
        self.count(running(from, to))
    }
}

impl<R: Repository<Entity = challenge::Entity>> ChallengeRepository for R {}

/// The challenges that run at some time within a period.
pub fn running(from: DateTime<Utc>, to: DateTime<Utc>) -> Query<challenge::Entity> {
    Query::new()
        .filter(challenge::STARTS_AT.lt(to))
        .filter(challenge::ENDS_AT.gt(from))
}

const fn refusal(to: Status) -> &'static str {
    match to {
        Status::Draft => "no challenge becomes a draft again",
        Status::Published => "only a draft can be published",
        Status::Active => "only a published challenge can be activated",
        Status::Judging => "only an active challenge can be judged",
        Status::Completed => "only a challenge in judging can be completed",
        Status::Cancelled => "the challenge is over",
    }
}
