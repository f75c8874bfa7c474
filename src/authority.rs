//! The application's auth boundary: who says that an actor is a member.

use std::{
    fmt,
    future::{Future, ready},
    net::IpAddr,
};

use futures_util::future::BoxFuture;
use sea_orm::{DbBackend, FromQueryResult, Statement, Value};
use sqlx::{Row, postgres::PgRow};

use crate::{
    ActorId, Lease, Presented, Result, Role, Standing, WorkspaceId, call,
    connection::{Asking, Purpose},
    error::from_statement,
};

/// Says which role an actor has in a workspace. The library makes the context.
///
/// There is nothing here from which a context could be forged: the answer is a role or nothing, with
/// [attributes](Self::standing) where policies ask for more.
///
/// ```
/// use tenantry::{ActorId, Authority, Identity, Result, Role, WorkspaceId};
///
/// struct Members;
///
/// impl Authority for Members {
///     async fn role(
///         &self,
///         identity: &Identity<'_>,
///         actor: &ActorId,
///         workspace: &WorkspaceId,
///     ) -> Result<Option<Role>> {
///         identity.role("accounts.member_role", workspace, actor).await
///     }
/// }
/// ```
pub trait Authority: Send + Sync + 'static {
    /// The actor's role; `None` where there is no such workspace or no membership, alike.
    fn role(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> impl Future<Output = Result<Option<Role>>> + Send;

    /// The role, and attributes that policies may ask for; `None` as in [`role`](Self::role). Without a body there are no attributes.
    ///
    /// Where there are some, this is what the library calls, and nothing else: one question for both, such as
    /// [`Identity::standing`].
    fn standing(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> impl Future<Output = Result<Option<Standing>>> + Send {
        async move {
            let role = self.role(identity, actor, workspace).await?;
            Ok(role.map(Standing::from))
        }
    }

    /// What an API key may do; `None` where there is no such key. Without a body there are no keys.
    ///
    /// The workspace is the one that the token names: an authority cannot answer for another.
    fn key(
        &self,
        _identity: &Identity<'_>,
        _key: &PresentedKey,
    ) -> impl Future<Output = Result<Option<KeyGrant>>> + Send {
        ready(Ok(None))
    }
}

/// An API key that someone presents.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PresentedKey {
    /// The workspace that it names, and the hashes by which it is found there.
    pub token: Presented,
    /// From where it came, for the stamp of its last use.
    pub address: Option<IpAddr>,
    /// Whether this process has no calls left and asks for a [`Lease`].
    pub asks_for_lease: bool,
}

/// What an API key may do. No context: the library makes that.
#[derive(Clone, Debug)]
pub struct KeyGrant {
    /// Who acts: the key.
    pub key: ActorId,
    /// What the audit log calls it.
    pub name: Option<String>,
    /// Its role in the workspace that its token names.
    pub role: Role,
    /// What it is limited to.
    pub scopes: Vec<String>,
    /// What was set aside, where a lease was asked for; `None` where calls are not counted.
    pub lease: Option<Lease>,
}

const AUTHORIZE: Purpose = Purpose {
    verb: "authorize",
    table: "",
};

/// Asks the database before a workspace is known: only through functions of the identity role.
///
/// No question takes longer than a [statement](crate::DatabaseBuilder::statement_timeout) or a
/// [lock](crate::DatabaseBuilder::lock_timeout) may.
pub struct Identity<'d>(Asking<'d>);

impl<'d> Identity<'d> {
    pub(crate) const fn new(asking: Asking<'d>) -> Self {
        Self(asking)
    }

    /// Calls `function(workspace, actor)`, which returns the role as `text`, or null.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `function` is no `schema.name` or the
    /// stored role is no role name; [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if the
    /// database cannot be reached; [`ErrorKind::Internal`](crate::ErrorKind::Internal) if there is no
    /// such function.
    pub async fn role(
        &self,
        function: &'static str,
        workspace: &WorkspaceId,
        actor: &ActorId,
    ) -> Result<Option<Role>> {
        let function = call::qualified(function)?;
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            format!("SELECT {function}($1, $2)"),
            [workspace.0.to_value(), actor.0.to_value()],
        );
        let row = self.0.ask(AUTHORIZE, statement).await?;
        let role: Option<String> = row.try_get(0).map_err(from_statement)?;
        role.map(Role::parse).transpose()
    }

    /// Calls `function(workspace, actor)`, which returns the `role` as `text` and the `attributes` as `jsonb`, or nothing.
    ///
    /// `attributes` may be null, or an object of texts, whole numbers, booleans and lists of UUIDs.
    ///
    /// # Errors
    ///
    /// As [`role`](Self::role), and [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if an attribute is not as
    /// [`Standing::with`] takes it.
    pub async fn standing(
        &self,
        function: &'static str,
        workspace: &WorkspaceId,
        actor: &ActorId,
    ) -> Result<Option<Standing>> {
        let function = call::qualified(function)?;
        // A function that finds nothing returns no row, or one of nulls; the join answers both alike.
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            format!(
                "SELECT said.role, said.attributes FROM (SELECT) AS one LEFT JOIN {function}($1, $2) AS said ON true"
            ),
            [workspace.0.to_value(), actor.0.to_value()],
        );
        stood(&self.0.ask(AUTHORIZE, statement).await?)
    }

    /// Calls `role(workspace, actor)` as [`role`](Self::role) does, and in the same statement each of `attributes(workspace, actor)`, which
    /// return `jsonb` objects: where several parts of an application say something of a person. Where two say the same, the later counts.
    ///
    /// # Errors
    ///
    /// As [`standing`](Self::standing).
    pub async fn standing_of_parts(
        &self,
        role: &'static str,
        attributes: &[&'static str],
        workspace: &WorkspaceId,
        actor: &ActorId,
    ) -> Result<Option<Standing>> {
        let mut said = String::new();
        for function in attributes {
            let function = call::qualified(function)?;
            said.push_str(&format!(" || coalesce({function}($1, $2), '{{}}')"));
        }
        let role = call::qualified(role)?;
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            format!("SELECT {role}($1, $2), '{{}}'::jsonb{said}"),
            [workspace.0.to_value(), actor.0.to_value()],
        );
        stood(&self.0.ask(AUTHORIZE, statement).await?)
    }

    /// Calls `schema.function(arguments)` and returns its rows.
    ///
    /// There is no context: a function that reads one raises, and so does every wall.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `function` is no `schema.name` of the
    /// application; [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if the database
    /// cannot be reached; otherwise what the function raises.
    pub async fn call<T: FromQueryResult>(
        &self,
        function: &'static str,
        arguments: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>> {
        let statement = call::statement(function, arguments)?;
        let purpose = Purpose {
            verb: "identity",
            table: "",
        };
        call::rows(self.0.call(purpose, statement).await?)
    }
}

/// A role and its attributes, or nothing.
fn stood(row: &PgRow) -> Result<Option<Standing>> {
    let role: Option<String> = row.try_get(0).map_err(from_statement)?;
    let attributes = row.try_get(1).map_err(from_statement)?;
    role.map(|role| Standing::stored(role, attributes))
        .transpose()
}

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// [`Authority`] behind a pointer.
pub(crate) trait DynAuthority: Send + Sync {
    fn dyn_standing<'a>(
        &'a self,
        identity: &'a Identity<'a>,
        actor: &'a ActorId,
        workspace: &'a WorkspaceId,
    ) -> BoxFuture<'a, Result<Option<Standing>>>;
    fn dyn_key<'a>(
        &'a self,
        identity: &'a Identity<'a>,
        key: &'a PresentedKey,
    ) -> BoxFuture<'a, Result<Option<KeyGrant>>>;
}

impl<A: Authority> DynAuthority for A {
    fn dyn_standing<'a>(
        &'a self,
        identity: &'a Identity<'a>,
        actor: &'a ActorId,
        workspace: &'a WorkspaceId,
    ) -> BoxFuture<'a, Result<Option<Standing>>> {
        Box::pin(self.standing(identity, actor, workspace))
    }

    fn dyn_key<'a>(
        &'a self,
        identity: &'a Identity<'a>,
        key: &'a PresentedKey,
    ) -> BoxFuture<'a, Result<Option<KeyGrant>>> {
        Box::pin(self.key(identity, key))
    }
}
