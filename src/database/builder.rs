//! How a database is reached: pools, timeouts, keys.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use hmac::Mac;
use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    Database, Inner,
    check::{self, Scope, Unpatched},
};
use crate::{
    Authority, Error, ErrorKind, Hook, Isolation, KeyProvider, Result, Scoped, SigningKey,
    TokenKey, TokenKeys,
    audit::Recorder,
    connection::Asking,
    error::from_connect,
    hook::Hooks,
    limit::Leases,
    policy::{Policies, Policy},
    retry::RetryPolicy,
};

/// How many connections the pools beside the workspace have at most.
const BESIDE: u32 = 5;

/// How many connections a job over all workspaces opens at most.
const JOBS: u32 = 4;

/// Describes a database; [`connect`](DatabaseBuilder::connect) opens it.
///
/// Every setting has a default that a service can start with. Durations of zero switch a timeout off.
#[must_use = "a builder does nothing until `connect` is awaited"]
pub struct DatabaseBuilder {
    pub(super) url: String,
    read_url: Option<String>,
    break_glass_url: Option<String>,
    personal_url: Option<String>,
    catalogue_url: Option<String>,
    pool: PgPoolOptions,
    application_name: String,
    statement_timeout: Duration,
    lock_timeout: Duration,
    idle_timeout: Duration,
    context_lifetime: Duration,
    signing_key: Option<SigningKey>,
    tokens: TokenKeys,
    keys: Option<Box<dyn KeyProvider>>,
    pub(super) persistent: bool,
    retry: RetryPolicy,
    hooks: Hooks,
    policies: Policies,
    unpatched: Unpatched,
}

impl DatabaseBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            read_url: None,
            break_glass_url: None,
            personal_url: None,
            catalogue_url: None,
            pool: PgPoolOptions::new()
                .max_connections(10)
                .acquire_timeout(Duration::from_secs(10))
                .test_before_acquire(false),
            application_name: "tenantry".to_owned(),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            context_lifetime: Duration::from_secs(300),
            signing_key: None,
            tokens: TokenKeys::default(),
            keys: None,
            persistent: true,
            retry: RetryPolicy::default(),
            hooks: Hooks::default(),
            policies: Policies::default(),
            unpatched: Unpatched::Warned,
        }
    }

    /// Sets how many connections the pool opens at most. 10 by default.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.pool = self.pool.max_connections(connections);
        self
    }

    /// Sets how many connections the pool keeps open at least. None by default.
    pub fn min_connections(mut self, connections: u32) -> Self {
        self.pool = self.pool.min_connections(connections);
        self
    }

    /// Sets how long `begin` waits for a free connection. 10 seconds by default.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.pool = self.pool.acquire_timeout(timeout);
        self
    }

    /// Sets how long a connection is used before it is replaced. 30 minutes by default.
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.pool = self.pool.max_lifetime(lifetime);
        self
    }

    /// Sets the name under which the service shows in `pg_stat_activity`.
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = name.into();
        self
    }

    /// Sets how long one statement may take. 30 seconds by default.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Sets how long a statement may wait for a lock. 10 seconds by default.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// Sets how long a session may sit between two statements before the server ends it. 60 seconds by default.
    pub fn idle_in_transaction_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how long a context may be used: the bound within which a removed member loses access. 5 minutes by default.
    pub fn context_lifetime(mut self, lifetime: Duration) -> Self {
        self.context_lifetime = lifetime;
        self
    }

    /// Signs every context. Needed once a key is registered in the database.
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing_key = Some(key);
        self
    }

    /// Sets the key under which API keys and invitations are hashed. Needed to issue any.
    ///
    /// Given again, the further keys recognise what was issued under them: to rotate, give the new
    /// key first and the old one after it, until nothing of the old one is in use.
    pub fn token_key(mut self, key: TokenKey) -> Self {
        self.tokens.add(key);
        self
    }

    /// Seals and opens the values of encrypted columns under these keys: [`Keys`](crate::Keys), or those of one's own provider.
    pub fn cipher(mut self, provider: impl KeyProvider) -> Self {
        self.keys = Some(Box::new(provider));
        self
    }

    /// Sends read sessions elsewhere: another role, or a replica.
    pub fn read_url(mut self, url: impl Into<String>) -> Self {
        self.read_url = Some(url.into());
        self
    }

    /// Lets operators break glass over a login that is a member of `tenantry_glass`, by
    /// [`Database::break_glass`]. Without it nobody can.
    ///
    /// It belongs to the tool of the operators alone. Two connections at most are opened.
    pub fn break_glass_url(mut self, url: impl Into<String>) -> Self {
        self.break_glass_url = Some(url.into());
        self
    }

    /// Opens [personal sessions](Database::personal), by a login that is a member of `tenantry_person` and of nothing else.
    /// Their pool has at most five connections.
    pub fn personal_url(mut self, url: impl Into<String>) -> Self {
        self.personal_url = Some(url.into());
        self
    }

    /// Opens the [catalogue](Database::catalogue), by a login that is a member of `tenantry_catalogue` and of nothing else.
    ///
    /// Its pool has at most five connections.
    pub fn catalogue_url(mut self, url: impl Into<String>) -> Self {
        self.catalogue_url = Some(url.into());
        self
    }

    /// Uses unnamed statements, which a PgBouncer in transaction mode can pass on whatever its
    /// version. Costs one more round trip for each statement.
    ///
    /// Without it, connections also send the timeouts as `options` when they start, which a pooler may refuse.
    pub fn unnamed_statements(mut self) -> Self {
        self.persistent = false;
        self
    }

    /// Sets how often [`Database::transaction`] tries, the first time included. 5 by default.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.retry.attempts = attempts.max(1);
        self
    }

    /// Refuses a server whose row security has a hole that a later minor version mends. Without this, [`connect`](Self::connect) warns of it.
    ///
    /// Known are, each with the versions that mend it, from <https://www.postgresql.org/support/security/>:
    ///
    /// | hole | mended in |
    /// |---|---|
    /// | CVE-2023-2455 | 15.3 |
    /// | CVE-2023-39418 | 15.4 |
    /// | CVE-2024-10976 | 15.9, 16.5, 17.1 |
    /// | CVE-2025-8713 | 15.14, 16.10, 17.6 |
    /// | CVE-2026-14666 | 15.19, 16.15, 17.11, 18.6 |
    pub fn refuse_unpatched_server(mut self) -> Self {
        self.unpatched = Unpatched::Refused;
        self
    }

    /// Adds a hook to a table: it runs before and after rows of `E` change, in every session. Those
    /// of a table run in the order in which they were added. See [`Hook`].
    pub fn hook<E: Scoped>(mut self, _table: E, hook: impl Hook<E>) -> Self {
        self.hooks.add(hook);
        self
    }

    /// Says who may do what with the rows of a table: the predicates of the policy stand in the statements of every session, and an
    /// error names the rule that refused. New rows of `load` and of an upsert are asked before they are sent, as far as their values
    /// tell; row security asks the rest. See [`Policy`].
    ///
    /// Row security says the same where the policy's migration was run, also of statements that are not the engine's.
    pub fn policy<E: Scoped>(mut self, policy: Policy<E>) -> Self {
        self.policies = self.policies.with(policy);
        self
    }

    /// The same for several tables, such as all of a system.
    pub fn policies(mut self, policies: Policies) -> Self {
        self.policies = self.policies.and(policies);
        self
    }

    /// Connects, and refuses a login or a schema that would leave row security without effect.
    ///
    /// A server whose row security has known holes is a warning, or an error where
    /// [`refuse_unpatched_server`](Self::refuse_unpatched_server) asks for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the URL is not valid, if a policy is none
    /// ([`Policy::check`]) or its migration was not run, if the login is a
    /// superuser, bypasses or owns the tables, is not of the scope that its URL is for, if a table it may touch has no wall, or if
    /// the server is too old. Policies that were made from another declaration are a warning: a deployment may be going on;
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if the server cannot be reached.
    pub async fn connect(self, authority: impl Authority) -> Result<Database> {
        let declared = self.policies.row_security()?;
        let pool = self.open(&self.url, Scope::Workspace).await?;
        let settings = self.settings();
        let asking = Asking::new(&pool, &settings, self.persistent);
        check::compare_policies(asking, &declared).await?;
        let read_pool = self.open_if(&self.read_url, Scope::Workspace).await?;
        let glass_pool = self.open_if(&self.break_glass_url, Scope::Glass).await?;
        let personal_pool = self.open_if(&self.personal_url, Scope::Person).await?;
        let catalogue_pool = self.open_if(&self.catalogue_url, Scope::Catalogue).await?;
        Ok(Database {
            isolation: Isolation::default(),
            request: None,
            inner: Arc::new(Inner {
                settings: self.settings(),
                cursor_key: cursor_key(self.signing_key.as_ref()),
                pool,
                read_pool,
                glass_pool,
                personal_pool,
                catalogue_pool,
                authority: Box::new(authority),
                signing_key: self.signing_key,
                tokens: self.tokens,
                keys: self.keys,
                leases: Leases::default(),
                context_lifetime: self.context_lifetime,
                persistent: self.persistent,
                retry: self.retry,
                recorder: Recorder::new(),
                hooks: self.hooks,
                policies: self.policies,
            }),
        })
    }

    async fn open_if(&self, url: &Option<String>, scope: Scope) -> Result<Option<PgPool>> {
        match url {
            Some(url) => self.open(url, scope).await.map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn open(&self, url: &str, scope: Scope) -> Result<PgPool> {
        let mut options = PgConnectOptions::from_str(url)
            .map_err(from_connect)?
            .application_name(&self.application_name)
            .disable_statement_logging();
        if self.persistent {
            // For questions outside of a transaction; `RESET ALL` leads back to it.
            options = options.options(
                self.timeouts()
                    .map(|(name, value)| (name, value.to_string())),
            );
        } else {
            // A pooler takes neither.
            options = options.extra_float_digits(None);
        }
        let settings = self.settings();
        let most = match scope {
            Scope::Workspace => None,
            Scope::Person | Scope::Catalogue => Some(BESIDE.min(self.pool.get_max_connections())),
            Scope::Glass => Some(2),
            Scope::Relay | Scope::Maintenance => Some(JOBS.min(self.pool.get_max_connections())),
        };
        let pool = match most {
            None => self.pool.clone(),
            Some(most) => self.pool.clone().min_connections(0).max_connections(most),
        };
        let pool = match pool.connect_with(options.clone()).await {
            Ok(pool) => pool,
            Err(sqlx::Error::PoolTimedOut) => return Err(unreachable_because(&options).await),
            Err(error) => return Err(from_connect(error)),
        };
        let asking = Asking::new(&pool, &settings, self.persistent);
        check::refuse_unsafe_login(asking, scope, self.unpatched).await?;
        Ok(pool)
    }

    fn timeouts(&self) -> [(&'static str, i32); 3] {
        [
            ("statement_timeout", self.statement_timeout),
            ("lock_timeout", self.lock_timeout),
            ("idle_in_transaction_session_timeout", self.idle_timeout),
        ]
        .map(|(name, timeout)| (name, milliseconds(timeout)))
    }

    /// The settings of each transaction, to be sent with its `BEGIN`.
    pub(super) fn settings(&self) -> String {
        let timeouts = self.timeouts();
        let timeouts = timeouts.map(|(name, value)| format!("SET LOCAL {name} = {value}; "));
        // The driver traces notices with the words of whoever raised them, and they may name values.
        timeouts.concat() + "SET LOCAL client_min_messages = error; "
    }
}

/// Why there is no connection. A pool tries until its time is up, and keeps the reason to itself.
async fn unreachable_because(options: &PgConnectOptions) -> Error {
    const PATIENCE: Duration = Duration::from_secs(2);
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(Err(sqlx::Error::Io(source))) => {
            Error::new(ErrorKind::Unavailable, "the database cannot be reached")
                .with_hint("Check host and port of the URL, and whether the server runs.")
                .with_source(source)
        }
        Ok(Err(error)) => from_connect(error),
        Ok(Ok(_)) | Err(_) => Error::new(
            ErrorKind::Unavailable,
            "the database did not answer in time",
        ),
    }
}

/// As PostgreSQL takes it, for which 0 is no timeout at all.
fn milliseconds(timeout: Duration) -> i32 {
    match i32::try_from(timeout.as_millis()) {
        Ok(0) if !timeout.is_zero() => 1,
        Ok(milliseconds) => milliseconds,
        Err(_) => i32::MAX,
    }
}

/// The key that binds a cursor to its query. Derived, so that every instance of a service accepts
/// the cursors of the others; without a signing key it guards against mix-ups only.
fn cursor_key(signing_key: Option<&SigningKey>) -> [u8; 32] {
    match signing_key {
        Some(key) => {
            let mut mac = key.mac();
            mac.update(b"tenantry cursor");
            mac.finalize().into_bytes().into()
        }
        None => *b"tenantry cursor without a secret",
    }
}

impl fmt::Debug for DatabaseBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseBuilder")
            .field("application_name", &self.application_name)
            .finish_non_exhaustive()
    }
}
