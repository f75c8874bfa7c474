//! People, in whatever workspaces: signing up, profiles, and which workspaces are theirs.

use std::future::Future;

use sea_orm::{
    ActiveValue, FromQueryResult, Value,
    prelude::{DateTimeUtc, Json, Uuid},
};
use tenantry::{ActorId, Database, Error, ErrorKind, Id, Person, Result};
use tenantry_entities::accounts::{member, user, workspace};

use super::{Said, only};

/// Somebody who signs up.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The address. Whether it is theirs, a mail must prove.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The subject at an identity provider, if they come from one.
    pub external_id: Option<String>,
}

/// Who has an address, after somebody signed up with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "whether the person is new decides which mail is sent, and nothing else"]
pub struct SignedUp {
    /// The person.
    pub person: Uuid,
    /// Whether they were made just now. For the mail to the address, never for the answer to
    /// whoever asked: that would tell which addresses have an account.
    pub is_new: bool,
}

/// A person, as they and the login see them.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
#[non_exhaustive]
pub struct Profile {
    /// The person.
    pub id: Uuid,
    /// The address as they write it.
    pub email: String,
    /// The subject at the identity provider.
    pub external_id: Option<String>,
    /// What they are called.
    pub name: String,
    /// Where a picture is.
    pub avatar_url: Option<String>,
    /// What they may do on the platform.
    pub platform_role: user::PlatformRole,
    /// What else the application keeps.
    pub metadata: Json,
}

impl Profile {
    /// The person, as who acts.
    #[must_use]
    pub fn actor(&self) -> ActorId {
        self.id.into()
    }
}

impl From<user::Model> for Profile {
    fn from(row: user::Model) -> Self {
        Self {
            id: row.id,
            email: row.email,
            external_id: row.external_id,
            name: row.name,
            avatar_url: row.avatar_url,
            platform_role: row.platform_role,
            metadata: row.metadata,
        }
    }
}

/// What a person changes of their profile; what is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// What they are called.
    pub name: ActiveValue<String>,
    /// Where a picture is.
    pub avatar_url: ActiveValue<Option<String>>,
    /// What else the application keeps.
    pub metadata: ActiveValue<Json>,
}

/// A workspace that a person is a member of.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[non_exhaustive]
pub struct MyWorkspace {
    /// The workspace.
    pub id: Id<workspace::Entity>,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub kind: workspace::Kind,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// Its internet domain.
    pub domain: Option<String>,
    /// What the person may do there.
    pub role: member::Role,
    /// When they joined.
    pub joined_at: DateTimeUtc,
}

impl MyWorkspace {
    /// Puts one together of a workspace and a membership in it, for fakes.
    #[must_use]
    pub fn of(workspace: &workspace::Model, member: &member::Model) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name.clone(),
            kind: workspace.kind,
            slug: workspace.slug.clone(),
            domain: workspace.domain.clone(),
            role: member.role,
            joined_at: member.joined_at,
        }
    }
}

/// People, before they are known: for the application's own login. Of a database, real or fake.
///
/// Nobody is listed. Who knows an address or a subject learns who has it, so keep these behind the
/// login, and answer the outside the same for known and unknown ones.
pub trait People {
    /// Makes a person of an address, or finds the one who has it already. Nothing of theirs changes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the address is none; [`ErrorKind::AlreadyExists`] if the subject
    /// belongs to a person with another address.
    fn sign_up(&self, new: NewPerson) -> impl Future<Output = Result<SignedUp>> + Send;

    /// The person who has an address, ignoring case.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn person_by_email(&self, email: &str) -> impl Future<Output = Result<Option<Profile>>> + Send;

    /// The person who has a subject at the identity provider.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn person_by_external_id(
        &self,
        external_id: &str,
    ) -> impl Future<Output = Result<Option<Profile>>> + Send;
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
    is_new: bool,
}

impl People for Database {
    async fn sign_up(&self, new: NewPerson) -> Result<SignedUp> {
        let arguments: [Value; 4] = [
            Uuid::now_v7().into(),
            new.email.into(),
            new.name.into(),
            new.external_id.into(),
        ];
        let found: Found = only(self.identity().call("accounts.sign_up", arguments).await?)?;
        Ok(SignedUp {
            person: found.id,
            is_new: found.is_new,
        })
    }

    async fn person_by_email(&self, email: &str) -> Result<Option<Profile>> {
        let identity = self.identity();
        let found = identity.call("accounts.user_by_email", [email.into()]);
        Ok(found.await?.into_iter().next())
    }

    async fn person_by_external_id(&self, external_id: &str) -> Result<Option<Profile>> {
        let identity = self.identity();
        let found = identity.call("accounts.user_by_external_id", [external_id.into()]);
        Ok(found.await?.into_iter().next())
    }
}

/// What a person asks about themselves, whatever workspace they are in; real or fake.
pub trait Myself: Sync {
    /// One's own profile.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if nobody signed up under this id.
    fn profile(&self) -> impl Future<Output = Result<Profile>> + Send;

    /// Changes one's own profile, and the name and picture that co-members see in each workspace, in
    /// one transaction.
    ///
    /// # Errors
    ///
    /// As [`profile`](Self::profile); [`ErrorKind::Invalid`] if a value is refused.
    fn update_profile(&self, change: ProfileChange)
    -> impl Future<Output = Result<Profile>> + Send;

    /// Writes the subject, if there is none; tells whether it is this one now.
    fn tie_external_id(&self, external_id: &str) -> impl Future<Output = Result<bool>> + Send;

    /// Ties oneself to a subject at the identity provider.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] if one is tied to another subject, or somebody else to this one.
    fn link_external_id(&self, external_id: &str) -> impl Future<Output = Result<()>> + Send {
        async move {
            if self.tie_external_id(external_id).await? {
                return Ok(());
            }
            Err(Error::new(
                ErrorKind::AlreadyExists,
                "the person is tied to another subject",
            )
            .with_field("external_id"))
        }
    }

    /// The workspaces that one is a member of, by name.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn workspaces(&self) -> impl Future<Output = Result<Vec<MyWorkspace>>> + Send;
}

impl Myself for Person {
    async fn profile(&self) -> Result<Profile> {
        let found = self.call("accounts.my_profile", []).await?;
        found.into_iter().next().ok_or_else(nobody)
    }

    async fn update_profile(&self, change: ProfileChange) -> Result<Profile> {
        let mut changed: Vec<String> = Vec::new();
        let name = taken(change.name, "name", &mut changed);
        let avatar_url = taken(change.avatar_url, "avatar_url", &mut changed).flatten();
        let metadata = taken(change.metadata, "metadata", &mut changed);
        let arguments: [Value; 4] = [
            changed.into(),
            name.into(),
            avatar_url.into(),
            metadata.into(),
        ];
        let found = self.call("accounts.update_my_profile", arguments).await?;
        found.into_iter().next().ok_or_else(nobody)
    }

    async fn tie_external_id(&self, external_id: &str) -> Result<bool> {
        let linked = self.call("accounts.link_external_id", [external_id.into()]);
        let said: Said<bool> = only(linked.await?)?;
        Ok(said.called)
    }

    async fn workspaces(&self) -> Result<Vec<MyWorkspace>> {
        self.call("accounts.my_workspaces", []).await
    }
}

/// The value that is set, its name noted.
fn taken<T: Into<Value>>(
    value: ActiveValue<T>,
    name: &str,
    changed: &mut Vec<String>,
) -> Option<T> {
    match value {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => {
            changed.push(name.to_owned());
            Some(value)
        }
        ActiveValue::NotSet => None,
    }
}

fn nobody() -> Error {
    Error::new(ErrorKind::NotFound, "users not found")
}
