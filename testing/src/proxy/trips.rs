//! When a round trip is over.

/// What one connection is waiting for.
///
/// A trip is over when nothing that the client has asked is left unanswered: `ReadyForQuery` answers a query, a function call or a sync, and requests
/// sent together share a trip. Before `COPY … FROM STDIN` and after a flush the server answers without `ReadyForQuery`, and the
/// client waits for that, too.
#[derive(Debug, Default)]
pub(super) struct Trips {
    started: bool,
    unanswered: u64,
    flushed: bool,
}

impl Trips {
    /// Notes a message of the client, before it is forwarded.
    pub(super) fn sent(&mut self, kind: u8) {
        match kind {
            b'Q' | b'F' | b'S' => {
                self.unanswered += 1;
                self.flushed = false;
            }
            b'H' => self.flushed = true,
            _ => {}
        }
    }

    /// Notes a message of the server, before it is forwarded; tells whether it ends a trip.
    pub(super) fn answered(&mut self, kind: u8) -> bool {
        match kind {
            b'Z' if !self.started => {
                self.started = true;
                false
            }
            b'Z' => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.unanswered == 0
            }
            // CopyInResponse, CopyBothResponse
            b'G' | b'W' => self.unanswered <= 1,
            // Notices, parameters and notifications answer nothing.
            b'N' | b'S' | b'A' => false,
            _ => self.unanswered == 0 && std::mem::take(&mut self.flushed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(script: &[(&[u8], &[u8])]) -> usize {
        let mut trips = Trips::default();
        assert!(!trips.answered(b'Z'), "the start is no trip");
        let mut count = 0;
        for (sent, answered) in script {
            sent.iter().for_each(|kind| trips.sent(*kind));
            count += answered
                .iter()
                .filter(|kind| trips.answered(**kind))
                .count();
        }
        count
    }

    #[test]
    fn each_wait_is_a_trip() {
        assert_eq!(
            count(&[(b"Q", b"TDCZ"), (b"PDS", b"1tTZ"), (b"BES", b"2DCZ")]),
            3
        );
    }

    #[test]
    fn requests_sent_together_are_one_trip() {
        assert_eq!(count(&[(b"QQ", b"CZTDCZ"), (b"PBESPBES", b"12CZ12CZ")]), 2);
    }

    #[test]
    fn a_copy_is_a_trip_to_begin_and_one_to_end() {
        assert_eq!(count(&[(b"Q", b"G"), (b"dddc", b"CZ")]), 2);
    }

    #[test]
    fn a_flush_is_a_trip_though_nothing_is_ready() {
        assert_eq!(count(&[(b"PDH", b"1tT"), (b"BES", b"2DCZ")]), 2);
    }

    #[test]
    fn notices_and_notifications_are_no_trips() {
        assert_eq!(count(&[(b"", b"ANS"), (b"Q", b"NCZA")]), 1);
    }
}
