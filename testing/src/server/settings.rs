//! What the environment asks for, read once, so that the decisions can be tested without an environment.

use std::{env, ffi::OsString, path::PathBuf};

use super::error::ServerError;

pub(super) const TEST_SERVER: &str = "TENANTRY_TEST_SERVER";
pub(super) const DATABASE_URL: &str = "DATABASE_URL";
pub(super) const VERSION: &str = "TENANTRY_POSTGRES_VERSION";
#[cfg(feature = "docker")]
const IMAGE: &str = "TENANTRY_POSTGRES_IMAGE";
const BIN_DIR: &str = "PG_BIN_DIR";

/// The oldest major version that tenantry supports.
pub(super) const OLDEST: u32 = 15;

#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) test_server: Option<String>,
    pub(super) database_url: Option<String>,
    pub(super) version: Option<String>,
    #[cfg(feature = "docker")]
    pub(super) image: Option<String>,
    pub(super) bin_dir: Option<PathBuf>,
    pub(super) path: Option<OsString>,
    /// The user's own folder for what can be fetched again.
    pub(super) cache: Option<PathBuf>,
}

impl Settings {
    pub(super) fn from_environment() -> Self {
        Self {
            test_server: text(TEST_SERVER),
            database_url: text(DATABASE_URL),
            version: text(VERSION),
            #[cfg(feature = "docker")]
            image: text(IMAGE),
            bin_dir: path(BIN_DIR),
            path: env::var_os("PATH"),
            cache: cache(),
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

fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn cache() -> Option<PathBuf> {
    if cfg!(windows) {
        return path("LOCALAPPDATA");
    }
    let home = || path("HOME");
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library/Caches"));
    }
    path("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))
}
