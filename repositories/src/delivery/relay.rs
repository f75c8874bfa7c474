//! Handing on what workspaces have put into their outboxes.

mod claim;
mod event;
mod pauses;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use tenantry::{Database, Functions, Result};
use tokio::sync::Notify;

use claim::{Claim, Queue, Settled};
pub use event::{Event, Fault};
use pauses::Pauses;

/// What is left of a claim for the answer of the database, so that nobody else is at work on a workspace meanwhile.
const MARGIN: Duration = Duration::from_secs(2);

/// Hands on events at least once, in the order of each workspace, over a login of `tenantry_relay`.
///
/// Several relays at once share the work: a workspace whose events one of them has is not given to another. An event that fails holds back
/// those behind it, until it succeeds or has failed so often that it is dead; workspaces do not wait for each other. An event is handed on
/// again where a relay died, or lost its connection, before it had noted what became of it: receivers know it by [`Event::id`].
///
/// # Examples
///
/// ```no_run
/// use tenantry_repositories::delivery::{Event, Fault, Relay};
///
/// # async fn send(_: Event) -> Result<(), std::io::Error> { Ok(()) }
/// # async fn example(url: &str) -> tenantry::Result<()> {
/// let relay = Relay::connect(url).await?.batch(200);
/// let running = tokio::spawn({
///     let relay = relay.clone();
///     async move {
///         relay
///             .run(|event| async move { send(event).await.map_err(|_| Fault::again("the mailer did not answer")) })
///             .await;
///     }
/// });
/// // … a service in the same process has committed something, and does not want to wait for the next look …
/// relay.wake();
/// // … it is about to end: what is being handed on is noted, and nothing more is begun.
/// relay.stop();
/// # let _ = running.await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Relay {
    functions: Functions,
    state: Arc<State>,
    batch: u16,
    share: u16,
    concurrency: usize,
    attempts: u32,
    pauses: Pauses,
    patience: Duration,
    hold: Duration,
    interval: Duration,
}

#[derive(Default)]
struct State {
    stopped: AtomicBool,
    woken: Notify,
}

/// What became of the events of one claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handed {
    /// How many were claimed.
    pub claimed: u64,
    /// How many were handed on.
    pub delivered: u64,
    /// How many failed and will be tried again.
    pub failed: u64,
    /// How many were given up.
    pub dead: u64,
    /// How many were handed on or failed without being noted, since another relay has their workspace by now: they will be handed on again.
    pub lost: u64,
}

impl Relay {
    /// Connects with a URL of a login that is a member of `tenantry_relay` and of nothing else.
    ///
    /// # Errors
    ///
    /// As [`DatabaseBuilder::connect_relay`](tenantry::DatabaseBuilder::connect_relay).
    pub async fn connect(url: impl Into<String>) -> Result<Self> {
        Ok(Self::new(Database::builder(url).connect_relay().await?))
    }

    /// Relays over connections that were made before, with timeouts of one's own.
    #[must_use]
    pub fn new(functions: Functions) -> Self {
        Self {
            functions,
            state: Arc::default(),
            batch: 100,
            share: 25,
            concurrency: 16,
            attempts: 12,
            pauses: Pauses {
                first: Duration::from_secs(1),
                longest: Duration::from_secs(3600),
            },
            patience: Duration::from_secs(10),
            hold: Duration::from_secs(60),
            interval: Duration::from_secs(1),
        }
    }

    /// Sets how many events are claimed at once. 100 by default.
    #[must_use]
    pub fn batch(self, batch: u16) -> Self {
        Self {
            batch: batch.clamp(1, 10_000),
            ..self
        }
    }

    /// Sets how many of them may be of one workspace, so that a busy one leaves room for others. 25 by default.
    #[must_use]
    pub fn share(self, share: u16) -> Self {
        Self {
            share: share.clamp(1, 10_000),
            ..self
        }
    }

    /// Sets how many workspaces are served at once. 16 by default.
    #[must_use]
    pub fn concurrency(self, workspaces: u16) -> Self {
        Self {
            concurrency: usize::from(workspaces.max(1)),
            ..self
        }
    }

    /// Sets how often an event is tried before it is dead. 12 by default, which takes most of a day.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self {
            attempts: attempts.max(1),
            ..self
        }
    }

    /// Sets the pauses after a failure: they double from the first to the longest, and a random half of each is left out. From a second
    /// to an hour by default.
    #[must_use]
    pub fn pauses(self, first: Duration, longest: Duration) -> Self {
        Self {
            pauses: Pauses { first, longest },
            ..self
        }
    }

    /// Sets how long one event may take; one that takes longer has failed. 10 seconds by default.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sets how long claimed workspaces are this relay's: whoever dies holds them back for so long. A minute by default, at least 5
    /// seconds, an hour at most.
    #[must_use]
    pub fn hold(self, hold: Duration) -> Self {
        Self {
            hold: hold.clamp(Duration::from_secs(5), Duration::from_secs(3600)),
            ..self
        }
    }

    /// Sets how often a relay looks for events when there were none. Every second by default.
    #[must_use]
    pub fn interval(self, interval: Duration) -> Self {
        Self { interval, ..self }
    }

    /// Makes [`run`](Self::run) look at once, for whoever has committed an event in the same process.
    pub fn wake(&self) {
        self.state.woken.notify_one();
    }

    /// Ends [`run`](Self::run), of this relay and of its clones, once what is being handed on is noted.
    pub fn stop(&self) {
        self.state.stopped.store(true, Ordering::Release);
        self.state.woken.notify_waiters();
        self.state.woken.notify_one();
    }

    /// Hands events on until the relay is stopped. A database that cannot be reached is waited for.
    ///
    /// `handler` may be called again with an event that it has had before. If it panics, so does this; what it had is handed on again
    /// when the claim is over.
    pub async fn run<H, F>(&self, handler: H)
    where
        H: Fn(Event) -> F + Sync,
        F: Future<Output = Result<(), Fault>> + Send,
    {
        while !self.is_stopped() {
            match self.once(&handler).await {
                Ok(handed) if handed.claimed > 0 => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
            }
            // Stopped between the question above and here: the permit is kept.
            drop(tokio::time::timeout(self.interval, self.state.woken.notified()).await);
        }
        // For the next clone that runs.
        self.state.woken.notify_one();
    }

    /// Hands on what one claim gives, and returns what became of it: for a scheduler of one's own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`](tenantry::ErrorKind::Unavailable) and the like if the database cannot be asked. What was handed on
    /// before, and not noted, is handed on again when the claim is over.
    pub async fn once<H, F>(&self, handler: H) -> Result<Handed>
    where
        H: Fn(Event) -> F + Sync,
        F: Future<Output = Result<(), Fault>> + Send,
    {
        // By this machine's clock from before the question, so that it ends before the database's does.
        let until = Instant::now() + self.hold.saturating_sub(MARGIN);
        let claim = Claim::take(&self.functions, self.batch, self.share, self.hold).await?;
        let mut handed = Handed {
            claimed: claim.len(),
            ..Handed::default()
        };
        let (claim, queues) = claim.into_queues();
        let handler = &handler;
        let mut done = stream::iter(queues)
            .map(|queue| self.serve(queue, handler, until))
            .buffer_unordered(self.concurrency)
            .ready_chunks(self.concurrency);
        while let Some(settled) = done.next().await {
            handed.add(&claim.settle(&self.functions, settled).await?);
        }
        Ok(handed)
    }

    /// Hands on the events of one workspace, one after the other, up to the first that fails.
    async fn serve<H, F>(&self, queue: Queue, handler: &H, until: Instant) -> Settled
    where
        H: Fn(Event) -> F + Sync,
        F: Future<Output = Result<(), Fault>> + Send,
    {
        let mut settled = Settled::of(queue.workspace);
        for event in queue.events {
            let (id, attempt) = (event.id, event.attempt);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.is_stopped() {
                break;
            }
            let outcome = if attempt > self.attempts {
                Err(Fault::never("no relay came back from it"))
            } else {
                let answer = tokio::time::timeout(self.patience.min(left), handler(event)).await;
                answer.unwrap_or_else(|_| Err(Fault::again("it took too long")))
            };
            match outcome {
                Ok(()) => settled.delivered(id),
                Err(fault) => {
                    let again = fault.is_temporary() && attempt < self.attempts;
                    settled.failed(
                        id,
                        attempt,
                        fault,
                        again.then(|| self.pauses.after(attempt)),
                    );
                    break;
                }
            }
        }
        settled
    }

    fn is_stopped(&self) -> bool {
        self.state.stopped.load(Ordering::Acquire)
    }
}

impl Handed {
    fn add(&mut self, other: &Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.dead += other.dead;
        self.lost += other.lost;
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("batch", &self.batch)
            .field("share", &self.share)
            .field("attempts", &self.attempts)
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
}
