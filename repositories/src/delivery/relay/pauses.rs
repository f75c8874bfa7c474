//! How long to wait before an event is tried again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// Pauses that double with each attempt, up to the longest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

impl Pauses {
    /// The pause after an attempt, of which a random half is left out, so that what failed together is not tried together.
    pub(super) fn after(self, attempt: u32) -> Duration {
        let times = 1_u32
            .checked_shl(attempt.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(times).min(self.longest);
        let noise = (RandomState::new().hash_one(attempt) % 1_000) as u32;
        full / 2 + full / 2 * noise / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_leave_out_half_at_most() {
        let longest = Duration::from_secs(60);
        let pauses = Pauses {
            first: Duration::from_secs(1),
            longest,
        };
        for attempt in 1..80 {
            let full = Duration::from_secs(1 << (attempt - 1).min(6)).min(longest);
            let pause = pauses.after(attempt);
            assert!(
                pause >= full / 2 && pause <= full,
                "after attempt {attempt}: {pause:?}"
            );
        }
    }
}
