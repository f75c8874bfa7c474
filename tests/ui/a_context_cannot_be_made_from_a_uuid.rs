use tenantry::TenantContext;
use uuid::Uuid;

fn context(workspace: Uuid) -> TenantContext {
    TenantContext::from(workspace)
}

fn main() {}
