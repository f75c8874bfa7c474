//! At which message a connection is to break.

use std::sync::{Mutex, PoisonError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The message never reaches the server.
    BeforeMessage,
    /// The request it belongs to reaches the server, its answer not the client.
    AfterRequest,
}

/// The cuts that are still to come, each for one message of any connection.
#[derive(Debug, Default)]
pub(super) struct Cuts(Mutex<Vec<(Moment, Vec<u8>)>>);

impl Cuts {
    pub(super) fn arm(&self, moment: Moment, bytes: Vec<u8>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((moment, bytes));
    }

    /// Takes the first cut that this message asks for.
    pub(super) fn take(&self, message: &[u8]) -> Option<Moment> {
        let mut armed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = armed
            .iter()
            .position(|(_, bytes)| contains(message, bytes))?;
        Some(armed.remove(index).0)
    }
}

fn contains(message: &[u8], bytes: &[u8]) -> bool {
    bytes.is_empty() || message.windows(bytes.len()).any(|window| window == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_taken_once_by_the_message_that_holds_its_bytes() {
        let cuts = Cuts::default();
        cuts.arm(Moment::BeforeMessage, b"COMMIT".to_vec());
        assert_eq!(cuts.take(b"Q\0\0\0\nBEGIN\0"), None);
        assert_eq!(
            cuts.take(b"Q\0\0\0\x0bCOMMIT\0"),
            Some(Moment::BeforeMessage)
        );
        assert_eq!(cuts.take(b"Q\0\0\0\x0bCOMMIT\0"), None);
    }
}
