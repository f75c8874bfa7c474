//! What the application records itself: events, requests, refusals.

use chrono::{TimeDelta, Utc};
use serde_json::json;
use tenantry::{Action, ActorKind, Entry, ErrorKind, Event, Request, SecurityEvent, Session};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge},
};
use uuid::Uuid;

use crate::world::{World, member, titled};

const EXPORT: Action = Action::from_static("challenge.export");

fn day() -> std::ops::Range<chrono::DateTime<Utc>> {
    Utc::now() - TimeDelta::days(1)..Utc::now() + TimeDelta::days(1)
}

async fn of_action(session: &Session, action: &Action) -> Vec<Entry> {
    let asked = session.audit().entries(day()).action(action);
    asked.page().await.unwrap().items
}

async fn in_platform_log(world: &World) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM tenantry.platform_log")
        .fetch_one(&world.test.admin())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_event_is_in_the_log_of_its_workspace_with_who_and_what() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "first").await;
    let session = world.alpha().await;
    let event = Event::new(EXPORT)
        .about::<challenge::Entity>([row.id])
        .details(json!({"rows": 1}))
        .metadata(json!({"format": "csv", "size": 7}));
    session.audit().record(event).await.unwrap();
    session.commit().await.unwrap();

    let session = world.alpha().await;
    let found = of_action(&session, &EXPORT).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rows, [row.id.to_string()]);
    assert_eq!(found[0].actor.as_ref(), world.alpha.actor());
    assert_eq!(found[0].details, Some(json!({"rows": 1})));
    for (labels, count) in [(json!({"format": "csv"}), 1), (json!({"format": "pdf"}), 0)] {
        let asked = session.audit().entries(day()).metadata(labels).page().await;
        assert_eq!(asked.unwrap().items.len(), count);
    }
    // H-45: the log answers for its own workspace.
    assert!(of_action(&world.beta().await, &EXPORT).await.is_empty());
}

#[tokio::test]
async fn an_event_goes_with_its_unit_of_work() {
    let world = World::new().await;
    let session = world.alpha().await;
    session.audit().record(Event::new(EXPORT)).await.unwrap();
    session.roll_back().await;
    assert!(of_action(&world.alpha().await, &EXPORT).await.is_empty());
}

#[tokio::test]
async fn a_refusal_cannot_be_told_as_an_event() {
    let world = World::new().await;
    let session = world.alpha().await;
    let event = Event::new(Action::SECURITY_INVALID_TOKEN);
    let refused = session.audit().record(event).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    let event = SecurityEvent::new(Action::USER_LOGIN);
    let refused = world.database.record_security_event(event).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
}

/// H-45: the list pages, and a cursor of one workspace's question is refused by another's.
#[tokio::test]
async fn entries_are_paged_within_their_workspace() {
    let world = World::new().await;
    for title in ["a", "b", "c"] {
        world.challenge(&world.alpha, title).await;
    }
    let session = world.alpha().await;
    let ask = |session| {
        tenantry::Session::audit(session)
            .entries(day())
            .table::<challenge::Entity>()
            .limit(2)
    };
    let time = day();
    let first = session
        .audit()
        .entries(time.clone())
        .limit(2)
        .page()
        .await
        .unwrap();
    let next = first.next.clone().unwrap();
    let asked = session
        .audit()
        .entries(time.clone())
        .limit(1000)
        .after(next.clone());
    let rest = asked.page().await.unwrap();
    assert!(rest.next.is_none());
    assert!(rest.items.iter().all(|entry| !first.items.contains(entry)));
    assert_eq!(ask(&session).page().await.unwrap().items.len(), 2);
    let beta = world.beta().await;
    let stolen = beta.audit().entries(time).limit(2).after(next).page().await;
    assert_eq!(stolen.unwrap_err().kind(), ErrorKind::Invalid);
    assert!(ask(&beta).page().await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_request_is_told_once_and_to_its_own_workspace() {
    let world = World::new().await;
    let address = [192, 0, 2, 7].into();
    let request = Request::new().ip_address(address).user_agent("a\0browser");
    let context = world.alpha.with_request(request.clone());
    for title in ["a", "b"] {
        world.challenge(&context, title).await;
    }
    let session = world.alpha().await;
    let found = session
        .audit()
        .entries(day())
        .request(context.request())
        .page()
        .await;
    let found = found.unwrap().items;
    assert_eq!(found.len(), 2);
    for entry in &found {
        assert_eq!(entry.ip_address, Some(address));
        assert_eq!(entry.user_agent.as_deref(), Some("abrowser"));
    }
    let by_address = session
        .audit()
        .entries(day())
        .ip_address(address)
        .page()
        .await;
    assert_eq!(by_address.unwrap().items.len(), 2);
    drop(session);
    let beta = world.beta().await;
    let by_address = beta.audit().entries(day()).ip_address(address).page().await;
    assert!(by_address.unwrap().items.is_empty());
    let all = "SELECT 1 FROM tenantry.audit_requests";
    let seen = beta
        .raw_sql_without_workspace_guard("a test", all, Default::default())
        .await;
    assert!(seen.unwrap().is_empty());
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM tenantry.audit_requests")
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(there, 1);
}

#[tokio::test]
async fn a_request_that_only_reads_is_not_told() {
    let world = World::new().await;
    let context = world.alpha.with_request(Request::new().user_agent("x"));
    let session = world.database.begin(&context).await.unwrap();
    session
        .challenges()
        .count(Default::default())
        .await
        .unwrap();
    session.commit().await.unwrap();
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM tenantry.audit_requests")
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(there, 0);
}

/// What is not there is answered like what is, and each is recorded where it belongs, once a minute.
#[tokio::test]
async fn a_refused_actor_is_recorded_where_it_aimed() {
    let world = World::new().await;
    let stranger = Uuid::now_v7();
    let database = world
        .database
        .for_request(Request::new().ip_address([192, 0, 2, 9].into()));
    let mut told = Vec::new();
    let theirs = world.alpha.workspace().clone();
    for workspace in [theirs, Uuid::now_v7().into()] {
        for _ in 0..3 {
            let refused = database
                .authorize(stranger.into(), workspace.clone())
                .await
                .unwrap_err();
            told.push(format!("{:?} {refused}", refused.kind()));
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1);
    let context = world.alpha.clone();
    // Waits until everything is recorded.
    world.database.close().await;
    let again = tenantry::Database::builder(world.test.app_url())
        .connect(tenantry_repositories::accounts::Members)
        .await
        .unwrap();
    let session = again.begin(&context).await.unwrap();
    let found = of_action(&session, &Action::SECURITY_UNAUTHORIZED_ACCESS).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].actor, Some(stranger.into()));
    assert_eq!(found[0].ip_address, Some([192, 0, 2, 9].into()));
    assert_eq!(in_platform_log(&world).await, 1);
}

#[tokio::test]
async fn the_limit_of_a_minute_is_exact_under_concurrency() {
    let world = World::new().await;
    let record = || {
        let event = SecurityEvent::new(Action::SECURITY_INVALID_TOKEN)
            .workspace(world.beta.workspace().clone())
            .actor(ActorKind::User, "no uuid at all");
        world.database.record_security_event(event)
    };
    let all = futures_util::future::join_all((0..40).map(|_| record())).await;
    assert!(all.iter().all(Result::is_ok));
    let session = world.beta().await;
    assert_eq!(
        of_action(&session, &Action::SECURITY_INVALID_TOKEN)
            .await
            .len(),
        1
    );
    assert_eq!(in_platform_log(&world).await, 0);
    let older = "UPDATE tenantry.security_seen SET at = at - interval '1 minute'";
    sqlx::raw_sql(older)
        .execute(&world.test.admin())
        .await
        .unwrap();
    record().await.unwrap();
    assert_eq!(
        of_action(&session, &Action::SECURITY_INVALID_TOKEN)
            .await
            .len(),
        2
    );
}

#[tokio::test]
async fn who_may_not_read_the_log_sees_no_entry() {
    let world = World::new().await;
    let session = world.alpha().await;
    let new = member("reader");
    let user = new.user_id;
    session.members().insert(new).await.unwrap();
    session.challenges().insert(titled("there")).await.unwrap();
    session.commit().await.unwrap();
    assert!(
        !world
            .alpha()
            .await
            .audit()
            .entries(day())
            .page()
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let workspace = world.alpha.workspace().clone();
    let context = world
        .database
        .authorize(user.into(), workspace)
        .await
        .unwrap();
    let session = world.database.begin(&context).await.unwrap();
    assert!(
        session
            .audit()
            .entries(day())
            .page()
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

/// The functions and tables behind it give the runtime role nothing else.
#[tokio::test]
async fn the_platform_log_is_nobodys() {
    let world = World::new().await;
    let mut raw = world.raw().await;
    for statement in [
        "SELECT count(*) FROM tenantry.platform_log",
        "SELECT count(*) FROM tenantry.security_seen",
        "SELECT count(*) FROM tenantry.audit_directory",
        "INSERT INTO tenantry.platform_log (action) VALUES ('a.b')",
        "DELETE FROM tenantry.security_seen",
        "INSERT INTO tenantry.audit_requests (workspace_id, request_id) VALUES (gen_random_uuid(), gen_random_uuid())",
        "SELECT tenantry.sweep_audit_requests(now(), 10)",
    ] {
        let refused = World::attempt(&mut raw, statement).await;
        assert_eq!(refused, Err("42501".to_owned()), "{statement}");
    }
    let mine =
        "SELECT tenantry.security_event('user.login', NULL, 'user', 'x', NULL, NULL, NULL, NULL)";
    assert_eq!(
        World::attempt(&mut raw, mine).await,
        Err("23514".to_owned())
    );
}
