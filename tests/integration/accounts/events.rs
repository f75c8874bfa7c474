//! What is written in the logs, by name, and what a refusal tells its caller.

use std::time::Duration;

use sea_orm::Set;
use tenantry::{
    Action, ActorId, Database, Event, Request, SecurityEvent, Session, prelude::NotSet,
};
use tenantry_entities::accounts::{Accounts, member, workspace};
use tenantry_repositories::accounts::{
    ApiKeyRepository, Grace, InvitationRepository, Invitations, IssuedKey, Logins,
    MemberRepository, Members, Myself, NewApiKey, ProfileChange, WorkspaceRepository,
};
use tenantry_testing::CountingProxy;
use uuid::Uuid;

use super::invitation_to;
use crate::{
    glass::broken,
    world::{World, found, token_key},
};

/// Actions that an application writes: what they mean, the library does not know.
const APPLICATION: [Action; 3] = [
    Action::DATA_EXPORT,
    Action::DATA_ERASE,
    Action::SECURITY_SUSPICIOUS_ACTIVITY,
];

/// How often an action stands in the log of `alpha`, and in the platform's.
async fn written(world: &World, action: &Action) -> (i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM tenantry.audit_log WHERE workspace_id = $1 AND action = $2), \
        (SELECT count(*) FROM tenantry.platform_log WHERE action = $2)";
    sqlx::query_as(sql)
        .bind(world.alpha.workspace().as_uuid())
        .bind(action.as_str())
        .fetch_one(&world.test.admin())
        .await
        .unwrap()
}

async fn issued(session: &Session, calls: i32) -> IssuedKey {
    let new = NewApiKey::named("k").calls_per_minute(calls);
    session.api_keys().issue(new).await.unwrap()
}

/// Does what an action is about, in `alpha` or outside of any workspace.
async fn act(world: &World, action: &Action) {
    let (database, alpha) = (&world.database, &world.alpha);
    let session = world.alpha().await;
    let new = || member::New {
        role: member::Role::Member,
        ..crate::world::member("m")
    };
    let email = format!("{}@example.org", Uuid::now_v7());
    match action.as_str() {
        "user.login" => session.logged_in().await.unwrap(),
        "user.logout" => session.logged_out().await.unwrap(),
        "user.register" => drop(world.person(&email).await),
        "user.update_profile" => {
            let person = database.person(world.person(&email).await).unwrap();
            let change = ProfileChange {
                name: Set("another".into()),
                avatar_url: NotSet,
                metadata: NotSet,
            };
            person.update_profile(change).await.unwrap();
        }
        // It was written when the world began.
        "workspace.create" => drop(found(database, "gamma").await),
        "workspace.update" => {
            let here = session.workspaces().current().await.unwrap();
            let change = workspace::Update {
                name: Set("renamed".into()),
                ..Default::default()
            };
            session.workspaces().update(&here, change).await.unwrap();
        }
        "workspace.delete" => {
            let here = session.workspaces().current().await.unwrap();
            let deletion = session.workspaces().delete(here.id).await.unwrap();
            session.workspaces().restore(&deletion).await.unwrap();
        }
        "workspace.member_invite" => {
            let invited = session.invitations().invite(invitation_to(&email)).await;
            drop(invited.unwrap());
        }
        "workspace.member_join" => {
            let invited = session.invitations().invite(invitation_to(&email)).await;
            session.commit().await.unwrap();
            let person = database.person(world.person(&email).await).unwrap();
            let token = invited.unwrap().token;
            let accepted = database.accept_invitation(&person, token.expose()).await;
            accepted.unwrap().joined().unwrap();
            return;
        }
        "workspace.member_remove" => {
            let row = session.members().insert(new()).await.unwrap();
            session.members().remove(row.id).await.unwrap();
        }
        "workspace.role_change" => {
            let row = session.members().insert(new()).await.unwrap();
            let members = session.members();
            let changed = members.change_role(row.id, member::Role::Viewer);
            changed.await.unwrap();
        }
        "api_key.issue" => drop(issued(&session, 1).await),
        "api_key.rotate" => {
            let key = issued(&session, 1).await.key;
            drop(
                session
                    .api_keys()
                    .rotate(key.id, Grace::None)
                    .await
                    .unwrap(),
            );
        }
        "api_key.revoke" => {
            let key = issued(&session, 1).await.key;
            session.api_keys().revoke(key.id).await.unwrap();
        }
        "security.unauthorized_access" => {
            let stranger = ActorId::from(Uuid::now_v7());
            let place = alpha.workspace().clone();
            drop(database.authorize(stranger, place).await.unwrap_err());
        }
        "security.invalid_token" => {
            let token = issued(&session, 1).await.token;
            // It is not committed: there is no such key.
            session.roll_back().await;
            drop(database.authorize_key(token.expose()).await.unwrap_err());
            return;
        }
        "security.rate_limit_exceeded" => {
            let token = issued(&session, 1).await.token;
            session.commit().await.unwrap();
            database.authorize_key(token.expose()).await.unwrap();
            drop(database.authorize_key(token.expose()).await.unwrap_err());
            return;
        }
        "security.glass_open" | "security.glass_close" => {
            let glass = broken(world, alpha.workspace()).await;
            if action == &Action::SECURITY_GLASS_CLOSE {
                glass.close().await.unwrap();
            }
        }
        other => panic!("nothing writes {other}"),
    }
    session.commit().await.unwrap();
}

/// Each action of the vocabulary is written by what it is named after: an action that is added needs a line above.
#[tokio::test]
async fn every_action_is_written_by_what_it_names() {
    let world = World::new().await;
    for action in Action::KNOWN {
        if APPLICATION.contains(action) {
            continue;
        }
        let (here, outside) = match action.as_str() {
            "user.register" | "user.update_profile" => (0, 1),
            // That of another workspace, seen from here.
            "workspace.create" => (0, 0),
            _ => (1, 0),
        };
        let before = written(&world, action).await;
        act(&world, action).await;
        let expected = (before.0 + here, before.1 + outside);
        // A refusal is written behind the answer.
        for _ in 0..100 {
            if written(&world, action).await == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        assert_eq!(written(&world, action).await, expected, "{action}");
    }
    assert_eq!(written(&world, &Action::WORKSPACE_CREATE).await, (1, 0));
    // What applications write goes through.
    for action in APPLICATION {
        if action.as_str().starts_with("security.") {
            let event =
                SecurityEvent::new(action.clone()).workspace(world.alpha.workspace().clone());
            world.database.record_security_event(event).await.unwrap();
        } else {
            let session = world.alpha().await;
            session
                .audit()
                .record(Event::new(action.clone()))
                .await
                .unwrap();
            session.commit().await.unwrap();
        }
        assert_eq!(written(&world, &action).await, (1, 0), "{action}");
    }
}

/// A login outside of any workspace is in the log of the platform; a key does not log in.
#[tokio::test]
async fn who_logs_in_is_a_person() {
    let world = World::new().await;
    let person = world.person("ann@example.org").await;
    let person = world.database.person(person).unwrap();
    person.logged_in().await.unwrap();
    person.logged_out().await.unwrap();
    for action in [Action::USER_LOGIN, Action::USER_LOGOUT] {
        assert_eq!(written(&world, &action).await, (0, 1));
    }
    let session = world.alpha().await;
    let token = issued(&session, 5).await.token;
    session.commit().await.unwrap();
    let context = world.database.authorize_key(token.expose()).await.unwrap();
    let session = world.database.begin(&context).await.unwrap();
    let refused = session.logged_in().await.unwrap_err();
    assert_eq!(refused.kind(), tenantry::ErrorKind::Forbidden);
}

/// Refused a thousand times, told once, with who and from where; the database is not asked again.
#[tokio::test]
async fn a_limit_that_is_exceeded_is_told_once_a_minute() {
    let world = World::new().await;
    let session = world.alpha().await;
    let key = issued(&session, 1).await;
    session.commit().await.unwrap();
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = through(&proxy).await;
    let address = [192, 0, 2, 77].into();
    let database = database.for_request(Request::new().ip_address(address));
    database.authorize_key(key.token.expose()).await.unwrap();
    let mut told = Vec::new();
    for _ in 0..1_000 {
        told.push(
            database
                .authorize_key(key.token.expose())
                .await
                .unwrap_err()
                .kind(),
        );
    }
    assert!(
        told.iter()
            .all(|kind| *kind == tenantry::ErrorKind::LimitReached)
    );
    let action = Action::SECURITY_RATE_LIMIT_EXCEEDED;
    while written(&world, &action).await == (0, 0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    proxy.listen_in();
    let again = database.authorize_key(key.token.expose()).await;
    told.push(again.unwrap_err().kind());
    database.close().await;
    assert_eq!(proxy.statements(), [""; 0]);
    let sql = "SELECT l.actor_kind, l.actor_id, host(r.ip_address) FROM tenantry.audit_log l \
        JOIN tenantry.audit_requests r USING (workspace_id, request_id) WHERE l.action = 'security.rate_limit_exceeded'";
    let entries: Vec<(String, Uuid, String)> = sqlx::query_as(sql)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(
        entries,
        [(
            "api_key".to_owned(),
            *key.key.id.as_key(),
            "192.0.2.77".to_owned()
        )]
    );
}

/// What is aimed at no workspace goes to the platform, with where it came from; each address is told.
#[tokio::test]
async fn a_key_of_no_workspace_is_told_to_the_platform() {
    let world = World::new().await;
    let session = world.alpha().await;
    let token = issued(&session, 1).await.token;
    drop(session);
    let here = world.alpha.workspace().as_uuid().unwrap();
    let nowhere = Uuid::now_v7().simple().to_string();
    let nowhere = token.expose().replace(&here.simple().to_string(), &nowhere);
    for (token, address) in [
        (nowhere.as_str(), 1),
        (&nowhere, 1),
        ("tk_", 2),
        ("garbage", 2),
    ] {
        let address = [192, 0, 2, address].into();
        let refused = world.database.authorize_key_from(token, address).await;
        assert_eq!(refused.unwrap_err().to_string(), "api key not found");
    }
    world.database.close().await;
    assert_eq!(
        written(&world, &Action::SECURITY_INVALID_TOKEN).await,
        (0, 2)
    );
    let sql = "SELECT host(ip_address) FROM tenantry.platform_log ORDER BY 1";
    let addresses: Vec<String> = sqlx::query_scalar(sql)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(addresses, ["192.0.2.1", "192.0.2.2"]);
}

/// An instance of the service whose statements are heard.
async fn through(proxy: &CountingProxy) -> Database {
    let builder = Database::builder(proxy.url()).token_key(token_key());
    builder.connect(Members).await.unwrap()
}

/// Whatever is wrong with a key, the same is asked of the database, in the same words: nothing to be measured by a clock.
#[tokio::test]
async fn every_refused_key_asks_the_same() {
    let world = World::new().await;
    let session = world.alpha().await;
    let key = issued(&session, 9).await;
    let revoked = issued(&session, 9).await;
    session.api_keys().revoke(revoked.key.id).await.unwrap();
    let now = chrono::Utc::now();
    let expired = NewApiKey::named("k").expires_at(now - Duration::from_secs(60));
    let expired = session.api_keys().issue(expired).await.unwrap();
    session.commit().await.unwrap();
    let (row, admin) = world.joined(member::Role::Admin).await;
    let session = world.database.begin(&admin).await.unwrap();
    let orphan = issued(&session, 9).await;
    session.commit().await.unwrap();
    let session = world.alpha().await;
    session.members().remove(row.id).await.unwrap();
    session.commit().await.unwrap();

    let good = key.token.expose();
    let bad = format!("{}0000", &good[..good.len() - 4]);
    let here = world
        .alpha
        .workspace()
        .as_uuid()
        .unwrap()
        .simple()
        .to_string();
    let nowhere = good.replace(&here, &Uuid::now_v7().simple().to_string());
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let mut asked = Vec::new();
    for (what, token) in [
        ("bad", bad.as_str()),
        ("unknown", nowhere.as_str()),
        ("expired", expired.token.expose()),
        ("revoked", revoked.token.expose()),
        ("orphan", orphan.token.expose()),
    ] {
        // Each by an instance of its own, which remembers nothing.
        let database = through(&proxy).await;
        proxy.listen_in();
        let refused = database.authorize_key(token).await.unwrap_err();
        let before = proxy.statements();
        database.close().await;
        asked.push((what, refused.to_string(), before.len(), proxy.statements()));
    }
    let (_, words, count, statements) = &asked[0];
    assert_eq!(*count, 1);
    assert!(
        statements[0].contains("accounts.api_key_find"),
        "{statements:?}"
    );
    assert!(
        statements
            .iter()
            .any(|text| text.contains("security_event")),
        "{statements:?}"
    );
    for (what, told, before, texts) in &asked[1..] {
        assert_eq!((told, before, texts), (words, count, statements), "{what}");
    }
    // What has not even the form of a key tells nothing of any: nobody is asked.
    let database = through(&proxy).await;
    proxy.listen_in();
    drop(database.authorize_key("tk_").await.unwrap_err());
    assert!(proxy.statements().is_empty());
}
