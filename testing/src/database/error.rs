//! Why there is no database.

use std::{error::Error, fmt};

use crate::server::ServerError;

type Source = Box<dyn Error + Send + Sync + 'static>;

/// Why a [`TestDatabase`](super::TestDatabase) could not be made.
///
/// Its `Debug` is its text followed by its causes, since what a test shows after `unwrap` should be readable.
#[non_exhaustive]
pub enum DatabaseError {
    /// There is no server.
    Server(&'static ServerError),
    /// The server's URL cannot be taken apart.
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// The server refused a step.
    Sql {
        /// What was being done.
        action: &'static str,
        /// What the driver says.
        source: Source,
    },
    /// A migration failed.
    Migration {
        /// The migrator.
        migrator: &'static str,
        /// What SeaORM says.
        source: Source,
    },
}

impl DatabaseError {
    /// Says what was being done when the server refused.
    pub(super) fn sql<E: Error + Send + Sync + 'static>(
        action: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Sql {
            action,
            source: Box::new(source),
        }
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => error.fmt(formatter),
            Self::Address { reason } => {
                write!(formatter, "the server's URL is not usable: {reason}")
            }
            Self::Sql { action, .. } => write!(formatter, "could not {action}"),
            Self::Migration { migrator, .. } => {
                write!(formatter, "the migrations of {migrator} failed")
            }
        }
    }
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(formatter, "\n  because: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for DatabaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Server(error) => error.source(),
            Self::Address { .. } => None,
            Self::Sql { source, .. } | Self::Migration { source, .. } => Some(&**source),
        }
    }
}
