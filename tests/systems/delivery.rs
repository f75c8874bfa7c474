//! What leaves workspaces: the outbox, and relays that hand it on.

mod attacks;
mod inbox;
mod maintenance;
mod order;
mod outbox;
mod plans;
mod relay;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tenantry::{Result, Role, Session, TenantContext, WorkspaceId};
use tenantry_entities::{
    accounts::member,
    delivery::{Delivery as _, incoming_webhook, outbox_event},
};
use tenantry_repositories::delivery::{
    Event, Fault, Inbox as _, Incoming, NewEvent, Outbox as _, Relay, policies,
};
use tenantry_testing::{Isolation, IsolationReport};

use crate::{
    matrix::{Matrix, Who},
    verify::every::every,
    world::World,
};

every! {
    outbox_event: ;
    incoming_webhook: ;
}

/// An event of the session's workspace, as it was put.
async fn putting(session: &Session) -> Result<outbox_event::Model> {
    let id = session.outbox().put(numbered(0)).await?;
    session.outbox().get(id).await
}

/// A webhook of the session's workspace, as it was received.
async fn receiving(session: &Session) -> Result<incoming_webhook::Model> {
    let id = outbox_event::Id::random().to_string();
    let incoming = Incoming::new("payments", id, serde_json::json!({}));
    let _ = session.webhook_inbox().receive(&incoming).await?;
    let newest = session.webhook_inbox().list();
    let newest = newest.sort(incoming_webhook::NEWEST).limit(1).page();
    Ok(newest.await?.items.remove(0))
}

/// The isolation kit, on every table.
pub(crate) async fn attack(world: &World) -> Vec<IsolationReport> {
    let (database, alpha, beta) = (&world.database, &world.alpha, &world.beta);
    let attacks = Isolation::of(outbox_event::Entity, database, alpha, beta, putting).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let outbox = attacks.raw_sql().await.unwrap().report();
    let job = Role::from_static("webhooks");
    let [alpha, beta] = [alpha, beta].map(|context| {
        let workspace = context.workspace().clone();
        database.job(job.clone(), workspace).unwrap()
    });
    let table = incoming_webhook::Entity;
    let attacks = Isolation::of(table, database, &alpha, &beta, receiving).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    vec![outbox, attacks.raw_sql().await.unwrap().report()]
}

/// Asks everything, as everybody.
pub(crate) async fn ask(world: &World) -> Matrix<'_> {
    let mut matrix = Matrix::new(world);
    for (name, who) in Who::everybody() {
        let role = match who {
            Who::Member(role) => role,
            Who::Job(_) | Who::Key(_) => member::Role::Viewer,
        };
        let person = world.joins(role).await;
        let session = world.alpha().await;
        let put = putting(&session).await.unwrap();
        session.commit().await.unwrap();
        let job = world.as_job("webhooks");
        let session = world.database.begin(&job).await.unwrap();
        let received = receiving(&session).await.unwrap();
        session.commit().await.unwrap();
        let mut asked = matrix.asks(name, who, person).await;
        asked.read("outbox event", &policies::outbox(), &put).await;
        asked
            .read("webhook", &policies::webhook_inbox(), &received)
            .await;
    }
    matrix
}

/// An event that tells a number.
fn numbered(number: usize) -> NewEvent {
    NewEvent::new("order.completed", serde_json::json!({ "number": number }))
}

/// The number that an event tells.
fn number(event: &Event) -> usize {
    let number = event.payload["number"].as_u64().unwrap();
    usize::try_from(number).unwrap()
}

/// Puts events in a transaction of their own, and keeps them.
async fn put(
    world: &World,
    context: &TenantContext,
    events: impl IntoIterator<Item = NewEvent>,
) -> Vec<outbox_event::Id> {
    let session = world.database.begin(context).await.unwrap();
    let ids = session
        .outbox()
        .put_many(events.into_iter().collect())
        .await;
    session.commit().await.unwrap();
    ids.unwrap()
}

/// An event as it stands.
async fn stands(
    world: &World,
    context: &TenantContext,
    id: outbox_event::Id,
) -> outbox_event::Model {
    let session = world.database.read(context).await.unwrap();
    session.outbox().get(id).await.unwrap()
}

/// A relay that does not wait long for anything.
async fn relay(world: &World) -> Relay {
    let relay = Relay::connect(world.test.relay_url()).await.unwrap();
    relay
        .pauses(Duration::from_millis(1), Duration::from_millis(4))
        .interval(Duration::from_millis(5))
}

/// Whoever is told of events, and remembers all of them.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<Event>>>);

impl Receiver {
    async fn takes(&self, event: Event) -> std::result::Result<(), Fault> {
        self.0.lock().unwrap().push(event);
        Ok(())
    }

    fn took(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    fn numbers_of(&self, workspace: &WorkspaceId) -> Vec<usize> {
        let took = self.took();
        let of_workspace = took.iter().filter(|event| event.workspace == *workspace);
        of_workspace.map(number).collect()
    }
}
