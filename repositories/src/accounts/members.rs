//! Who is a member, as what, and for how long.

use std::{future::Future, time::Duration};

use sea_orm::{
    FromQueryResult, Set,
    prelude::{Json, Uuid},
};
use tenantry::{
    ActorId, Authority, Deletion, Error, ErrorKind, Identity, KeyGrant, Lease, PresentedKey, Query,
    Repository, Result, Role, Seen, Session, Standing, WorkspaceId,
};
use tenantry_entities::accounts::member;

use super::{Said, hashes, only, workspace_uuid};

/// The authority that reads roles from `accounts.members` and API keys from `accounts.api_keys`.
///
/// It asks functions of the identity role, which answer alike for a workspace that does not exist
/// and for one that the actor is no member of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Members;

const MEMBER_ROLE: &str = "accounts.member_role";

impl Authority for Members {
    async fn role(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Role>> {
        identity.role(MEMBER_ROLE, workspace, actor).await
    }

    async fn key(&self, identity: &Identity<'_>, key: &PresentedKey) -> Result<Option<KeyGrant>> {
        let arguments = [
            workspace_uuid(key.token.workspace()),
            hashes(&key.token),
            key.asks_for_lease.into(),
            key.address.map(|address| address.to_string()).into(),
        ];
        let found: Vec<FoundKey> = identity.call("accounts.api_key_find", arguments).await?;
        found.into_iter().next().map(FoundKey::grant).transpose()
    }
}

impl Members {
    /// With what systems say of a person beside the role: functions of the identity role that take a workspace and a person and return
    /// a `jsonb` object. They are asked together with the role, in one trip.
    #[must_use]
    pub fn with(self, attributes: impl IntoIterator<Item = &'static str>) -> MembersOf {
        MembersOf {
            attributes: attributes.into_iter().collect(),
        }
    }
}

/// [`Members`] of whom systems say more than the role; made by [`Members::with`].
#[derive(Clone, Debug)]
pub struct MembersOf {
    attributes: Vec<&'static str>,
}

impl Authority for MembersOf {
    async fn role(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Role>> {
        Members.role(identity, actor, workspace).await
    }

    async fn standing(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Standing>> {
        identity
            .standing_of_parts(MEMBER_ROLE, &self.attributes, workspace, actor)
            .await
    }

    async fn key(&self, identity: &Identity<'_>, key: &PresentedKey) -> Result<Option<KeyGrant>> {
        Members.key(identity, key).await
    }
}

#[derive(FromQueryResult)]
struct FoundKey {
    id: Uuid,
    name: String,
    role: String,
    scopes: Vec<String>,
    granted: i32,
    calls: i32,
    used: Option<i32>,
    resets_in: Option<f64>,
}

impl FoundKey {
    fn grant(self) -> Result<KeyGrant> {
        let counted = |number: i32| u32::try_from(number).unwrap_or_default();
        let lease = self.used.zip(self.resets_in).map(|(used, seconds)| Lease {
            granted: counted(self.granted),
            limit: counted(self.calls),
            used: counted(used),
            resets_in: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
        });
        Ok(KeyGrant {
            key: self.id.into(),
            name: Some(self.name),
            role: Role::parse(self.role)?,
            scopes: self.scopes,
            lease,
        })
    }
}

/// The check that a workspace keeps an owner, as [`Error::constraint`] names it.
pub const LAST_OWNER: &str = "members_last_owner_check";

/// The members of a workspace, real or fake.
///
/// Operations made of verbs are given, to everything that has the verbs: a fake runs the real rule.
/// The database holds the same rules where two act at once, and where raw SQL does.
pub trait MemberRepository: Repository<Entity = member::Entity> {
    /// The member that a person is, if they are one.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn of_person(
        &self,
        person: Uuid,
    ) -> impl Future<Output = Result<Option<member::Model>>> + Send {
        async move {
            let query = Query::new().filter(member::USER_ID.eq(person)).limit(1);
            Ok(self.page(query).await?.items.into_iter().next())
        }
    }

    /// Gives a member another role.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the workspace would be left without an owner;
    /// [`ErrorKind::Forbidden`] for others than owners and admins, and for an admin if it is about an
    /// owner; [`ErrorKind::NotFound`] if there is no such member; [`ErrorKind::Stale`] if the member
    /// was changed meanwhile.
    fn change_role(
        &self,
        id: member::Id,
        role: member::Role,
    ) -> impl Future<Output = Result<member::Model>> + Send {
        async move {
            let member = self.get(id).await?;
            if member.role == role {
                return Ok(member);
            }
            keep_an_owner(self, &member).await?;
            let change = member::Update {
                role: Set(role),
                ..Default::default()
            };
            self.update(&member, change).await.map_err(in_words)
        }
    }

    /// Ends a membership. The row is kept: who comes back gets it restored.
    ///
    /// # Errors
    ///
    /// As [`change_role`](Self::change_role).
    fn remove(&self, id: member::Id) -> impl Future<Output = Result<Deletion>> + Send {
        async move {
            let member = self.get(id).await?;
            keep_an_owner(self, &member).await?;
            self.delete(id).await.map_err(in_words)
        }
    }

    /// Says what a member may do beyond the role, in the words of the application.
    ///
    /// # Errors
    ///
    /// As [`change_role`](Self::change_role), and [`ErrorKind::Invalid`] if it is no object.
    fn permit(
        &self,
        seen: impl Into<Seen<member::Entity>> + Send,
        permissions: Json,
    ) -> impl Future<Output = Result<member::Model>> + Send {
        async move {
            if !permissions.is_object() {
                return Err(Error::new(ErrorKind::Invalid, "permissions are an object")
                    .with_field("permissions"));
            }
            let change = member::Update {
                permissions: Set(permissions),
                ..Default::default()
            };
            self.update(seen, change).await
        }
    }
}

impl<R: Repository<Entity = member::Entity>> MemberRepository for R {}

/// What a member does about their own membership; of a session, real or fake.
pub trait Membership: Sync {
    /// Ends the membership of whoever acts; tells whether there was one.
    fn end_membership(&self) -> impl Future<Output = Result<bool>> + Send;

    /// Ends the membership of whoever acts, from the next [`authorize`](tenantry::Database::authorize) on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the workspace would be left without an owner;
    /// [`ErrorKind::NotFound`] if they are no member any more; [`ErrorKind::Forbidden`] for an API
    /// key or a job.
    fn leave(&self) -> impl Future<Output = Result<()>> + Send {
        async move {
            if self.end_membership().await.map_err(in_words)? {
                return Ok(());
            }
            Err(Error::new(ErrorKind::NotFound, "members not found"))
        }
    }
}

impl Membership for Session {
    async fn end_membership(&self) -> Result<bool> {
        let said: Said<bool> = only(self.call("accounts.leave_workspace", []).await?)?;
        Ok(said.called)
    }
}

/// Refuses in words before the database does: with one owner left, that one stays.
async fn keep_an_owner<R>(members: &R, member: &member::Model) -> Result<()>
where
    R: Repository<Entity = member::Entity> + ?Sized,
{
    if member.role != member::Role::Owner {
        return Ok(());
    }
    let owners = Query::new().filter(member::ROLE.eq(member::Role::Owner));
    if members.count(owners).await? > 1 {
        return Ok(());
    }
    Err(no_owner())
}

fn no_owner() -> Error {
    Error::new(
        ErrorKind::Invalid,
        "the workspace would be left without an owner",
    )
    .with_field("role")
    .with_hint("Make somebody else an owner first.")
}

/// The same words, whichever of the two refuses.
fn in_words(error: Error) -> Error {
    if error.constraint() == Some(LAST_OWNER) {
        return no_owner();
    }
    error
}
