//! Putting events, and who sees them.

use tenantry::{Error, ErrorKind, Result};
use tenantry_entities::{
    accounts::member::Role,
    delivery::{Delivery as _, outbox_event::State},
};
use tenantry_repositories::delivery::{NewEvent, Outbox as _};

use super::{Receiver, numbered, put, relay, stands};
use crate::world::World;

#[tokio::test]
async fn an_event_leaves_with_the_commit_and_with_nothing_else() {
    let world = World::new().await;
    let session = world.alpha().await;
    session.outbox().put(numbered(1)).await.unwrap();
    session.roll_back().await;
    let kept: Result<()> = world
        .database
        .transaction(&world.alpha, async |session| {
            let undone = session.savepoint(async |inner| {
                inner.outbox().put(numbered(2)).await?;
                Err::<(), _>(Error::new(ErrorKind::Invalid, "no"))
            });
            undone.await.unwrap_err();
            session.outbox().put(numbered(3)).await.map(drop)
        })
        .await;
    kept.unwrap();
    let receiver = Receiver::default();
    let relay = relay(&world).await;
    let handed = relay.once(|event| receiver.takes(event)).await.unwrap();
    assert_eq!(handed.delivered, 1);
    assert_eq!(receiver.numbers_of(world.alpha.workspace()), [3]);
}

#[tokio::test]
async fn events_are_put_in_one_trip_however_many() {
    let world = World::new().await;
    for many in [1, 50] {
        let (ids, trips) = world
            .trips(&world.alpha, async |session| {
                // Preparing the statement is a trip of its own, once on a connection.
                session.outbox().put(numbered(0)).await?;
                let events = (0..many).map(numbered).collect();
                session.outbox().put_many(events).await
            })
            .await;
        assert_eq!(ids.len(), many);
        assert_eq!(
            trips, 3,
            "one for the first, one to prepare it, one for the rest"
        );
    }
}

#[tokio::test]
async fn an_event_keeps_what_it_was_given() {
    let world = World::new().await;
    let payload =
        serde_json::json!({ "order": "NORTH-SALES-000123", "lines": [1, null, "ü'\"\\"] });
    let events = [
        NewEvent::new("order.completed", payload.clone()),
        NewEvent::email("order.completed", payload.clone()),
        NewEvent::webhook("order.line.added", payload.clone()),
    ];
    let ids = put(&world, &world.alpha, events.clone()).await;
    for (at, (id, event)) in ids.into_iter().zip(events).enumerate() {
        let row = stands(&world, &world.alpha, id).await;
        assert_eq!(
            (row.topic, row.kind, row.payload),
            (event.topic, event.kind, event.payload)
        );
        assert_eq!((row.state, row.attempts), (State::Pending, 0));
        assert_eq!(row.sequence, i64::try_from(at).unwrap() + 1);
    }
}

#[tokio::test]
async fn a_topic_that_is_no_noun_and_verb_is_invalid_whatever_it_injects() {
    let world = World::new().await;
    let long = format!("a.{}", "b".repeat(99));
    for topic in [
        "",
        "order",
        "Order.completed",
        "order.completed'); DROP TABLE delivery.outbox; --",
        "order.completed\n",
        "order..completed",
        "{order.completed}",
        long.as_str(),
    ] {
        let session = world.alpha().await;
        let event = NewEvent::new(topic, serde_json::json!({}));
        let refused = session.outbox().put(event).await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.fields().collect::<Vec<_>>()),
            (ErrorKind::Invalid, vec!["topic"]),
            "{topic}"
        );
        assert!(topic.is_empty() || !format!("{refused} {refused:?}").contains(topic));
    }
}

#[tokio::test]
async fn a_payload_of_more_than_256_kib_is_invalid() {
    let world = World::new().await;
    let sized =
        |size: usize| NewEvent::new("order.completed", serde_json::json!("x".repeat(size - 2)));
    let session = world.alpha().await;
    session.outbox().put(sized(262_144)).await.unwrap();
    let refused = session.outbox().put(sized(262_145)).await.unwrap_err();
    assert_eq!(
        (refused.kind(), refused.fields().collect::<Vec<_>>()),
        (ErrorKind::Invalid, vec!["payload"])
    );
}

#[tokio::test]
async fn everybody_in_a_workspace_puts_events_and_only_owners_admins_and_jobs_read_them() {
    let world = World::new().await;
    for (role, reads) in [
        (Role::Owner, true),
        (Role::Admin, true),
        (Role::Manager, false),
        (Role::Member, false),
        (Role::Viewer, false),
    ] {
        let person = world.joins(role).await;
        let context = world.as_person(person).await;
        let [id] = put(&world, &context, [numbered(1)]).await[..] else {
            panic!("one was put")
        };
        let session = world.database.read(&context).await.unwrap();
        let found = session.outbox().find(id).await.unwrap();
        assert_eq!(found.is_some(), reads, "{role:?}");
    }
    let job = world.as_job("nightly");
    let [id] = put(&world, &job, [numbered(1)]).await[..] else {
        panic!("one was put")
    };
    assert_eq!(stands(&world, &job, id).await.state, State::Pending);
}
