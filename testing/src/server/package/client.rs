//! The package clients, as installed on this machine.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use super::super::{cluster::tail, error::LaunchError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    Pip,
    Npm,
}

impl Client {
    /// The ways to call it, best first.
    fn calls(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Pip => &[
                &["python3", "-m", "pip"],
                &["python", "-m", "pip"],
                &["pip3"],
                &["pip"],
            ],
            Self::Npm if cfg!(windows) => &[&["npm.cmd"]],
            Self::Npm => &[&["npm"]],
        }
    }

    fn programs(self) -> &'static str {
        match self {
            Self::Pip => "python3 -m pip, pip3 and pip",
            Self::Npm => "npm",
        }
    }

    /// Installs one package, without what it depends on, into a folder of its own.
    pub(super) fn install(self, label: &str, folder: &Path) -> Result<(), LaunchError> {
        let call = self
            .calls()
            .iter()
            .find(|call| answers(call))
            .ok_or(LaunchError::NoClient {
                programs: self.programs(),
            })?;
        let mut command = command(call);
        match self {
            Self::Pip => {
                command.args([
                    "install",
                    "--quiet",
                    "--no-input",
                    "--no-deps",
                    "--disable-pip-version-check",
                    "--only-binary=:all:",
                ]);
                command.arg("--target").arg(folder);
            }
            Self::Npm => {
                command.args([
                    "install",
                    "--silent",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                    "--no-package-lock",
                ]);
                command.arg("--prefix").arg(folder);
            }
        }
        let output = command
            .arg(label)
            .output()
            .map_err(LaunchError::system(format!("run {}", call.join(" "))))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(LaunchError::Program {
            program: call.join(" "),
            status: output.status,
            output: tail(&String::from_utf8_lossy(&said)),
        })
    }
}

fn answers(call: &[&str]) -> bool {
    command(call)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn command(call: &[&str]) -> Command {
    let mut command = Command::new(call[0]);
    command.args(&call[1..]).stdin(Stdio::null());
    command
}
