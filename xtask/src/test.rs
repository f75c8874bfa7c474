//! `cargo xtask test`: one PostgreSQL for all tests, then nextest (or cargo's own runner), then the
//! doctests.

use std::process::Command;

use tenantry_testing::{Attempt, LaunchError, ServerError, TestServer};

use crate::shell::{self, Result, available, cargo};

/// By which `tenantry-testing` is asked for a version of PostgreSQL.
const VERSION: &str = "TENANTRY_POSTGRES_VERSION";

/// Everything but benchmarks, and the migrator's command line as well.
const TARGETS: &[&str] = &[
    "--workspace",
    "--lib",
    "--bins",
    "--tests",
    "--examples",
    "--features",
    "tenantry-migration/cli",
];

/// The newest PostgreSQL that a package client has.
const NEWEST: &str = "18";

/// Each major version that a package client has.
const PACKAGED: [&str; 4] = ["15", "16", "17", "18"];

/// What depends on the compiler and not on the server, and so need not be run twice.
const OF_THE_COMPILER: &str = "test(what_must_not_compile) | binary(compile)";

pub(crate) fn run(arguments: &[&str]) -> Result {
    let (version, rest) = match *arguments {
        ["--postgres", version, ref rest @ ..] => (Some(version), rest),
        ref rest => (None, rest),
    };
    let rest = rest.strip_prefix(&["--"]).unwrap_or(rest);
    let server = match version {
        Some(version) => TestServer::start_version(version),
        None => TestServer::start(),
    }
    .map_err(|error| error.to_string())?;
    on(&server, version, rest)?;
    if rest.is_empty() {
        let doctests = cargo(&["test", "--workspace", "--doc", "--quiet"]);
        shell::run(&mut told_of(doctests, &server, version))?;
    }
    Ok(())
}

/// Runs the suite on the newest PostgreSQL, fetched as on a machine that has none. Where it cannot be had, says so.
pub(crate) fn newest() -> Result {
    let server = match TestServer::start_fetched(NEWEST) {
        Ok(server) => server,
        Err(error) if cannot_be_had(&error) && !registry_answers() => {
            eprintln!("SKIPPED: PostgreSQL {NEWEST} could not be had: {error}");
            return Ok(());
        }
        Err(error) => return Err(format!("PostgreSQL {NEWEST} could not be started: {error}")),
    };
    let rest: &[&str] = if available(&mut cargo(&["nextest", "--version"])) {
        &["--filterset", &format!("not ({OF_THE_COMPILER})")]
    } else {
        &[]
    };
    on(&server, Some(NEWEST), rest)
}

/// Fetches each version and starts it.
pub(crate) fn packages() -> Result {
    for version in PACKAGED {
        let server = TestServer::start_fetched(version).map_err(|error| error.to_string())?;
        eprintln!("PostgreSQL {version}: {}", server.source());
    }
    Ok(())
}

fn on(server: &TestServer, version: Option<&str>, rest: &[&str]) -> Result {
    let tests = if available(&mut cargo(&["nextest", "--version"])) {
        cargo(&[&["nextest", "run"], TARGETS, rest].concat())
    } else {
        cargo(&[&["test"], TARGETS, &["--"], rest].concat())
    };
    shell::run(&mut told_of(tests, server, version))
}

/// The command, told which server is for it.
fn told_of(mut command: Command, server: &TestServer, version: Option<&str>) -> Command {
    command.env(TestServer::VARIABLE, server.url());
    if let Some(version) = version {
        command.env(VERSION, version);
    }
    command
}

/// Whether nothing was there to be started. What was there and did not start is a failure.
fn cannot_be_had(error: &ServerError) -> bool {
    fn absent(error: &LaunchError) -> bool {
        match error {
            LaunchError::NoPackage | LaunchError::NoClient { .. } | LaunchError::NoCache => true,
            LaunchError::Program { program, .. } => {
                program.contains("pip") || program.contains("npm")
            }
            LaunchError::Unusable { candidates } => candidates.iter().all(|(_, why)| absent(why)),
            _ => false,
        }
    }
    match error {
        ServerError::NotFound { attempts } => {
            attempts.iter().all(|Attempt { error, .. }| absent(error))
        }
        _ => false,
    }
}

/// Whether a package client reaches its registry: then a package that cannot be fetched is no longer there.
fn registry_answers() -> bool {
    available(Command::new("npm").arg("ping"))
        || available(
            Command::new("python3")
                .args(["-m", "pip", "download", "--quiet"])
                .args([
                    "--no-deps",
                    "--dest",
                    &*shell::root().join("target/registry").to_string_lossy(),
                    "pip",
                ]),
        )
}
