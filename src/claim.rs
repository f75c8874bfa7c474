//! What a context says to the database when a transaction begins, and the key that signs it.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, Mac};
use sea_orm::{DbBackend, Statement};
use sha2::Sha256;
use uuid::Uuid;

use crate::{ActorId, Error, ErrorKind, Result, TenantContext, key::hex};

/// How long a claim may be presented after it was made. One is made for each transaction.
const CLAIM_LIFETIME: Duration = Duration::from_secs(60);

/// The key by which a service signs the contexts it enters.
///
/// Where a key is registered in the database, the runtime login alone cannot enter any workspace:
/// whoever steals the database password but not this key reads nothing. It costs one more round
/// trip for each session, since a signed claim travels bound: the text of a statement shows in
/// `pg_stat_activity`, bound values do not.
#[derive(Clone)]
pub struct SigningKey {
    id: i32,
    secret: Vec<u8>,
}

impl SigningKey {
    /// Takes the id under which the key is registered, and its secret.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the id is not positive or the secret is shorter than 32 bytes.
    pub fn new(id: i32, secret: impl Into<Vec<u8>>) -> Result<Self> {
        let secret = secret.into();
        if id < 1 {
            return Err(
                Error::new(ErrorKind::Invalid, "the key id is not positive").with_field("id")
            );
        }
        if secret.len() < 32 {
            return Err(
                Error::new(ErrorKind::Invalid, "the secret is shorter than 32 bytes")
                    .with_field("secret"),
            );
        }
        Ok(Self { id, secret })
    }

    /// The id under which it is registered.
    #[must_use]
    pub const fn id(&self) -> i32 {
        self.id
    }

    pub(crate) fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.secret).expect("HMAC takes keys of any length")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey {{ id: {} }}", self.id)
    }
}

/// How a context is entered.
pub(crate) enum Enter {
    /// By text that travels with `BEGIN`, in the same round trip.
    ///
    /// Every field is an integer, a UUID, a word of `[a-z0-9_]` or hexadecimal: nothing in it can
    /// end the literal.
    Inline(String),
    /// By bound values, in a round trip of its own: the text of a statement is shown to other
    /// sessions of the same login, and a signature is not for them.
    Bound(Statement),
}

pub(crate) fn enter(context: &TenantContext, key: Option<&SigningKey>) -> Enter {
    signed(encode(context, key_id(key), SystemTime::now()), key)
}

/// The claim of a person who acts in no workspace.
pub(crate) fn person(actor: &ActorId, request: Uuid, key: Option<&SigningKey>) -> Enter {
    let (key_id, expiry) = (key_id(key), expiry(SystemTime::now()));
    let actor = actor.0.encode();
    let claim = format!("{key_id}|person|{expiry}|-|user|{actor}|person|{request}|-");
    signed(claim, key)
}

/// The claim of an operator who breaks the glass of workspaces, or reads by a grant.
pub(crate) fn glass(
    actor: &ActorId,
    request: Uuid,
    grant: Option<Uuid>,
    key: Option<&SigningKey>,
) -> Enter {
    let (key_id, expiry) = (key_id(key), expiry(SystemTime::now()));
    let actor = actor.0.encode();
    let grant = grant.map_or_else(
        || "-".to_owned(),
        |grant| hex(serde_json::json!({ "glass": grant }).to_string().as_bytes()),
    );
    let claim = format!("{key_id}|glass|{expiry}|-|user|{actor}|glass|{request}|{grant}");
    signed(claim, key)
}

fn key_id(key: Option<&SigningKey>) -> i32 {
    key.map_or(0, SigningKey::id)
}

fn expiry(now: SystemTime) -> u64 {
    (now + CLAIM_LIFETIME)
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

fn signed(claim: String, key: Option<&SigningKey>) -> Enter {
    let Some(key) = key else {
        debug_assert!(
            claim
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'\'')
        );
        return Enter::Inline(format!("CALL tenantry.enter('{claim}', '')"));
    };
    let mut mac = key.mac();
    mac.update(claim.as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    Enter::Bound(Statement::from_sql_and_values(
        DbBackend::Postgres,
        "CALL tenantry.enter($1, $2)",
        [claim.into(), signature.into()],
    ))
}

fn encode(context: &TenantContext, key: i32, now: SystemTime) -> String {
    let expiry = expiry(now);
    let workspace = context.workspace().0.encode();
    let actor = context
        .actor()
        .map_or_else(|| "-".to_owned(), |actor| actor.0.encode());
    format!(
        "{key}|{kind}|{expiry}|{workspace}|{actor_kind}|{actor}|{role}|{request}|{attributes}",
        kind = context.occasion().as_str(),
        actor_kind = context.actor_kind().as_str(),
        role = context.role(),
        request = context.request(),
        attributes = attributes(context),
    )
}

/// What policies and the audit log may ask for beyond role and actor, as hexadecimal JSON.
fn attributes(context: &TenantContext) -> String {
    let said = context.attributes().iter();
    let mut attributes: serde_json::Map<_, _> = said
        .map(|(name, value)| (name.clone(), value.into()))
        .collect();
    if let Some(scopes) = context.scopes() {
        attributes.insert("scopes".to_owned(), scopes.into());
    }
    if let Some(name) = context.actor_name() {
        attributes.insert("actor_name".to_owned(), name.into());
    }
    if attributes.is_empty() {
        return "-".to_owned();
    }
    hex(serde_json::Value::from(attributes).to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Role,
        context::{ActorKind, Occasion},
    };

    #[test]
    fn text_of_a_user_cannot_end_the_literal() {
        let context = TenantContext::new(
            Occasion::Workspace,
            "a|'); DROP TABLE x; --".into(),
            (ActorKind::User, Some("o'neill\\".into())),
            Role::from_static("member"),
            Duration::from_secs(60),
        )
        .unwrap();
        let Enter::Inline(statement) = enter(&context, None) else {
            panic!("a claim without a signature travels inline")
        };
        assert_eq!(statement.matches('\'').count(), 4);
        assert_eq!(statement.matches('|').count(), 8);
        assert!(!statement.contains("DROP") && !statement.contains('\\'));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(
            SigningKey::new(1, "short").unwrap_err().kind(),
            ErrorKind::Invalid
        );
        assert_eq!(
            SigningKey::new(0, vec![7; 32]).unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }
}
