//! What members hand in, and what judges make of it.

use std::future::Future;

use sea_orm::Set;
use tenantry::{Error, ErrorKind, Query, ReadRepository, Repository, Result};
use tenantry_entities::challenges::{
    challenge,
    judge::{self, CHALLENGE_ID, USER_ID},
    submission::{self, Status},
};
use uuid::Uuid;

/// The submissions of a workspace, real or fake.
///
/// The other tables that a rule looks at are given to it. A step that began while a challenge was
/// open may become visible just after it has closed; where that matters, use a database
/// [`isolated`](tenantry::Database::isolated) as serializable.
pub trait SubmissionRepository: Repository<Entity = submission::Entity> {
    /// Hands in one's own draft, while the challenge is active.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such submission; [`ErrorKind::Forbidden`] if it is
    /// somebody else's; [`ErrorKind::Invalid`] if it is no draft or the challenge is not active;
    /// [`ErrorKind::Stale`] if it was changed meanwhile.
    fn hand_in(
        &self,
        challenges: &impl ReadRepository<Entity = challenge::Entity>,
        person: Uuid,
        id: submission::Id,
    ) -> impl Future<Output = Result<submission::Model>> + Send {
        async move {
            let row = own(self.get(id).await?, person)?;
            if row.status != Status::Draft {
                return Err(refused("only a draft can be handed in"));
            }
            let challenge = challenges.get(row.challenge_id).await?;
            if challenge.status != challenge::Status::Active {
                return Err(refused("the challenge is not active"));
            }
            self.update(&row, status(Status::Submitted)).await
        }
    }

    /// Takes one's own submission back, until it is judged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such submission; [`ErrorKind::Forbidden`] if it is
    /// somebody else's; [`ErrorKind::Invalid`] if it is judged or withdrawn; [`ErrorKind::Stale`] if
    /// it was changed meanwhile.
    fn withdraw(
        &self,
        person: Uuid,
        id: submission::Id,
    ) -> impl Future<Output = Result<submission::Model>> + Send {
        async move {
            let row = own(self.get(id).await?, person)?;
            if !matches!(row.status, Status::Draft | Status::Submitted) {
                return Err(refused("the submission is judged or withdrawn"));
            }
            self.update(&row, status(Status::Withdrawn)).await
        }
    }

    /// Scores a submission, from 0 to 100, as one of the challenge's judges, while it is in judging.
    ///
    /// A score can be changed by any of the judges until the challenge is completed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such submission; [`ErrorKind::Forbidden`] if the person
    /// does not judge this challenge, or handed this in; [`ErrorKind::Invalid`] if the challenge is
    /// not in judging, the submission was not handed in, or the score is out of range;
    /// [`ErrorKind::Stale`] if it was changed meanwhile.
    fn score(
        &self,
        challenges: &impl ReadRepository<Entity = challenge::Entity>,
        judges: &impl ReadRepository<Entity = judge::Entity>,
        person: Uuid,
        id: submission::Id,
        score: u8,
    ) -> impl Future<Output = Result<submission::Model>> + Send {
        async move {
            let row = self.get(id).await?;
            let judging = Query::new()
                .filter(CHALLENGE_ID.eq(row.challenge_id))
                .filter(USER_ID.eq(person));
            if row.user_id == person || !judges.exists(judging).await? {
                return Err(Error::new(
                    ErrorKind::Forbidden,
                    "the person does not judge this submission",
                ));
            }
            if !matches!(row.status, Status::Submitted | Status::Judged) {
                return Err(refused("the submission was not handed in"));
            }
            let challenge = challenges.get(row.challenge_id).await?;
            if challenge.status != challenge::Status::Judging {
                return Err(refused("the challenge is not in judging"));
            }
            if score > 100 {
                return Err(
                    Error::new(ErrorKind::Invalid, "the score is above 100").with_field("score")
                );
            }
            let change = submission::Update {
                score: Set(Some(i32::from(score))),
                ..status(Status::Judged)
            };
            self.update(&row, change).await
        }
    }
}

impl<R: Repository<Entity = submission::Entity>> SubmissionRepository for R {}

fn own(row: submission::Model, person: Uuid) -> Result<submission::Model> {
    if row.user_id == person {
        return Ok(row);
    }
    Err(Error::new(
        ErrorKind::Forbidden,
        "the submission is somebody else's",
    ))
}

fn status(status: Status) -> submission::Update {
    submission::Update {
        status: Set(status),
        ..Default::default()
    }
}

fn refused(why: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, why).with_field("status")
}
