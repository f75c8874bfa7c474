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
    /// A container.
    Container {
        /// Its image.
        image: String,
    },
    /// A throwaway cluster from binaries that a package client has fetched.
    Package {
        /// The package with its version, as its client names it.
        package: String,
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
            Self::Container { image } => write!(formatter, "PostgreSQL in a container of {image}"),
            Self::Package { package } => {
                write!(formatter, "throwaway PostgreSQL from the package {package}")
            }
        }
    }
}

/// A way to start a server, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// Local binaries.
    Local,
    /// A container, with the cargo feature `docker`.
    Container,
    /// Binaries from a package.
    Package,
}

impl Way {
    #[cfg(feature = "docker")]
    pub(super) const ALL: &[Self] = &[Self::Local, Self::Container, Self::Package];
    #[cfg(not(feature = "docker"))]
    pub(super) const ALL: &[Self] = &[Self::Local, Self::Package];
}

impl fmt::Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Local => "local binaries",
            Self::Container => "container",
            Self::Package => "package",
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
