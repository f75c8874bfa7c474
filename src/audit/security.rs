//! Events of security: refusals, which must outlive the unit of work that was refused.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{DbBackend, JsonValue, Statement};
use tokio::sync::Semaphore;

use super::{Action, Request, purpose};
use crate::{ActorId, ActorKind, Database, Error, ErrorKind, Result, WorkspaceId};

/// How many connections refusals may take at once, and how many may wait for one.
const CONNECTIONS: u32 = 2;
const WAITING: usize = 1000;

/// How long a refusal like one that was told need not be told again; the database holds to it over all processes.
const QUIET: Duration = Duration::from_secs(60);

/// More refusals than these are looked through for those that may be told again.
const CROWDED: usize = 10_000;

/// A refusal, and at what it was aimed.
#[derive(Clone, Debug)]
#[must_use = "an event is recorded by `Database::record_security_event`"]
pub struct SecurityEvent {
    action: Action,
    workspace: Option<WorkspaceId>,
    actor: Option<(ActorKind, ActorId)>,
    details: Option<JsonValue>,
    address: Option<IpAddr>,
}

impl SecurityEvent {
    /// Names what happened: an action of `security`.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            workspace: None,
            actor: None,
            details: None,
            address: None,
        }
    }

    /// Says at which workspace it was aimed, whether there is one or not.
    pub fn workspace(mut self, workspace: impl Into<WorkspaceId>) -> Self {
        self.workspace = Some(workspace.into());
        self
    }

    /// Says who it is said to be.
    pub fn actor(mut self, kind: ActorKind, actor: impl Into<ActorId>) -> Self {
        self.actor = Some((kind, actor.into()));
        self
    }

    /// Adds what else there is to say. Secrets do not belong here.
    pub fn details(mut self, details: JsonValue) -> Self {
        self.details = Some(details);
        self
    }

    /// Says from where it came, where the request does not.
    pub(crate) const fn address(mut self, address: Option<IpAddr>) -> Self {
        self.address = address;
        self
    }

    /// What a refusal has in common with others like it.
    fn likeness(&self, request: Option<&Request>) -> Likeness {
        Likeness {
            action: self.action.clone(),
            workspace: self.workspace.clone(),
            actor: self.actor.as_ref().map(|(_, actor)| actor.clone()),
            address: request
                .and_then(|request| request.ip_address)
                .or(self.address),
        }
    }

    fn statement(self, request: Option<&Request>) -> Statement {
        let (kind, actor) = self.actor.unzip();
        let address = request
            .and_then(|request| request.ip_address)
            .or(self.address);
        Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT tenantry.security_event($1, $2, $3, $4, $5, $6::text::inet, $7, $8)",
            [
                self.action.as_str().into(),
                self.workspace.map(|workspace| workspace.to_string()).into(),
                kind.map(|kind: ActorKind| kind.as_str().to_owned()).into(),
                actor.map(|actor: ActorId| actor.to_string()).into(),
                request.map(|request| request.id).into(),
                address.map(|address| address.to_string()).into(),
                request
                    .and_then(|request| request.user_agent.clone())
                    .into(),
                self.details.into(),
            ],
        )
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Likeness {
    action: Action,
    workspace: Option<WorkspaceId>,
    actor: Option<ActorId>,
    address: Option<IpAddr>,
}

/// Records refusals behind the answer, on few connections.
pub(crate) struct Recorder {
    connections: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    told: Mutex<HashMap<Likeness, Instant>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self {
            connections: Arc::new(Semaphore::new(CONNECTIONS as usize)),
            waiting: Arc::default(),
            told: Mutex::default(),
        }
    }

    /// Whether none like it was told a moment ago: who is refused again and again costs the database nothing.
    fn is_news(&self, likeness: Likeness) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if told.len() >= CROWDED {
            told.retain(|_, at| now.duration_since(*at) < QUIET);
        }
        if told.len() >= CROWDED {
            // Those who make up ever new ones are told by the database's own measure.
            return true;
        }
        let before = told.insert(likeness.clone(), now);
        match before.filter(|at| now.duration_since(*at) < QUIET) {
            Some(at) => {
                told.insert(likeness, at);
                false
            }
            None => true,
        }
    }

    /// Takes back that it was told.
    fn forget(&self, likeness: &Likeness) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.remove(likeness);
    }

    /// Waits until everything that was begun is recorded.
    pub(crate) async fn finish(&self) {
        while self.waiting.load(Ordering::Relaxed) > 0 {
            drop(self.connections.acquire_many(CONNECTIONS).await);
            // One that was begun may not have taken its place yet.
            tokio::task::yield_now().await;
        }
    }
}

impl Database {
    /// Records a refusal in a transaction of its own, at most once a minute for each action, actor
    /// and address: in the log of the workspace aimed at, or in the platform's if there is none.
    /// The answer does not tell which.
    ///
    /// Whoever it names is who it was *said* to be: nobody was let in.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the action is not one of `security`;
    /// [`ErrorKind::Unavailable`] if the database cannot be reached.
    pub async fn record_security_event(&self, event: SecurityEvent) -> Result<()> {
        if !event.action.as_str().starts_with("security.") {
            return Err(
                Error::new(ErrorKind::Invalid, "the action is not one of security")
                    .with_field("action")
                    .with_hint("Record it with `session.audit().record`."),
            );
        }
        let statement = event.statement(self.request());
        let asking = self.asking();
        let purpose = purpose("record_security_event");
        asking.write(purpose, statement).await
    }

    /// Records a refusal without making the caller wait, so that it takes as long as it took.
    pub(crate) fn record_behind(&self, event: SecurityEvent) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let recorder = self.recorder();
        let likeness = event.likeness(self.request());
        if !recorder.is_news(likeness.clone()) {
            return;
        }
        let (connections, waiting) = (
            Arc::clone(&recorder.connections),
            Arc::clone(&recorder.waiting),
        );
        if waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            waiting.fetch_sub(1, Ordering::Relaxed);
            recorder.forget(&likeness);
            tracing::warn!("too many refusals at once, one is not recorded");
            return;
        }
        let database = self.clone();
        runtime.spawn(async move {
            let turn = connections.acquire().await;
            if let Err(error) = database.record_security_event(event).await {
                database.recorder().forget(&likeness);
                tracing::warn!(kind = ?error.kind(), sqlstate = error.sqlstate(), "a refusal was not recorded");
            }
            waiting.fetch_sub(1, Ordering::Relaxed);
            drop(turn);
        });
    }
}
