//! The keys under which services sign their claims.
//!
//! Run as [`MIGRATOR`](crate::roles::MIGRATOR), never by the service itself. While one key is active the database takes no
//! unsigned claim, so raw SQL under the runtime login enters no workspace.

use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use crate::Error;

/// The block of HMAC-SHA-256.
const BLOCK: usize = 64;

/// A shorter secret could be guessed.
const SHORTEST_SECRET: usize = 32;

/// Registers a secret under a number, which claims then name.
///
/// The database stores the two blocks that HMAC makes of the secret. The same secret twice is fine.
///
/// # Errors
///
/// If the secret has fewer than 32 bytes, the number is taken or out of range, or the connection is not the owner's.
pub async fn register(connection: &mut PgConnection, id: i32, secret: &[u8]) -> Result<(), Error> {
    if secret.len() < SHORTEST_SECRET {
        return Err(Error::new(format!(
            "a signing key needs at least {SHORTEST_SECRET} bytes"
        )));
    }
    let (inner, outer) = blocks(secret);
    sqlx::query("SELECT tenantry.register_key($1, $2, $3)")
        .bind(id)
        .bind(inner.as_slice())
        .bind(outer.as_slice())
        .persistent(false)
        .execute(connection)
        .await?;
    Ok(())
}

/// Retires a key: claims signed with it are refused from now on.
///
/// # Errors
///
/// If it is the last one (without any, unsigned claims would enter), or the connection is not the owner's.
pub async fn retire(connection: &mut PgConnection, id: i32) -> Result<(), Error> {
    sqlx::query("SELECT tenantry.retire_key($1)")
        .bind(id)
        .persistent(false)
        .execute(connection)
        .await?;
    Ok(())
}

/// Retires every key, so that whoever has the runtime login may enter any workspace unsigned.
///
/// # Errors
///
/// If the connection is not the owner's.
pub async fn retire_all_and_accept_unsigned_claims(
    connection: &mut PgConnection,
) -> Result<(), Error> {
    sqlx::query("SELECT tenantry.accept_unsigned_claims()")
        .persistent(false)
        .execute(connection)
        .await?;
    Ok(())
}

fn blocks(secret: &[u8]) -> ([u8; BLOCK], [u8; BLOCK]) {
    let mut block = [0; BLOCK];
    if secret.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret);
    }
    (block.map(|byte| byte ^ 0x36), block.map(|byte| byte ^ 0x5c))
}
