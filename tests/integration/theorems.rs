//! What must not compile does not, and for the reason that its file is named after.
//!
//! Each file in `tests/ui` is a theorem; beside it lies what the compiler says, read once by a
//! person: a case that fails for another reason proves nothing. What must compile lies in
//! `tests/ui/pass`.
//!
//! The words of the compiler change with its version, so the theorems are held by the pinned one
//! alone; under another they are skipped, loudly, and only what must compile is compiled. After a
//! change of the words run `TRYBUILD=overwrite cargo test --test integration theorems` and read
//! the difference.

use std::{env, ffi::OsString, process::Command};

/// The compiler whose words are recorded.
const PINNED: &str = "rustc 1.95.";

#[test]
fn theorems() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    let compiler = compiler();
    if compiler.starts_with(PINNED) {
        cases.compile_fail("tests/ui/*.rs");
    } else {
        eprintln!("SKIPPED: the theorems in tests/ui need {PINNED}*, this is {compiler}");
    }
}

fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let version = Command::new(rustc).arg("--version").output().unwrap();
    String::from_utf8(version.stdout).unwrap()
}
