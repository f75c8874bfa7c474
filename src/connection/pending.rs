//! What was left to do, or to refuse, before the next statement.

use crate::{Error, ErrorKind};

/// What a dropped savepoint, stream or turn of hooks left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// Go back to the savepoint of this number.
    Undo(u64),
    /// Close the cursor of this name.
    Close(String),
    /// Refuse everything, since something is half done that was begun in this savepoint; until that,
    /// or one around it, is undone.
    Refuse { within: u64 },
}

impl Pending {
    /// May be run again where its answer was not waited for: going back twice is going back, and
    /// what is not there is not closed.
    pub(super) fn sql(&self) -> Result<String, Error> {
        match self {
            Self::Undo(savepoint) => Ok(format!("ROLLBACK TO SAVEPOINT tenantry_{savepoint}")),
            Self::Close(cursor) => Ok(format!(
                "DO 'BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE name = ''{cursor}'') \
                 THEN EXECUTE ''CLOSE {cursor}''; END IF; END'"
            )),
            Self::Refuse { .. } => Err(Error::new(
                ErrorKind::Aborted,
                "a write whose hooks had run did not come to its end",
            )
            .with_hint("Run what may fail in a savepoint.")),
        }
    }
}
