//! The way over a container, for machines with a Docker daemon and no binaries.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use testcontainers::{
    GenericImage, ImageExt as _, TestcontainersError,
    core::{IntoContainerPort as _, WaitFor},
    runners::SyncRunner as _,
};

use super::{
    cluster::SETTINGS,
    error::{LaunchError, ServerError},
    external,
    reaper::Reaper,
};

const DEFAULT_VERSION: u32 = 17;
const PORT: u16 = 5432;
/// The image starts its server twice, and only the second one listens to us.
const FIRST_START_DONE: &str = "PostgreSQL init process complete";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Reachable from this machine only, and gone with the tests: the password keeps nobody out, the image wants one.
const PASSWORD: &str = "tenantry";

/// A running container.
#[derive(Debug)]
pub(super) struct Container {
    url: String,
    running: Option<testcontainers::Container<GenericImage>>,
    /// Removes the container when this process ends without its destructors.
    _reaper: Option<Reaper>,
}

/// The image to run: the one that is named, else the official one in the wanted version.
pub(super) fn image(named: Option<&str>, wanted: Option<u32>) -> String {
    named.map_or_else(
        || format!("postgres:{}", wanted.unwrap_or(DEFAULT_VERSION)),
        str::to_owned,
    )
}

impl Container {
    pub(super) fn start(image: &str) -> Result<Self, LaunchError> {
        let running = on_a_thread(|| run(image)).map_err(|error| refused(&error))?;
        let host =
            on_a_thread(|| Ok((running.get_host()?, running.get_host_port_ipv4(PORT.tcp())?)));
        let (host, port) = host.map_err(|error| refused(&error))?;
        let container = Self {
            url: format!("postgres://postgres:{PASSWORD}@{host}:{port}/postgres"),
            _reaper: Reaper::of_container(running.id()),
            running: Some(running),
        };
        container.wait_until_ready()?;
        Ok(container)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(&self) -> Result<(), LaunchError> {
        let begun = Instant::now();
        loop {
            match external::check("container", &self.url, None) {
                Ok(()) => return Ok(()),
                Err(ServerError::Unreachable { .. }) if begun.elapsed() < READY_WITHIN => {
                    thread::sleep(Duration::from_millis(100));
                }
                Err(error) => {
                    return Err(LaunchError::NotReady {
                        log: error.to_string(),
                    });
                }
            }
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let _ = on_a_thread(|| {
                drop(running);
                Ok(())
            });
        }
    }
}

fn run(image: &str) -> Result<testcontainers::Container<GenericImage>, TestcontainersError> {
    let (name, tag) = split(image);
    let arguments = SETTINGS.iter().flat_map(|setting| ["-c", setting]);
    GenericImage::new(name, tag)
        .with_exposed_port(PORT.tcp())
        .with_wait_for(WaitFor::message_on_stdout(FIRST_START_DONE))
        .with_env_var("POSTGRES_PASSWORD", PASSWORD)
        .with_cmd(["postgres"].into_iter().chain(arguments))
        .start()
}

/// `registry:5000/postgres:17` → the name and the tag, which a port is not.
fn split(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        Some(_) | None => (image, "latest"),
    }
}

/// A client that cannot be reached means that there is no daemon; anything else is a daemon with a problem.
fn refused(error: &TestcontainersError) -> LaunchError {
    let reason = match error {
        TestcontainersError::Client(client) => format!("no Docker daemon answers: {client}"),
        other => other.to_string(),
    };
    LaunchError::Container { reason }
}

/// The blocking client has a runtime of its own, which must be neither used nor dropped inside another one.
fn on_a_thread<T: Send>(
    work: impl FnOnce() -> Result<T, TestcontainersError> + Send,
) -> Result<T, TestcontainersError> {
    thread::scope(|scope| {
        let worker = scope.spawn(work).join();
        worker.unwrap_or_else(|_| {
            Err(TestcontainersError::Io(io::Error::other(
                "the client of the container daemon panicked",
            )))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_image_is_taken_before_the_official_one() {
        assert_eq!(image(None, None), "postgres:17");
        assert_eq!(image(None, Some(15)), "postgres:15");
        assert_eq!(
            image(Some("registry/postgres:16"), Some(15)),
            "registry/postgres:16"
        );
    }

    #[test]
    fn a_port_is_no_tag() {
        assert_eq!(split("postgres:17"), ("postgres", "17"));
        assert_eq!(
            split("registry:5000/postgres"),
            ("registry:5000/postgres", "latest")
        );
        assert_eq!(
            split("registry:5000/postgres:17"),
            ("registry:5000/postgres", "17")
        );
        assert_eq!(split("postgres"), ("postgres", "latest"));
    }
}
