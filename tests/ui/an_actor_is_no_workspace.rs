use tenantry::{ActorId, Database, WorkspaceId};

fn swapped(database: &Database, actor: ActorId, workspace: WorkspaceId) {
    let _ = database.authorize(workspace, actor);
}

fn main() {}
