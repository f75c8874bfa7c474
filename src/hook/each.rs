//! Rows one after the other, each in a savepoint and with an outcome of its own.

use crate::{Error, ErrorKind, Result};

/// The outcomes of rows, in their order.
///
/// Each row runs in a savepoint, so that what hooks have done for a refused one goes with it.
pub(crate) struct Outcomes<T>(Vec<Result<T>>);

impl<T> Outcomes<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes the outcome of the next row, or fails with it where other rows will fare no better.
    pub(crate) fn take(&mut self, outcome: Result<T>) -> Result<()> {
        match outcome {
            Err(error) if is_about_all(&error) => Err(error),
            outcome => {
                self.0.push(outcome);
                Ok(())
            }
        }
    }

    pub(crate) fn told(self) -> Vec<Result<T>> {
        self.0
    }
}

fn is_about_all(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Retryable | ErrorKind::Unavailable | ErrorKind::Aborted | ErrorKind::Internal
    )
}
