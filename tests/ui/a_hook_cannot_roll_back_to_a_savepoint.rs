// A hook that fails must fail its verb; a savepoint could hide that.
use tenantry::{Change, Error, Hook, Result, Session};
use tenantry_entities::challenges::challenge;

struct Saves;

impl Hook<challenge::Entity> for Saves {
    async fn after(&self, session: &Session, _: &[Change<challenge::Entity>]) -> Result<()> {
        session.savepoint(async |_| Ok::<_, Error>(())).await
    }
}

fn main() {}
