//! What is asked of workspaces, members, invitations, keys, and work that is done once.

use sea_orm::Set;
use tenantry::{
    Deletion,
    policy::{Act, Action},
};
use tenantry_entities::accounts::{
    Accounts as _, api_key, idempotency_key, invitation, member, workspace,
};
use tenantry_repositories::accounts::{
    ApiKeyRepository as _, InvitationRepository as _, NewApiKey, WorkspaceRepository as _, policies,
};
use uuid::Uuid;

use super::Asked;
use crate::{accounts::invitation_to, world::World};

/// What is there before anybody asks: a row of each kind, and one of each kind that was deleted.
pub(super) struct Rows {
    /// Besides the one who stays.
    owner: Kept<member::Model>,
    viewer: Kept<member::Model>,
    invitation: Kept<invitation::Model>,
    owners_key: Kept<api_key::Model>,
    viewers_key: Kept<api_key::Model>,
    work: idempotency_key::Model,
}

struct Kept<M> {
    lives: M,
    deleted: M,
    deletion: Deletion,
}

pub(super) async fn member(world: &World, role: member::Role) -> member::Model {
    let session = world.alpha().await;
    let new = member::New {
        user_id: Uuid::now_v7(),
        role,
        name: "somebody".into(),
    };
    let row = session.members().insert(new).await.unwrap();
    session.commit().await.unwrap();
    row
}

impl Rows {
    pub(super) async fn plant(world: &World) -> Self {
        let kept_member = async |role| {
            let (lives, deleted) = (member(world, role).await, member(world, role).await);
            let session = world.alpha().await;
            let deletion = session.members().delete(deleted.id).await.unwrap();
            session.commit().await.unwrap();
            Kept {
                lives,
                deleted,
                deletion,
            }
        };
        let (owner, viewer) = (
            kept_member(member::Role::Owner).await,
            kept_member(member::Role::Viewer).await,
        );
        let session = world.alpha().await;
        let kept_key = async |role| {
            let rows = session.api_keys();
            let issue = async || {
                rows.issue(NewApiKey::named("k").role(role))
                    .await
                    .unwrap()
                    .key
            };
            let (lives, deleted) = (issue().await, issue().await);
            Kept {
                lives,
                deletion: rows.delete(deleted.id).await.unwrap(),
                deleted,
            }
        };
        let (owners_key, viewers_key) = (
            kept_key(api_key::Role::Owner).await,
            kept_key(api_key::Role::Viewer).await,
        );
        let rows = session.invitations();
        let invite = async |to: &str| rows.invite(invitation_to(to)).await.unwrap().invitation;
        let (lives, deleted) = (invite("a@example.org").await, invite("b@example.org").await);
        let invitation = Kept {
            lives,
            deletion: rows.delete(deleted.id).await.unwrap(),
            deleted,
        };
        session.commit().await.unwrap();
        let work = "INSERT INTO accounts.idempotency_keys (workspace_id, job_type, key) VALUES ($1, 'import', 'one')";
        let work = sqlx::query(work).bind(world.alpha.workspace().as_uuid());
        work.execute(&world.test.admin()).await.unwrap();
        let session = world.alpha().await;
        let work = session
            .idempotency_keys()
            .list()
            .first()
            .await
            .unwrap()
            .unwrap();
        Self {
            owner,
            viewer,
            invitation,
            owners_key,
            viewers_key,
            work,
        }
    }
}

/// Asks everything.
pub(super) async fn ask(asked: &mut Asked<'_>, rows: &Rows) {
    workspaces(asked).await;
    members(asked, "owner", &rows.owner, member::Role::Viewer).await;
    members(asked, "viewer", &rows.viewer, member::Role::Owner).await;
    invitations(asked, &rows.invitation).await;
    api_keys(asked, "key of an owner", &rows.owners_key).await;
    api_keys(asked, "key of a viewer", &rows.viewers_key).await;
    let (policy, row) = (policies::idempotency_keys(), "work");
    let read = Act::On(Action::Read, &rows.work);
    let id = rows.work.id;
    asked
        .ask(row, &policy, read, async |s| {
            s.idempotency_keys().get(id).await
        })
        .await;
}

async fn workspaces(asked: &mut Asked<'_>) {
    let (policy, row) = (policies::workspaces(), "workspace");
    let session = asked.world.alpha().await;
    let workspace = &session.workspaces().current().await.unwrap();
    session.roll_back().await;
    let id = workspace.id;
    let read = Act::On(Action::Read, workspace);
    asked
        .ask(row, &policy, read, async |s| s.workspaces().get(id).await)
        .await;
    let new = workspace::New {
        name: "another".into(),
    };
    let insert = Act::Insert(workspace);
    asked
        .ask(row, &policy, insert, async |s| {
            s.workspaces().insert(new).await
        })
        .await;
    let after = workspace::Model {
        name: "after".into(),
        ..workspace.clone()
    };
    let update = Act::Update {
        before: workspace,
        after: &after,
    };
    asked
        .ask(row, &policy, update, async |s| {
            let change = workspace::Update {
                name: Set("after".into()),
                ..Default::default()
            };
            s.workspaces().update(workspace, change).await
        })
        .await;
    let delete = Act::On(Action::Delete, workspace);
    asked
        .ask(row, &policy, delete, async |s| {
            s.workspaces().delete(id).await
        })
        .await;

    let session = asked.world.alpha().await;
    let deletion = session.workspaces().delete(id).await.unwrap();
    session.commit().await.unwrap();
    let restore = Act::On(Action::Restore, workspace);
    asked
        .ask(row, &policy, restore, async |s| {
            s.workspaces().restore(&deletion).await
        })
        .await;
    let session = asked.world.alpha().await;
    session.workspaces().restore(&deletion).await.unwrap();
    session.commit().await.unwrap();
}

/// A member, and as what they shall go on.
async fn members(asked: &mut Asked<'_>, row: &str, kept: &Kept<member::Model>, role: member::Role) {
    let policy = policies::members();
    let Kept {
        lives,
        deleted,
        deletion,
    } = kept;
    let id = lives.id;
    let read = Act::On(Action::Read, lives);
    asked
        .ask(row, &policy, read, async |s| s.members().get(id).await)
        .await;
    let new = member::New {
        user_id: Uuid::now_v7(),
        role: lives.role,
        name: "new".into(),
    };
    let insert = Act::Insert(lives);
    asked
        .ask(row, &policy, insert, async |s| {
            s.members().insert(new).await
        })
        .await;
    for (what, role) in [("in another role", role), ("permitted more", lives.role)] {
        let permissions = serde_json::json!({ "all": true });
        let after = member::Model {
            role,
            permissions: permissions.clone(),
            ..lives.clone()
        };
        let update = Act::Update {
            before: lives,
            after: &after,
        };
        asked
            .ask(&format!("{row}, {what}"), &policy, update, async |s| {
                let change = member::Update {
                    role: Set(role),
                    permissions: Set(permissions),
                };
                s.members().update(lives, change).await
            })
            .await;
    }
    let delete = Act::On(Action::Delete, lives);
    asked
        .ask(row, &policy, delete, async |s| s.members().delete(id).await)
        .await;
    let restore = Act::On(Action::Restore, deleted);
    asked
        .ask(row, &policy, restore, async |s| {
            s.members().restore(deletion).await
        })
        .await;
}

async fn invitations(asked: &mut Asked<'_>, kept: &Kept<invitation::Model>) {
    let (policy, row) = (policies::invitations(), "invitation");
    let Kept {
        lives,
        deleted,
        deletion,
    } = kept;
    let id = lives.id;
    let read = Act::On(Action::Read, lives);
    asked
        .ask(row, &policy, read, async |s| s.invitations().get(id).await)
        .await;
    let delete = Act::On(Action::Delete, lives);
    asked
        .ask(row, &policy, delete, async |s| {
            s.invitations().delete(id).await
        })
        .await;
    let restore = Act::On(Action::Restore, deleted);
    asked
        .ask(row, &policy, restore, async |s| {
            s.invitations().restore(deletion).await
        })
        .await;
}

async fn api_keys(asked: &mut Asked<'_>, row: &str, kept: &Kept<api_key::Model>) {
    let policy = policies::api_keys();
    let Kept {
        lives,
        deleted,
        deletion,
    } = kept;
    let id = lives.id;
    let read = Act::On(Action::Read, lives);
    asked
        .ask(row, &policy, read, async |s| s.api_keys().get(id).await)
        .await;
    let after = api_key::Model {
        name: "after".into(),
        ..lives.clone()
    };
    let update = Act::Update {
        before: lives,
        after: &after,
    };
    asked
        .ask(row, &policy, update, async |s| {
            let change = api_key::Update {
                name: Set("after".into()),
                ..Default::default()
            };
            s.api_keys().update(lives, change).await
        })
        .await;
    let delete = Act::On(Action::Delete, lives);
    asked
        .ask(row, &policy, delete, async |s| {
            s.api_keys().delete(id).await
        })
        .await;
    let restore = Act::On(Action::Restore, deleted);
    asked
        .ask(row, &policy, restore, async |s| {
            s.api_keys().restore(deletion).await
        })
        .await;
}
