//! Every table of ours, attacked by the kit that users attack theirs with.

use std::collections::BTreeSet;

use sea_orm::Set;
use tenantry::{Error, Result, Session};
use tenantry_entities::{
    accounts::{Accounts, member, workspace},
    challenges::{Challenges, challenge, judge, submission},
};
use tenantry_testing::Isolation;

use super::aim::rename;
use crate::world::{World, member, titled};

/// Tables that stand behind a wall and are not attacked by the kit, each with who does it.
const ATTACKED_ELSEWHERE: [(&str, &str); 3] = [
    (
        "accounts.workspaces",
        "a_workspace_sees_itself_and_no_other",
    ),
    (
        "tenantry.audit_log",
        "a_workspace_reads_its_own_log_and_only_its_owners_do",
    ),
    (
        "tenantry.audit_requests",
        "a_request_is_told_once_and_to_its_own_workspace",
    ),
];

/// The kit that users attack their own entities with, on every table of ours.
#[tokio::test]
async fn every_table_withstands_the_isolation_kit() {
    let world = World::new().await;
    let walled =
        "SELECT polrelid::regclass::text FROM pg_policy WHERE NOT polpermissive GROUP BY 1";
    let walled: Vec<String> = sqlx::query_scalar(walled)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    let attacked = [
        "accounts.api_keys",
        "accounts.idempotency_keys",
        "accounts.invitations",
        "accounts.members",
        "challenges.challenges",
        "challenges.judges",
        "challenges.submissions",
    ];
    let elsewhere = ATTACKED_ELSEWHERE.iter().map(|(table, _)| *table);
    let known: BTreeSet<&str> = attacked.into_iter().chain(elsewhere).collect();
    assert_eq!(
        walled.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        known
    );

    let World {
        database,
        alpha,
        beta,
        ..
    } = &world;
    let title = || uuid::Uuid::now_v7().to_string();
    crate::accounts::attack_every_table(&world).await;

    Isolation::of(
        challenge::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| session.challenges().insert(titled(&title())).await,
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .updates(rename)
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();

    Isolation::of(
        submission::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| {
            let challenge_id = session.challenges().insert(titled(&title())).await?.id;
            let user_id = session.members().insert(member("m")).await?.user_id;
            session
                .submissions()
                .insert(submission::New {
                    challenge_id,
                    user_id,
                })
                .await
        },
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .updates(|| submission::Update {
        score: Set(Some(1)),
        ..Default::default()
    })
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();

    Isolation::of(
        judge::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| {
            let challenge_id = session.challenges().insert(titled(&title())).await?.id;
            let user_id = session.members().insert(member("j")).await?.user_id;
            session
                .judges()
                .insert(judge::New {
                    challenge_id,
                    user_id,
                })
                .await
        },
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();

    Isolation::of(
        member::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| session.members().insert(member("m")).await,
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .updates(|| member::Update {
        role: Set(member::Role::Viewer),
        ..Default::default()
    })
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();
}

/// A workspace is a row of its own; from another one it is not there.
#[tokio::test]
async fn a_workspace_sees_itself_and_no_other() {
    let world = World::new().await;
    let theirs = workspace::Id::new(world.beta.workspace().as_uuid().unwrap());
    // H-46: the other one is there to be seen.
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts.workspaces WHERE id = $1")
        .bind(*theirs.as_key())
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(there, 1);
    let session = world.alpha().await;
    let seen = session.workspaces().list().page().await.unwrap().items;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        Some(*seen[0].id.as_key()),
        world.alpha.workspace().as_uuid()
    );
    assert!(session.workspaces().find(theirs).await.unwrap().is_none());
}

/// H-12, H-10: a row that was read in one workspace cannot be written through another.
#[tokio::test]
async fn a_row_cannot_be_carried_into_another_workspace() {
    let world = World::new().await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let session = world.alpha().await;
    let refused: Result<_, Error> = session.challenges().update(&theirs, rename()).await;
    assert_eq!(refused.unwrap_err().to_string(), "challenges not found");
}
