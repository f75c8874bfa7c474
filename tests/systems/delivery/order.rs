//! The order of a workspace: that in which its transactions committed, whoever hands it on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use tenantry::{Isolation, TenantContext, WorkspaceId};
use tenantry_entities::{
    accounts::workspace,
    delivery::{Delivery as _, outbox_event},
};
use tenantry_repositories::{
    accounts::{Founder, Workspaces as _},
    delivery::{Event, Fault, Outbox as _},
};
use uuid::Uuid;

use super::{Receiver, number, numbered, put, relay, stands};
use crate::world::World;

/// Contexts of owners of new workspaces.
async fn workspaces(world: &World, count: usize) -> Vec<TenantContext> {
    let mut contexts = Vec::new();
    for nth in 0..count {
        let founder = Founder {
            user: Uuid::now_v7().into(),
            name: "an owner".into(),
        };
        let name = format!("workspace {nth}");
        let founded = world.database.found(founder, workspace::New { name });
        contexts.push(founded.await.unwrap().context);
    }
    contexts
}

#[tokio::test]
async fn the_order_is_that_of_the_commits_not_that_of_the_statements() {
    let world = World::new().await;
    let (early, late) = (world.alpha().await, world.alpha().await);
    let first_put = early.outbox().put(numbered(1)).await.unwrap();
    let second_put = late.outbox().put(numbered(2)).await.unwrap();
    late.commit().await.unwrap();

    let receiver = Receiver::default();
    let relay = relay(&world).await;
    relay.once(|event| receiver.takes(event)).await.unwrap();
    assert_eq!(
        receiver.numbers_of(world.alpha.workspace()),
        [2],
        "what is committed does not wait for what is not"
    );

    early.commit().await.unwrap();
    relay.once(|event| receiver.takes(event)).await.unwrap();
    assert_eq!(receiver.numbers_of(world.alpha.workspace()), [2, 1]);
    assert_eq!(stands(&world, &world.alpha, second_put).await.sequence, 1);
    assert_eq!(stands(&world, &world.alpha, first_put).await.sequence, 2);
}

/// The gap: whoever drew a lower number commits later than a reader has passed it.
#[tokio::test]
async fn no_event_is_passed_over_while_others_commit() {
    let world = World::new().await;
    let receiver = Receiver::default();
    let relay = relay(&world).await.share(100);
    let running = tokio::spawn({
        let (relay, receiver) = (relay.clone(), receiver.clone());
        async move { relay.run(|event| receiver.takes(event)).await }
    });
    let writers = (0..8).map(|writer| {
        let world = &world;
        async move {
            for nth in 0..25 {
                let session = world.alpha().await;
                session
                    .outbox()
                    .put(numbered(writer * 100 + nth))
                    .await
                    .unwrap();
                tokio::time::sleep(Duration::from_millis(((writer * 7 + nth * 3) % 5) as u64))
                    .await;
                session.commit().await.unwrap();
            }
        }
    });
    join_all(writers).await;
    while receiver.took().len() < 200 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    relay.stop();
    running.await.unwrap();
    let took = receiver.took();
    let sequences: Vec<i64> = took.iter().map(|event| event.sequence).collect();
    assert_eq!(
        sequences,
        (1..=200).collect::<Vec<_>>(),
        "gapless, in order, each once"
    );
    for writer in 0..8 {
        let of_writer = took
            .iter()
            .map(number)
            .filter(|number| number / 100 == writer);
        assert!(
            of_writer.is_sorted(),
            "what a writer committed first came first"
        );
    }
}

/// Four relays, fifty workspaces, and a receiver that fails now and then.
#[tokio::test]
async fn four_relays_keep_the_order_of_fifty_workspaces_though_a_third_of_all_attempts_fail() {
    const EVENTS: usize = 12;
    let world = World::new().await;
    let contexts = workspaces(&world, 50).await;
    for nth in 0..EVENTS {
        for context in &contexts {
            put(&world, context, [numbered(nth)]).await;
        }
    }
    let told = Told::default();
    let running = join_all((0..4).map(|_| async {
        let relay = relay(&world).await.batch(20).share(5).attempts(1_000);
        let pause = async {
            while told.delivered.load(Ordering::Relaxed) < EVENTS * contexts.len() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            relay.stop();
        };
        tokio::join!(relay.run(|event| told.takes(event)), pause);
    }));
    running.await;

    let in_order = told.in_order.into_inner().unwrap();
    assert_eq!(in_order.len(), contexts.len());
    for numbers in in_order.values() {
        assert_eq!(
            *numbers,
            (0..EVENTS).collect::<Vec<_>>(),
            "each once, in order"
        );
    }
    assert!(
        told.failed.load(Ordering::Relaxed) > 100,
        "failures were part of it"
    );
    let left = "SELECT count(*) FROM delivery.outbox WHERE state <> 'delivered'";
    let left: i64 = sqlx::query_scalar(left)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

/// Fails every third attempt, and panics where two events of one workspace are told at once.
#[derive(Default)]
struct Told {
    attempts: AtomicUsize,
    failed: AtomicUsize,
    delivered: AtomicUsize,
    at_work: Mutex<BTreeSet<String>>,
    in_order: Mutex<BTreeMap<String, Vec<usize>>>,
}

impl Told {
    async fn takes(&self, event: Event) -> Result<(), Fault> {
        let workspace = event.workspace.to_string();
        assert!(
            self.at_work.lock().unwrap().insert(workspace.clone()),
            "one at a time in a workspace"
        );
        let nth = self.attempts.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_micros((nth % 7) as u64 * 300)).await;
        let fails = nth % 3 == 1;
        if fails {
            self.failed.fetch_add(1, Ordering::Relaxed);
        } else {
            self.in_order
                .lock()
                .unwrap()
                .entry(workspace.clone())
                .or_default()
                .push(number(&event));
            self.delivered.fetch_add(1, Ordering::Relaxed);
        }
        self.at_work.lock().unwrap().remove(&workspace);
        if fails {
            Err(Fault::again("now and then"))
        } else {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_long_transaction_of_one_workspace_holds_back_no_other() {
    let world = World::new().await;
    let open = world.alpha().await;
    open.outbox().put(numbered(1)).await.unwrap();
    put(&world, &world.beta, [numbered(2)]).await;
    let receiver = Receiver::default();
    let relay = relay(&world).await;
    let handed = relay.once(|event| receiver.takes(event)).await.unwrap();
    assert_eq!(handed.delivered, 1);
    assert_eq!(receiver.numbers_of(world.beta.workspace()), [2]);
    open.roll_back().await;
}

/// Above read committed two of them cannot both be next; one is tried again.
#[tokio::test]
async fn transactions_that_are_isolated_further_are_tried_again() {
    let world = World::new().await;
    let database = world.database.isolated(Isolation::Serializable);
    let put = (0..4).map(|nth| {
        let (database, context) = (database.clone(), world.alpha.clone());
        async move {
            let put = database.transaction(&context, async |session| {
                session.outbox().put(numbered(nth)).await
            });
            put.await
        }
    });
    let put: Vec<Result<outbox_event::Id, tenantry::Error>> = join_all(put).await;
    let kept = put.iter().filter(|put| put.is_ok()).count();
    let receiver = Receiver::default();
    relay(&world)
        .await
        .once(|event| receiver.takes(event))
        .await
        .unwrap();
    let workspace: &WorkspaceId = world.alpha.workspace();
    assert_eq!(receiver.numbers_of(workspace).len(), kept);
    assert!(kept >= 1);
}
