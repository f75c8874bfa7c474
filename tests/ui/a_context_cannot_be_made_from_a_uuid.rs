use tenantry::TenantContext;
use uuid::Uuid;

fn context(workspace: Uuid) -> TenantContext {
    workspace.into()
}

fn main() {}
