use tenantry::{TenantContext, WorkspaceId};

fn context(workspace: WorkspaceId) -> TenantContext {
    workspace.into()
}

fn main() {}
