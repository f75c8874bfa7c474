//! The cluster roles: who owns, who migrates, who runs, and what each database grants them.
//!
//! Roles belong to the whole cluster, so two databases may install them at the same moment: every step looks first,
//! changes only what differs, and is tried again when another session was faster.

mod database;
mod install;

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use crate::Error;

pub use database::prepare_database;
pub use install::install;

/// Owns schemas, tables and the trigger functions of tables. No login.
pub const OWNER: &str = "tenantry_owner";
/// Runs migrations: a login that may become each of [`MIGRATED_AS`], and starts as [`OWNER`].
pub const MIGRATOR: &str = "tenantry_migrator";
/// Owns the seal, the signing keys, `enter` and the readers of the context. No login.
pub const SEAL: &str = "tenantry_seal";
/// Owns the audit trigger functions; may only insert into the log. No login.
pub const AUDIT: &str = "tenantry_audit";
/// Owns look-ups that run before a workspace is known. No login.
pub const IDENTITY: &str = "tenantry_identity";
/// Owns search functions. No login.
pub const SEARCH: &str = "tenantry_search";
/// Owns the functions that purge; behind the wall, and blind to rows that live. No login.
pub const PURGE: &str = "tenantry_purge";
/// Owns the functions of queues between systems: what goes out, and what comes in. No login.
pub const DELIVERY: &str = "tenantry_delivery";
/// The runtime scope role. A service may use a login of its own that is a member of exactly this role.
pub const APP: &str = "tenantry_app";
/// The read-only runtime scope role, behind the same wall.
pub const READER: &str = "tenantry_reader";
/// The scope role of a person, who reads what is theirs in whatever workspace. It reaches tables whose policy says so.
pub const PERSON: &str = "tenantry_person";
/// The scope role of what workspaces have published, read only. It is granted columns of tables whose policy says so.
pub const CATALOGUE: &str = "tenantry_catalogue";
/// Reads what an operator broke the glass of, behind a wall of its own. Off until a login of it is used.
pub const GLASS: &str = "tenantry_glass";
/// Hands on what workspaces put into their outboxes. It calls a few functions, and holds no privilege on any table.
pub const RELAY: &str = "tenantry_relay";
/// Sweeps and makes room in all workspaces. It calls functions that keep to bounds, and holds no privilege on any table.
pub const MAINTENANCE: &str = "tenantry_maintenance";

/// Every role, in the order in which they are created.
pub const ALL: [&str; 15] = [
    OWNER,
    SEAL,
    AUDIT,
    IDENTITY,
    SEARCH,
    PURGE,
    DELIVERY,
    MIGRATOR,
    APP,
    READER,
    PERSON,
    CATALOGUE,
    GLASS,
    RELAY,
    MAINTENANCE,
];

/// The roles that [`MIGRATOR`] may become.
pub const MIGRATED_AS: [&str; 7] = [OWNER, SEAL, AUDIT, IDENTITY, SEARCH, PURGE, DELIVERY];

/// The roles whose every statement meets the workspace wall.
pub const SCOPES: [&str; 2] = [APP, READER];

/// The scope roles beside the workspace, each behind a wall of its own.
pub const BESIDE: [&str; 3] = [PERSON, CATALOGUE, GLASS];

/// The logins of jobs over all workspaces, which call functions and touch no table.
pub const JOBS: [&str; 2] = [RELAY, MAINTENANCE];

const ATTEMPTS: u32 = 40;

/// Installs the roles and prepares the database of the URL, which is an administrator's: what comes before the first migration.
///
/// It is [`install`], then [`prepare_database`]; it may run again at any time. The administrator then gives the logins
/// passwords, or makes a login of one's own that is a member of [`APP`].
///
/// # Errors
///
/// If the database cannot be reached, or as those two.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), tenantry_migration::Error> {
/// use tenantry_migration::{Migrator, roles};
///
/// roles::set_up("postgres://postgres@localhost/notes").await?;
/// tenantry_migration::run::<Migrator>("postgres://tenantry_migrator@localhost/notes").await?;
/// # Ok(())
/// # }
/// ```
pub async fn set_up(administrator_url: &str) -> Result<(), Error> {
    let mut connection = PgConnection::connect(administrator_url).await?;
    install(&mut connection).await?;
    prepare_database(&mut connection).await?;
    // All is done; a farewell that fails changes nothing.
    drop(connection.close().await);
    Ok(())
}

/// Tells whether another session changed the same catalogue row first, so that looking again will do.
fn lost_a_race(error: &sqlx::Error) -> bool {
    let Some(database) = error.as_database_error() else {
        return false;
    };
    match database.code().as_deref() {
        // duplicate object, unique violation, serialization failure, deadlock
        Some("42710" | "23505" | "40001" | "40P01") => true,
        Some("XX000") => database.message().starts_with("tuple concurrently"),
        _ => false,
    }
}

/// Waits a little longer each time; the process id keeps two racers out of step.
async fn back_off(attempt: u32) {
    let jitter = u64::from(std::process::id() % 7);
    tokio::time::sleep(Duration::from_millis(
        5 + jitter + 5 * u64::from(attempt.min(20)),
    ))
    .await;
}

async fn run(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(connection)
        .await
        .map(drop)
}
