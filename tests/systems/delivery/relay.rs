//! What a relay does with events that fail, that take too long, and when it dies itself.

use std::time::{Duration, Instant};

use tenantry::ErrorKind;
use tenantry_entities::{
    accounts::member::Role,
    delivery::{Delivery as _, outbox_event::State},
};
use tenantry_repositories::delivery::{Event, Fault, Outbox as _, Relay};

use super::{Receiver, number, numbered, put, relay, stands};
use crate::world::World;

/// Makes every claim end now, as time would.
async fn claims_are_over(world: &World) {
    let over = "UPDATE delivery.outbox_streams SET due_at = now() WHERE holder IS NOT NULL";
    let over = sqlx::query(over)
        .execute(&world.test.admin())
        .await
        .unwrap();
    assert!(over.rows_affected() > 0, "there was a claim");
}

#[tokio::test]
async fn an_event_that_fails_holds_back_those_behind_it_and_no_other_workspace() {
    let world = World::new().await;
    let ids = put(&world, &world.alpha, (0..3).map(numbered)).await;
    put(&world, &world.beta, [numbered(9)]).await;
    let relay = Relay::connect(world.test.relay_url()).await.unwrap();
    let receiver = Receiver::default();
    let fails_at_one = |event: Event| {
        let receiver = receiver.clone();
        async move {
            if number(&event) == 1 {
                return Err(Fault::again("the receiver is away"));
            }
            receiver.takes(event).await
        }
    };
    let handed = relay.once(fails_at_one).await.unwrap();
    assert_eq!(
        (handed.claimed, handed.delivered, handed.failed, handed.dead),
        (4, 2, 1, 0)
    );
    assert_eq!(receiver.numbers_of(world.alpha.workspace()), [0]);
    assert_eq!(receiver.numbers_of(world.beta.workspace()), [9]);
    assert_eq!(
        relay.once(fails_at_one).await.unwrap().claimed,
        0,
        "it waits for its next attempt"
    );

    let failed = stands(&world, &world.alpha, ids[1]).await;
    assert_eq!((failed.state, failed.attempts), (State::Pending, 1));
    assert_eq!(failed.last_error.as_deref(), Some("the receiver is away"));
    assert!(failed.next_attempt_at > failed.created_at);
    assert_eq!(stands(&world, &world.alpha, ids[2]).await.attempts, 0);
}

#[tokio::test]
async fn an_event_that_fails_too_often_is_dead_and_lets_the_others_pass() {
    let world = World::new().await;
    let ids = put(&world, &world.alpha, (0..2).map(numbered)).await;
    let relay = relay(&world).await.attempts(3);
    let receiver = Receiver::default();
    let fails_at_zero = |event: Event| {
        let receiver = receiver.clone();
        async move {
            let fails = number(&event) == 0;
            receiver.takes(event).await?;
            if fails {
                Err(Fault::again("no"))
            } else {
                Ok(())
            }
        }
    };
    while receiver.numbers_of(world.alpha.workspace()).last() != Some(&1) {
        relay.once(fails_at_zero).await.unwrap();
    }
    assert_eq!(receiver.numbers_of(world.alpha.workspace()), [0, 0, 0, 1]);
    let attempts: Vec<u32> = receiver.took().iter().map(|event| event.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 1]);
    assert!(
        receiver.took()[..3].iter().all(|event| event.id == ids[0]),
        "the same id in each attempt"
    );
    let dead = stands(&world, &world.alpha, ids[0]).await;
    assert_eq!((dead.state, dead.attempts), (State::Dead, 3));
    assert!(dead.settled_at.is_some());
}

#[tokio::test]
async fn an_event_that_can_never_succeed_is_dead_at_once() {
    let world = World::new().await;
    let ids = put(&world, &world.alpha, [numbered(0)]).await;
    let relay = relay(&world).await;
    let handed = relay
        .once(|_| async { Err(Fault::never("there is no such address")) })
        .await
        .unwrap();
    assert_eq!((handed.dead, handed.failed), (1, 0));
    let dead = stands(&world, &world.alpha, ids[0]).await;
    assert_eq!((dead.state, dead.attempts), (State::Dead, 1));
}

#[tokio::test]
async fn a_dead_event_is_revived_by_those_who_run_the_workspace() {
    let world = World::new().await;
    let ids = put(&world, &world.alpha, (0..2).map(numbered)).await;
    let relay = relay(&world).await;
    relay
        .once(|_| async { Err(Fault::never("no")) })
        .await
        .unwrap();

    let member = world.joins(Role::Member).await;
    let member = world.as_person(member).await;
    let session = world.database.begin(&member).await.unwrap();
    assert_eq!(
        session.outbox().revive(ids[0]).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    let session = world.beta().await;
    assert_eq!(
        session.outbox().revive(ids[0]).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let session = world.alpha().await;
    assert_eq!(
        session.outbox().revive(ids[1]).await.unwrap_err().kind(),
        ErrorKind::NotFound,
        "it is pending"
    );
    session.outbox().revive(ids[0]).await.unwrap();
    session.commit().await.unwrap();

    let receiver = Receiver::default();
    while receiver.took().len() < 2 {
        relay.once(|event| receiver.takes(event)).await.unwrap();
    }
    assert_eq!(
        receiver.numbers_of(world.alpha.workspace()),
        [0, 1],
        "before those that waited behind it"
    );
    assert_eq!(receiver.took()[0].attempt, 1);
}

/// A crash between handing on and noting it.
#[tokio::test]
async fn what_a_relay_died_with_is_handed_on_again_when_its_claim_is_over() {
    let world = World::new().await;
    put(&world, &world.alpha, (0..3).map(numbered)).await;
    let (first, second) = (Receiver::default(), Receiver::default());
    let dying = relay(&world).await;
    let died = tokio::time::timeout(
        Duration::from_millis(500),
        dying.once(|event| {
            let first = first.clone();
            async move {
                let last = number(&event) == 1;
                first.takes(event).await?;
                if last {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        }),
    );
    died.await.unwrap_err();
    assert_eq!(first.numbers_of(world.alpha.workspace()), [0, 1]);

    let other = relay(&world).await;
    assert_eq!(
        other
            .once(|event| second.takes(event))
            .await
            .unwrap()
            .claimed,
        0,
        "they are claimed"
    );
    claims_are_over(&world).await;
    other.once(|event| second.takes(event)).await.unwrap();
    assert_eq!(second.numbers_of(world.alpha.workspace()), [0, 1, 2]);
    assert_eq!(
        second.took()[0].id,
        first.took()[0].id,
        "receivers know it again"
    );
    assert_eq!(
        second.took()[0].attempt,
        2,
        "a claim that was never settled counts"
    );
}

/// Else an event that kills its relay would kill one after the other.
#[tokio::test]
async fn an_event_that_no_relay_comes_back_from_is_given_up_unseen() {
    let world = World::new().await;
    let ids = put(&world, &world.alpha, [numbered(0)]).await;
    for _ in 0..2 {
        let dying = relay(&world).await.attempts(2);
        let died = dying.once(|_| std::future::pending());
        tokio::time::timeout(Duration::from_millis(300), died)
            .await
            .unwrap_err();
        claims_are_over(&world).await;
    }
    let receiver = Receiver::default();
    let relay = relay(&world).await.attempts(2);
    assert_eq!(
        relay
            .once(|event| receiver.takes(event))
            .await
            .unwrap()
            .dead,
        1
    );
    assert!(receiver.took().is_empty());
    assert_eq!(
        stands(&world, &world.alpha, ids[0]).await.state,
        State::Dead
    );
}

#[tokio::test]
async fn a_relay_whose_claim_is_over_notes_nothing() {
    let world = World::new().await;
    put(&world, &world.alpha, [numbered(0)]).await;
    let (slow, other, receiver) = (
        relay(&world).await,
        relay(&world).await,
        Receiver::default(),
    );
    let handed = slow
        .once(|_| {
            let (world, other, receiver) = (&world, &other, &receiver);
            async move {
                claims_are_over(world).await;
                let again = other.once(|event| receiver.takes(event)).await.unwrap();
                assert_eq!(again.delivered, 1);
                Err(Fault::again("too late to say so"))
            }
        })
        .await
        .unwrap();
    assert_eq!((handed.lost, handed.failed), (1, 0));
    let left = "SELECT state || attempts || coalesce(last_error, '') FROM delivery.outbox";
    let left: String = sqlx::query_scalar(left)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(left, "delivered1");
}

#[tokio::test]
async fn an_event_that_takes_too_long_has_failed() {
    let world = World::new().await;
    let ids = put(&world, &world.alpha, [numbered(0)]).await;
    let relay = relay(&world).await.patience(Duration::from_millis(50));
    let begun = Instant::now();
    let handed = relay.once(|_| std::future::pending()).await.unwrap();
    assert_eq!(handed.failed, 1);
    assert!(begun.elapsed() < Duration::from_secs(5));
    let failed = stands(&world, &world.alpha, ids[0]).await;
    assert_eq!(failed.last_error.as_deref(), Some("it took too long"));
}

#[tokio::test]
async fn a_busy_workspace_leaves_room_for_others() {
    let world = World::new().await;
    put(&world, &world.alpha, (0..50).map(numbered)).await;
    put(&world, &world.beta, [numbered(0)]).await;
    let receiver = Receiver::default();
    let relay = relay(&world).await.batch(10).share(4);
    let handed = relay.once(|event| receiver.takes(event)).await.unwrap();
    assert_eq!(handed.claimed, 5);
    assert_eq!(receiver.numbers_of(world.alpha.workspace()), [0, 1, 2, 3]);
    assert_eq!(receiver.numbers_of(world.beta.workspace()), [0]);
}

#[tokio::test]
async fn a_relay_that_is_stopped_notes_what_it_has_done_and_gives_the_rest_free() {
    let world = World::new().await;
    put(&world, &world.alpha, (0..3).map(numbered)).await;
    let relay = relay(&world).await;
    let receiver = Receiver::default();
    let run = relay.run(|event| {
        let (relay, receiver) = (relay.clone(), receiver.clone());
        async move {
            relay.stop();
            receiver.takes(event).await
        }
    });
    tokio::time::timeout(Duration::from_secs(10), run)
        .await
        .unwrap();
    assert_eq!(receiver.numbers_of(world.alpha.workspace()), [0]);
    super::relay(&world)
        .await
        .once(|event| receiver.takes(event))
        .await
        .unwrap();
    assert_eq!(
        receiver.numbers_of(world.alpha.workspace()),
        [0, 1, 2],
        "at once, by whoever comes next"
    );
}

#[tokio::test]
async fn a_relay_that_is_woken_does_not_wait_for_its_next_look() {
    let world = World::new().await;
    let relay = relay(&world).await.interval(Duration::from_secs(600));
    let receiver = Receiver::default();
    let running = tokio::spawn({
        let (relay, receiver) = (relay.clone(), receiver.clone());
        async move { relay.run(|event| receiver.takes(event)).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    put(&world, &world.alpha, [numbered(0)]).await;
    relay.wake();
    let arrived = async {
        while receiver.took().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrived)
        .await
        .unwrap();
    relay.stop();
    tokio::time::timeout(Duration::from_secs(10), running)
        .await
        .unwrap()
        .unwrap();
}

/// Whoever holds the row of one workspace for long, holds up no other.
#[tokio::test]
async fn a_workspace_whose_order_is_locked_holds_up_no_other() {
    let world = World::new().await;
    put(&world, &world.alpha, [numbered(0)]).await;
    put(&world, &world.beta, [numbered(1)]).await;
    let mut locker = world.test.admin().begin().await.unwrap();
    let lock = "SELECT FROM delivery.outbox_streams WHERE workspace_id = $1 FOR UPDATE";
    sqlx::query(lock)
        .bind(world.alpha.workspace().as_uuid())
        .execute(&mut *locker)
        .await
        .unwrap();
    let (relay, receiver) = (relay(&world).await, Receiver::default());
    let handed = relay.once(|event| receiver.takes(event)).await.unwrap();
    assert_eq!((handed.claimed, handed.delivered), (1, 1));
    let begun = Instant::now();
    assert_eq!(
        relay
            .once(|event| receiver.takes(event))
            .await
            .unwrap()
            .claimed,
        0
    );
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "it was waited for, a little"
    );
    locker.rollback().await.unwrap();
    assert_eq!(
        relay
            .once(|event| receiver.takes(event))
            .await
            .unwrap()
            .delivered,
        1
    );
}
