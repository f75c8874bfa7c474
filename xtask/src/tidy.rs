//! `cargo xtask tidy`: the rules of STYLE.md that no lint knows.

use std::{fs, path::Path};

use crate::shell::{Result, root};

/// Lines of a file written by hand.
const LONGEST: usize = 800;
/// Names that say nothing about what belongs in a file.
const NAMELESS: [&str; 5] = ["utils.rs", "common.rs", "helpers.rs", "types.rs", "mod.rs"];

pub(crate) fn run() -> Result {
    let mut complaints = Vec::new();
    for package in [
        "src",
        "macros",
        "entities",
        "repositories",
        "migration",
        "codegen",
        "testing",
        "xtask",
        "tests",
        "examples",
        "benches",
    ] {
        visit(&root().join(package), &mut complaints);
    }
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!("tidy:\n  {}", complaints.join("\n  ")))
}

fn visit(folder: &Path, complaints: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !path.ends_with("target") {
                visit(&path, complaints);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            inspect(&path, complaints);
        }
    }
}

fn inspect(path: &Path, complaints: &mut Vec<String>) {
    let shown = path
        .strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string();
    let Ok(text) = fs::read_to_string(path) else {
        return;
    };
    let compile_fail = shown.starts_with("tests/ui/") || shown.contains("/tests/ui/");
    let said = text.starts_with("//!") || text.starts_with("#![doc");
    if !said && !compile_fail {
        complaints.push(format!(
            "{shown} does not begin with `//!`, which says what belongs there"
        ));
    }
    if text.lines().count() > LONGEST && !text.contains("do not edit") {
        complaints.push(format!("{shown} has more than {LONGEST} lines"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if NAMELESS.contains(&&*name) {
        complaints.push(format!(
            "{shown} is named after nothing; name it after what it holds"
        ));
    }
}
