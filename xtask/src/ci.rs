//! `cargo xtask ci`: everything that CI runs, in its order, the quick refusals first.

use crate::{
    codegen,
    guards,
    shell::{Result, cargo, run},
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

pub(crate) fn run_step(name: &str, step: impl FnOnce() -> Result) -> Result {
    eprintln!("== {name}");
    let began = std::time::Instant::now();
    step()?;
    eprintln!("== {name}: {} s", began.elapsed().as_secs());
    Ok(())
}

pub(crate) fn run() -> Result {
    run_step("fmt", || run_cargo(&["fmt", "--all", "--check"]))?;
    run_step("tidy", tidy::run)?;
    run_step("clippy", || {
        run_cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"])
    })?;
    run_step("codegen", || codegen::run(codegen::Mode::Check))?;
    run_step("test", || test::run(&[]))?;
    run_step("doc", || {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
        shell_run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    run_step("package", package)?;
    run_step("guards", guards::run)?;
    eprintln!("All checks passed.");
    Ok(())
}

fn run_cargo(arguments: &[&str]) -> Result {
    shell_run(&mut cargo(arguments))
}

fn shell_run(command: &mut std::process::Command) -> Result {
    run(command)
}

/// Packs what is published. The packages build on one another, so cargo packs them in one call.
fn package() -> Result {
    let mut arguments = vec!["package", "--allow-dirty", "--no-verify", "--quiet"];
    for name in PUBLISHED {
        arguments.extend(["--package", name]);
    }
    run_cargo(&arguments)
}
