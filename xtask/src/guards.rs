//! `cargo xtask guards`: takes each of the three guards away in turn, and shows which tests miss it.
//!
//! The change is made in a copy of the repository, compiled and tested there. A guard whose absence
//! no test notices is a failure. So is a mutation that no longer finds the text it changes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tenantry_testing::TestServer;

use crate::shell::{self, Result, cargo, root};

struct Guard {
    name: &'static str,
    /// What a reader should know before believing it.
    removed: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// The tests that are expected to fail, by a part of their names; at least one must.
    tests: &'static [&'static str],
}

const GUARDS: [Guard; 3] = [
    Guard {
        name: "the compiler",
        removed: "a context can be had for nothing",
        file: "src/context.rs",
        from: "impl fmt::Debug for TenantContext {",
        to: "impl Default for TenantContext {\n    fn default() -> Self {\n        loop {}\n    }\n}\n\nimpl fmt::Debug for TenantContext {",
        tests: &["theorems"],
    },
    Guard {
        name: "the statement",
        removed: "reads and writes name no workspace",
        file: "src/read/select.rs",
        from: "Condition::all().add(qualified(E::WORKSPACE).eq(workspace.0.to_value()))",
        to: "{ let _ = workspace; Condition::all() }",
        tests: &["read::", "write::", "isolation"],
    },
    Guard {
        name: "PostgreSQL",
        removed: "the walls let every row through",
        file: "migration/src/kit/wall.rs",
        from: "\"{} = (SELECT {})\"",
        to: "\"{} IS NOT NULL OR {} IS NULL\"",
        tests: &["attacks", "isolation", "verify"],
    },
];

pub(crate) fn run() -> Result {
    let copy = root().join("target/guards");
    let server = TestServer::start().map_err(|error| error.to_string())?;
    for guard in &GUARDS {
        if guard.tests == ["theorems"] && !words_are_recorded()? {
            eprintln!("SKIPPED: the words of this compiler are not recorded, see theorems.rs");
            continue;
        }
        fresh_copy(&copy)?;
        mutate(&copy.join(guard.file), guard)?;
        eprintln!("== without {}: {}", guard.name, guard.removed);
        let failed = failing_tests(&copy, guard, server.url())?;
        if failed.is_empty() {
            return Err(format!("no test misses {}", guard.name));
        }
        eprintln!(
            "== without {}: {} tests fail, as they must",
            guard.name,
            failed.len()
        );
        for test in failed.iter().take(12) {
            eprintln!("   {test}");
        }
    }
    fs::remove_dir_all(&copy).map_err(|error| error.to_string())
}

/// Whether this is the compiler whose messages `tests/ui` holds.
fn words_are_recorded() -> Result<bool> {
    let theorems = include_str!("../../tests/integration/theorems.rs");
    let pinned = theorems
        .split_once("const PINNED: &str = \"")
        .and_then(|(_, rest)| rest.split('"').next())
        .ok_or("theorems.rs no longer says which compiler it is held by")?;
    let version = Command::new("rustc")
        .arg("--version")
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&version.stdout).starts_with(pinned))
}

/// Copies what git knows, with the changes that are not committed yet.
fn fresh_copy(copy: &Path) -> Result {
    if copy.exists() {
        fs::remove_dir_all(copy).map_err(|error| error.to_string())?;
    }
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("git: {error}"))?;
    for name in String::from_utf8_lossy(&listed.stdout).lines() {
        let (from, to) = (root().join(name), copy.join(name));
        if !from.is_file() {
            continue;
        }
        let folder = to.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::copy(&from, &to))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn mutate(file: &Path, guard: &Guard) -> Result {
    let shown = guard.file;
    let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    if !text.contains(guard.from) {
        return Err(format!(
            "{shown} no longer holds the text that guards.rs takes away"
        ));
    }
    fs::write(file, text.replace(guard.from, guard.to)).map_err(|error| error.to_string())
}

/// Runs the tests in the copy and returns the names of those that fail.
fn failing_tests(copy: &Path, guard: &Guard, server: &str) -> Result<Vec<String>> {
    let build = [
        "test",
        "--no-run",
        "--quiet",
        "--package",
        "tenantry",
        "--lib",
        "--test",
        "integration",
    ];
    let within = |arguments: &[&str]| {
        let mut command = cargo(arguments);
        command
            .current_dir(copy)
            .env("CARGO_TARGET_DIR", root().join("target"))
            .env(TestServer::VARIABLE, server)
            .env("RUST_BACKTRACE", "0");
        command
    };
    shell::run(&mut within(&build))?;
    let mut arguments = vec![
        "test",
        "--package",
        "tenantry",
        "--lib",
        "--test",
        "integration",
    ];
    arguments.extend(["--no-fail-fast", "--"]);
    arguments.extend(guard.tests);
    let output = within(&arguments)
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
        .map(str::to_owned)
        .collect())
}
