//! A throwaway cluster: `initdb`, then `postgres` on a socket of its own, both gone with the value or the process.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{account::Account, binaries, error::LaunchError, folder::Folder, reaper::Reaper};

/// Nothing here outlives a test, so nothing has to survive a crash of the machine. A crash of the server is
/// what some tests are about: a commit is written before it is acknowledged.
pub(super) const SETTINGS: [&str; 11] = [
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=200",
    "shared_buffers=128MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=4GB",
    "checkpoint_timeout=1h",
    "logging_collector=off",
    "timezone=UTC",
];

const INITDB: [&str; 9] = [
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
];

const READY_WITHIN: Duration = Duration::from_secs(60);

/// What names the socket in the cluster's own folder.
const SOCKET: u16 = 5432;

#[derive(Debug)]
pub(super) struct Cluster {
    server: Child,
    // Dropped in this order: the shell has to see the server end before the folder goes.
    reaper: Option<Reaper>,
    folder: Folder,
    url: String,
    port: u16,
    binaries: PathBuf,
    account: Option<Account>,
}

impl Cluster {
    /// Makes and starts a cluster with the programs in `binaries`, as `account` if we are root.
    pub(super) fn start(binaries: &Path, account: Option<&Account>) -> Result<Self, LaunchError> {
        let folder = Folder::create()?;
        if let Some(account) = account {
            account.own(folder.path())?;
        }
        let mut reaper = Reaper::of_cluster(folder.path());
        let programs = Programs {
            binaries,
            account,
            folder: folder.path(),
        };
        programs.initdb(reaper.as_mut())?;
        let port = if cfg!(unix) { SOCKET } else { free_port()? };
        let server = programs.start(port, reaper.as_mut())?;
        let url = if cfg!(unix) {
            format!(
                "postgres://postgres@localhost:{port}/postgres?host={}",
                folder.path().display()
            )
        } else {
            format!("postgres://postgres@127.0.0.1:{port}/postgres")
        };
        let mut cluster = Self {
            server,
            reaper,
            folder,
            url,
            port,
            binaries: binaries.to_owned(),
            account: account.cloned(),
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Ends every process of the server at once, without a checkpoint, as a crash does. The data stays.
    pub(super) fn crash(&mut self) -> Result<(), LaunchError> {
        if let Some(reaper) = &mut self.reaper {
            reaper.watch(None);
        }
        let quit = Command::new("kill")
            .arg("-QUIT")
            .arg(self.server.id().to_string())
            .status();
        if !quit.is_ok_and(|status| status.success()) {
            self.server
                .kill()
                .map_err(LaunchError::system("kill the server"))?;
        }
        self.server
            .wait()
            .map(drop)
            .map_err(LaunchError::system("wait for the server to end"))
    }

    /// Starts the server again on the data that it left, at the same address, and waits until it has recovered.
    pub(super) fn restart(&mut self) -> Result<(), LaunchError> {
        let programs = Programs {
            binaries: &self.binaries,
            account: self.account.as_ref(),
            folder: self.folder.path(),
        };
        self.server = programs.start(self.port, self.reaper.as_mut())?;
        self.wait_until_ready()
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The eighth line of `postmaster.pid` is the state; `pg_ctl` looks there too, and no client is needed.
    fn wait_until_ready(&mut self) -> Result<(), LaunchError> {
        let state = data(self.folder.path()).join("postmaster.pid");
        let begun = Instant::now();
        loop {
            let process = self.server.id().to_string();
            if fs::read_to_string(&state).is_ok_and(|text| {
                let mut lines = text.lines().map(str::trim);
                // A server that crashed may have left the file behind.
                lines.next() == Some(process.as_str()) && lines.nth(6) == Some("ready")
            }) {
                return Ok(());
            }
            let log = || tail(&fs::read_to_string(log(self.folder.path())).unwrap_or_default());
            if let Some(status) = self
                .server
                .try_wait()
                .map_err(LaunchError::system("watch the server"))?
            {
                return Err(LaunchError::Program {
                    program: "postgres".to_owned(),
                    status,
                    output: log(),
                });
            }
            if begun.elapsed() > READY_WITHIN {
                return Err(LaunchError::NotReady { log: log() });
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The shell asks the server to quit at once; without one there is only SIGKILL. Either way we reap it, so that
        // the shell does not wait for a zombie.
        match &mut self.reaper {
            Some(reaper) => reaper.release(),
            None => {
                let _ = self.server.kill();
            }
        }
        let _ = self.server.wait();
    }
}

/// The two programs, run as the right user in the right place.
struct Programs<'cluster> {
    binaries: &'cluster Path,
    account: Option<&'cluster Account>,
    folder: &'cluster Path,
}

impl Programs<'_> {
    fn initdb(&self, reaper: Option<&mut Reaper>) -> Result<(), LaunchError> {
        let mut command = self.command("initdb");
        command.arg("-D").arg(data(self.folder)).args(INITDB);
        let initdb = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(LaunchError::system("run initdb"))?;
        let mut reaper = reaper;
        if let Some(reaper) = &mut reaper {
            reaper.watch(Some(initdb.id()));
        }
        let output = initdb
            .wait_with_output()
            .map_err(LaunchError::system("wait for initdb"))?;
        if let Some(reaper) = &mut reaper {
            reaper.watch(None);
        }
        if output.status.success() {
            return Ok(());
        }
        Err(LaunchError::Program {
            program: "initdb".to_owned(),
            status: output.status,
            output: tail(&String::from_utf8_lossy(&output.stderr)),
        })
    }

    fn start(&self, port: u16, reaper: Option<&mut Reaper>) -> Result<Child, LaunchError> {
        let listen = if cfg!(unix) { "" } else { "127.0.0.1" };
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(data(self.folder))
            .arg("-p")
            .arg(port.to_string());
        if cfg!(unix) {
            // Debian's own default folder is closed to everybody but postgres.
            command.arg("-k").arg(self.folder);
        }
        command.arg("-c").arg(format!("listen_addresses={listen}"));
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        let log = fs::File::create(log(self.folder))
            .map_err(LaunchError::system("make the server's log"))?;
        let server = command
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(LaunchError::system("run postgres"))?;
        if let Some(reaper) = reaper {
            reaper.watch(Some(server.id()));
        }
        Ok(server)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(binaries::file_name(program)));
        command
            .current_dir(self.folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        for variable in ["PGDATA", "PGPORT", "PGHOST", "PGOPTIONS"] {
            command.env_remove(variable);
        }
        // An interrupt from the terminal is for the tests: the server must not go before they do.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        command
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// Asked for where there are no sockets; another process may take it in between, and then the server says so.
fn free_port() -> Result<u16, LaunchError> {
    let listener =
        std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    Ok(listener
        .map_err(LaunchError::system("find a free port"))?
        .port())
}

/// The last lines of a text, which say what went wrong.
pub(super) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
