//! Where `initdb` and `postgres` may lie.

use std::{
    env,
    env::consts::EXE_SUFFIX,
    fs,
    path::{Path, PathBuf},
};

use super::settings::Settings;

/// Folders named by version: the folder, what stands before the number, what follows below.
const VERSIONED: [(&str, &str, &str); 11] = [
    ("/usr/lib/postgresql", "", "bin"),          // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                   // PGDG on Red Hat and SUSE
    ("/usr/libexec", "postgresql", ""),          // Alpine
    ("/usr/lib", "postgresql", "bin"),           // openSUSE
    ("/opt/homebrew/opt", "postgresql@", "bin"), // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql@", "bin"),    // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("/opt/local/lib", "postgresql", "bin"), // MacPorts
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/Library/PostgreSQL", "", "bin"),           // EDB on macOS
    ("C:\\Program Files\\PostgreSQL", "", "bin"), // EDB on Windows
];

const UNVERSIONED: [&str; 2] = ["/usr/local/pgsql/bin", "/usr/bin"];

/// Every folder to look in, the asked-for ones first, newer versions before older ones.
pub(super) fn places(settings: &Settings) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = settings.bin_dir.iter().cloned().collect();
    if let Some(path) = &settings.path {
        places.extend(env::split_paths(path));
    }
    for (folder, before, below) in VERSIONED {
        places.extend(by_version(Path::new(folder), before, below));
    }
    places.extend(UNVERSIONED.map(PathBuf::from));
    places
}

/// The places that hold both programs, links resolved, each once.
pub(super) fn installed(places: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in places.iter().filter(|place| is_complete(place)) {
        // A folder of links has no share folder beside it, without which initdb fails.
        let real = fs::canonicalize(place.join(file_name("postgres")))
            .ok()
            .and_then(|program| program.parent().map(Path::to_path_buf));
        let folder = real
            .filter(|folder| is_complete(folder))
            .unwrap_or_else(|| place.clone());
        if !found.contains(&folder) {
            found.push(folder);
        }
    }
    found
}

/// `postgres`, or `postgres.exe`.
pub(super) fn file_name(program: &str) -> String {
    format!("{program}{EXE_SUFFIX}")
}

/// Whether the folder holds what a cluster needs.
pub(super) fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| folder.join(file_name(program)).is_file())
}

fn by_version(folder: &Path, before: &str, below: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let digits = name
                .strip_prefix(before)?
                .split(|character: char| !character.is_ascii_digit())
                .next()?;
            Some((digits.parse().ok()?, entry.path().join(below)))
        })
        .collect();
    versions.sort_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::folder::Folder, *};

    #[test]
    fn newer_versions_come_first() {
        let folder = Folder::create().unwrap();
        for name in ["pgsql-9.6", "pgsql-15", "pgsql-17", "other-18", "pgsql-"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let found = by_version(folder.path(), "pgsql-", "bin");
        let expected =
            ["pgsql-17/bin", "pgsql-15/bin", "pgsql-9.6/bin"].map(|name| folder.path().join(name));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_asked_for_folder_comes_before_the_path() {
        let settings = Settings {
            bin_dir: Some(PathBuf::from("/asked/for")),
            path: Some("/first:/second".into()),
            ..Settings::default()
        };
        assert_eq!(
            places(&settings)[..3],
            ["/asked/for", "/first", "/second"].map(PathBuf::from)
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_links_leads_to_the_real_one() {
        let folder = Folder::create().unwrap();
        let (real, links) = (folder.path().join("real"), folder.path().join("links"));
        for directory in [&real, &links] {
            fs::create_dir(directory).unwrap();
        }
        for program in ["initdb", "postgres"] {
            fs::write(real.join(program), "").unwrap();
            std::os::unix::fs::symlink(real.join(program), links.join(program)).unwrap();
        }
        assert_eq!(
            installed(&[links, real.clone()]),
            [fs::canonicalize(real).unwrap()]
        );
    }
}
