//! Receiving webhooks: once, by jobs, in the workspace that their address names.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use serde_json::json;
use tenantry::{Error, ErrorKind, Role, TenantContext};
use tenantry_entities::{accounts::member, delivery::Delivery as _};
use tenantry_repositories::delivery::{
    AccountDirectory as _, ConnectedAccounts as _, Inbox as _, Incoming, Outbox as _, Received,
};

use super::numbered;
use crate::world::World;

fn paid(id: &str) -> Incoming {
    Incoming::new("payments", id, json!({ "paid": true }))
}

fn job(world: &World, context: &TenantContext) -> TenantContext {
    let name = Role::from_static("webhooks");
    world
        .database
        .job(name, context.workspace().clone())
        .unwrap()
}

#[tokio::test]
async fn a_webhook_is_received_once_and_later_callers_get_what_came_of_it() {
    let world = World::new().await;
    let job = job(&world, &world.alpha);
    let done = AtomicUsize::new(0);
    for nth in 0..3 {
        let incoming = paid("evt_1");
        let received = incoming.once(&world.database, &job, async |session| {
            done.fetch_add(1, Ordering::Relaxed);
            session.outbox().put(numbered(1)).await?;
            Ok::<_, Error>("thanks".to_owned())
        });
        let expected = match nth {
            0 => Received::First("thanks".to_owned()),
            _ => Received::Again(Some("thanks".to_owned())),
        };
        assert_eq!(received.await.unwrap(), expected);
    }
    assert_eq!(done.into_inner(), 1);
}

#[tokio::test]
async fn of_twenty_who_receive_it_at_once_one_does_the_work() {
    let world = World::new().await;
    let job = job(&world, &world.alpha);
    let done = AtomicUsize::new(0);
    let (incoming, done_by) = (paid("evt_1"), &done);
    let all = join_all((0..20).map(|_| {
        incoming.once(&world.database, &job, async move |session| {
            session.outbox().put(numbered(1)).await?;
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            Ok::<_, Error>(done_by.fetch_add(1, Ordering::Relaxed))
        })
    }));
    let all: Vec<Received<usize>> = all.await.into_iter().map(Result::unwrap).collect();
    let first = all
        .iter()
        .filter(|received| matches!(received, Received::First(_)));
    assert_eq!(first.count(), 1);
    let again = all
        .iter()
        .filter(|received| **received == Received::Again(Some(0)));
    assert_eq!(again.count(), 19);
    let put: i64 = sqlx::query_scalar("SELECT count(*) FROM delivery.outbox")
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(put, 1);
}

#[tokio::test]
async fn work_that_fails_was_not_received() {
    let world = World::new().await;
    let job = job(&world, &world.alpha);
    let fails =
        async |_: &mut tenantry::Session| Err::<(), _>(Error::new(ErrorKind::Invalid, "not today"));
    let incoming = paid("evt_1");
    let failed = incoming.once(&world.database, &job, fails).await;
    assert_eq!(failed.unwrap_err().to_string(), "not today");
    let succeeds = async |_: &mut tenantry::Session| Ok::<_, Error>(());
    let received = incoming.once(&world.database, &job, succeeds).await;
    assert_eq!(received.unwrap(), Received::First(()));
}

#[tokio::test]
async fn another_workspace_and_another_source_have_ids_of_their_own() {
    let world = World::new().await;
    for context in [&world.alpha, &world.beta] {
        let job = job(&world, context);
        for source in ["payments", "mail"] {
            let incoming = Incoming::new(source, "evt_1", json!({}));
            let session = world.database.begin(&job).await.unwrap();
            let received = session.webhook_inbox().receive(&incoming).await.unwrap();
            session.commit().await.unwrap();
            assert_eq!(received, Received::First(()), "{source}");
        }
    }
}

#[tokio::test]
async fn receiving_takes_one_trip() {
    let world = World::new().await;
    let job = job(&world, &world.alpha);
    let (received, trips) = world
        .trips(&job, async |session| {
            // Preparing the statement is a trip of its own, once on a connection.
            let _ = session.webhook_inbox().receive(&paid("evt_0")).await?;
            session.webhook_inbox().receive(&paid("evt_1")).await
        })
        .await;
    assert_eq!(received, Received::First(()));
    assert_eq!(
        trips, 3,
        "one for the first, one to prepare it, one for the second"
    );
}

#[tokio::test]
async fn only_jobs_receive_and_keep_and_connect() {
    let world = World::new().await;
    let person = world.joins(member::Role::Admin).await;
    let person = world.as_person(person).await;
    for context in [&world.alpha, &person] {
        let session = world.database.begin(context).await.unwrap();
        let refused = session.webhook_inbox().receive(&paid("evt_1")).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
        let session = world.database.begin(context).await.unwrap();
        let refused = session.webhook_inbox().keep(&paid("evt_1"), json!(1)).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
        let session = world.database.begin(context).await.unwrap();
        let refused = session.connect_account("payments", "acct_1").await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
        let session = world.database.begin(context).await.unwrap();
        let refused = session.disconnect_account("payments", "acct_1").await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
    }
}

#[tokio::test]
async fn a_result_is_kept_once_and_only_of_what_was_received() {
    let world = World::new().await;
    let job = job(&world, &world.alpha);
    let session = world.database.begin(&job).await.unwrap();
    let inbox = session.webhook_inbox();
    let unknown = inbox.keep(&paid("evt_1"), json!(1)).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    let _ = inbox.receive(&paid("evt_1")).await.unwrap();
    inbox.keep(&paid("evt_1"), json!(1)).await.unwrap();
    let again = inbox.keep(&paid("evt_1"), json!(2)).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
    let kept = inbox.receive(&paid("evt_1")).await.unwrap();
    assert_eq!(kept, Received::Again(Some(json!(1))));
}

#[tokio::test]
async fn a_webhook_that_is_none_is_invalid() {
    let world = World::new().await;
    let job = job(&world, &world.alpha);
    let long = "x".repeat(256);
    for (incoming, field) in [
        (Incoming::new("", "evt_1", json!({})), "source"),
        (Incoming::new("Pay'ments", "evt_1", json!({})), "source"),
        (Incoming::new("payments", "", json!({})), "external_id"),
        (Incoming::new("payments", &long, json!({})), "external_id"),
        (
            Incoming::new("payments", "evt_1", json!("x".repeat(1 << 20))),
            "payload",
        ),
    ] {
        let session = world.database.begin(&job).await.unwrap();
        let refused = session
            .webhook_inbox()
            .receive(&incoming)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{field}");
        assert_eq!(refused.fields().collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn an_account_is_of_the_workspace_that_connected_it_first() {
    let world = World::new().await;
    let (alpha, beta) = (job(&world, &world.alpha), job(&world, &world.beta));
    let connect = async |context: &TenantContext| {
        let session = world.database.begin(context).await.unwrap();
        let connected = session.connect_account("payments", "acct_1").await;
        session.commit().await.unwrap();
        connected
    };
    let whose = async || {
        let whose = world.database.workspace_of_account("payments", "acct_1");
        whose.await.unwrap()
    };
    assert_eq!(whose().await, None);
    connect(&alpha).await.unwrap();
    connect(&alpha).await.unwrap();
    let taken = connect(&beta).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    assert_eq!(whose().await.as_ref(), Some(world.alpha.workspace()));

    let session = world.database.begin(&beta).await.unwrap();
    let foreign = session.disconnect_account("payments", "acct_1").await;
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(session.connected_accounts().await.unwrap(), []);
    drop(session);

    let session = world.alpha().await;
    let connected = session.connected_accounts().await.unwrap();
    assert_eq!(connected.len(), 1);
    assert_eq!(connected[0].external_id, "acct_1");
    drop(session);
    let session = world.database.begin(&alpha).await.unwrap();
    session
        .disconnect_account("payments", "acct_1")
        .await
        .unwrap();
    session.commit().await.unwrap();
    assert_eq!(whose().await, None);
    connect(&beta).await.unwrap();
}

/// Two workspaces claim an account at the same moment.
#[tokio::test]
async fn an_account_that_two_claim_at_once_is_of_one() {
    let world = World::new().await;
    let (alpha, beta) = (job(&world, &world.alpha), job(&world, &world.beta));
    for nth in 0..10 {
        let account = format!("acct_{nth}");
        let claim = async |context: &TenantContext| {
            let claimed = world.database.transaction(context, async |session| {
                session.connect_account("payments", &account).await
            });
            claimed.await.is_ok()
        };
        let (first, second) = tokio::join!(claim(&alpha), claim(&beta));
        assert!(first != second, "one of them, and only one");
    }
}
