//! Waiting for asynchronous work from blocking code, inside a runtime or not.

use std::{io, panic, thread};

use tokio::runtime::Builder;

/// Runs a future to its end on a thread of its own: `block_on` would panic inside a runtime.
///
/// The future is made on that thread, so it need not be `Send`.
pub(crate) fn wait_for<F, T>(make: impl FnOnce() -> F + Send) -> io::Result<T>
where
    F: Future<Output = T>,
    T: Send,
{
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            // Made inside, where timers and sockets find their runtime.
            Ok(runtime.block_on(async { make().await }))
        });
        worker
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}
