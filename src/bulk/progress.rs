//! How far a verb of many rows has come.

/// How many rows of a call are done, told after each of its statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many are done.
    pub done: u64,
    /// How many there are, where that is known beforehand.
    pub total: Option<u64>,
}

impl Progress {
    pub(crate) const fn new(done: u64, total: Option<u64>) -> Self {
        Self { done, total }
    }
}
