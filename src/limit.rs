//! Limits of a rate, exact across processes: each leases tokens from the database and spends them.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

use crate::{ActorId, Error, ErrorKind};

/// What a limit says of itself when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// How many calls a window has.
    pub limit: u64,
    /// How many of them are taken.
    pub used: u64,
    /// When the next window begins.
    pub resets_at: DateTime<Utc>,
}

impl Limit {
    /// Makes one, for operations of one's own and for fakes.
    #[must_use]
    pub const fn new(limit: u64, used: u64, resets_at: DateTime<Utc>) -> Self {
        Self {
            limit,
            used,
            resets_at,
        }
    }
}

impl From<Limit> for Error {
    fn from(limit: Limit) -> Self {
        Self::new(ErrorKind::LimitReached, "the limit is reached")
            .with_hint("Try again when the next window begins; `Error::limit` says when.")
            .with_limit(limit)
    }
}

/// Calls that an authority has set aside for this process, in the window that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// How many calls were set aside; none where the limit is reached.
    pub granted: u32,
    /// How many calls a window has.
    pub limit: u32,
    /// How many of them are set aside by now, for all processes.
    pub used: u32,
    /// How long the window lasts, by the clock of whoever keeps it.
    pub resets_in: Duration,
}

/// The leases that this process holds.
#[derive(Debug, Default)]
pub(crate) struct Leases(Mutex<HashMap<Vec<u8>, Held>>);

#[derive(Clone, Debug)]
struct Held {
    left: u32,
    ends: Instant,
    limit: u32,
    used: u32,
    key: ActorId,
}

/// A limit that is reached, and by which key.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) limit: Limit,
    pub(crate) key: ActorId,
}

/// What this process can say of a call by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// A call that was set aside was taken.
    Token,
    /// There is nothing set aside: ask for more.
    Nothing,
}

/// More keys than this are looked through for windows that are over.
const CROWDED: usize = 1_024;

impl Leases {
    /// Takes one call, if one is set aside.
    ///
    /// # Errors
    ///
    /// [`Reached`] if the window is known to be used up.
    pub(crate) fn spend(&self, key: &[u8]) -> Result<Spent, Reached> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match held.get_mut(key) {
            Some(lease) if now >= lease.ends => {
                held.remove(key);
                Ok(Spent::Nothing)
            }
            Some(lease) if lease.left > 0 => {
                lease.left -= 1;
                Ok(Spent::Token)
            }
            // Nobody gives calls back, so that until then the answer stays the same.
            Some(lease) if lease.used >= lease.limit => Err(Reached {
                limit: reached(lease.limit, lease.used, lease.ends - now),
                key: lease.key.clone(),
            }),
            _ => Ok(Spent::Nothing),
        }
    }

    /// Keeps what was set aside for a question that was asked at `asked`, and takes one call of it.
    ///
    /// # Errors
    ///
    /// [`Reached`] if nothing was.
    pub(crate) fn keep(
        &self,
        key: &[u8],
        actor: &ActorId,
        lease: Lease,
        asked: Instant,
    ) -> Result<(), Reached> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= CROWDED {
            held.retain(|_, lease| lease.ends > asked);
        }
        // Counted from before the question, the window ends here no later than there.
        let ends = asked + lease.resets_in;
        let entry = held.entry(key.to_vec()).or_insert(Held {
            left: 0,
            ends,
            limit: lease.limit,
            used: 0,
            key: actor.clone(),
        });
        if entry.ends + SLACK < ends {
            // Another window: what was left of the last one is worth nothing.
            entry.left = 0;
            entry.used = 0;
        }
        entry.ends = ends;
        entry.limit = lease.limit;
        entry.used = entry.used.max(lease.used);
        entry.left += lease.granted;
        if entry.left == 0 {
            return Err(Reached {
                limit: reached(lease.limit, lease.used, lease.resets_in),
                key: actor.clone(),
            });
        }
        entry.left -= 1;
        Ok(())
    }
}

/// Two answers about one window differ by less: no window is as short.
const SLACK: Duration = Duration::from_secs(15);

fn reached(limit: u32, used: u32, resets_in: Duration) -> Limit {
    Limit::new(limit.into(), used.into(), Utc::now() + resets_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor() -> ActorId {
        "k".into()
    }

    fn lease(granted: u32, used: u32) -> Lease {
        Lease {
            granted,
            limit: 10,
            used,
            resets_in: Duration::from_secs(60),
        }
    }

    #[test]
    fn as_many_calls_pass_as_were_set_aside() {
        let leases = Leases::default();
        assert_eq!(leases.spend(b"k").unwrap(), Spent::Nothing);
        leases
            .keep(b"k", &actor(), lease(3, 3), Instant::now())
            .unwrap();
        assert_eq!(leases.spend(b"k").unwrap(), Spent::Token);
        assert_eq!(leases.spend(b"k").unwrap(), Spent::Token);
        assert_eq!(leases.spend(b"k").unwrap(), Spent::Nothing);
        assert_eq!(leases.spend(b"another").unwrap(), Spent::Nothing);
    }

    #[test]
    fn a_window_that_is_used_up_is_not_asked_for_again() {
        let leases = Leases::default();
        let refused = leases.keep(b"k", &actor(), lease(0, 10), Instant::now());
        let error = Error::from(refused.unwrap_err().limit);
        assert_eq!(error.kind(), ErrorKind::LimitReached);
        let refused = leases.spend(b"k").unwrap_err();
        assert_eq!(refused.key, actor());
        let told = refused.limit;
        assert_eq!((told.limit, told.used), (10, 10));
        assert!(told.resets_at > Utc::now());
    }

    #[test]
    fn what_was_left_of_a_window_ends_with_it() {
        let leases = Leases::default();
        let long_ago = Instant::now().checked_sub(Duration::from_secs(90)).unwrap();
        leases.keep(b"k", &actor(), lease(5, 5), long_ago).unwrap();
        assert_eq!(leases.spend(b"k").unwrap(), Spent::Nothing);
    }
}
