//! Hooks: what a program does before and after rows of a table change, in the same transaction.

mod change;
mod each;
mod planned;
mod registry;
mod turn;
mod watched;

use std::{
    fmt,
    future::{Future, ready},
};

use crate::{Result, Scoped, Session};

pub use change::Change;
pub(crate) use each::Outcomes;
pub use planned::Planned;
pub(crate) use registry::Hooks;
pub(crate) use turn::{Turn, Unfinished};
pub(crate) use watched::{Condition, Watched};

/// What a program does before and after rows of `E` change, whichever verb changes them.
///
/// Registered with [`DatabaseBuilder::hook`](crate::DatabaseBuilder::hook), for all sessions of the
/// database. Both methods are given; write the one that you need.
///
/// **What it gets.** One call for a verb, however many rows that is about, with all of them: new and
/// changed ones in the order of the caller's, deleted and restored ones in that of their ids. The
/// `_each` verbs go row by row, so that nothing is kept of what hooks did for a refused one;
/// `upsert_many` does so too, and `load` goes in pieces. `before` may look at what is planned and change the values; `after` gets
/// the images of each row from before and after, exact also where others write at the same time,
/// since the rows are locked. A verb that changes nothing calls nobody: a row that is missing,
/// stale or not the caller's to change is refused before any hook is asked.
///
/// **What it may do.** It is lent the session: all verbs, no commit, no savepoint, and no way to
/// keep it. What it writes is part of the transaction and calls hooks in its turn, 8 deep at most.
/// Never begin another session of the same database inside a hook, or inside a closure of
/// [`transaction`](crate::Database::transaction): when all connections of the pool are held by
/// units of work that wait for one more, none goes on until the timeout.
///
/// **When it fails.** An error of a hook is the error of the verb, and from then on the transaction
/// can keep nothing, even if the caller swallows it: [`commit`](Session::commit) answers
/// [`ErrorKind::Aborted`](crate::ErrorKind::Aborted). The same if a hook panics, if its future is
/// dropped, and if the verb fails once a hook has run. As after a failed statement, a
/// [`savepoint`](Session::savepoint) around the verb saves the rest.
///
/// **How often.** A unit of work that is tried again runs its hooks again, from the start. What
/// cannot be undone by a rollback, such as a mail, does not belong here: write a row that says what
/// is to be done, and do it after the commit.
///
/// **In which order.** Several hooks of a table run one after the other, in the order of their
/// registration, before and after alike; the later sees the values that the earlier has set.
///
/// **Side by side.** Several futures may use one session at once, as by `tokio::join!`, and each verb
/// keeps what it promises. While an `_each` verb has a row in hand, whatever else is asked of the
/// session waits until that row is kept or undone, so that a refused row takes nothing of another
/// call along. Poll all of them to their end, or drop them: a future that is neither keeps the others
/// waiting. What a hook sees of other calls is what they have written so far.
///
/// A delete or restore that goes on to children asks and tells the hooks of each table, parents
/// first; those of a child run though nobody named its rows.
///
/// **What it costs.** Nothing where a table has no hook. With one, an insert takes no trip more; an
/// update or upsert one, which locks the row and reads its old image; a delete or restore one for
/// its locks and, for each table with hooks, two for the images.
///
/// **What it sees of columns.** Everything: a hook is part of the program and is given rows as they are, also what a policy
/// [hides](crate::policy::Policy::hide) from the context. What it reads by the session's verbs is what the context sees.
///
/// **What it does not see.** Raw SQL, what triggers of the database write, and writes through another
/// entity over the same table; the audit log does.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sea_orm::ActiveValue::Set;
/// use tenantry::{Change, Database, Error, ErrorKind, Hook, Verb, Planned, Result, Session};
/// use tenantry_entities::challenges::{Challenges, challenge};
/// # use tenantry_entities::accounts::workspace;
/// # use tenantry_repositories::accounts::{Founder, Members, Workspaces};
/// # use tenantry_testing::TestDatabase;
///
/// /// Titles have no blanks around them, and a published challenge keeps its title.
/// struct Titles;
///
/// impl Hook<challenge::Entity> for Titles {
///     async fn before(
///         &self,
///         _session: &Session,
///         planned: &mut [Planned<challenge::Entity>],
///     ) -> Result<()> {
///         for row in planned {
///             if let Set(title) = &row.values().title {
///                 let title = Set(title.trim().to_owned());
///                 row.change(challenge::Update { title, ..Default::default() })?;
///             }
///         }
///         Ok(())
///     }
///
///     async fn after(
///         &self,
///         _session: &Session,
///         changes: &[Change<challenge::Entity>],
///     ) -> Result<()> {
///         for change in changes {
///             if let (Some(old), Some(new)) = (change.old(), change.new())
///                 && old.status == challenge::Status::Published
///                 && old.title != new.title
///             {
///                 return Err(Error::new(ErrorKind::Invalid, "a published challenge keeps its title"));
///             }
///         }
///         Ok(())
///     }
/// }
/// # let test = TestDatabase::new::<tenantry_migration::Migrator>().await?;
/// # let url = test.app_url();
/// let database = Database::builder(url).hook(challenge::Entity, Titles).connect(Members).await?;
/// # let founder = Founder { user: uuid::Uuid::now_v7().into(), name: "Ada".into() };
/// # let context = database.found(founder, workspace::New { name: "Acme".into() }).await?.context;
/// let session = database.begin(&context).await?;
/// let new = challenge::New { title: "  Ship it ".into() };
/// assert_eq!(session.challenges().insert(new).await?.title, "Ship it");
/// # Ok(())
/// # }
/// ```
pub trait Hook<E: Scoped>: Send + Sync + 'static {
    /// Runs before rows change: refuses by an error, or changes what will be written.
    fn before(
        &self,
        _session: &Session,
        _planned: &mut [Planned<E>],
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Ok(()))
    }

    /// Runs after rows have changed, before the verb returns.
    fn after(
        &self,
        _session: &Session,
        _changes: &[Change<E>],
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Ok(()))
    }
}

/// What is done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// A row is inserted.
    Insert,
    /// A row is changed.
    Update,
    /// A row is inserted, or the one that a unique key finds is changed. Planned as this; told as
    /// [`Insert`](Self::Insert) or [`Update`](Self::Update), whichever it became.
    Upsert,
    /// A row is soft-deleted.
    Delete,
    /// A soft-deleted row is restored.
    Restore,
    /// A row is removed for good.
    Purge,
}

impl Verb {
    /// Whether the caller gives values, which a hook may change.
    const fn writes_values(self) -> bool {
        matches!(self, Self::Insert | Self::Update | Self::Upsert)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Upsert => "upsert",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
        })
    }
}
