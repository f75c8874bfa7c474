//! People in memory: signing up, profiles, and which workspaces are theirs.

use sea_orm::ActiveValue;
use tenantry::{ActorId, Error, ErrorKind, Result};
use tenantry_entities::accounts::user;
use tenantry_repositories::accounts::{
    Came, Logins, MyWorkspace, Myself, NewPerson, People, Profile, ProfileChange, SignedUp,
};
use uuid::Uuid;

use super::{MemoryAccounts, person_of, state::next};

/// The longest name of a person.
const LONGEST: usize = 255;

impl People for MemoryAccounts {
    async fn sign_up(&self, new: NewPerson) -> Result<SignedUp> {
        let email = new.email.trim().to_owned();
        let is_address = email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !email.contains(char::is_whitespace)
        });
        if !is_address {
            return Err(Error::new(ErrorKind::Invalid, "the address is none").with_field("email"));
        }
        refuse_long(&new.name)?;
        let mut state = self.lock();
        let email_norm = email.to_lowercase();
        if let Some(user) = state
            .users
            .iter()
            .find(|user| user.email_norm == email_norm)
        {
            return Ok(SignedUp {
                person: user.id,
                is_new: false,
            });
        }
        let is_taken = |user: &user::Model| user.external_id == new.external_id;
        if new.external_id.is_some() && state.users.iter().any(is_taken) {
            return Err(taken());
        }
        let (person, now) = (Uuid::now_v7(), state.now());
        state.users.push(user::Model {
            id: person,
            email,
            email_norm,
            external_id: new.external_id,
            name: new.name,
            avatar_url: None,
            platform_role: user::PlatformRole::User,
            metadata: serde_json::json!({}),
            created_at: now,
            updated_at: now,
        });
        Ok(SignedUp {
            person,
            is_new: true,
        })
    }

    async fn person_by_email(&self, email: &str) -> Result<Option<Profile>> {
        let email = email.trim().to_lowercase();
        let state = self.lock();
        let mut users = state.users.iter();
        let found = users.find(|user| user.email_norm == email);
        Ok(found.cloned().map(Into::into))
    }

    async fn person_by_external_id(&self, external_id: &str) -> Result<Option<Profile>> {
        let state = self.lock();
        let mut users = state.users.iter();
        let found = users.find(|user| user.external_id.as_deref() == Some(external_id));
        Ok(found.cloned().map(Into::into))
    }
}

/// A person, before and beside any workspace, in memory.
#[derive(Clone, Debug)]
#[must_use = "a person does nothing until asked"]
pub struct MemoryPerson {
    pub(super) accounts: MemoryAccounts,
    pub(super) id: Uuid,
    actor: ActorId,
}

impl MemoryPerson {
    pub(super) fn new(accounts: MemoryAccounts, actor: ActorId) -> Result<Self> {
        let id = person_of(&actor).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "the actor id is no uuid").with_field("actor")
        })?;
        Ok(Self {
            accounts,
            id,
            actor,
        })
    }

    /// Who it is.
    #[must_use]
    pub const fn actor(&self) -> &ActorId {
        &self.actor
    }
}

impl Logins for MemoryPerson {
    async fn note_login(&self, _came: Came) -> Result<()> {
        Ok(())
    }
}

impl Myself for MemoryPerson {
    async fn profile(&self) -> Result<Profile> {
        let state = self.accounts.lock();
        let user = state.user(self.id).cloned().ok_or_else(nobody)?;
        Ok(user.into())
    }

    async fn update_profile(&self, change: ProfileChange) -> Result<Profile> {
        if let ActiveValue::Set(name) = &change.name {
            refuse_long(name)?;
        }
        let mut state = self.accounts.lock();
        let now = state.now();
        let mut users = state.users.iter_mut();
        let user = users.find(|user| user.id == self.id).ok_or_else(nobody)?;
        set(&mut user.name, change.name);
        set(&mut user.avatar_url, change.avatar_url);
        set(&mut user.metadata, change.metadata);
        user.updated_at = now;
        let user = user.clone();
        for tables in state.workspaces.values_mut() {
            let mut members = tables.members.iter_mut();
            let own = members.find(|row| row.user_id == self.id && row.deleted_at.is_none());
            let Some(own) = own else { continue };
            if (&own.name, &own.avatar_url) == (&user.name, &user.avatar_url) {
                continue;
            }
            own.name.clone_from(&user.name);
            own.avatar_url.clone_from(&user.avatar_url);
            own.version = next(own.version);
            own.updated_by = Some(self.id);
            tables.revision += 1;
        }
        Ok(user.into())
    }

    async fn tie_external_id(&self, external_id: &str) -> Result<bool> {
        let mut state = self.accounts.lock();
        let subject = Some(external_id.to_owned());
        let Some(own) = state.user(self.id) else {
            return Ok(false);
        };
        if own.external_id.is_some() {
            return Ok(own.external_id == subject);
        }
        if state.users.iter().any(|user| user.external_id == subject) {
            return Err(taken());
        }
        let mut users = state.users.iter_mut();
        if let Some(own) = users.find(|user| user.id == self.id) {
            own.external_id = subject;
        }
        Ok(true)
    }

    async fn workspaces(&self) -> Result<Vec<MyWorkspace>> {
        let state = self.accounts.lock();
        let mut mine: Vec<MyWorkspace> = state
            .workspaces
            .values()
            .filter_map(|tables| {
                let (workspace, member) = (tables.workspace()?, tables.member(self.id)?);
                Some(MyWorkspace::of(workspace, member))
            })
            .collect();
        mine.sort_by(|a, b| (&a.name, a.id.as_key()).cmp(&(&b.name, b.id.as_key())));
        Ok(mine)
    }
}

fn set<T: Into<sea_orm::Value>>(place: &mut T, value: ActiveValue<T>) {
    match value {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => *place = value,
        ActiveValue::NotSet => {}
    }
}

fn refuse_long(name: &str) -> Result<()> {
    if name.chars().count() <= LONGEST {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Invalid, "the name is too long").with_field("name"))
}

fn taken() -> Error {
    Error::new(
        ErrorKind::AlreadyExists,
        "the subject belongs to another person",
    )
    .with_field("external_id")
}

fn nobody() -> Error {
    Error::new(ErrorKind::NotFound, "users not found")
}
