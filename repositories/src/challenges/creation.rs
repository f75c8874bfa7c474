//! Many challenges at once, told in the audit log as one deed.

use std::future::Future;

use tenantry::{Action, ActorKind, Error, ErrorKind, Event, Repository, Result, Rows};
use tenantry_entities::challenges::challenge;

use super::Assembled;

/// `challenge.bulk_create`: its entry lists the ids and their number.
pub const CHALLENGE_BULK_CREATE: Action = Action::from_static("challenge.bulk_create");

/// Creates challenges in numbers.
pub trait ChallengeCreation: Send + Sync {
    /// Creates challenges, all or none, and notes it in the audit log as one deed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`], before anything is written, unless the context is an owner's, an
    /// admin's or a job's; otherwise as [`Rows::insert_many`].
    fn create_many(
        &self,
        rows: Vec<challenge::Insert>,
    ) -> impl Future<Output = Result<Vec<challenge::Model>>> + Send;
}

impl ChallengeCreation for Rows<'_, challenge::Entity> {
    async fn create_many(&self, rows: Vec<challenge::Insert>) -> Result<Vec<challenge::Model>> {
        let context = self.session().context();
        let may = matches!(context.role().as_str(), "owner" | "admin")
            || context.actor_kind() == ActorKind::Job;
        if !may {
            return Err(Error::new(
                ErrorKind::Forbidden,
                "challenges are created by owners and admins",
            ));
        }
        let created = self.insert_many(rows).await?;
        if !created.is_empty() {
            let event = Event::new(CHALLENGE_BULK_CREATE)
                .about(created.iter().map(|row| row.id))
                .details(serde_json::json!({ "count": created.len() }));
            self.session().audit().record(event).await?;
        }
        Ok(created)
    }
}

impl<C, S, J> ChallengeCreation for Assembled<C, S, J>
where
    C: Repository<Entity = challenge::Entity>,
    S: Send + Sync,
    J: Send + Sync,
{
    async fn create_many(&self, rows: Vec<challenge::Insert>) -> Result<Vec<challenge::Model>> {
        self.challenges.insert_many(rows).await
    }
}
