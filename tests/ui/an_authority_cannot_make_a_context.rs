use tenantry::{ActorId, Authority, Identity, Result, TenantContext, WorkspaceId};

struct Members;

impl Authority for Members {
    async fn role(
        &self,
        _: &Identity<'_>,
        _: &ActorId,
        _: &WorkspaceId,
    ) -> Result<Option<TenantContext>> {
        Ok(None)
    }
}

fn main() {}
