// H-10: see `a_workspace_is_never_optional`.
use tenantry::WorkspaceId;
use uuid::Uuid;

fn absent(column: Option<Uuid>) -> WorkspaceId {
    column.into()
}

fn main() {}
