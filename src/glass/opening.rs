//! Breaking the glass: which workspaces, why, for how long.

use std::{
    fmt,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{BreakGlass, CALL};
use crate::{ActorId, Database, Error, ErrorKind, Person, Result, WorkspaceId, call, claim, key};

/// How short a reason may be, in characters without the blanks around it.
const SHORTEST_REASON: usize = 10;
const LONGEST_REASON: usize = 1_000;
const LONGEST_MINUTES: u32 = 60;
const MOST_WORKSPACES: usize = 100;

/// Glass that is about to be broken; see [`Database::break_glass`].
#[must_use = "no glass is broken until `open` is awaited"]
pub struct Opening {
    database: Database,
    actor: ActorId,
    request: Uuid,
    reason: String,
    workspaces: Vec<WorkspaceId>,
    minutes: u32,
}

#[derive(FromQueryResult)]
struct Opened {
    grant_id: Uuid,
    expires_at: DateTime<Utc>,
}

impl Database {
    /// Lets an operator read workspaces that they are no member of: by name, for an hour at most, and only after the audit log of
    /// each was told who reads, why and until when.
    ///
    /// Whom it serves is for the application to decide before: a person who is logged in is no operator yet. It goes over a
    /// [login of its own](crate::DatabaseBuilder::break_glass_url), which a service that faces customers is not given. Of a
    /// table it shows the columns that the policy says, and nothing of a table whose policy does not speak of it.
    ///
    /// ```no_run
    /// # use tenantry::{BehindGlass, Database, Person, Query, Result, WhollyBehindGlass, WorkspaceId};
    /// # async fn example<E: WhollyBehindGlass + Default>(database: Database, operator: Person, workspace: WorkspaceId) -> Result<()> {
    /// let glass = database
    ///     .break_glass(&operator, "ticket 4711: a board shows no challenges")
    ///     .workspaces([workspace])
    ///     .minutes(15)
    ///     .open()
    ///     .await?;
    /// let session = glass.read().await?;
    /// for found in session.rows(E::default()).page(Query::new()).await?.items {
    ///     println!("{}: {:?}", found.workspace, found.row);
    /// }
    /// session.end().await;
    /// glass.close().await
    /// # }
    /// ```
    pub fn break_glass(&self, operator: &Person, reason: impl Into<String>) -> Opening {
        Opening {
            database: self.clone(),
            actor: operator.actor().clone(),
            request: operator.request(),
            reason: reason.into(),
            workspaces: Vec::new(),
            minutes: 30,
        }
    }
}

impl Opening {
    /// Names the workspaces, 100 at most. All of them cannot be asked for.
    pub fn workspaces<W: Into<WorkspaceId>>(
        mut self,
        workspaces: impl IntoIterator<Item = W>,
    ) -> Self {
        self.workspaces
            .extend(workspaces.into_iter().map(Into::into));
        self
    }

    /// Sets for how long, an hour at most. 30 minutes by default.
    pub fn minutes(mut self, minutes: u32) -> Self {
        self.minutes = minutes;
        self
    }

    /// Tells each workspace, and breaks its glass, in one transaction that is committed before anything is read.
    ///
    /// Whether a workspace exists is not told: of one that does not there is nothing to read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] with the field: a `reason` of less than 10 characters or more than 1,000, `minutes` that are none or
    /// more than 60, `workspaces` that are none, more than 100, blank or of different types, and without a
    /// [`break_glass_url`](crate::DatabaseBuilder::break_glass_url) always; [`ErrorKind::Forbidden`] if the database refuses the
    /// person; [`ErrorKind::CommitUnknown`] if the answer to the commit was lost: the workspaces may have been told.
    pub async fn open(self) -> Result<BreakGlass> {
        self.check()?;
        let array = key::array(self.workspaces.iter().map(|workspace| &workspace.0))
            .ok_or_else(|| invalid("workspaces", "the workspaces are of different types"))?;
        let begun = Instant::now();
        let inner = &self.database.inner;
        let claim = claim::glass(&self.actor, self.request, None, inner.signing_key());
        let connection = inner.enter_glass("READ WRITE", claim).await?;
        let minutes = i32::try_from(self.minutes).unwrap_or(i32::MAX);
        let statement = call::statement(
            "tenantry.open_glass",
            [array.clone(), self.reason.trim().into(), minutes.into()],
        )?;
        let rows = connection.call(CALL, statement).await?;
        let opened = call::rows::<Opened>(rows)?.pop();
        connection.commit().await?;
        let opened =
            opened.ok_or_else(|| Error::new(ErrorKind::Internal, "no grant was answered"))?;
        Ok(BreakGlass {
            grant: opened.grant_id,
            keys: array,
            expires_at: opened.expires_at,
            until: begun + Duration::from_secs(60 * u64::from(self.minutes)),
            database: self.database,
            actor: self.actor,
            request: self.request,
            workspaces: self.workspaces,
        })
    }

    fn check(&self) -> Result<()> {
        let reason = self.reason.trim().chars().count();
        if reason < SHORTEST_REASON {
            return Err(invalid("reason", "the reason has less than 10 characters")
                .with_hint("The workspaces read it: say what for, and name the ticket."));
        }
        if reason > LONGEST_REASON {
            return Err(invalid(
                "reason",
                "the reason has more than 1000 characters",
            ));
        }
        if !(1..=LONGEST_MINUTES).contains(&self.minutes) {
            return Err(invalid(
                "minutes",
                "the time is not between 1 and 60 minutes",
            ));
        }
        if !(1..=MOST_WORKSPACES).contains(&self.workspaces.len()) {
            return Err(invalid(
                "workspaces",
                "the workspaces are not between 1 and 100",
            ));
        }
        if self
            .workspaces
            .iter()
            .any(|workspace| workspace.0.is_blank())
        {
            return Err(invalid("workspaces", "a workspace id is blank"));
        }
        Ok(())
    }
}

fn invalid(field: &'static str, message: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, message).with_field(field)
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("actor", &self.actor)
            .field("workspaces", &self.workspaces)
            .field("minutes", &self.minutes)
            .finish_non_exhaustive()
    }
}
