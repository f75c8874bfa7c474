// H-8: work that a hook leaves behind would run in a transaction that has ended.
use tenantry::{Change, Hook, Result, Session};
use tenantry_entities::challenges::{Challenges, challenge};

struct Spawns;

impl Hook<challenge::Entity> for Spawns {
    async fn after(&self, session: &Session, _: &[Change<challenge::Entity>]) -> Result<()> {
        tokio::spawn(async move { session.challenges().list().count().await });
        Ok(())
    }
}

fn main() {}
