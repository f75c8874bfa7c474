// H-17: neither workspace, id nor version is a hook's to set.
use tenantry::{Hook, Planned, Result, Session};
use tenantry_entities::challenges::challenge;

struct Moves;

impl Hook<challenge::Entity> for Moves {
    async fn before(&self, _: &Session, planned: &mut [Planned<challenge::Entity>]) -> Result<()> {
        let workspace_id = sea_orm::Set(uuid::Uuid::nil());
        planned[0].change(challenge::Update { workspace_id, ..Default::default() })
    }
}

fn main() {}
