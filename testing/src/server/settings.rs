//! What the environment asks for, read once, so that the decisions can be tested without an environment.

use std::{env, ffi::OsString, path::PathBuf};

use super::error::ServerError;

pub(super) const TEST_SERVER: &str = "TENANTRY_TEST_SERVER";
pub(super) const DATABASE_URL: &str = "DATABASE_URL";
pub(super) const VERSION: &str = "TENANTRY_POSTGRES_VERSION";
const BIN_DIR: &str = "PG_BIN_DIR";

/// The oldest major version that tenantry supports.
pub(super) const OLDEST: u32 = 15;

#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) test_server: Option<String>,
    pub(super) database_url: Option<String>,
    pub(super) version: Option<String>,
    pub(super) bin_dir: Option<PathBuf>,
    pub(super) path: Option<OsString>,
}

impl Settings {
    pub(super) fn from_environment() -> Self {
        Self {
            test_server: text(TEST_SERVER),
            database_url: text(DATABASE_URL),
            version: text(VERSION),
            bin_dir: env::var_os(BIN_DIR)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            path: env::var_os("PATH"),
        }
    }

    /// The major version that is asked for, if any.
    pub(super) fn wanted_version(&self) -> Result<Option<u32>, ServerError> {
        let Some(text) = &self.version else {
            return Ok(None);
        };
        match text.trim().parse() {
            Ok(version) if version >= OLDEST => Ok(Some(version)),
            Ok(_) | Err(_) => Err(ServerError::Invalid {
                variable: VERSION,
                reason: format!("{text:?} is not a major version of PostgreSQL from {OLDEST} on"),
            }),
        }
    }
}

/// An empty variable is an unset one; one that is not Unicode is passed on, so that it fails where it is used.
fn text(name: &str) -> Option<String> {
    let value = env::var_os(name)?.to_string_lossy().into_owned();
    (!value.is_empty()).then_some(value)
}
