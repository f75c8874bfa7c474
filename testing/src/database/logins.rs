//! The logins of the tests: what a service would be given, never the administrator's own.

use sha2::{Digest as _, Sha256};
use tenantry_migration::roles;

use super::{address::Address, error::DatabaseError, maintenance::Maintenance};

const LOCK: &str = "tenantry testing logins";

/// A login of the tests. A server that is not ours may ask for a password, so each has one.
pub(super) struct Login {
    pub(super) name: &'static str,
    attributes: &'static str,
    member_of: &'static [&'static str],
    setting: Option<&'static str>,
}

pub(super) const MIGRATOR: Login = Login {
    name: "tenantry_test_migrator",
    attributes: "LOGIN NOINHERIT",
    member_of: &roles::MIGRATED_AS,
    setting: Some("role = tenantry_owner"),
};

pub(super) const APP: Login = Login {
    name: "tenantry_test_app",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::APP],
    setting: None,
};

pub(super) const READER: Login = Login {
    name: "tenantry_test_reader",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::READER],
    setting: Some("default_transaction_read_only = on"),
};

pub(super) const PERSON: Login = Login {
    name: "tenantry_test_person",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::PERSON],
    setting: None,
};

pub(super) const CATALOGUE: Login = Login {
    name: "tenantry_test_catalogue",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::CATALOGUE],
    setting: Some("default_transaction_read_only = on"),
};

pub(super) const GLASS: Login = Login {
    name: "tenantry_test_glass",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::GLASS],
    setting: None,
};

pub(super) const RELAY: Login = Login {
    name: "tenantry_test_relay",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::RELAY],
    setting: None,
};

pub(super) const MAINTENANCE: Login = Login {
    name: "tenantry_test_maintenance",
    attributes: "LOGIN INHERIT",
    member_of: &[roles::MAINTENANCE],
    setting: None,
};

const ALL: [&Login; 8] = [
    &MIGRATOR,
    &APP,
    &READER,
    &PERSON,
    &CATALOGUE,
    &GLASS,
    &RELAY,
    &MAINTENANCE,
];

/// What a superuser may do anyway: end the sessions of the tests, to remove their database, and look into their tables.
const MEMBERSHIPS: &str = " DO $$ BEGIN IF current_setting('is_superuser') = 'off' THEN \
    GRANT tenantry_owner, tenantry_test_migrator, tenantry_test_app, tenantry_test_reader, tenantry_test_person, tenantry_test_catalogue, \
    tenantry_test_glass, tenantry_test_relay, tenantry_test_maintenance \
    TO CURRENT_USER; END IF; END $$;";

impl Login {
    /// The same in every process with the same administrator's URL, and unknown to everybody else.
    pub(super) fn password(&self, server: &Address) -> String {
        digest(&["tenantry-testing", &server.to_string()])
    }

    /// Creates the login or gives it the password that belongs to this URL.
    fn statements(&self, server: &Address) -> String {
        let Self {
            name, attributes, ..
        } = self;
        let password = self.password(server);
        let mut sql = format!(
            "DO $$ BEGIN IF to_regrole('{name}') IS NULL THEN CREATE ROLE {name}; END IF; END $$; \
             ALTER ROLE {name} {attributes} PASSWORD '{password}';"
        );
        for role in self.member_of {
            sql.push_str(&format!(" GRANT {role} TO {name};"));
        }
        if let Some(setting) = self.setting {
            sql.push_str(&format!(" ALTER ROLE {name} SET {setting};"));
        }
        sql.push_str(&format!(" COMMENT ON ROLE {name} IS '{}';", mark(server)));
        sql
    }
}

/// Tells whether the logins exist with the passwords that belong to this URL.
pub(super) async fn are_ready(
    maintenance: &mut Maintenance,
    server: &Address,
) -> Result<bool, DatabaseError> {
    let names: Vec<String> = ALL.iter().map(|login| login.name.to_owned()).collect();
    let found: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::text[]) AND shobj_description(oid, 'pg_authid') = $2")
        .bind(names)
        .bind(mark(server))
        .fetch_one(maintenance.connection())
        .await
        .map_err(DatabaseError::sql("look for the logins of the tests"))?;
    Ok(usize::try_from(found).is_ok_and(|found| found == ALL.len()))
}

/// Installs the roles of tenantry and the logins, one process at a time.
pub(super) async fn install(
    maintenance: &mut Maintenance,
    server: &Address,
) -> Result<(), DatabaseError> {
    maintenance.lock(LOCK).await?;
    let installed = install_alone(maintenance, server).await;
    maintenance.unlock(LOCK).await?;
    installed
}

async fn install_alone(
    maintenance: &mut Maintenance,
    server: &Address,
) -> Result<(), DatabaseError> {
    roles::install(maintenance.connection())
        .await
        .map_err(DatabaseError::sql("install the roles"))?;
    if are_ready(maintenance, server).await? {
        return Ok(());
    }
    let mut statements: String = ALL.iter().map(|login| login.statements(server)).collect();
    statements.push_str(MEMBERSHIPS);
    maintenance
        .run(statements)
        .await
        .map_err(DatabaseError::sql("create the logins of the tests"))
}

/// What the logins are marked with, so that a change of URL or of this file is seen without reading passwords.
fn mark(server: &Address) -> String {
    let shape: Vec<&str> = ALL
        .iter()
        .flat_map(|login| {
            login
                .member_of
                .iter()
                .copied()
                .chain([login.attributes, login.setting.unwrap_or("")])
        })
        .collect();
    let digest = digest(&["mark", &APP.password(server), &shape.join(" ")]);
    format!("tenantry-testing {}", &digest[..16])
}

/// Lower-case hexadecimal SHA-256 of the parts, each ended by a zero byte.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
