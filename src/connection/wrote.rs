//! Whether anything was written.

use super::Connection;

impl Connection {
    /// Whether the transaction has written, or may have.
    pub(crate) async fn has_written(&self) -> bool {
        self.transaction().is_some() || self.state.lock().await.wrote_unseen
    }
}
