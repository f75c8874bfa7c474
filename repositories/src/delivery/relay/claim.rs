//! What a relay has for itself, for a while, and what became of it.

use std::time::Duration;

use sea_orm::{
    FromQueryResult, Value,
    prelude::{DateTimeUtc, Json, Uuid},
    sea_query::ArrayType,
};
use tenantry::{Functions, Result, WorkspaceId};
use tenantry_entities::delivery::outbox_event::{self, Kind};

use super::{Event, Fault, Handed};

/// The events of some workspaces, which nobody else has before the claim is over.
pub(super) struct Claim {
    holder: Uuid,
    queues: Vec<Queue>,
}

/// The events of one workspace, in order.
pub(super) struct Queue {
    pub(super) workspace: Uuid,
    pub(super) events: Vec<Event>,
}

/// A claim whose events are on their way.
pub(super) struct Holder(Uuid);

/// What became of the events of one workspace.
pub(super) struct Settled {
    workspace: Uuid,
    delivered: Vec<Uuid>,
    failed: Option<Failed>,
}

struct Failed {
    id: Uuid,
    attempt: u32,
    fault: Fault,
    /// None is forever.
    pause: Option<Duration>,
}

#[derive(FromQueryResult)]
struct Claimed {
    workspace_id: Uuid,
    id: outbox_event::Id,
    sequence: i64,
    topic: String,
    kind: Kind,
    payload: Json,
    attempt: i32,
    created_at: DateTimeUtc,
}

/// A workspace of which nothing was noted.
#[derive(FromQueryResult)]
struct Unnoted {
    workspace_id: Uuid,
    /// Whether it is the claim's still, and its row was locked at the moment.
    is_held: bool,
}

impl Claim {
    pub(super) async fn take(
        functions: &Functions,
        batch: u16,
        share: u16,
        hold: Duration,
    ) -> Result<Self> {
        let holder = Uuid::new_v4();
        let arguments: [Value; 4] = [
            holder.into(),
            i32::from(batch).into(),
            i32::from(share).into(),
            hold.as_secs_f64().into(),
        ];
        let claimed: Vec<Claimed> = functions.call("delivery.claim_events", arguments).await?;
        let mut queues: Vec<Queue> = Vec::new();
        // They come sorted by workspace.
        for claimed in claimed {
            let workspace = claimed.workspace_id;
            let event = Event {
                id: claimed.id,
                workspace: WorkspaceId::from_uuid(workspace),
                sequence: claimed.sequence,
                topic: claimed.topic,
                kind: claimed.kind,
                payload: claimed.payload,
                attempt: claimed.attempt.unsigned_abs(),
                created_at: claimed.created_at,
            };
            match queues.last_mut() {
                Some(queue) if queue.workspace == workspace => queue.events.push(event),
                _ => queues.push(Queue {
                    workspace,
                    events: vec![event],
                }),
            }
        }
        Ok(Self { holder, queues })
    }

    /// How many events there are.
    pub(super) fn len(&self) -> u64 {
        self.queues
            .iter()
            .map(|queue| queue.events.len() as u64)
            .sum()
    }

    pub(super) fn into_queues(self) -> (Holder, Vec<Queue>) {
        (Holder(self.holder), self.queues)
    }
}

impl Holder {
    /// Notes what became of the events, and gives their workspaces free.
    pub(super) async fn settle(
        &self,
        functions: &Functions,
        settled: Vec<Settled>,
    ) -> Result<Handed> {
        let unnoted = self.note(functions, false, &settled).await?;
        let mut handed = Handed::default();
        let mut lost = 0_usize;
        for one in &settled {
            let mut is_lost = false;
            if let Some(unnoted) = unnoted.iter().find(|un| un.workspace_id == one.workspace) {
                // A row that somebody is at work on is waited for, alone.
                let one = std::slice::from_ref(one);
                is_lost = !unnoted.is_held || !self.note(functions, true, one).await?.is_empty();
            }
            lost += usize::from(is_lost);
            handed.count(one, is_lost);
        }
        if lost > 0 {
            tracing::warn!(
                workspaces = lost,
                "what became of events could not be noted, so they will be handed on again"
            );
        }
        Ok(handed)
    }

    /// Returns the workspaces of which nothing was noted.
    async fn note(
        &self,
        functions: &Functions,
        patient: bool,
        settled: &[Settled],
    ) -> Result<Vec<Unnoted>> {
        let delivered = || {
            settled
                .iter()
                .flat_map(|one| one.delivered.iter().map(move |id| (one.workspace, *id)))
        };
        let failed = || {
            settled
                .iter()
                .filter_map(|one| Some((one.workspace, one.failed.as_ref()?)))
        };
        let arguments: [Value; 10] = [
            self.0.into(),
            patient.into(),
            uuids(settled.iter().map(|one| one.workspace)),
            uuids(delivered().map(|(workspace, _)| workspace)),
            uuids(delivered().map(|(_, id)| id)),
            uuids(failed().map(|(workspace, _)| workspace)),
            uuids(failed().map(|(_, failed)| failed.id)),
            attempts(failed().map(|(_, failed)| failed.attempt)),
            reasons(failed().map(|(_, failed)| failed.fault)),
            pauses(failed().map(|(_, failed)| failed.pause)),
        ];
        functions.call("delivery.settle_events", arguments).await
    }
}

impl Settled {
    /// Nothing yet, of the events of one workspace.
    pub(super) fn of(workspace: Uuid) -> Self {
        Self {
            workspace,
            delivered: Vec::new(),
            failed: None,
        }
    }

    pub(super) fn delivered(&mut self, id: outbox_event::Id) {
        self.delivered.push(*id.as_key());
    }

    pub(super) fn failed(
        &mut self,
        id: outbox_event::Id,
        attempt: u32,
        fault: Fault,
        pause: Option<Duration>,
    ) {
        self.failed = Some(Failed {
            id: *id.as_key(),
            attempt,
            fault,
            pause,
        });
    }
}

impl Handed {
    fn count(&mut self, settled: &Settled, is_lost: bool) {
        let delivered = settled.delivered.len() as u64;
        let failed = u64::from(settled.failed.is_some());
        if is_lost {
            self.lost += delivered + failed;
            return;
        }
        self.delivered += delivered;
        match &settled.failed {
            Some(Failed { pause: None, .. }) => self.dead += 1,
            _ => self.failed += failed,
        }
    }
}

fn array(kind: ArrayType, values: impl Iterator<Item = Value>) -> Value {
    Value::Array(kind, Some(Box::new(values.collect())))
}

fn uuids(ids: impl Iterator<Item = Uuid>) -> Value {
    array(ArrayType::Uuid, ids.map(Value::from))
}

fn attempts(attempts: impl Iterator<Item = u32>) -> Value {
    array(
        ArrayType::Int,
        attempts.map(|attempt| i32::try_from(attempt).unwrap_or(i32::MAX).into()),
    )
}

fn reasons(faults: impl Iterator<Item = Fault>) -> Value {
    array(ArrayType::String, faults.map(|fault| fault.reason().into()))
}

fn pauses(pauses: impl Iterator<Item = Option<Duration>>) -> Value {
    const FOREVER: f64 = -1.0;
    let seconds = pauses.map(|pause| pause.map_or(FOREVER, |pause| pause.as_secs_f64()).into());
    array(ArrayType::Double, seconds)
}
