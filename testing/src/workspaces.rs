//! What a test begins with: workspaces, and contexts in them.

use tenantry::{
    ActorId, Authority, Database, Error, ErrorKind, Id, Identity, Keyed, NewRow, Result, Role,
    Scoped, TenantContext, WorkspaceId,
};
use uuid::Uuid;

/// An authority that gives everybody a role in every workspace. For tests, and for nothing else.
///
/// With it, `authorize` makes a context for any actor in any workspace, whatever the types of their
/// keys, so that a test of something else needs no members.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tenantry::{Database, Role};
/// use tenantry_migration::Migrator;
/// use tenantry_testing::{Everyone, TestDatabase};
///
/// let test = TestDatabase::new::<Migrator>().await?;
/// let everyone = Everyone(Role::from_static("admin"));
/// let database = Database::builder(test.app_url()).connect(everyone).await?;
/// let context = database.authorize("ann".into(), "acme".into()).await?;
/// assert_eq!(context.role().as_str(), "admin");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Everyone(pub Role);

impl Authority for Everyone {
    async fn role(
        &self,
        _identity: &Identity<'_>,
        _actor: &ActorId,
        _workspace: &WorkspaceId,
    ) -> Result<Option<Role>> {
        Ok(Some(self.0.clone()))
    }
}

/// A workspace that was made for a test.
#[derive(Debug)]
#[non_exhaustive]
pub struct Workspace<E: Scoped> {
    /// Its id.
    pub id: Id<E>,
    /// Its row.
    pub row: E::Model,
    /// The context of its founder, a new person with the role `owner`.
    ///
    /// The authority was not asked, so it works with any. It expires as every context does.
    pub context: TenantContext,
}

impl<E: Scoped> Clone for Workspace<E> {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
            row: self.row.clone(),
            context: self.context.clone(),
        }
    }
}

/// Founds a workspace for each name, in the order of the names.
///
/// For tables of workspaces whose ids are UUIDs, which the library makes. Where they are numbers or
/// texts, `authorize` by [`Everyone`] makes the contexts.
///
/// # Errors
///
/// What inserting a row returns.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tenantry::Database;
/// use tenantry_entities::{accounts::workspace, challenges::{Challenges, challenge}};
/// use tenantry_migration::Migrator;
/// use tenantry_repositories::accounts::Members;
/// use tenantry_testing::{TestDatabase, workspaces};
///
/// let test = TestDatabase::new::<Migrator>().await?;
/// let database = Database::builder(test.app_url()).connect(Members).await?;
/// let [alpha, beta] = workspaces(&database, ["alpha", "beta"], |name| workspace::New {
///     name: name.into(),
/// })
/// .await?;
///
/// let session = database.begin(&alpha.context).await?;
/// let challenge = session.challenges().insert(challenge::New { title: "Ship it".into() }).await?;
/// session.commit().await?;
/// let session = database.read(&beta.context).await?;
/// assert!(session.challenges().find(challenge.id).await?.is_none());
/// # Ok(())
/// # }
/// ```
pub async fn workspaces<E, New, const COUNT: usize>(
    database: &Database,
    names: [&str; COUNT],
    new: impl Fn(&str) -> New,
) -> Result<[Workspace<E>; COUNT]>
where
    E: Scoped + Keyed<Key = Uuid>,
    New: NewRow<E>,
{
    let mut founded = Vec::with_capacity(COUNT);
    for name in names {
        let founder = ActorId::from(Uuid::now_v7());
        let (id, context) = database.founder::<E>(founder, Role::from_static("owner"))?;
        let session = database.begin(&context).await?;
        let row = session.rows(E::default()).insert(new(name)).await?;
        session.commit().await?;
        founded.push(Workspace { id, row, context });
    }
    founded
        .try_into()
        .map_err(|_| Error::new(ErrorKind::Internal, "there is no workspace for each name"))
}
