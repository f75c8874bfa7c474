//! A pooler between: PgBouncer in transaction mode, of any version, with unnamed statements.
//!
//! The test needs a `pgbouncer` to run; without one it says so and proves nothing. CI installs it.

use std::{
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tenantry::{Database, ErrorKind};
use tenantry_entities::challenges::Challenges;
use tenantry_repositories::accounts::Members;
use url::Url;

use crate::world::World;

struct PgBouncer {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl PgBouncer {
    /// Starts one in front of a database, with two connections to share.
    fn start(upstream: &str) -> Option<Self> {
        if Command::new("pgbouncer").arg("--version").output().is_err() {
            eprintln!("SKIPPED: no `pgbouncer` on this machine");
            return None;
        }
        let upstream = Url::parse(upstream).unwrap();
        let host = upstream
            .query_pairs()
            .find(|(name, _)| name == "host")
            .map(|(_, host)| host);
        let host = host.map_or_else(|| upstream.host_str().unwrap().to_owned(), Into::into);
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = std::env::temp_dir().join(format!("tenantry-pgbouncer-{port}"));
        std::fs::create_dir(&folder).unwrap();
        let name = upstream.path().trim_start_matches('/');
        let configuration = format!(
            "[databases]\n{name} = host={host} port={} user={} password={}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 50\n",
            upstream.port().unwrap_or(5432),
            upstream.username(),
            upstream.password().unwrap_or_default(),
        );
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new("pgbouncer");
        // It refuses to run as root, and becomes whoever may reach the server's socket.
        if let Some(owner) = owner_other_than_root(&host) {
            command.args(["-u", &owner]);
        }
        let child = command
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self {
            child,
            folder,
            url: format!("postgres://any@127.0.0.1:{port}/{name}"),
        })
    }

    async fn connect(&self, unnamed: bool) -> tenantry::Result<Database> {
        let mut last = None;
        for _ in 0..50 {
            let builder = Database::builder(&self.url).max_connections(8);
            let builder = if unnamed {
                builder.unnamed_statements()
            } else {
                builder
            };
            match builder
                .acquire_timeout(Duration::from_secs(2))
                .connect(Members)
                .await
            {
                Err(error) if error.kind() == ErrorKind::Unavailable => last = Some(error),
                other => return other,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(last.unwrap())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

/// The name of a folder's owner, if we are root and it is not.
fn owner_other_than_root(folder: &str) -> Option<String> {
    let owner = std::fs::metadata(folder).ok()?.uid();
    let we = std::fs::metadata("/proc/self").ok()?.uid();
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd
        .lines()
        .find(|line| line.split(':').nth(2) == Some(&owner.to_string()))?;
    (we == 0 && owner != 0).then(|| line.split(':').next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_of_work_pass_a_pooler_in_transaction_mode() {
    let world = World::new().await;
    world.challenge(&world.alpha, "alpha").await;
    world.challenge(&world.beta, "beta").await;
    let Some(bouncer) = PgBouncer::start(world.test.app_url()) else {
        return;
    };
    let database = bouncer.connect(true).await.unwrap();

    let tasks: Vec<_> = (0..12)
        .map(|number| {
            let database = database.clone();
            let owner = if number % 2 == 0 {
                &world.alpha
            } else {
                &world.beta
            };
            let (owner, title) = (
                owner.clone(),
                if number % 2 == 0 { "alpha" } else { "beta" },
            );
            tokio::spawn(async move {
                for _ in 0..20 {
                    let (actor, workspace) = (owner.actor().unwrap(), owner.workspace());
                    let context = database
                        .authorize(actor.clone(), workspace.clone())
                        .await
                        .unwrap();
                    let session = database.begin(&context).await.unwrap();
                    let rows = session.challenges().list().page().await.unwrap().items;
                    assert_eq!(rows.len(), 1);
                    assert_eq!(rows[0].title, title);
                    session.commit().await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
