//! A shell that outlives us and cleans up.
//!
//! Its standard input is a pipe from us, which ends when we do: on return, on panic, on `SIGKILL`, also with the server in a
//! `static`, also while `initdb` still runs. A destructor sees only the first two.

use std::{
    ffi::OsStr,
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
};

/// For a cluster: each line names the process to kill at the end, an empty one none; `$1` is the folder to remove.
///
/// Not the process group: not every shell's `kill` takes a negative number. The children of either program end with it.
const CLUSTER: &str = r#"
process=
while read -r line; do process=$line; done
if [ -n "$process" ]; then
    kill -QUIT "$process"
    tries=0
    while kill -0 "$process" && [ "$tries" -lt 250 ]; do sleep 0.02; tries=$((tries + 1)); done
    kill -KILL "$process"
fi
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"#;

/// For a container: `$1` is its id. Without a client program only the destructor removes it.
#[cfg(feature = "docker")]
const CONTAINER: &str = r#"
while read -r line; do :; done
docker rm --force --volumes "$1" || podman rm --force --volumes "$1"
"#;

#[derive(Debug)]
pub(super) struct Reaper(Child);

impl Reaper {
    /// Starts the shell for a cluster in `folder`; `None` where there is none, and then only the destructors clean up.
    pub(super) fn of_cluster(folder: &Path) -> Option<Self> {
        Self::start(CLUSTER, folder.as_os_str())
    }

    /// Starts the shell for a container.
    #[cfg(feature = "docker")]
    pub(super) fn of_container(id: &str) -> Option<Self> {
        Self::start(CONTAINER, id.as_ref())
    }

    #[cfg(unix)]
    fn start(script: &str, argument: &OsStr) -> Option<Self> {
        use std::os::unix::process::CommandExt;
        Command::new("/bin/sh")
            .args(["-c", script, "tenantry-reaper"])
            .arg(argument)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0) // an interrupt from the terminal is for us; the shell has to see us go
            .spawn()
            .ok()
            .map(Self)
    }

    #[cfg(not(unix))]
    fn start(_script: &str, _argument: &OsStr) -> Option<Self> {
        None
    }

    /// Names the process to kill at the end.
    pub(super) fn watch(&mut self, process: Option<u32>) {
        let line = process
            .map(|process| process.to_string())
            .unwrap_or_default();
        if let Some(pipe) = &mut self.0.stdin {
            // A shell that is gone cannot be told; the destructors remain.
            let _ = writeln!(pipe, "{line}");
        }
    }

    /// Lets the shell begin. Its own end is waited for on drop.
    pub(super) fn release(&mut self) {
        drop(self.0.stdin.take());
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        self.release();
        let _ = self.0.wait();
    }
}
