//! Everything that can go wrong, told by kind.
//!
//! Errors are opaque: no driver type stands in the public shape, no value of a row in any text.

use std::{any::Any, borrow::Cow, fmt};

use sea_orm::EntityTrait;

use crate::{Limit, Obstacle, Scoped, Stale, TransactionId, Unique, Versioned};

mod database;

pub(crate) use database::{from_connect, from_decode, from_statement};

/// What a fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong. Ask it for its [`kind`](Error::kind).
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    constraint: Option<String>,
    fields: Vec<Cow<'static, str>>,
    sqlstate: Option<String>,
    transaction: Option<TransactionId>,
    position: Option<usize>,
    deleted: bool,
    stale: Option<Box<dyn Any + Send + Sync>>,
    obstacles: Vec<Obstacle>,
    limit: Option<Limit>,
    rule: Option<&'static str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What went wrong, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// This workspace has no such row. A row of another workspace is the same as none.
    NotFound,
    /// The row was changed by someone else since the caller read it.
    Stale,
    /// A unique constraint is in the way; [`Error::violates`] tells which.
    AlreadyExists,
    /// A foreign key is in the way: what is pointed at is missing, or what is removed is in use.
    Reference,
    /// A value is not acceptable; [`Error::fields`] names where.
    Invalid,
    /// The context may not do this.
    Forbidden,
    /// A limit of the plan or of a rate is reached; [`Error::limit`] says which and how long.
    LimitReached,
    /// Someone was in the way for a moment; the whole unit of work may be tried again.
    Retryable,
    /// The database cannot be reached, or did not answer in time. Nothing is known to be done.
    Unavailable,
    /// An earlier statement of the transaction failed, so everything was rolled back.
    Aborted,
    /// The answer to `COMMIT` was lost: the work is done or not; see
    /// [`Database::outcome`](crate::Database::outcome).
    CommitUnknown,
    /// A defect of the program, of the schema, or of this library.
    Internal,
}

impl Error {
    /// Makes an error of a kind: for fakes, and for operations of one's own.
    ///
    /// The message is lower-case, without a full stop, and holds no value of a row.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            constraint: None,
            fields: Vec::new(),
            sqlstate: None,
            transaction: None,
            position: None,
            deleted: false,
            stale: None,
            obstacles: Vec::new(),
            limit: None,
            rule: None,
            source: None,
        }))
    }

    /// Adds what the reader can do about it, as a full sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds a field that the error is about.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.fields.push(field.into());
        self
    }

    /// Adds what stands in the way of a restore.
    #[must_use]
    pub fn with_obstacles(mut self, obstacles: impl IntoIterator<Item = Obstacle>) -> Self {
        self.0.obstacles.extend(obstacles);
        self
    }

    /// Says which row of a call of many the error is about, counted from 0.
    #[must_use]
    pub fn with_position(mut self, position: usize) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Says that the row is there, but soft-deleted.
    #[must_use]
    pub fn because_deleted(mut self) -> Self {
        self.0.deleted = true;
        self.with_hint("The row is deleted. Restore it first.")
    }

    /// "… may not be changed: nobody changes what is closed".
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.0.message = format!("{}: {reason}", self.0.message).into();
        self
    }

    pub(crate) fn with_rule(mut self, rule: Option<&'static str>) -> Self {
        self.0.rule = rule;
        self
    }

    pub(crate) fn with_sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.0.sqlstate = Some(sqlstate.into());
        self
    }

    /// Names the constraint that is in the way, for fakes of what a database refuses.
    #[must_use]
    pub fn with_constraint(mut self, constraint: impl Into<String>) -> Self {
        self.0.constraint = Some(constraint.into());
        self
    }

    pub(crate) fn with_transaction(mut self, transaction: Option<TransactionId>) -> Self {
        self.0.transaction = transaction;
        self
    }

    pub(crate) fn with_limit(mut self, limit: Limit) -> Self {
        self.0.limit = Some(limit);
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What went wrong, as far as a caller can act on it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the reader can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The constraint that was violated, by its name in the catalogue.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// The fields that the error is about.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.fields.iter().map(AsRef::as_ref)
    }

    /// PostgreSQL's five-character code, where the database refused.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// The transaction whose outcome is unknown, if it had one to tell.
    #[must_use]
    pub fn transaction(&self) -> Option<TransactionId> {
        self.0.transaction
    }

    /// Everything that stands in the way of a restore.
    #[must_use]
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.0.obstacles
    }

    /// Which row of a call of many it is about, counted from 0 in the order given.
    ///
    /// An outcome of an `_each` call says so by its own place.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// Whether the row that was not found is there, but soft-deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.0.deleted
    }

    /// What the limit says that was reached.
    #[must_use]
    pub fn limit(&self) -> Option<&Limit> {
        self.0.limit.as_ref()
    }

    /// The rule of a [policy](crate::policy::Policy) that forbids it. None where it is forbidden because no rule allows it, or where
    /// the database alone knows why.
    #[must_use]
    pub fn rule(&self) -> Option<&'static str> {
        self.0.rule
    }

    /// Whether this unique constraint was violated.
    #[must_use]
    pub fn violates<E: EntityTrait>(&self, unique: &Unique<E>) -> bool {
        self.constraint() == Some(unique.name())
    }

    /// The row that stood in the way, if this is a stale write to `E`.
    #[must_use]
    pub fn stale<E: Versioned>(&self) -> Option<&Stale<E>> {
        self.0.stale.as_deref()?.downcast_ref()
    }

    pub(crate) fn take_stale<E: Versioned>(&mut self) -> Option<Box<Stale<E>>> {
        match self.0.stale.take()?.downcast() {
            Ok(stale) => Some(stale),
            Err(other) => {
                self.0.stale = Some(other);
                None
            }
        }
    }

    /// Names the fields of a violated constraint, as the facts of `E` know them: for an operation that writes by a function. Verbs do it
    /// themselves.
    #[must_use]
    pub fn about<E: Scoped>(mut self) -> Self {
        if self.0.fields.is_empty()
            && let Some(name) = self.constraint()
            && let Some(known) = E::CONSTRAINTS.iter().find(|known| known.name() == name)
        {
            self.0.fields = known
                .fields()
                .iter()
                .map(|field| Cow::Borrowed(*field))
                .collect();
        }
        self
    }
}

impl<E: Versioned> From<Stale<E>> for Error {
    fn from(stale: Stale<E>) -> Self {
        let table = E::default();
        let mut error = Self::new(
            ErrorKind::Stale,
            format!(
                "{} was modified since version {}",
                table.table_name(),
                stale.seen
            ),
        )
        .with_hint("Reload the row and apply the change again.");
        error.0.stale = Some(Box::new(stale));
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.kind, self.0.message)?;
        if let Some(sqlstate) = &self.0.sqlstate {
            write!(f, " [{sqlstate}]")?;
        }
        if let Some(constraint) = &self.0.constraint {
            write!(f, " ({constraint})")?;
        }
        // A program that ends with the error, or a test that unwraps it, shows nothing but this.
        if let Some(hint) = &self.0.hint {
            write!(f, "\n  {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&**self.0.source.as_ref()?)
    }
}

/// "`challenges` not found", the same words for another workspace's row and for none.
pub(crate) fn not_found<E: Scoped>() -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("{} not found", E::default().table_name()),
    )
}

/// "`challenges` may not be changed".
pub(crate) fn refused(table: &str, done: &str) -> Error {
    Error::new(ErrorKind::Forbidden, format!("{table} may not be {done}"))
}
