//! Which way led to the server, and saying so.

use std::{fmt, path::PathBuf};

/// Where a [`TestServer`](super::TestServer) comes from.
///
/// Its `Display` is the line that is written to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A parent process has started it and named it in `TENANTRY_TEST_SERVER`.
    Parent,
    /// `DATABASE_URL` names it.
    DatabaseUrl,
    /// A throwaway cluster from local binaries.
    Local {
        /// The folder that holds `initdb` and `postgres`.
        binaries: PathBuf,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parent => formatter.write_str("PostgreSQL of the parent process"),
            Self::DatabaseUrl => formatter.write_str("PostgreSQL that DATABASE_URL names"),
            Self::Local { binaries } => write!(
                formatter,
                "throwaway PostgreSQL from {}",
                binaries.display()
            ),
        }
    }
}

/// A way to start a server, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// Local binaries.
    Local,
}

impl Way {
    pub(super) const ALL: [Self; 1] = [Self::Local];
}

impl fmt::Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Local => "local binaries",
        })
    }
}

/// Says which server is taken: tests that silently ran against another one have cost people days.
pub(super) fn announce(source: &Source) {
    if *source != Source::Parent {
        say(source);
    }
}

/// The one place that writes to standard error.
pub(super) fn say(line: &impl fmt::Display) {
    eprintln!("tenantry-testing: {line}");
}
