//! The way over local binaries.

use std::path::{Path, PathBuf};

use super::{
    account::Account, binaries, cluster::Cluster, error::LaunchError, settings::Settings, version,
};

/// Starts a cluster with the first binaries that will do.
pub(super) fn start(
    settings: &Settings,
    wanted: Option<u32>,
) -> Result<(Cluster, PathBuf), LaunchError> {
    let places = binaries::places(settings);
    let folders = binaries::installed(&places);
    if folders.is_empty() {
        return Err(LaunchError::NotInstalled {
            searched: places.len(),
        });
    }
    let account = Account::for_server()?;
    let mut candidates = Vec::new();
    for folder in folders {
        match try_folder(&folder, account.as_ref(), wanted) {
            Ok(cluster) => return Ok((cluster, folder)),
            Err(error) => candidates.push((folder.display().to_string(), Box::new(error))),
        }
    }
    Err(LaunchError::Unusable { candidates })
}

/// Starts a cluster with these binaries if they will do.
pub(super) fn try_folder(
    folder: &Path,
    account: Option<&Account>,
    wanted: Option<u32>,
) -> Result<Cluster, LaunchError> {
    if let Some(account) = account {
        account.must_reach(folder)?;
        account.must_reach(&folder.join(binaries::file_name("postgres")))?;
    }
    let found = version::of_binaries(folder, account)?;
    version::check(found, wanted).map_err(|wanted| LaunchError::WrongVersion { found, wanted })?;
    Cluster::start(folder, account)
}
