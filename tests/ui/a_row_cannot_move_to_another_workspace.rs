// H-17: `update_column` once changed the tenant of a row.
use sea_orm::Set;
use tenantry_entities::challenges::challenge;
use uuid::Uuid;

fn moved(workspace: Uuid) -> challenge::Update {
    challenge::Update {
        workspace_id: Set(workspace),
        ..Default::default()
    }
}

fn main() {}
