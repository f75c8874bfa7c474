//! Challenges and what becomes of them.

use std::future::Future;

use sea_orm::Set;
use tenantry::{Error, ErrorKind, Repository, Result};
use tenantry_entities::challenges::challenge::{self, Status};

/// The challenges of a workspace, real or fake.
///
/// Operations made of verbs are given, to everything that has the verbs: a fake runs the real rule.
pub trait ChallengeRepository: Repository<Entity = challenge::Entity> {
    /// Publishes a draft.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such challenge; [`ErrorKind::Invalid`] if it is no
    /// draft; [`ErrorKind::Stale`] if it was changed meanwhile.
    fn publish(&self, id: challenge::Id) -> impl Future<Output = Result<challenge::Model>> + Send {
        async move {
            let draft = self.get(id).await?;
            if draft.status != Status::Draft {
                return Err(
                    Error::new(ErrorKind::Invalid, "only a draft can be published")
                        .with_field("status"),
                );
            }
            let change = challenge::Update {
                status: Set(Status::Published),
                ..Default::default()
            };
            self.update(&draft, change).await
        }
    }
}

impl<R: Repository<Entity = challenge::Entity>> ChallengeRepository for R {}
