//! The major version of a folder of binaries.

use std::{path::Path, process::Command};

use super::{account::Account, binaries, error::LaunchError, settings::OLDEST};

/// Asks `postgres` itself, as the user it will run as, which also proves that it can be run at all.
pub(super) fn of_binaries(folder: &Path, account: Option<&Account>) -> Result<u32, LaunchError> {
    let program = folder.join(binaries::file_name("postgres"));
    let mut command = Command::new(&program);
    command.arg("--version").current_dir("/");
    if let Some(account) = account {
        account.apply(&mut command);
    }
    let output = command
        .output()
        .map_err(LaunchError::system(format!("run {}", program.display())))?;
    parse(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| LaunchError::Program {
        program: "postgres --version".to_owned(),
        status: output.status,
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Refuses a version that is too old or not the one asked for; returns the text of what would do.
pub(super) fn check(found: u32, wanted: Option<u32>) -> Result<(), String> {
    match wanted {
        Some(wanted) if wanted != found => Err(wanted.to_string()),
        None if found < OLDEST => Err(format!("{OLDEST} or later")),
        Some(_) | None => Ok(()),
    }
}

/// `postgres (PostgreSQL) 17.5 (Debian 17.5-1)` → 17; also `18beta1` and `19devel`.
fn parse(line: &str) -> Option<u32> {
    let version = line.split_once("(PostgreSQL) ")?.1;
    let digits = version
        .split(|character: char| !character.is_ascii_digit())
        .next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_any_build() {
        assert_eq!(
            parse("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse("something else"), None);
    }

    #[test]
    fn another_version_than_the_wanted_one_is_refused() {
        assert_eq!(check(15, Some(17)), Err("17".to_owned()));
        assert_eq!(check(14, None), Err("15 or later".to_owned()));
        assert_eq!(check(15, None), Ok(()));
        assert_eq!(check(18, Some(18)), Ok(()));
    }
}
