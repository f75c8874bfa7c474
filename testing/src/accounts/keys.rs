//! API keys in memory: what one may do now, and how often.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveEnum;
use tenantry::{ActorKind, Error, ErrorKind, Limit, ReadRepository, Result, Role, Version};
use tenantry_entities::accounts::api_key;
use tenantry_repositories::accounts::{ApiKeyRepository, KeptKey};

use super::{
    MemoryAccounts, MemoryContext, MemoryRows,
    policies::rank,
    state::{Tables, next},
};

/// What the plain text of an API key begins with.
const PREFIX: &str = "tk";

const MINUTE: TimeDelta = TimeDelta::minutes(1);

impl ApiKeyRepository for MemoryRows<'_, api_key::Entity> {
    fn now(&self) -> DateTime<Utc> {
        self.session.now()
    }

    async fn keep(&self, key: KeptKey) -> Result<api_key::Model> {
        let session = self.session;
        let person = session.may_grant(&key.role)?;
        if !(1..=1_000_000).contains(&key.calls_per_minute) {
            return Err(refused("rate_limit_per_minute"));
        }
        if key.name.chars().count() > 255 {
            return Err(refused("name"));
        }
        if key.scopes.len() > 100 {
            return Err(refused("scopes"));
        }
        let now = session.now();
        let row = api_key::Model {
            workspace_id: session.workspace,
            id: key.id,
            name: key.name,
            description: key.description,
            display: key.display,
            role: key.role,
            scopes: key.scopes,
            rate_limit_per_minute: key.calls_per_minute,
            expires_at: key.expires_at,
            last_used_at: None,
            last_used_ip: None,
            window_began_at: None,
            window_calls: 0,
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
        session.hashes().insert(key.hash, *row.id.as_key());
        session.api_keys.put(row.clone());
        Ok(row)
    }

    async fn end(&self, id: api_key::Id, at: DateTime<Utc>) -> Result<bool> {
        let session = self.session;
        session.may_grant(&api_key::Role::Viewer)?;
        let row = session.api_keys.find(id).await?;
        let Some(mut row) = row.filter(|row| row.revoked_at.is_none()) else {
            return Ok(false);
        };
        if let Some(ends) = row.expires_at.filter(|ends| *ends <= at) {
            // It ends before that anyway.
            return Ok(ends > session.now());
        }
        row.expires_at = Some(at);
        row.version = next(row.version);
        session.api_keys.put(row);
        Ok(true)
    }

    async fn withdraw(&self, id: api_key::Id) -> Result<bool> {
        let session = self.session;
        let person = session.may_grant(&api_key::Role::Viewer)?;
        let row = session.api_keys.find(id).await?;
        let Some(mut row) = row.filter(|row| row.revoked_at.is_none()) else {
            return Ok(false);
        };
        row.revoked_at = Some(session.now());
        row.revoked_by = Some(person);
        row.version = next(row.version);
        session.api_keys.put(row);
        Ok(true)
    }
}

/// Lets a key in as what it and its issuer may do now, and counts the call.
pub(super) fn admit(
    accounts: &MemoryAccounts,
    token: &str,
    address: Option<IpAddr>,
) -> Result<MemoryContext> {
    let token = accounts.tokens().present(PREFIX, token)?;
    let token = token.ok_or_else(unknown)?;
    let workspace = token.workspace().as_uuid().ok_or_else(unknown)?;
    let mut state = accounts.lock();
    let now = state.now();
    let tables = state.living(workspace).ok_or_else(unknown)?;
    let mut hashes = token.hashes().iter();
    let id = hashes.find_map(|hash| tables.hashes.get(hash)).copied();
    let row = id
        .and_then(|id| good(tables, id, now))
        .ok_or_else(unknown)?;
    // As its issuer is now: whoever left or lost their rights leaves no key behind that has them.
    let issuer = row.created_by.and_then(|issuer| tables.member(issuer));
    let issuer = issuer.ok_or_else(unknown)?.role.to_value();
    let own = row.role.to_value();
    let role = Role::parse(if rank(&own) > rank(&issuer) {
        own
    } else {
        issuer
    })?;
    let scopes = row.scopes.clone();
    let tables = state.workspaces.get_mut(&workspace).ok_or_else(unknown)?;
    let mut rows = tables.api_keys.iter_mut();
    let row = rows.find(|row| Some(*row.id.as_key()) == id);
    let row = row.ok_or_else(unknown)?;
    let began = row.window_began_at.filter(|began| *began + MINUTE > now);
    let (began, calls) = began.map_or((now, 0), |began| (began, row.window_calls));
    let limit = u64::from(row.rate_limit_per_minute.unsigned_abs());
    if u64::from(calls.unsigned_abs()) >= limit {
        return Err(Limit::new(limit, limit, began + MINUTE).into());
    }
    row.window_began_at = Some(began);
    row.window_calls = calls + 1;
    row.last_used_at = Some(now);
    if let Some(address) = address {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        row.last_used_ip = Some(format!("{address}/{bits}"));
    }
    let key = (*row.id.as_key()).into();
    Ok(MemoryContext::new(workspace.into(), ActorKind::ApiKey, key, role).limited(scopes))
}

fn good(tables: &Tables, id: uuid::Uuid, now: DateTime<Utc>) -> Option<&api_key::Model> {
    let mut rows = tables.api_keys.iter();
    rows.find(|row| {
        *row.id.as_key() == id
            && row.deleted_at.is_none()
            && row.revoked_at.is_none()
            && row.expires_at.is_none_or(|ends| ends > now)
    })
}

fn refused(field: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, format!("check of {field} is violated")).with_field(field)
}

fn unknown() -> Error {
    Error::new(ErrorKind::NotFound, "api key not found")
}
