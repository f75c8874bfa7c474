//! Break-glass as operators use it, and as the workspaces see it.

mod attacks;

use sea_orm::DerivePartialModel;
use tenantry::{
    Action, ActorId, BreakGlass, Database, Entry, ErrorKind, Person, Query, TenantContext,
    WorkspaceId,
};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge, submission},
};
use tenantry_repositories::accounts::Members;
use uuid::Uuid;

use crate::world::{World, found};

pub(crate) const REASON: &str = "ticket 4711: a board shows no challenges";

/// The database as the operators' tool connects to it.
pub(crate) async fn operators(world: &World) -> Database {
    let builder = Database::builder(world.test.app_url());
    let builder = builder.break_glass_url(world.test.glass_url());
    builder.connect(Members).await.unwrap()
}

/// Somebody who is a member nowhere.
pub(crate) fn operator(database: &Database) -> Person {
    database.person(ActorId::from(Uuid::now_v7())).unwrap()
}

/// The broken glass of a workspace.
pub(crate) async fn broken(world: &World, workspace: &WorkspaceId) -> BreakGlass {
    let database = operators(world).await;
    let opening = database.break_glass(&operator(&database), REASON);
    opening
        .workspaces([workspace.clone()])
        .open()
        .await
        .unwrap()
}

/// What the owner of a workspace reads of break-glass in its log, newest first.
async fn told(world: &World, owner: &TenantContext) -> Vec<Entry> {
    let session = world.database.read(owner).await.unwrap();
    let now = chrono::Utc::now();
    let day = now - chrono::Duration::days(1)..now + chrono::Duration::days(1);
    let mut told = Vec::new();
    for action in [Action::SECURITY_GLASS_CLOSE, Action::SECURITY_GLASS_OPEN] {
        let entries = session.audit().entries(day.clone()).action(&action);
        told.extend(entries.page().await.unwrap().items);
    }
    told
}

#[tokio::test]
async fn an_operator_reads_the_workspaces_of_the_grant_and_no_other() {
    let world = World::new().await;
    let gamma = found(&world.database, "gamma").await;
    let mut rows = Vec::new();
    for context in [&world.alpha, &world.beta, &gamma] {
        rows.push(world.challenge(context, "Ship it").await);
    }
    let database = operators(&world).await;
    let both = [&world.alpha, &world.beta].map(|context| context.workspace().clone());
    let glass = database.break_glass(&operator(&database), REASON);
    let glass = glass
        .workspaces(both.clone())
        .minutes(5)
        .open()
        .await
        .unwrap();
    assert_eq!(glass.workspaces(), both);
    let session = glass.read().await.unwrap();
    let challenges = session.rows(challenge::Entity);

    for (row, workspace) in rows.iter().zip(&both) {
        let seen = challenges.get(row.id).await.unwrap();
        assert_eq!((&seen.row, &seen.workspace), (row, workspace));
    }
    assert_eq!(challenges.find(rows[2].id).await.unwrap(), None);
    let missing = challenges.get(rows[2].id).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert_eq!(challenges.count(Query::new()).await.unwrap(), 2);
    let filter = || Query::new().filter(challenge::TITLE.eq("Ship it"));
    assert_eq!(challenges.count(filter()).await.unwrap(), 2);
    let page = challenges.page(filter().sort(challenge::NEWEST)).await;
    let seen: Vec<_> = page
        .unwrap()
        .items
        .into_iter()
        .map(|seen| seen.row)
        .collect();
    assert_eq!(seen, [rows[1].clone(), rows[0].clone()]);
}

#[tokio::test]
async fn pages_go_on_over_all_workspaces_without_a_gap() {
    let world = World::new().await;
    let mut titles = Vec::new();
    for at in 0..7 {
        let context = [&world.alpha, &world.beta][at % 2];
        titles.push(world.challenge(context, &format!("{at}")).await.title);
    }
    let database = operators(&world).await;
    let both = [&world.alpha, &world.beta].map(|context| context.workspace().clone());
    let glass = database.break_glass(&operator(&database), REASON);
    let glass = glass.workspaces(both).open().await.unwrap();
    let session = glass.read().await.unwrap();
    for sort in [challenge::NEWEST, challenge::BY_STATUS] {
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let query = Query::new().sort(sort).limit(2).after(next);
            let page = session.rows(challenge::Entity).page(query).await.unwrap();
            found.extend(page.items.into_iter().map(|seen| seen.row.title));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        found.sort();
        assert_eq!(found, titles);
    }
}

#[tokio::test]
async fn a_workspace_reads_who_broke_its_glass_why_and_until_when() {
    let world = World::new().await;
    let database = operators(&world).await;
    let person = operator(&database);
    let request = Uuid::now_v7();
    let opening = database.break_glass(&person.clone().for_request(request), REASON);
    let alpha = world.alpha.workspace().clone();
    let glass = opening.workspaces([alpha]).open().await.unwrap();
    let until = glass.expires_at();
    glass.close().await.unwrap();

    let told_alpha = told(&world, &world.alpha).await;
    let [closed, opened] = told_alpha.as_slice() else {
        panic!("{told_alpha:?}")
    };
    for entry in [closed, opened] {
        assert_eq!(entry.actor.as_ref(), Some(person.actor()));
        assert_eq!(entry.request, Some(request));
        assert_eq!(entry.via, "tenantry_test_glass");
    }
    let details = opened.details.clone().unwrap();
    assert_eq!(details["reason"], REASON);
    let said: chrono::DateTime<chrono::Utc> =
        serde_json::from_value(details["until"].clone()).unwrap();
    assert_eq!(said, until);
    assert_eq!(details.as_object().unwrap().len(), 2, "{details}");
    assert_eq!(told(&world, &world.beta).await, []);
}

#[derive(Debug, DerivePartialModel, PartialEq)]
#[sea_orm(entity = "submission::Entity")]
struct Handed {
    status: submission::Status,
    user_id: Uuid,
}

#[derive(Debug, DerivePartialModel, PartialEq)]
#[sea_orm(entity = "submission::Entity")]
struct Written {
    content: serde_json::Value,
}

#[tokio::test]
async fn columns_that_the_policy_hides_are_not_read() {
    let world = World::new().await;
    let challenge = world.challenge(&world.alpha, "Ship it").await;
    let session = world.alpha().await;
    let user_id = session
        .members()
        .list()
        .first()
        .await
        .unwrap()
        .unwrap()
        .user_id;
    let new = submission::New {
        challenge_id: challenge.id,
        user_id,
    };
    let new = submission::Insert::from(new).content(serde_json::json!({ "secret": "swordfish" }));
    let row = session.submissions().insert(new).await.unwrap();
    session.commit().await.unwrap();

    let glass = broken(&world, world.alpha.workspace()).await;
    let session = glass.read().await.unwrap();
    let submissions = session.rows(submission::Entity);
    let seen = submissions
        .find_as::<Handed>(row.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seen.row.user_id, user_id);
    assert_eq!(&seen.workspace, world.alpha.workspace());
    let page = submissions.page_as::<Handed>(Query::new()).await.unwrap();
    assert_eq!(page.items, [seen]);

    let refused = submissions.find_as::<Written>(row.id).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert!(!format!("{refused:?}").contains("swordfish"));
}

#[tokio::test]
async fn closing_ends_sessions_that_are_open() {
    let world = World::new().await;
    world.challenge(&world.alpha, "Ship it").await;
    let database = operators(&world).await;
    let glass = database.break_glass(&operator(&database), REASON);
    let glass = glass.workspaces([world.alpha.workspace().clone()]).open();
    let glass = glass.await.unwrap();
    let session = glass.read().await.unwrap();
    let challenges = session.rows(challenge::Entity);
    assert_eq!(challenges.count(Query::new()).await.unwrap(), 1);
    let close = "UPDATE tenantry.glass SET closed_at = now()";
    sqlx::query(close)
        .execute(&world.test.admin())
        .await
        .unwrap();
    let over = challenges.count(Query::new()).await.unwrap_err();
    assert_eq!(over.kind(), ErrorKind::Forbidden);
    session.end().await;
    glass.close().await.unwrap();
    assert_eq!(told(&world, &world.alpha).await.len(), 1);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_with_its_field() {
    let world = World::new().await;
    let database = operators(&world).await;
    let person = operator(&database);
    let alpha = world.alpha.workspace();
    let open = |reason: &str, minutes, workspaces: Vec<WorkspaceId>| {
        let opening = database.break_glass(&person, reason);
        opening.minutes(minutes).workspaces(workspaces).open()
    };
    let long = "x".repeat(1_001);
    let many = (0..101)
        .map(|_| WorkspaceId::from(Uuid::now_v7()))
        .collect();
    let some = || vec![alpha.clone()];
    for (field, asked) in [
        ("reason", open("", 30, some())),
        ("reason", open(" \u{2003}  too short \n", 30, some())),
        ("reason", open(&long, 30, some())),
        ("minutes", open(REASON, 0, some())),
        ("minutes", open(REASON, 61, some())),
        ("workspaces", open(REASON, 30, Vec::new())),
        ("workspaces", open(REASON, 30, many)),
        ("workspaces", open(REASON, 30, vec![Uuid::nil().into()])),
        (
            "workspaces",
            open(REASON, 30, vec![alpha.clone(), "a".into()]),
        ),
    ] {
        let error = asked.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert_eq!(error.fields().collect::<Vec<_>>(), [field], "{error}");
    }
    // A service that was given no login for it breaks nothing.
    let opening = world.database.break_glass(&person, REASON);
    let error = opening.workspaces(some()).open().await.unwrap_err();
    let fields: Vec<_> = error.fields().collect();
    assert_eq!(fields, ["break_glass_url"], "{error}");
    assert_eq!(told(&world, &world.alpha).await, []);
}

/// A workspace that is not there is as one that is: nothing tells which it was.
#[tokio::test]
async fn whether_a_workspace_exists_is_not_told() {
    let world = World::new().await;
    let database = operators(&world).await;
    let glass = database.break_glass(&operator(&database), REASON);
    let glass = glass.workspaces([Uuid::now_v7()]).open().await.unwrap();
    let session = glass.read().await.unwrap();
    let count = session.rows(challenge::Entity).count(Query::new()).await;
    assert_eq!(count.unwrap(), 0);
}
