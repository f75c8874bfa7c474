// What a hook is lent ends with whoever began it.
use tenantry::{Change, Hook, Result, Session};
use tenantry_entities::challenges::challenge;

struct Commits;

impl Hook<challenge::Entity> for Commits {
    async fn after(&self, session: &Session, _: &[Change<challenge::Entity>]) -> Result<()> {
        session.commit().await
    }
}

fn main() {}
