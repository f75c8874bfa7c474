//! How often, and after what pause, a unit of work is tried again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// Attempts in all, the first one included.
    pub(crate) attempts: u32,
    pub(crate) first_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(5),
        }
    }
}

impl RetryPolicy {
    /// Doubles with each attempt, of which a random half is left out ("equal jitter"), so that two
    /// rivals do not meet again. Source: Marc Brooker, *Exponential Backoff and Jitter*, 2015.
    pub(crate) fn pause(&self, attempt: u32) -> Duration {
        let full = self.first_pause.saturating_mul(1 << attempt.min(8));
        let noise = (RandomState::new().hash_one(attempt) % 1_000) as u32;
        full / 2 + full / 2 * noise / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let policy = RetryPolicy::default();
        for attempt in 1..20 {
            let pause = policy.pause(attempt);
            assert!(pause >= policy.first_pause, "{pause:?}");
            assert!(pause <= Duration::from_millis(5 * 256), "{pause:?}");
        }
    }
}
