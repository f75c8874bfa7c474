//! One verb on a table with hooks: the place where they stand.

use super::{Change, Planned, registry::Chain};
use crate::{Access, Error, ErrorKind, Result, Scoped, Session, connection::Connection};

/// How deep hooks may call each other by what they write.
const DEEPEST: u32 = 8;

/// One call of a verb, on a table with hooks.
///
/// A verb asks for it, finds out what it may do and to which rows, calls [`before`](Self::before),
/// writes, and calls [`after`](Self::after). Whoever is refused is so before `before`: the session
/// was begun in a context that had not expired, and the rows are locked, which a policy refuses.
/// From `before` on it is all or nothing.
pub(crate) struct Turn<'s, E: Scoped> {
    chain: &'s Chain<E>,
    /// What the hooks are lent.
    session: Session,
    unfinished: Unfinished<'s>,
    /// How many statements the connection had run when the hooks were asked.
    statements: u64,
}

impl<'s, E: Scoped> Turn<'s, E> {
    /// A turn, if the table has hooks.
    pub(crate) fn begin<A: Access>(session: &'s Session<A>) -> Result<Option<Self>> {
        let Some(chain) = session.hooks().of::<E>() else {
            return Ok(None);
        };
        let session_of_hooks = session.lent();
        if session_of_hooks.depth() > DEEPEST {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("hooks of {} call each other", E::default().table_name()),
            )
            .with_hint("What a hook writes calls hooks in its turn, 8 deep at most."));
        }
        Ok(Some(Self {
            chain,
            session: session_of_hooks,
            unfinished: Unfinished::new(session.connection()),
            statements: 0,
        }))
    }

    /// Asks the hooks before anything is written.
    pub(crate) async fn before(&mut self, planned: &mut [Planned<E>]) -> Result<()> {
        if planned.is_empty() {
            return Ok(());
        }
        for (place, row) in planned.iter_mut().enumerate() {
            row.place = place;
        }
        self.statements = self.session.connection().statements().await;
        self.unfinished.begin();
        for hook in self.chain {
            hook.dyn_before(&self.session, planned).await?;
        }
        planned.sort_by_key(|row| row.place);
        Ok(())
    }

    /// Whether a hook has run a statement, so that what was read before it may have changed.
    pub(crate) async fn is_disturbed(&self) -> bool {
        self.session.connection().statements().await != self.statements
    }

    /// Tells the hooks what was written, and ends the turn.
    pub(crate) async fn after(mut self, changes: &[Change<E>]) -> Result<()> {
        if !changes.is_empty() {
            for hook in self.chain {
                hook.dyn_after(&self.session, changes).await?;
            }
        }
        self.unfinished.end();
        Ok(())
    }
}

/// Leaves a transaction that cannot be kept, when what has begun does not come to its end: by an
/// error, a panic, or because nobody waits any more.
pub(crate) struct Unfinished<'s> {
    connection: &'s Connection,
    begun: bool,
}

impl<'s> Unfinished<'s> {
    pub(crate) const fn new(connection: &'s Connection) -> Self {
        Self {
            connection,
            begun: false,
        }
    }

    pub(crate) const fn begin(&mut self) {
        self.begun = true;
    }

    pub(crate) const fn end(&mut self) {
        self.begun = false;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.begun {
            self.connection.refuse_what_follows();
        }
    }
}
