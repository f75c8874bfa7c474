//! Why there is no server.

use std::{error::Error, fmt, io, path::PathBuf, process::ExitStatus};

use super::source::Way;

/// Why [`TestServer::start`](super::TestServer::start) has no server to give.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// An environment variable holds something that cannot be understood.
    Invalid {
        /// The name of the variable.
        variable: &'static str,
        /// What is wrong with its value.
        reason: String,
    },
    /// The server that an environment variable names does not answer or does not let us in.
    Unreachable {
        /// The name of the variable.
        variable: &'static str,
        /// What the driver says; it never contains the password.
        reason: String,
    },
    /// The login in the URL is neither a superuser nor allowed to make databases and roles.
    NotAdministrator {
        /// The name of the variable.
        variable: &'static str,
    },
    /// The server that an environment variable names has another major version than the one asked for.
    WrongVersion {
        /// The name of the variable.
        variable: &'static str,
        /// Its major version.
        found: u32,
        /// The version that would do.
        wanted: String,
    },
    /// No way led to a server.
    NotFound {
        /// Each way that was tried, in order.
        attempts: Vec<Attempt>,
    },
    /// The server is no cluster that we have started, so that it is not ours to crash.
    NotOurs,
    /// The server could not be ended or did not come back.
    Restart(LaunchError),
}

/// One way that was tried, and why it failed.
#[derive(Debug)]
pub struct Attempt {
    /// The way.
    pub way: Way,
    /// Why it led nowhere.
    pub error: LaunchError,
}

impl fmt::Display for ServerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { variable, reason } => {
                write!(formatter, "{variable} is not usable: {reason}")
            }
            Self::Unreachable { variable, reason } => write!(
                formatter,
                "the server that {variable} names could not be reached: {reason}"
            ),
            Self::NotAdministrator { variable } => {
                write!(
                    formatter,
                    "the login in {variable} is no administrator: it needs SUPERUSER, or CREATEDB and CREATEROLE"
                )
            }
            Self::WrongVersion {
                variable,
                found,
                wanted,
            } => {
                write!(
                    formatter,
                    "the server that {variable} names is PostgreSQL {found}, wanted is {wanted}"
                )
            }
            Self::NotFound { attempts } => {
                formatter.write_str("no PostgreSQL server for the tests was found")?;
                for Attempt { way, error } in attempts {
                    write!(formatter, "\n  {way}: {error}")?;
                }
                formatter
                    .write_str("\n  hint: install PostgreSQL, or set PG_BIN_DIR or DATABASE_URL")
            }
            Self::NotOurs => {
                formatter.write_str("the server is somebody else's, and not ours to crash")
            }
            Self::Restart(error) => write!(formatter, "the server did not come back: {error}"),
        }
    }
}

impl Error for ServerError {}

/// Why one way did not lead to a server.
#[derive(Debug)]
#[non_exhaustive]
pub enum LaunchError {
    /// There are no binaries in any of these many places.
    NotInstalled {
        /// How many folders were searched.
        searched: usize,
    },
    /// There are binaries, but none that would do.
    Unusable {
        /// Each folder or package with binaries, and why it was passed over.
        candidates: Vec<(String, Box<Self>)>,
    },
    /// The binaries have another major version than the one asked for, or are too old.
    WrongVersion {
        /// Their major version.
        found: u32,
        /// The version that would do.
        wanted: String,
    },
    /// The server must not run as root, and the user it would run as cannot reach the binaries.
    Closed {
        /// The file or folder that keeps the user out.
        path: PathBuf,
        /// The user.
        user: String,
    },
    /// The server must not run as root, and there is neither a user `postgres` nor `nobody`.
    NoUnprivilegedUser,
    /// A program did not succeed.
    Program {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote, shortened to its end.
        output: String,
    },
    /// The server did not become ready in time.
    NotReady {
        /// The end of its log.
        log: String,
    },
    /// No container can be had.
    Container {
        /// What the client says.
        reason: String,
    },
    /// No package holds the wanted version for this machine.
    NoPackage,
    /// None of these programs is installed.
    NoClient {
        /// Their names.
        programs: &'static str,
    },
    /// There is no folder to keep fetched binaries in.
    NoCache,
    /// A file or a process could not be worked with.
    System {
        /// What was being done.
        action: String,
        /// What the operating system says.
        source: io::Error,
    },
}

impl LaunchError {
    /// Says what was being done when the operating system refused.
    pub(super) fn system(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::System { action, source }
    }
}

impl fmt::Display for LaunchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled { searched } => {
                write!(formatter, "no initdb and postgres in {searched} folders")
            }
            Self::Unusable { candidates } => {
                for (index, (candidate, error)) in candidates.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(formatter, "{separator}{candidate}: {error}")?;
                }
                Ok(())
            }
            Self::WrongVersion { found, wanted } => {
                write!(formatter, "version {found}, wanted is {wanted}")
            }
            Self::Closed { path, user } => {
                write!(
                    formatter,
                    "running as root, and the user {user} may not read {}",
                    path.display()
                )
            }
            Self::NoUnprivilegedUser => formatter
                .write_str("running as root, and there is neither a user postgres nor nobody"),
            Self::Program {
                program,
                status,
                output,
            } => write!(formatter, "{program} failed ({status}): {}", output.trim()),
            Self::NotReady { log } => {
                write!(formatter, "the server did not become ready: {}", log.trim())
            }
            Self::Container { reason } => write!(formatter, "no container: {reason}"),
            Self::NoPackage => {
                formatter.write_str("no package holds this version for this machine")
            }
            Self::NoClient { programs } => write!(formatter, "none of {programs} can be run"),
            Self::NoCache => formatter.write_str("the environment names no cache folder"),
            Self::System { action, source } => write!(formatter, "could not {action}: {source}"),
        }
    }
}

impl Error for LaunchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}
