//! `cargo xtask guards`: takes each of the three guards away in turn, then two of them for one verb, then what a policy adds to reads,
//! and shows which tests miss them.
//!
//! The change is made in a copy of the repository, compiled and tested there. A guard whose absence
//! no test notices is a failure. So is a mutation that no longer finds the text it changes, and a test that fails
//! without naming the attack that came through.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use tenantry_testing::TestServer;

use crate::shell::{self, Result, cargo, root};

struct Guard {
    name: &'static str,
    /// What a reader should know before believing it.
    removed: &'static str,
    edits: &'static [Edit],
    /// The tests that are expected to fail, by a part of their names; at least one must.
    tests: &'static [&'static str],
    /// What a line of theirs must say, in full: failing for another reason is not enough.
    told: Option<[&'static str; 2]>,
}

/// A piece of text and what it becomes.
struct Edit {
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const OPEN_WALL: Edit = Edit {
    file: "migration/src/kit/wall.rs",
    from: "\"{} = (SELECT {})\"",
    to: "\"{} IS NOT NULL OR {} IS NULL\"",
};

const GUARDS: [Guard; 5] = [
    Guard {
        name: "the compiler",
        removed: "a context can be had for nothing",
        edits: &[Edit {
            file: "src/context.rs",
            from: "impl fmt::Debug for TenantContext {",
            to: "impl Default for TenantContext {\n    fn default() -> Self {\n        loop {}\n    }\n}\n\nimpl fmt::Debug for TenantContext {",
        }],
        tests: &["theorems"],
        told: Some(["a_context_has_no_default.rs", "error"]),
    },
    Guard {
        name: "the statement",
        removed: "reads and writes name no workspace",
        edits: &[Edit {
            file: "src/sight.rs",
            from: "let mine = qualified(E::WORKSPACE).eq(workspace.0.to_value());",
            to: "let mine = { let _ = workspace; Expr::val(true) };",
        }],
        tests: &["read::", "write::", "isolation"],
        told: None,
    },
    Guard {
        name: "PostgreSQL",
        removed: "the walls let every row through",
        edits: &[OPEN_WALL],
        tests: &["attacks", "isolation", "verify"],
        told: None,
    },
    Guard {
        name: "the statement and PostgreSQL, for one verb",
        removed: "`find_many` names no workspace, and the walls let every row through",
        edits: &[
            OPEN_WALL,
            Edit {
                file: "src/rows.rs",
                from: "select::by_ids(&sight, ids)",
                to: "sea_orm::QueryFilter::filter(<E as sea_orm::EntityTrait>::find(), select::any_of(E::ID, ids))",
            },
        ],
        tests: &["every_table_withstands_the_isolation_kit"],
        told: Some(["BROKEN", "find_many"]),
    },
    Guard {
        name: "the policy in the statement",
        removed: "reads ask row security alone which rows a policy shows",
        edits: &[Edit {
            file: "src/sight.rs",
            from: "Verdict::Some(filter) => seen.add(filter.into_condition()),",
            to: "Verdict::Some(_) => seen,",
        }],
        tests: &["policies::verbs", "policies::exports"],
        told: None,
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
        for edit in guard.edits {
            mutate(&copy.join(edit.file), edit)?;
        }
        eprintln!("== without {}: {}", guard.name, guard.removed);
        let (failed, said) = failing_tests(&copy, guard, server.url())?;
        if failed.is_empty() {
            return Err(format!("no test misses {}", guard.name));
        }
        if let Some(words) = guard.told {
            let told = said
                .lines()
                .find(|line| words.iter().all(|word| line.contains(word)))
                .ok_or_else(|| {
                    format!(
                        "without {} tests fail, but say no {}",
                        guard.name,
                        words.join(" ")
                    )
                })?;
            eprintln!("   told: {}", told.trim_end());
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

/// Copies what git knows, with the changes that are not committed yet, and takes the rest away.
///
/// Files that are the same already stay as they are, or all that they are compiled to would be made again.
fn fresh_copy(copy: &Path) -> Result {
    let mut wanted = BTreeSet::new();
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
        let content = fs::read(&from).map_err(|error| format!("{name}: {error}"))?;
        if fs::read(&to).is_ok_and(|there| there == content) {
            wanted.insert(to);
            continue;
        }
        let folder = to.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&to, content))
            .map_err(|error| format!("{name}: {error}"))?;
        wanted.insert(to);
    }
    remove_others(copy, &wanted).map_err(|error| error.to_string())
}

fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn mutate(file: &Path, edit: &Edit) -> Result {
    let shown = edit.file;
    let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    if !text.contains(edit.from) {
        return Err(format!(
            "{shown} no longer holds the text that guards.rs takes away"
        ));
    }
    fs::write(file, text.replace(edit.from, edit.to)).map_err(|error| error.to_string())
}

/// Runs the tests in the copy and returns the names of those that fail, and everything that was said.
fn failing_tests(copy: &Path, guard: &Guard, server: &str) -> Result<(Vec<String>, String)> {
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
    // What a failing test says goes to the one, what a theorem says to the other.
    let text =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let text = text.join("\n");
    let failed = text
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
        .map(str::to_owned)
        .collect();
    Ok((failed, text))
}
