use tenantry::WorkspaceId;
use uuid::Uuid;

fn absent(column: Option<Uuid>) -> WorkspaceId {
    column.into()
}

fn main() {}
