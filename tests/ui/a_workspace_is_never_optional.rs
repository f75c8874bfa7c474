// H-10: an absent workspace once meant every workspace, or IS NULL.
use tenantry::{ActorId, Database, WorkspaceId};

fn absent(database: &Database, actor: ActorId, workspace: Option<WorkspaceId>) {
    let _ = database.authorize(actor, workspace);
}

fn main() {}
