//! `cargo xtask test`: one PostgreSQL for all tests, then nextest (or cargo's own runner), then the
//! doctests.

use std::process::Command;

use tenantry_testing::TestServer;

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

    let on_server = |mut command: Command| {
        command.env(TestServer::VARIABLE, server.url());
        if let Some(version) = version {
            command.env(VERSION, version);
        }
        shell::run(&mut command)
    };
    if available(&mut cargo(&["nextest", "--version"])) {
        on_server(cargo(&[&["nextest", "run"], TARGETS, rest].concat()))?;
    } else {
        on_server(cargo(&[&["test"], TARGETS, &["--"], rest].concat()))?;
    }
    if rest.is_empty() {
        on_server(cargo(&["test", "--workspace", "--doc", "--quiet"]))?;
    }
    Ok(())
}
