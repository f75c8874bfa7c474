//! Known holes in PostgreSQL's row security, and the minor versions that mend them.
//!
//! From the project's own list, <https://www.postgresql.org/support/security/>, and the release notes
//! of the versions named: every advisory since 15.0 by which a caller may read or write rows, or learn of
//! values, that a policy hides. Of 15 and later no other minor version opens or mends such a hole.
//!
//! A new advisory is one line here, and one at the boundary in the tests below.

use std::fmt;

/// A hole, and the first minor version of each major one that is without it.
///
/// A major version that is not named never had it.
#[derive(Debug, PartialEq, Eq)]
struct Advisory {
    name: &'static str,
    mended: &'static [(i32, i32)],
}

const ADVISORIES: [Advisory; 5] = [
    // Policies that depend on the role, in set-returning functions that are inlined.
    Advisory {
        name: "CVE-2023-2455",
        mended: &[(15, 3)],
    },
    // MERGE asked for the wrong policies.
    Advisory {
        name: "CVE-2023-39418",
        mended: &[(15, 4)],
    },
    // Policies that depend on the role, below a sub-query, a WITH or a view.
    Advisory {
        name: "CVE-2024-10976",
        mended: &[(15, 9), (16, 5), (17, 1)],
    },
    // The planner's statistics of hidden rows, in partitioned tables.
    Advisory {
        name: "CVE-2025-8713",
        mended: &[(15, 14), (16, 10), (17, 6)],
    },
    // Plans that outlive a change of the role's memberships and attributes. 18.5 was never released.
    Advisory {
        name: "CVE-2026-14666",
        mended: &[(15, 19), (16, 15), (17, 11), (18, 6)],
    },
];

/// The holes that a server is open to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exposure {
    server: Version,
    names: Vec<&'static str>,
    mended: Version,
}

/// A version as its release is called, such as 17.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(i32, i32);

impl Exposure {
    /// What is known of a server, by its `server_version_num`; nothing if it is without these holes.
    pub(crate) fn of(server_version_num: i32) -> Option<Self> {
        let server = Version(server_version_num / 10_000, server_version_num % 10_000);
        let open: Vec<(&'static str, Version)> = ADVISORIES
            .iter()
            .filter_map(|advisory| {
                let (_, minor) = advisory
                    .mended
                    .iter()
                    .find(|(major, _)| *major == server.0)?;
                Some((advisory.name, Version(server.0, *minor)))
            })
            .filter(|(_, mended)| server < *mended)
            .collect();
        let mended = open.iter().map(|(_, mended)| *mended).max()?;
        Some(Self {
            server,
            names: open.into_iter().map(|(name, _)| name).collect(),
            mended,
        })
    }

    /// How to be rid of them.
    pub(crate) fn remedy(&self) -> String {
        format!(
            "Upgrade the server to PostgreSQL {} or a later minor version.",
            self.mended
        )
    }
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "row security of PostgreSQL {} has known holes: {}",
            self.server,
            self.names.join(", ")
        )
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(version: i32) -> Vec<&'static str> {
        Exposure::of(version).map_or_else(Vec::new, |exposure| exposure.names)
    }

    /// H-42: at each boundary one hole closes, and none of the others.
    #[test]
    fn each_hole_closes_with_the_minor_version_that_mends_it() {
        let boundaries = [
            ("CVE-2023-2455", 150_003),
            ("CVE-2023-39418", 150_004),
            ("CVE-2024-10976", 150_009),
            ("CVE-2024-10976", 160_005),
            ("CVE-2024-10976", 170_001),
            ("CVE-2025-8713", 150_014),
            ("CVE-2025-8713", 160_010),
            ("CVE-2025-8713", 170_006),
            ("CVE-2026-14666", 150_019),
            ("CVE-2026-14666", 160_015),
            ("CVE-2026-14666", 170_011),
            ("CVE-2026-14666", 180_006),
        ];
        for (name, mended) in boundaries {
            let before = open(mended - 1);
            assert!(before.contains(&name), "{name} before {mended}: {before:?}");
            let rest: Vec<_> = before.into_iter().filter(|other| *other != name).collect();
            assert_eq!(open(mended), rest, "{name} at {mended}");
        }
        let known: usize = ADVISORIES
            .iter()
            .map(|advisory| advisory.mended.len())
            .sum();
        assert_eq!(known, boundaries.len(), "each boundary is tried");
    }

    /// H-42: a server that is up to date is told nothing, nor one of a version that never had a hole.
    #[test]
    fn a_mended_server_has_no_exposure() {
        for version in [
            150_019, 150_020, 160_015, 170_011, 180_006, 190_000, 200_001,
        ] {
            assert_eq!(Exposure::of(version), None, "{version}");
        }
    }

    #[test]
    fn an_exposure_names_its_holes_and_the_version_that_mends_them_all() {
        let exposure = Exposure::of(170_005).unwrap();
        assert_eq!(
            exposure.to_string(),
            "row security of PostgreSQL 17.5 has known holes: CVE-2025-8713, CVE-2026-14666"
        );
        assert_eq!(
            exposure.remedy(),
            "Upgrade the server to PostgreSQL 17.11 or a later minor version."
        );
        assert_eq!(open(150_000).len(), ADVISORIES.len());
        assert_eq!(open(160_000).len(), 3);
    }
}
