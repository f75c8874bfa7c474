//! Where a session stands: in the transaction itself, or in a savepoint.
//!
//! A verb that runs its rows in savepoints of its own leaves other handles of the session usable, and
//! a future that holds one may run beside it. What that one sends must not land in such a savepoint:
//! it would be undone after it was acknowledged. So only those who stand in the innermost savepoint
//! speak. All others wait until it has ended.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::MutexGuard;

use super::{Connection, Pending, Purpose, State};
use crate::Result;

const SAVEPOINT: Purpose = Purpose {
    verb: "savepoint",
    table: "",
};

impl Connection {
    /// The same transaction for another session at the same place.
    pub(crate) fn again(&self) -> Self {
        self.at(self.within)
    }

    fn at(&self, within: u64) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            within,
        }
    }

    /// Waits until no other statement runs, and those who stand here may speak.
    pub(super) async fn when_innermost(&self) -> MutexGuard<'_, State> {
        loop {
            // Before it looks, so that no move is missed.
            let moved = self.moved.notified();
            let state = self.state.lock().await;
            if self.innermost.load(Ordering::Relaxed) == self.within {
                return state;
            }
            drop(state);
            moved.await;
        }
    }

    /// Opens a savepoint, in which from now on every statement lands. One that was undone here before
    /// is taken off the server, whoever had opened it.
    pub(crate) async fn open(&self) -> Result<Savepoint<'_>> {
        let number = self.number_savepoint();
        let mut exclusive = self.exclusive(SAVEPOINT).await?;
        let open = match exclusive.state.take_standing(self.within) {
            Some(undone) => {
                format!("RELEASE SAVEPOINT tenantry_{undone}; SAVEPOINT tenantry_{number}")
            }
            None => format!("SAVEPOINT tenantry_{number}"),
        };
        exclusive.command(open).await?;
        exclusive.state.stands(self.within, number);
        // While it is still held: whoever comes next finds the savepoint open.
        self.innermost.store(number, Ordering::Relaxed);
        Ok(Savepoint {
            around: self,
            inside: self.at(number),
            is_open: true,
        })
    }

    /// From now on nothing of the transaction can be kept, but for what is undone with the savepoint
    /// that this stands in.
    pub(crate) fn refuse_what_follows(&self) {
        self.leave_pending(Pending::Refuse {
            within: self.within,
        });
    }
}

/// An open savepoint. Dropped, it leaves its undoing to the next statement.
pub(crate) struct Savepoint<'c> {
    around: &'c Connection,
    inside: Connection,
    is_open: bool,
}

impl Savepoint<'_> {
    const fn number(&self) -> u64 {
        self.inside.within
    }

    /// For the session that stands in it.
    pub(crate) fn inside(&self) -> Connection {
        self.inside.again()
    }

    /// Keeps what was done in it.
    pub(crate) async fn release(mut self) -> Result<()> {
        let release = format!("RELEASE SAVEPOINT tenantry_{}", self.number());
        let mut exclusive = self.inside.exclusive(SAVEPOINT).await?;
        exclusive.command(release).await?;
        exclusive.state.take_standing(self.around.within);
        drop(exclusive);
        self.is_open = false;
        Ok(())
    }

    /// Undoes it. Where that fails it stays pending, and the next statement says so.
    pub(crate) async fn undo(mut self) {
        self.is_open = self.around.undo(self.number()).await.is_err();
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.around.leave_pending(Pending::Undo(self.number()));
        }
        self.around
            .innermost
            .store(self.around.within, Ordering::Relaxed);
        self.around.moved.notify_waiters();
    }
}
