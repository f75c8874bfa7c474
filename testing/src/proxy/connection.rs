//! One connection: start-up, then both directions until one side ends or a cut comes.

use std::{
    io,
    sync::{Mutex, PoisonError, atomic::Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use super::{
    Shared,
    cut::Moment,
    message::{Messages, Types},
    statements::Prepared,
    trips::Trips,
    upstream::{Stream, Upstream},
};

const TLS_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;
const LARGEST_START: u32 = 10_000;
const BUFFER: usize = 64 * 1024;

type FromServer = ReadHalf<Box<dyn Stream>>;
type ToServer = WriteHalf<Box<dyn Stream>>;

/// Why the client's direction has ended.
#[derive(PartialEq, Eq)]
enum End {
    /// The client has gone or is to be cut off with the server.
    Closed,
    /// The server has got the request and is to finish it without anybody listening.
    AnswerLost,
}

/// Forwards one connection until it ends.
pub(super) async fn forward(
    mut client: TcpStream,
    upstream: &Upstream,
    shared: &Shared,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (code, start) = read_start(&mut client).await?;
    let mut server = upstream.connect().await?;
    server.write_all(&start).await?;
    if code == CANCEL_REQUEST {
        // The server closes when the cancellation is under way, and clients wait for that.
        server.read_to_end(&mut Vec::new()).await?;
        return Ok(());
    }
    shared.connections.fetch_add(1, Ordering::SeqCst);
    let (mut from_server, mut to_server) = split(server);
    let (mut from_client, mut to_client) = client.into_split();
    let trips = Mutex::new(Trips::default());
    let end = tokio::select! {
        end = requests(&mut from_client, &mut to_server, shared, &trips) => end?,
        ended = answers(&mut from_server, &mut to_client, shared, &trips) => return ended,
    };
    if end == End::AnswerLost {
        drop((from_client, to_client));
        to_server.shutdown().await?;
        // An answer that nobody takes could fill the socket and stop the server before it has committed.
        tokio::io::copy(&mut from_server, &mut tokio::io::sink()).await?;
    }
    Ok(())
}

/// Reads the first message, which has no type, and refuses encryption on the way.
async fn read_start(client: &mut TcpStream) -> io::Result<(u32, Vec<u8>)> {
    loop {
        let length = client.read_u32().await?;
        let code = client.read_u32().await?;
        if !(8..=LARGEST_START).contains(&length) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut start = [length.to_be_bytes(), code.to_be_bytes()].concat();
        start.resize(length as usize, 0);
        client.read_exact(&mut start[8..]).await?;
        if code != TLS_REQUEST && code != GSS_REQUEST {
            return Ok((code, start));
        }
        client.write_all(b"N").await?;
    }
}

async fn requests(
    from_client: &mut OwnedReadHalf,
    to_server: &mut ToServer,
    shared: &Shared,
    trips: &Mutex<Trips>,
) -> io::Result<End> {
    let mut buffer = vec![0; BUFFER];
    let mut messages = Messages::default();
    let mut prepared = Prepared::default();
    let mut cut_after_request = false;
    loop {
        let read = from_client.read(&mut buffer).await?;
        if read == 0 {
            return Ok(End::Closed);
        }
        messages.push(&buffer[..read]);
        // What came together goes on together: the server must see the same packets as without us.
        let mut together = Vec::with_capacity(read);
        while let Some(message) = messages.next() {
            if let Some(text) = prepared.runs(&message) {
                shared.heard.hear(text);
            }
            match shared.cuts.take(&message) {
                Some(Moment::BeforeMessage) => {
                    to_server.write_all(&together).await?;
                    return Ok(End::Closed);
                }
                Some(Moment::AfterRequest) => cut_after_request = true,
                None => {}
            }
            let kind = message[0];
            trips
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .sent(kind);
            together.extend(message);
            if cut_after_request && matches!(kind, b'Q' | b'F' | b'S') {
                to_server.write_all(&together).await?;
                return Ok(End::AnswerLost);
            }
        }
        to_server.write_all(&together).await?;
    }
}

async fn answers(
    from_server: &mut FromServer,
    to_client: &mut OwnedWriteHalf,
    shared: &Shared,
    trips: &Mutex<Trips>,
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    let mut types = Types::default();
    loop {
        let read = from_server.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        {
            // Counted before the client can know, so that a test reads the right number when its call returns.
            let mut trips = trips.lock().unwrap_or_else(PoisonError::into_inner);
            types.read(&buffer[..read], |kind| {
                if trips.answered(kind) {
                    shared.trips.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        to_client.write_all(&buffer[..read]).await?;
    }
}
