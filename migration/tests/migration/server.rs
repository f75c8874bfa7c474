//! A throwaway cluster for this binary, and a database per test.

use std::{
    fs,
    io::Write as _,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection as _, PgConnection};

struct Server {
    directory: PathBuf,
    _reaper: Child,
}

/// A database of its own, with roles installed and grants prepared, but no migration applied.
pub(crate) struct Database {
    pub(crate) name: String,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start)
}

fn binaries() -> PathBuf {
    if let Some(directory) = std::env::var_os("PG_BIN_DIR") {
        return directory.into();
    }
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    versions.sort();
    versions.pop().unwrap().join("bin")
}

fn account() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let line = ["postgres", "nobody"].iter().find_map(|name| {
        passwd
            .lines()
            .find(|line| line.split(':').next() == Some(name))
    });
    let mut fields = line.unwrap().split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn start() -> Server {
    let directory = PathBuf::from(format!("/tmp/tm-{}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir(&directory).unwrap();
    let account = account();
    if let Some((user, group)) = account {
        chown(&directory, Some(user), Some(group)).unwrap();
    }
    let command = |program: &str| {
        let mut command = Command::new(binaries().join(program));
        command
            .current_dir(&directory)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0);
        if let Some((user, group)) = account {
            command.uid(user).gid(group);
        }
        command
    };
    let status = command("initdb")
        .args([
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ])
        .status()
        .unwrap();
    assert!(status.success());
    let log = fs::File::create(directory.join("log")).unwrap();
    let mut postgres = command("postgres");
    postgres
        .arg("-D")
        .arg("data")
        .arg("-k")
        .arg(&directory)
        .args(["-c", "listen_addresses="])
        .stderr(log);
    for setting in [
        "fsync=off",
        "full_page_writes=off",
        "max_connections=100",
        "autovacuum=off",
    ] {
        postgres.args(["-c", setting]);
    }
    let child = postgres.spawn().unwrap();
    // Its standard input ends when this process does, however that happens.
    let mut reaper = Command::new("/bin/sh")
        .arg("-c")
        .arg(r#"read _; kill -QUIT "$1"; sleep 1; rm -rf "$2""#)
        .arg("reaper")
        .arg(child.id().to_string())
        .arg(&directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    reaper.stdin.as_mut().unwrap().flush().unwrap();
    wait(&directory);
    Server {
        directory,
        _reaper: reaper,
    }
}

fn wait(directory: &Path) {
    for _ in 0..3000 {
        let file = fs::read_to_string(directory.join("data/postmaster.pid")).unwrap_or_default();
        if file
            .lines()
            .nth(7)
            .is_some_and(|line| line.trim() == "ready")
        {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{}", fs::read_to_string(directory.join("log")).unwrap());
}

pub(crate) fn url(role: &str, database: &str) -> String {
    format!(
        "postgres://{role}@localhost/{database}?host={}",
        server().directory.display()
    )
}

impl Database {
    /// An empty database owned by the superuser, nothing prepared.
    pub(crate) async fn bare() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("d{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = connect(&url("postgres", "postgres")).await;
        sql(
            &mut connection,
            &format!("CREATE DATABASE {name} TEMPLATE template0"),
        )
        .await;
        Self { name }
    }

    /// Roles installed and grants prepared.
    pub(crate) async fn prepared() -> Self {
        let database = Self::bare().await;
        let mut connection = database.superuser().await;
        tenantry_migration::roles::install(&mut connection)
            .await
            .unwrap();
        tenantry_migration::roles::prepare_database(&mut connection)
            .await
            .unwrap();
        database
    }

    /// Kernel and systems applied, by the migrator.
    pub(crate) async fn migrated() -> Self {
        let database = Self::prepared().await;
        tenantry_migration::run::<tenantry_migration::Migrator>(&database.url("tenantry_migrator"))
            .await
            .unwrap();
        database
    }

    pub(crate) fn url(&self, role: &str) -> String {
        url(role, &self.name)
    }

    pub(crate) async fn superuser(&self) -> PgConnection {
        self.connect("postgres").await
    }

    pub(crate) async fn connect(&self, role: &str) -> PgConnection {
        connect(&url(role, &self.name)).await
    }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Runs statements that must succeed.
pub(crate) async fn sql(connection: &mut PgConnection, text: &str) {
    if let Err(error) = try_sql(connection, text).await {
        panic!("{error}\n{text}");
    }
}

/// Runs statements and tells the SQLSTATE and message of the refusal.
pub(crate) async fn try_sql(connection: &mut PgConnection, text: &str) -> Result<(), String> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()))
        .execute(connection)
        .await
        .map(drop)
        .map_err(|error| {
            let database = error.as_database_error().unwrap();
            format!("{} {}", database.code().unwrap(), database.message())
        })
}

/// Reads one text value.
pub(crate) async fn value(connection: &mut PgConnection, query: &str) -> Option<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT ({query})::text")))
        .fetch_one(connection)
        .await
        .unwrap()
}
