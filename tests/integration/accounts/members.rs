//! There is always an owner: by the rule, by raw SQL, and when two act at once.

use tenantry::{ErrorKind, Isolation, TenantContext};
use tenantry_entities::accounts::{Accounts, member};
use tenantry_repositories::accounts::{
    LAST_OWNER, MemberRepository, Membership, WorkspaceRepository,
};
use tenantry_testing::MemoryRepository;
use uuid::Uuid;

use crate::world::{World, claim};

const WORDS: &str = "the workspace would be left without an owner";

async fn own(world: &World, context: &TenantContext) -> member::Model {
    let session = world.database.read(context).await.unwrap();
    let person = context.actor().unwrap().as_uuid().unwrap();
    let mine = session.members().list().filter(member::USER_ID.eq(person));
    mine.first().await.unwrap().unwrap()
}

async fn owners(world: &World) -> i64 {
    let sql = "SELECT count(*) FROM accounts.members WHERE workspace_id = $1 AND role = 'owner' AND deleted_at IS NULL";
    sqlx::query_scalar(sql)
        .bind(world.alpha.workspace().as_uuid())
        .fetch_one(&world.test.admin())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_last_owner_stays_whoever_asks_and_however() {
    let world = World::new().await;
    let me = own(&world, &world.alpha).await;
    let session = world.alpha().await;
    let members = session.members();
    let demoted = members.change_role(me.id, member::Role::Admin);
    assert_eq!(demoted.await.unwrap_err().to_string(), WORDS);
    let removed = session.members().remove(me.id).await.unwrap_err();
    assert_eq!(
        (removed.kind(), removed.to_string().as_str()),
        (ErrorKind::Invalid, WORDS)
    );
    assert_eq!(session.leave().await.unwrap_err().to_string(), WORDS);
    drop(session);

    // The verbs themselves, past the rule: the database refuses.
    let session = world.alpha().await;
    let error = session.members().delete(me.id).await.unwrap_err();
    assert_eq!(error.constraint(), Some(LAST_OWNER));
    drop(session);
    let mut raw = world.raw().await;
    for sql in [
        "UPDATE accounts.members SET role = 'viewer'",
        "UPDATE accounts.members SET deleted_at = now()",
        "WITH a AS (UPDATE accounts.members SET role = 'admin' RETURNING 1) SELECT count(*) FROM a",
        "SELECT accounts.leave_workspace()",
    ] {
        let actor = me.user_id;
        let enter = claim(world.alpha.workspace(), 99_999_999_999, "owner");
        let mut parts: Vec<&str> = enter.split('|').collect();
        let actor = format!("u:{actor}");
        parts[5] = &actor;
        let sql = format!(
            "BEGIN; CALL tenantry.enter('{}', ''); {sql}",
            parts.join("|")
        );
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            Err("23514".into()),
            "{sql}"
        );
        World::attempt(&mut raw, "ROLLBACK").await.unwrap();
    }
    assert_eq!(owners(&world).await, 1);
}

/// Write skew: each sees the other as the owner who stays.
#[tokio::test]
async fn two_owners_who_demote_or_remove_each_other_at_once_leave_one() {
    let world = World::new().await;
    let first = own(&world, &world.alpha).await;
    let (second, other) = world.joined(member::Role::Owner).await;
    for round in 0..100 {
        let isolation = [
            Isolation::ReadCommitted,
            Isolation::RepeatableRead,
            Isolation::Serializable,
        ][round % 3];
        let database = world.database.isolated(isolation);
        let act = async |context: &TenantContext, target: member::Id| {
            let remove = round % 2 == 0;
            database
                .transaction(context, async move |session| {
                    if remove {
                        session.members().delete(target).await.map(drop)
                    } else {
                        let rows = session.members();
                        rows.change_role(target, member::Role::Admin)
                            .await
                            .map(drop)
                    }
                })
                .await
        };
        let (one, two) = tokio::join!(act(&world.alpha, second.id), act(&other, first.id));
        let refused = [&one, &two]
            .iter()
            .filter(|outcome| outcome.is_err())
            .count();
        assert_eq!(owners(&world).await, 1, "round {round}: {one:?} {two:?}");
        assert_eq!(refused, 1, "round {round}: {one:?} {two:?}");
        // Both are owners again: the one who was removed comes back as they were.
        sqlx::query(
            "UPDATE accounts.members SET role = 'owner', deleted_at = NULL WHERE id = ANY ($1)",
        )
        .bind([*first.id.as_key(), *second.id.as_key()])
        .execute(&world.test.admin())
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn a_member_leaves_and_nobody_acts_as_them_any_more() {
    let world = World::new().await;
    let (row, context) = world.joined(member::Role::Viewer).await;
    let session = world.database.begin(&context).await.unwrap();
    session.leave().await.unwrap();
    session.commit().await.unwrap();
    let workspace = world.alpha.workspace().clone();
    let again = world
        .database
        .authorize(row.user_id.into(), workspace)
        .await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound);
    let session = world.database.begin(&context).await.unwrap();
    assert_eq!(
        session.leave().await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    drop(session);
    assert_eq!(
        world.actions().await[..4],
        [
            "workspace.create",
            "workspace.member_join",
            "workspace.member_join",
            "workspace.member_remove"
        ]
    );
}

#[tokio::test]
async fn only_an_owner_deletes_the_workspace() {
    let world = World::new().await;
    let (_, admin) = world.joined(member::Role::Admin).await;
    let session = world.database.begin(&admin).await.unwrap();
    let here = session.workspaces().current().await.unwrap();
    let refused = session.workspaces().delete(here.id).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    drop(session);
    let session = world.alpha().await;
    session.workspaces().delete(here.id).await.unwrap();
    session.commit().await.unwrap();
    let actor = world.alpha.actor().unwrap().clone();
    let gone = world
        .database
        .authorize(actor, world.alpha.workspace().clone())
        .await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
}

/// The rule is the real one: a fake needs no copy of it.
#[tokio::test]
async fn the_rule_of_the_last_owner_runs_in_memory() {
    use member::Column;
    use sea_orm::sea_query::Value;
    use tenantry::Repository as _;
    let members = MemoryRepository::<member::Entity>::new(Uuid::now_v7())
        .with_default(Column::Permissions, Value::Json(Some(Default::default())));
    let new = |role| member::New {
        role,
        ..crate::world::member("m")
    };
    let owner = members.insert(new(member::Role::Owner)).await.unwrap();
    let refused = members.change_role(owner.id, member::Role::Viewer).await;
    assert_eq!(refused.unwrap_err().to_string(), WORDS);
    assert_eq!(
        members.remove(owner.id).await.unwrap_err().to_string(),
        WORDS
    );
    members.insert(new(member::Role::Owner)).await.unwrap();
    let changed = members.change_role(owner.id, member::Role::Viewer).await;
    assert_eq!(changed.unwrap().role, member::Role::Viewer);
}
