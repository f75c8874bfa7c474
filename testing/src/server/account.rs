//! The user to run the server as: PostgreSQL refuses root, and many containers are root.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{error::LaunchError, folder::Folder};

/// An unprivileged user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    name: String,
    user: u32,
    group: u32,
}

#[cfg(unix)]
impl Account {
    /// Whom to become before starting PostgreSQL: nobody else, unless we are root.
    pub(super) fn for_server() -> Result<Option<Self>, LaunchError> {
        use std::os::unix::fs::MetadataExt;
        // What we make belongs to our effective user; std has no other safe way to ask for it.
        let probe = Folder::create()?;
        let ours = std::fs::metadata(probe.path())
            .map_err(LaunchError::system("read the owner of a folder"))?;
        if ours.uid() != 0 {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd")
            .map_err(LaunchError::system("read /etc/passwd"))?;
        Self::among(&users)
            .map(Some)
            .ok_or(LaunchError::NoUnprivilegedUser)
    }

    fn among(users: &str) -> Option<Self> {
        ["postgres", "nobody"].iter().find_map(|name| {
            let mut fields = users
                .lines()
                .map(|line| line.split(':'))
                .find_map(|mut fields| (fields.next()? == *name).then_some(fields))?
                .skip(1);
            Some(Self {
                name: (*name).to_owned(),
                user: fields.next()?.parse().ok()?,
                group: fields.next()?.parse().ok()?,
            })
        })
    }

    /// Runs `command` as this user; std drops the supplementary groups as well.
    pub(super) fn apply(&self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        command.uid(self.user).gid(self.group);
    }

    /// Gives `path` to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), LaunchError> {
        std::os::unix::fs::chown(path, Some(self.user), Some(self.group)).map_err(
            LaunchError::system(format!("give {} to the user {}", path.display(), self.name)),
        )
    }

    /// Finds the first part of `path` that this user may not read and enter.
    pub(super) fn kept_out_by(&self, path: &Path) -> Option<PathBuf> {
        use std::os::unix::fs::MetadataExt;
        let mut parts: Vec<&Path> = path.ancestors().collect();
        parts.reverse();
        parts
            .into_iter()
            .find(|part| {
                let Ok(metadata) = std::fs::metadata(part) else {
                    return true;
                };
                let shift = if metadata.uid() == self.user {
                    6
                } else if metadata.gid() == self.group {
                    3
                } else {
                    0
                };
                // Folders on the way only have to be searchable; the end is a folder of programs or a program, read and executed.
                let needed = if *part == path { 0o5 } else { 0o1 };
                (metadata.mode() >> shift) & needed != needed
            })
            .map(Path::to_path_buf)
    }
}

#[cfg(not(unix))]
impl Account {
    pub(super) fn for_server() -> Result<Option<Self>, LaunchError> {
        Ok(None)
    }

    pub(super) fn apply(&self, _command: &mut Command) {}

    pub(super) fn own(&self, _path: &Path) -> Result<(), LaunchError> {
        Ok(())
    }

    pub(super) fn kept_out_by(&self, _path: &Path) -> Option<PathBuf> {
        None
    }
}

impl Account {
    /// Refuses a path that this user cannot reach, by name.
    pub(super) fn must_reach(&self, path: &Path) -> Result<(), LaunchError> {
        match self.kept_out_by(path) {
            None => Ok(()),
            Some(path) => Err(LaunchError::Closed {
                path,
                user: self.name.clone(),
            }),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\n";

    #[test]
    fn postgres_is_preferred_to_nobody() {
        let users = format!("{USERS}postgres:x:70:71::/:/bin/sh\n");
        let account = Account::among(&users).unwrap();
        assert_eq!(
            (account.name.as_str(), account.user, account.group),
            ("postgres", 70, 71)
        );
        assert_eq!(Account::among(USERS).unwrap().name, "nobody");
        assert_eq!(Account::among("root:x:0:0:root:/root:/bin/sh"), None);
    }

    #[test]
    fn a_private_folder_keeps_another_user_out() {
        let folder = Folder::create().unwrap();
        let stranger = Account {
            name: "stranger".to_owned(),
            user: 4_294_000,
            group: 4_294_000,
        };
        assert_eq!(
            stranger.kept_out_by(&folder.path().join("bin")),
            Some(folder.path().to_path_buf())
        );
        assert_eq!(stranger.kept_out_by(Path::new("/tmp")), None);
    }
}
