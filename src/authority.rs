//! The application's auth boundary: who says that an actor is a member.

use std::{fmt, future::Future};

use futures_util::future::BoxFuture;
use sea_orm::{DbBackend, Statement};
use sqlx::{PgPool, Row};

use crate::{
    ActorId, Error, ErrorKind, Result, Role, WorkspaceId,
    connection::{Purpose, ask},
    error::from_statement,
};

/// Says which role an actor has in a workspace. The library makes the context.
///
/// There is nothing here from which a context could be forged: the answer is a role or nothing.
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
}

/// Asks the database before a workspace is known: only through functions of the identity role.
pub struct Identity<'d> {
    pool: &'d PgPool,
    persistent: bool,
}

impl<'d> Identity<'d> {
    pub(crate) const fn new(pool: &'d PgPool, persistent: bool) -> Self {
        Self { pool, persistent }
    }

    /// Calls `function(workspace, actor)`, which returns the role as `text`, or null.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if `function` is no `schema.name` or the stored role is no role name;
    /// [`ErrorKind::Unavailable`] if the database cannot be reached;
    /// [`ErrorKind::Internal`] if there is no such function.
    pub async fn role(
        &self,
        function: &'static str,
        workspace: &WorkspaceId,
        actor: &ActorId,
    ) -> Result<Option<Role>> {
        if !is_qualified_name(function) {
            return Err(
                Error::new(ErrorKind::Invalid, "the function is no `schema.name`")
                    .with_field("function"),
            );
        }
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            format!("SELECT {function}($1, $2)"),
            [workspace.0.to_value(), actor.0.to_value()],
        );
        let purpose = Purpose {
            verb: "authorize",
            table: "",
        };
        let row = ask(self.pool, self.persistent, purpose, statement).await?;
        let role: Option<String> = row.try_get(0).map_err(from_statement)?;
        role.map(Role::parse).transpose()
    }
}

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

fn is_qualified_name(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    name.split_once('.')
        .is_some_and(|(schema, name)| word(schema) && word(name))
}

/// [`Authority`] behind a pointer.
pub(crate) trait DynAuthority: Send + Sync {
    fn dyn_role<'a>(
        &'a self,
        identity: &'a Identity<'a>,
        actor: &'a ActorId,
        workspace: &'a WorkspaceId,
    ) -> BoxFuture<'a, Result<Option<Role>>>;
}

impl<A: Authority> DynAuthority for A {
    fn dyn_role<'a>(
        &'a self,
        identity: &'a Identity<'a>,
        actor: &'a ActorId,
        workspace: &'a WorkspaceId,
    ) -> BoxFuture<'a, Result<Option<Role>>> {
        Box::pin(self.role(identity, actor, workspace))
    }
}
