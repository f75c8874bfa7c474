//! Creates and repairs the roles.

use std::collections::HashMap;

use sqlx::{Connection as _, PgConnection, Row as _};

use super::{
    ALL, ATTEMPTS, BESIDE, CATALOGUE, JOBS, MIGRATED_AS, MIGRATOR, OWNER, READER, SCOPES, back_off,
    lost_a_race, run,
};
use crate::{Error, quote::identifier};

/// Creates the roles that are missing and repairs those that deviate.
///
/// Safe to run at any time, from several databases at once, as a superuser or as an administrator with `CREATEROLE`.
/// Passwords are not touched: the administrator sets those of the logins.
///
/// # Errors
///
/// If the connection may not create or alter roles, for example because a role exists already and belongs to another
/// administrator, or has an attribute that only a superuser may take away.
pub async fn install(connection: &mut PgConnection) -> Result<(), Error> {
    let mut attempt = 0;
    loop {
        match try_install(connection).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt < ATTEMPTS && lost_a_race(&error) => {
                attempt += 1;
                back_off(attempt).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn try_install(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    // Keeps sessions of one database apart; sessions of other databases are met by trying again.
    run(
        &mut transaction,
        "SELECT pg_advisory_xact_lock(hashtextextended('tenantry roles', 0))".into(),
    )
    .await?;
    let found = attributes(&mut transaction).await?;
    for role in ALL {
        match found.get(role) {
            None => {
                run(
                    &mut transaction,
                    format!("CREATE ROLE {} {}", identifier(role), wanted(role)),
                )
                .await?
            }
            Some(attributes) => {
                let repairs = attributes.repairs(role);
                if !repairs.is_empty() {
                    run(
                        &mut transaction,
                        format!("ALTER ROLE {} {}", identifier(role), repairs.join(" ")),
                    )
                    .await?;
                }
            }
        }
    }
    memberships(&mut transaction).await?;
    setting(&mut transaction, MIGRATOR, "role", OWNER).await?;
    for reads in [READER, CATALOGUE] {
        setting(
            &mut transaction,
            reads,
            "default_transaction_read_only",
            "on",
        )
        .await?;
    }
    transaction.commit().await
}

fn may_log_in(role: &str) -> bool {
    [MIGRATOR]
        .into_iter()
        .chain(SCOPES)
        .chain(BESIDE)
        .chain(JOBS)
        .any(|login| login == role)
}

fn inherits(role: &str) -> bool {
    role != MIGRATOR
}

fn wanted(role: &str) -> String {
    let login = if may_log_in(role) { "LOGIN" } else { "NOLOGIN" };
    let inherit = if inherits(role) {
        "INHERIT"
    } else {
        "NOINHERIT"
    };
    format!("{login} {inherit}")
}

/// What `pg_roles` says about one role.
struct Attributes {
    login: bool,
    inherit: bool,
    /// Dangerous attributes it holds, each as the word that takes it away.
    excess: Vec<&'static str>,
}

impl Attributes {
    /// Names only what differs: the mere mention of `NOSUPERUSER` needs a superuser.
    fn repairs(&self, role: &str) -> Vec<&'static str> {
        let mut words = self.excess.clone();
        if self.login != may_log_in(role) {
            words.push(if self.login { "NOLOGIN" } else { "LOGIN" });
        }
        if self.inherit != inherits(role) {
            words.push(if self.inherit { "NOINHERIT" } else { "INHERIT" });
        }
        words
    }
}

async fn attributes(
    connection: &mut PgConnection,
) -> Result<HashMap<String, Attributes>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT rolname::text, rolcanlogin, rolinherit, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication \
         FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::text[])",
    )
    .bind(ALL.map(str::to_owned).to_vec())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let mut excess = Vec::new();
            for (column, word) in [
                ("rolsuper", "NOSUPERUSER"),
                ("rolbypassrls", "NOBYPASSRLS"),
                ("rolcreatedb", "NOCREATEDB"),
                ("rolcreaterole", "NOCREATEROLE"),
                ("rolreplication", "NOREPLICATION"),
            ] {
                if row.try_get::<bool, _>(column)? {
                    excess.push(word);
                }
            }
            let attributes = Attributes {
                login: row.try_get("rolcanlogin")?,
                inherit: row.try_get("rolinherit")?,
                excess,
            };
            Ok((row.try_get("rolname")?, attributes))
        })
        .collect()
}

/// The migrator may become its roles, without inheriting them; nobody else is a member of anything.
async fn memberships(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // The options of a membership are columns since version 16; read as a document they are simply absent before.
    let rows = sqlx::query(
        "SELECT granted.rolname::text AS granted, member.rolname::text AS member, \
                coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) AS may_set, \
                coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, false) AS inherits \
         FROM pg_catalog.pg_auth_members m \
         JOIN pg_catalog.pg_roles granted ON granted.oid = m.roleid JOIN pg_catalog.pg_roles member ON member.oid = m.member \
         WHERE member.rolname = ANY ($1::text[])",
    )
    .bind(ALL.map(str::to_owned).to_vec())
    .fetch_all(&mut *connection)
    .await?;
    let mut reachable = Vec::new();
    for row in &rows {
        let (granted, member): (String, String) = (row.try_get("granted")?, row.try_get("member")?);
        if member != MIGRATOR || !MIGRATED_AS.contains(&granted.as_str()) {
            run(
                connection,
                format!(
                    "REVOKE {} FROM {}",
                    identifier(&granted),
                    identifier(&member)
                ),
            )
            .await?;
        } else if row.try_get("may_set")? && !row.try_get::<bool, _>("inherits")? {
            reachable.push(granted);
        }
    }
    let version: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
        .fetch_one(&mut *connection)
        .await?;
    let options = if version >= 160_000 {
        " WITH INHERIT FALSE, SET TRUE"
    } else {
        ""
    };
    for role in MIGRATED_AS {
        if !reachable.iter().any(|granted| granted == role) {
            run(
                connection,
                format!(
                    "GRANT {} TO {}{options}",
                    identifier(role),
                    identifier(MIGRATOR)
                ),
            )
            .await?;
        }
    }
    Ok(())
}

async fn setting(
    connection: &mut PgConnection,
    role: &str,
    name: &str,
    value: &str,
) -> Result<(), sqlx::Error> {
    let present: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_roles r ON r.oid = s.setrole \
         WHERE s.setdatabase = 0 AND r.rolname = $1 AND $2 = ANY (s.setconfig))",
    )
    .bind(role)
    .bind(format!("{name}={value}"))
    .fetch_one(&mut *connection)
    .await?;
    if present {
        return Ok(());
    }
    run(
        connection,
        format!(
            "ALTER ROLE {} SET {} = {}",
            identifier(role),
            identifier(name),
            identifier(value)
        ),
    )
    .await
}
