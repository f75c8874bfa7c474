//! The system `accounts` in memory, for unit tests of services that take its traits.

mod context;
mod invitations;
mod keys;
mod names;
mod people;
mod policies;
mod rows;
mod session;
mod state;
mod work;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
pub use context::MemoryContext;
pub use people::MemoryPerson;
pub use rows::MemoryRows;
use sea_orm::ActiveEnum;
pub use session::MemorySession;
use state::{State, Tables};
use tenantry::{
    ActorId, ActorKind, Error, ErrorKind, Repository, Result, Role, TokenKey, TokenKeys,
    WorkspaceId,
};
use tenantry_entities::accounts::{member, workspace};
use tenantry_repositories::accounts::{Admission, Founded, Founder, Workspaces};
use uuid::Uuid;

/// How often a unit of work is tried where another one was in its way.
const ATTEMPTS: u32 = 5;

/// The workspaces, people, invitations, keys and finished work of a whole service, in memory.
///
/// It implements what a [`Database`](tenantry::Database) implements of `tenantry_repositories::accounts`. Rules that stand on
/// those traits are the real ones; those that the database keeps (who may change what, the last owner, names that are
/// taken, tokens that ended) are kept here. A session works on a copy of its workspace: what is not committed leaves
/// nothing, and of two sessions that change the same workspace, the later one is told
/// [`ErrorKind::Retryable`], as under serializable isolation.
///
/// What it cannot show: a session that a refusal has aborted, row security against raw SQL, checks of lengths, triggers and policies of one's own, the audit log, and a limit
/// that is exact over processes: here one process counts. Those belong into a test with a
/// [`TestDatabase`](crate::TestDatabase).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> tenantry::Result<()> {
/// use tenantry::{ErrorKind, Result};
/// use tenantry_entities::accounts::workspace;
/// use tenantry_repositories::accounts::{Founder, NewPerson, People, Workspaces};
/// use tenantry_testing::MemoryAccounts;
///
/// /// The service under test: a database, or a fake of one.
/// async fn register<D>(database: &D, email: &str, company: &str) -> Result<D::Context>
/// where
///     D: People + Workspaces,
/// {
///     let person = NewPerson { email: email.into(), name: "Ann".into(), external_id: None };
///     let founder = Founder { user: database.sign_up(person).await?.person.into(), name: "Ann".into() };
///     let founded = database.found(founder, workspace::New { name: company.into() }).await?;
///     Ok(founded.context)
/// }
///
/// let accounts = MemoryAccounts::new();
/// let context = register(&accounts, "ann@example.org", "Acme").await?;
/// let session = accounts.begin(&context).await?;
/// assert_eq!(session.members().list().count().await?, 1);
/// let refused = register(&accounts, "no address", "Acme").await.unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::Invalid);
/// # use tenantry::ReadRepository as _;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryAccounts(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    tokens: TokenKeys,
}

impl MemoryAccounts {
    /// A service that nobody has used.
    ///
    /// # Panics
    ///
    /// Never: its token key is long enough.
    #[must_use]
    pub fn new() -> Self {
        let secret = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes);
        let key = TokenKey::new(secret.concat()).expect("32 bytes");
        Self(Arc::new(Shared {
            state: Mutex::default(),
            tokens: key.into(),
        }))
    }

    /// Lets time pass, for whatever ends by itself: invitations, keys, windows of a rate, claims of work.
    ///
    /// # Panics
    ///
    /// If it is longer than a calendar reaches.
    pub fn advance(&self, time: std::time::Duration) {
        let time = TimeDelta::from_std(time).expect("a time within the calendar");
        self.lock().ahead += time;
    }

    /// Begins a session of a workspace.
    ///
    /// # Errors
    ///
    /// None; it is a [`Result`] as it is for a database.
    pub async fn begin(&self, context: &MemoryContext) -> Result<MemorySession> {
        Ok(MemorySession::begin(self.clone(), context.clone()))
    }

    /// Stands for a person whom the application's auth boundary has recognised.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the actor id is no UUID.
    pub fn person(&self, actor: ActorId) -> Result<MemoryPerson> {
        MemoryPerson::new(self.clone(), actor)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> DateTime<Utc> {
        self.lock().now()
    }

    fn tokens(&self) -> &TokenKeys {
        &self.0.tokens
    }
}

impl Default for MemoryAccounts {
    fn default() -> Self {
        Self::new()
    }
}

impl Workspaces for MemoryAccounts {
    type Context = MemoryContext;

    async fn found(
        &self,
        founder: Founder,
        workspace: impl Into<workspace::Insert> + Send,
    ) -> Result<Founded<MemoryContext>> {
        let user_id = person_of(&founder.user).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "the founder's id is no uuid").with_field("user")
        })?;
        let id = Uuid::now_v7();
        let tables = Tables::default();
        let rows = tables.workspaces(id);
        let workspace = rows.insert(workspace.into()).await?;
        let members = tables.members(id);
        let owner = member::New {
            user_id,
            role: member::Role::Owner,
            name: founder.name,
        };
        let owner = members.insert(owner).await?;
        let tables = Tables {
            workspaces: rows.rows(),
            members: members.rows(),
            ..tables
        };
        self.lock().workspaces.insert(id, tables);
        let context = self.admit(founder.user, id.into()).await?;
        Ok(Founded::new(workspace, owner, context))
    }
}

impl Admission for MemoryAccounts {
    type Context = MemoryContext;

    async fn admit(&self, actor: ActorId, workspace: WorkspaceId) -> Result<MemoryContext> {
        let found = person_of(&actor).zip(workspace.as_uuid());
        let role = found.and_then(|(person, workspace)| self.lock().role(workspace, person));
        let Some(role) = role else {
            return Err(Error::new(ErrorKind::NotFound, "workspace not found"));
        };
        let role = Role::parse(role.to_value())?;
        Ok(MemoryContext::new(workspace, ActorKind::User, actor, role))
    }

    async fn admit_key(
        &self,
        token: &str,
        address: Option<std::net::IpAddr>,
    ) -> Result<MemoryContext> {
        keys::admit(self, token, address)
    }
}

fn person_of(actor: &ActorId) -> Option<Uuid> {
    actor.as_uuid().filter(|person| !person.is_nil())
}

impl fmt::Debug for MemoryAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        write!(
            f,
            "MemoryAccounts({} people, {} workspaces)",
            state.users.len(),
            state.workspaces.len()
        )
    }
}
