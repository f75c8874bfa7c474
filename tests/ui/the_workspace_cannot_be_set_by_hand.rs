use tenantry_entities::challenges::challenge;
use uuid::Uuid;

fn stray(workspace_id: Uuid, title: String) -> challenge::New {
    challenge::New {
        workspace_id,
        title,
    }
}

fn strayed(workspace_id: Uuid, new: challenge::Insert) -> challenge::Insert {
    new.workspace_id(workspace_id)
}

fn main() {}
