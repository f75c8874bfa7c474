//! Claims as a service would make them.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use sqlx::PgConnection;

use crate::server::{sql, try_sql};

pub(crate) const ALPHA: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const BETA: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const PERSON: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
pub(crate) const OTHER_PERSON: &str = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
pub(crate) const REQUEST: &str = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";

#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) key: i32,
    pub(crate) kind: &'static str,
    pub(crate) seconds: i64,
    pub(crate) workspace: String,
    pub(crate) actor_kind: &'static str,
    pub(crate) actor: String,
    pub(crate) role: &'static str,
    pub(crate) attributes: &'static str,
}

impl Claim {
    pub(crate) fn of(workspace: &str, role: &'static str) -> Self {
        Self {
            key: 0,
            kind: "ws",
            seconds: 60,
            workspace: format!("u:{workspace}"),
            actor_kind: "user",
            actor: format!("u:{PERSON}"),
            role,
            attributes: "-",
        }
    }

    pub(crate) fn founder(workspace: &str) -> Self {
        Self {
            kind: "founder",
            ..Self::of(workspace, "owner")
        }
    }

    pub(crate) fn actor(mut self, actor: &str) -> Self {
        self.actor = actor.to_owned();
        self
    }

    pub(crate) fn text(&self) -> String {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let Self {
            key,
            kind,
            seconds,
            workspace,
            actor_kind,
            actor,
            role,
            attributes,
        } = self;
        let expiry = i64::try_from(now).unwrap() + seconds;
        format!(
            "{key}|{kind}|{expiry}|{workspace}|{actor_kind}|{actor}|{role}|{REQUEST}|{attributes}"
        )
    }

    pub(crate) fn begin(&self) -> String {
        format!("BEGIN; {}", enter(&self.text(), ""))
    }
}

pub(crate) fn enter(claim: &str, signature: &str) -> String {
    format!("CALL tenantry.enter('{claim}', '{signature}');")
}

pub(crate) fn signature(secret: &[u8], claim: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(claim.as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Begins a transaction in the workspace of the claim.
pub(crate) async fn begin(connection: &mut PgConnection, claim: &Claim) {
    sql(connection, &claim.begin()).await;
}

/// Runs one unit of work as the claim and commits it.
pub(crate) async fn work(connection: &mut PgConnection, claim: &Claim, statements: &str) {
    if let Err(refusal) = attempt(connection, claim, statements).await {
        panic!("{refusal}\n{statements}");
    }
}

/// Runs one unit of work and tells how it was refused.
pub(crate) async fn attempt(
    connection: &mut PgConnection,
    claim: &Claim,
    statements: &str,
) -> Result<(), String> {
    begin(connection, claim).await;
    let outcome = try_sql(connection, statements).await;
    sql(
        connection,
        if outcome.is_ok() {
            "COMMIT"
        } else {
            "ROLLBACK"
        },
    )
    .await;
    outcome
}
