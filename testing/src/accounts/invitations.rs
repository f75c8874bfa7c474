//! Invitations in memory.

use chrono::{DateTime, Utc};
use sea_orm::ActiveEnum;
use tenantry::{Error, ErrorKind, Presented, ReadRepository, Result, Version};
use tenantry_entities::accounts::{invitation, member};
use tenantry_repositories::accounts::{
    Acceptance, Invitation, InvitationRepository, InvitationState, Invitations, Joined,
    KeptInvitation,
};
use uuid::Uuid;

use super::{
    MemoryAccounts, MemoryPerson, MemoryRows,
    state::{Tables, next},
};
use crate::MemoryRepository;

/// What the plain text of an invitation begins with.
const PREFIX: &str = "ti";

impl InvitationRepository for MemoryRows<'_, invitation::Entity> {
    fn now(&self) -> DateTime<Utc> {
        self.session.now()
    }

    async fn keep(&self, new: KeptInvitation) -> Result<invitation::Model> {
        let session = self.session;
        let person = session.may_grant(&new.role)?;
        let (email_norm, now) = (new.email.trim().to_lowercase(), session.now());
        for mut row in session.invitations.rows() {
            if row.email_norm == email_norm && is_open(&row) {
                revoke(&mut row, person, now);
                session.invitations.put(row);
            }
        }
        let row = invitation::Model {
            workspace_id: session.workspace,
            id: new.id,
            email: new.email.trim().to_owned(),
            email_norm,
            role: new.role,
            expires_at: new.expires_at,
            accepted_at: None,
            accepted_by: None,
            revoked_at: None,
            revoked_by: None,
            created_at: now,
            created_by: Some(person),
            updated_at: now,
            updated_by: Some(person),
            version: Version::from_i64(1),
            deleted_at: None,
            deleted_by: None,
            delete_op: None,
        };
        session.hashes().insert(new.hash, *row.id.as_key());
        session.invitations.put(row.clone());
        Ok(row)
    }

    async fn end(&self, id: invitation::Id) -> Result<bool> {
        let session = self.session;
        let person = session.may_grant(&invitation::Role::Viewer)?;
        let row = session.invitations.find(id).await?;
        let Some(mut row) = row.filter(is_open) else {
            return Ok(false);
        };
        revoke(&mut row, person, session.now());
        session.invitations.put(row);
        Ok(true)
    }
}

impl Invitations for MemoryAccounts {
    type Person = MemoryPerson;

    async fn invitation(&self, token: &str) -> Result<Invitation> {
        let state = self.lock();
        let token = self.presented(token)?;
        let tables = token.workspace().as_uuid().and_then(|id| state.living(id));
        let tables = tables.ok_or_else(unknown)?;
        let row = found(tables, &token).ok_or_else(unknown)?;
        let workspace = tables.workspace().ok_or_else(unknown)?;
        let state = if row.revoked_at.is_some() {
            InvitationState::Revoked
        } else if row.accepted_at.is_some() {
            InvitationState::Accepted
        } else if row.expires_at <= state.now() {
            InvitationState::Expired
        } else {
            InvitationState::Open
        };
        Ok(Invitation::new(workspace.name.clone(), row.role, state))
    }

    async fn accept_invitation(&self, person: &MemoryPerson, token: &str) -> Result<Acceptance> {
        let mut state = self.lock();
        let token = self.presented(token)?;
        let id = token.workspace().as_uuid().ok_or_else(unknown)?;
        let tables = state.living(id).ok_or_else(unknown)?;
        let mut row = found(tables, &token).cloned().ok_or_else(unknown)?;
        let profile = state.user(person.id).cloned();
        let Some(profile) = profile.filter(|user| user.email_norm == row.email_norm) else {
            return Ok(Acceptance::OtherEmail);
        };
        let now = state.now();
        if row.revoked_at.is_some() {
            return Ok(Acceptance::Revoked);
        }
        if row.accepted_at.is_some() {
            return Ok(Acceptance::AcceptedBefore);
        }
        if row.expires_at <= now {
            return Ok(Acceptance::Expired);
        }
        if tables.member(person.id).is_some() {
            return Ok(Acceptance::AlreadyMember);
        }
        let role = member::Role::try_from_value(&row.role.to_value())
            .map_err(|_| Error::new(ErrorKind::Internal, "the role is no role"))?;
        let joins = |row: Option<&member::Model>| member::Model {
            workspace_id: id,
            id: row.map_or_else(member::Id::random, |row| row.id),
            user_id: person.id,
            role,
            // Who comes back gets the old row, but not the old permissions.
            permissions: serde_json::json!({}),
            name: profile.name.clone(),
            avatar_url: profile.avatar_url.clone(),
            invited_by: None,
            joined_at: now,
            created_at: row.map_or(now, |row| row.created_at),
            created_by: row.map_or(Some(person.id), |row| row.created_by),
            updated_at: now,
            updated_by: Some(person.id),
            version: row.map_or(Version::from_i64(1), |row| next(row.version)),
            deleted_at: None,
            deleted_by: None,
            delete_op: None,
        };
        let old = tables.members.iter().find(|row| row.user_id == person.id);
        let joined = member::Model {
            invited_by: row.created_by,
            ..joins(old)
        };
        row.accepted_at = Some(now);
        row.accepted_by = Some(person.id);
        row.version = next(row.version);
        let members = tables.members(id);
        members.put(joined);
        let invitations =
            MemoryRepository::<invitation::Entity>::new(id).with_rows(tables.invitations.clone());
        invitations.put(row);
        if let Some(tables) = state.workspaces.get_mut(&id) {
            tables.members = members.rows();
            tables.invitations = invitations.rows();
            tables.revision += 1;
        }
        Ok(Acceptance::Joined(Joined::new(id.into(), role)))
    }
}

impl MemoryAccounts {
    fn presented(&self, token: &str) -> Result<Presented> {
        let token = self.tokens().present(PREFIX, token)?;
        token.ok_or_else(unknown)
    }
}

fn found<'t>(tables: &'t Tables, token: &Presented) -> Option<&'t invitation::Model> {
    let mut ids = token.hashes().iter();
    let id: &Uuid = ids.find_map(|hash| tables.hashes.get(hash))?;
    let mut rows = tables.invitations.iter();
    rows.find(|row| row.id.as_key() == id && row.deleted_at.is_none())
}

fn is_open(row: &invitation::Model) -> bool {
    row.accepted_at.is_none() && row.revoked_at.is_none() && row.deleted_at.is_none()
}

fn revoke(row: &mut invitation::Model, person: Uuid, now: DateTime<Utc>) {
    row.revoked_at = Some(now);
    row.revoked_by = Some(person);
    row.updated_at = now;
    row.version = next(row.version);
}

fn unknown() -> Error {
    Error::new(ErrorKind::NotFound, "invitation not found")
}
