//! Conflicts that the database reports as something else.

use super::Connection;

impl Connection {
    /// Says that the unit of work may run again, though the code of the error does not.
    pub(crate) async fn ask_for_retry(&self) {
        self.state.lock().await.must_retry = true;
    }
}
