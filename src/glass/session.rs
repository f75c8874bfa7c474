//! One transaction that reads what the glass was broken of.

use std::fmt;

use super::{BreakGlass, GlassRows};
use crate::{BehindGlass, connection::Connection};

/// A session over broken glass: it reads, in the workspaces of the grant, tables that take part.
///
/// It is no [`Session`](crate::Session), nor can one be made of the other. Dropped, it ends.
#[must_use = "a session does nothing until one of its verbs is awaited"]
pub struct GlassSession<'g> {
    glass: &'g BreakGlass,
    connection: Connection,
}

impl<'g> GlassSession<'g> {
    pub(super) fn new(glass: &'g BreakGlass, connection: Connection) -> Self {
        Self { glass, connection }
    }

    /// What was opened.
    pub const fn glass(&self) -> &'g BreakGlass {
        self.glass
    }

    /// The rows of a table in all workspaces of the grant, each with its workspace.
    pub fn rows<E: BehindGlass>(&self, _table: E) -> GlassRows<'_, E> {
        GlassRows::new(self)
    }

    /// Ends the session. Dropping it does the same, a little later.
    pub async fn end(self) {
        self.connection.roll_back().await;
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl fmt::Debug for GlassSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GlassSession({:?})", self.glass)
    }
}
