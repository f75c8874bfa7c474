//! `cargo xtask ci`: everything that CI runs, in its order, the quick refusals first.

use std::time::Instant;

use crate::{
    codegen, guards, policies,
    shell::{self, Result, cargo},
    test, tidy,
};

const PUBLISHED: [&str; 7] = [
    "tenantry-macros",
    "tenantry",
    "tenantry-migration",
    "tenantry-testing",
    "tenantry-codegen",
    "tenantry-entities",
    "tenantry-repositories",
];

pub(crate) fn run() -> Result {
    step("fmt", || run_cargo(&["fmt", "--all", "--check"]))?;
    step("tidy", tidy::run)?;
    step("clippy", || {
        let all = ["clippy", "--workspace", "--all-targets", "--all-features"];
        run_cargo(&[&all[..], &["--", "-D", "warnings"]].concat())
    })?;
    step("policies", || policies::run(codegen::Mode::Check))?;
    step("codegen", || codegen::run(codegen::Mode::Check))?;
    step("test", || test::run(&[]))?;
    step("test on the newest", test::newest)?;
    step("doc", || {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
        shell::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    step("features", features)?;
    step("package", package)?;
    step("guards", guards::run)?;
    eprintln!("All checks passed.");
    Ok(())
}

fn step(name: &str, work: impl FnOnce() -> Result) -> Result {
    eprintln!("== {name}");
    let began = Instant::now();
    work()?;
    eprintln!("== {name}: {} s", began.elapsed().as_secs());
    Ok(())
}

fn run_cargo(arguments: &[&str]) -> Result {
    shell::run(&mut cargo(arguments))
}

/// The systems are optional: without any, and with each alone, everything still compiles.
fn features() -> Result {
    for features in [
        "",
        "accounts",
        "challenges",
        "dealership",
        "startups",
        "decks",
    ] {
        run_cargo(&[
            "check",
            "--package",
            "tenantry-repositories",
            "--features",
            features,
        ])?;
    }
    Ok(())
}

/// Packs what is published. The packages build on one another, so cargo packs them in one call.
fn package() -> Result {
    let mut arguments = vec!["package", "--allow-dirty", "--no-verify", "--quiet"];
    for name in PUBLISHED {
        arguments.extend(["--package", name]);
    }
    run_cargo(&arguments)
}
