//! A proxy between the code under test and PostgreSQL: it counts round trips, and cuts connections at a chosen moment.
//!
//! What belongs here: everything about bytes on the way. It knows the framing of the protocol and no SQL.

mod connection;
mod cut;
mod error;
mod message;
mod statements;
mod trips;
mod upstream;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use cut::Cuts;
pub use error::ProxyError;
use statements::Heard;
use upstream::Upstream;

/// A proxy that counts how often its clients waited for the server.
///
/// One round trip is: the client has sent something, and the server has answered all of it. Requests sent together are one trip, and
/// so is a `COPY … FROM STDIN` until the server asks for the data. Connecting and authenticating are not counted. The number does not depend on the speed
/// of the machine, unlike the time, so that a test can assert it.
///
/// Clients must not ask for TLS; [`url`](Self::url) tells them so.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sqlx::Connection as _;
/// use tenantry_testing::{CountingProxy, TestDatabase, sqlx};
///
/// let database = TestDatabase::empty().await?;
/// let proxy = CountingProxy::start(database.app_url()).await?;
/// let mut connection = sqlx::PgConnection::connect(&proxy.url()).await?;
/// proxy.reset();
/// sqlx::raw_sql("SELECT 1; SELECT 2").execute(&mut connection).await?;
/// assert_eq!(proxy.trips(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the proxy stops when this value is dropped"]
pub struct CountingProxy {
    url: String,
    shared: Arc<Shared>,
    generation: watch::Sender<u64>,
    listener: JoinHandle<()>,
}

/// What all connections of one proxy share.
#[derive(Debug, Default)]
struct Shared {
    trips: AtomicU64,
    connections: AtomicU64,
    cuts: Cuts,
    heard: Heard,
}

impl CountingProxy {
    /// Listens on a free port of this machine and forwards to the server of `upstream_url`, over TCP or a Unix socket.
    ///
    /// # Errors
    ///
    /// [`ProxyError`] if the URL cannot be taken apart or no port can be listened on.
    pub async fn start(upstream_url: &str) -> Result<Self, ProxyError> {
        let upstream = Upstream::parse(upstream_url)?;
        let socket = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(ProxyError::listen)?;
        let address = socket.local_addr().map_err(ProxyError::listen)?;
        let shared = Arc::new(Shared::default());
        let (generation, cut) = watch::channel(0);
        Ok(Self {
            url: upstream.url_through(address),
            listener: tokio::spawn(listen(socket, upstream, Arc::clone(&shared), cut)),
            shared,
            generation,
        })
    }

    /// Returns the upstream URL, leading through this proxy.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Returns the round trips since the start or the last [`reset`](Self::reset), of all connections.
    #[must_use]
    pub fn trips(&self) -> u64 {
        self.shared.trips.load(Ordering::SeqCst)
    }

    /// Returns how many connections have been opened since the start or the last [`reset`](Self::reset).
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Begins to listen in: from now on the texts of statements are kept.
    pub fn listen_in(&self) {
        self.shared.heard.begin();
    }

    /// Returns the texts of the statements that were run since [`listen_in`](Self::listen_in), without their values. A prepared
    /// statement is told each time it is run.
    #[must_use]
    pub fn statements(&self) -> Vec<String> {
        self.shared.heard.texts()
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        self.shared.trips.store(0, Ordering::SeqCst);
        self.shared.connections.store(0, Ordering::SeqCst);
    }

    /// Closes every open connection on both sides, as a network that breaks. New ones are taken.
    pub fn cut(&self) {
        self.generation.send_modify(|generation| *generation += 1);
    }

    /// Once: lets the next request that contains `bytes` reach the server, and closes the client's side before the answer.
    ///
    /// With `b"COMMIT"` the transaction is committed and the client cannot know. A request ends where the server would answer
    /// it. The text of a prepared statement travels when it is prepared, which may be a request of its own, and not again
    /// when it is executed: what is to be cut should travel by the simple protocol, as `COMMIT` does.
    pub fn cut_on(&self, bytes: impl Into<Vec<u8>>) {
        self.shared
            .cuts
            .arm(cut::Moment::AfterRequest, bytes.into());
    }

    /// Once: closes both sides when a client sends a message that contains `bytes`, which never reaches the server.
    pub fn cut_before(&self, bytes: impl Into<Vec<u8>>) {
        self.shared
            .cuts
            .arm(cut::Moment::BeforeMessage, bytes.into());
    }
}

impl Drop for CountingProxy {
    fn drop(&mut self) {
        // The connections are tasks of the listener and end with it.
        self.listener.abort();
    }
}

async fn listen(
    socket: TcpListener,
    upstream: Upstream,
    shared: Arc<Shared>,
    cut: watch::Receiver<u64>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                let Ok((client, _)) = accepted else { continue };
                connections.spawn(serve(client, upstream.clone(), Arc::clone(&shared), cut.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(
    client: TcpStream,
    upstream: Upstream,
    shared: Arc<Shared>,
    mut cut: watch::Receiver<u64>,
) {
    // Only a cut that comes after the connection is for it.
    cut.mark_unchanged();
    tokio::select! {
        // A broken connection is what the client sees, too: there is nobody else to tell.
        _ = connection::forward(client, &upstream, &shared) => {}
        _ = cut.changed() => {}
    }
}
