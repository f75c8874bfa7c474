//! The one error of this package: a sentence and its cause.

use std::fmt;

use sea_orm::DbErr;

type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What went wrong while roles, schema or migrations were applied.
///
/// The text never holds bound values or a secret. [`Error::code`] is PostgreSQL's SQLSTATE where the server answered.
pub struct Error {
    message: String,
    code: Option<String>,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: None,
            source: None,
        }
    }

    /// Returns PostgreSQL's SQLSTATE, if the server refused the statement.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("message", &self.message)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let database = error.as_database_error();
        let code = database
            .and_then(|database| database.code())
            .map(std::borrow::Cow::into_owned);
        let message = database.map_or_else(
            || "the database could not be reached".to_owned(),
            |database| database.message().to_owned(),
        );
        Self {
            message,
            code,
            source: Some(Box::new(error)),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let code = match &error {
            DbErr::Exec(sea_orm::RuntimeErr::SqlxError(cause))
            | DbErr::Query(sea_orm::RuntimeErr::SqlxError(cause)) => cause
                .as_database_error()
                .and_then(|database| database.code())
                .map(std::borrow::Cow::into_owned),
            _ => None,
        };
        Self {
            message: error.to_string(),
            code,
            source: Some(Box::new(error)),
        }
    }
}

impl From<Error> for DbErr {
    fn from(error: Error) -> Self {
        Self::Migration(error.message)
    }
}
