//! An event on its way, and why one failed.

use std::fmt;

use sea_orm::prelude::{DateTimeUtc, Json};
use tenantry::WorkspaceId;
use tenantry_entities::delivery::outbox_event::{self, Kind};

/// An event as it is handed on.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Names the event, the same in every attempt.
    pub id: outbox_event::Id,
    /// The workspace that it leaves.
    pub workspace: WorkspaceId,
    /// Its place in the order of the workspace.
    pub sequence: i64,
    /// What happened, as `noun.verb`.
    pub topic: String,
    /// Who wants to know.
    pub kind: Kind,
    /// What there is to tell.
    pub payload: Json,
    /// Which attempt this is, from 1 on.
    pub attempt: u32,
    /// When it was put.
    pub created_at: DateTimeUtc,
}

impl fmt::Debug for Event {
    /// Says nothing of what it tells.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("workspace", &self.workspace)
            .field("sequence", &self.sequence)
            .field("topic", &self.topic)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// Why an event could not be handed on.
///
/// The reason is kept beside the event, where owners and admins of the workspace read it; it is a text of the program, so that no address
/// and no answer of somebody else's server gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    reason: &'static str,
    temporary: bool,
}

impl Fault {
    /// It may go better next time.
    #[must_use]
    pub const fn again(reason: &'static str) -> Self {
        Self {
            reason,
            temporary: true,
        }
    }

    /// It will never go better: the event is dead at once.
    #[must_use]
    pub const fn never(reason: &'static str) -> Self {
        Self {
            reason,
            temporary: false,
        }
    }

    /// The reason.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.reason
    }

    /// Whether it may go better next time.
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        self.temporary
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for Fault {}
