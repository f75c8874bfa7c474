//! From the driver's errors to ours: by SQLSTATE, without the server's words.
//!
//! PostgreSQL's primary messages may quote values (`invalid input syntax for type uuid: "…"`), its
//! details quote keys. Neither goes on; code, constraint, table and column names do.

use sea_orm::DbErr;
use sqlx::postgres::PgDatabaseError;

use super::{Error, ErrorKind};

/// An error of a statement inside a transaction.
pub(crate) fn from_statement(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(postgres) => from_postgres(postgres),
            None => Error::new(ErrorKind::Internal, "the database refused the statement"),
        },
        other => from_connect(other),
    }
}

/// An error of the connection or the pool.
pub(crate) fn from_connect(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(_) => from_statement(error),
        sqlx::Error::PoolTimedOut => {
            Error::new(ErrorKind::Unavailable, "no connection became free in time").with_hint(
                "Raise `max_connections`, hold sessions for a shorter time, and never begin one \
                     inside a hook or a unit of work of another: it waits for the one around it.",
            )
        }
        sqlx::Error::PoolClosed => Error::new(ErrorKind::Unavailable, "the pool is closed"),
        sqlx::Error::Io(source) => Error::new(
            ErrorKind::Unavailable,
            "the connection to the database was lost",
        )
        .with_source(source),
        sqlx::Error::Tls(_) => Error::new(
            ErrorKind::Unavailable,
            "the TLS connection to the database failed",
        ),
        sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => Error::new(
            ErrorKind::Unavailable,
            "the conversation with the database broke off",
        ),
        sqlx::Error::Configuration(_) => {
            Error::new(ErrorKind::Invalid, "the database URL is not valid").with_field("url")
        }
        sqlx::Error::ColumnDecode { index, .. } => Error::new(
            ErrorKind::Internal,
            format!("column {index} has another type"),
        ),
        _ => Error::new(ErrorKind::Internal, "the driver failed"),
    }
}

/// A row that does not fit its model: the schema and the generated code differ.
pub(crate) fn from_decode(error: DbErr) -> Error {
    let told = Error::new(ErrorKind::Internal, "a row does not fit its model")
        .with_hint("Generate the entities anew: the schema has changed since.");
    match error {
        DbErr::Query(sea_orm::RuntimeErr::SqlxError(source)) => match &*source {
            sqlx::Error::ColumnDecode { index, .. } => told.with_field(index.clone()),
            sqlx::Error::ColumnNotFound(column) => told.with_field(column.clone()),
            _ => told,
        },
        _ => told,
    }
}

fn from_postgres(error: &PgDatabaseError) -> Error {
    let code = error.code();
    let table = error.table().unwrap_or("the row");
    let constraint = error.constraint();
    let column = error.column();
    let named = |what: &str, is: &str| match constraint {
        Some(name) => format!("{what} {name} of {table} is {is}"),
        None => format!("a {what} of {table} is {is}"),
    };
    let told = match code {
        "23505" => Error::new(ErrorKind::AlreadyExists, named("unique key", "taken")),
        "23503" => Error::new(ErrorKind::Reference, named("foreign key", "violated")).with_hint(
            "What the row points at does not exist in this workspace, or the row is still in use.",
        ),
        "23P01" => Error::new(ErrorKind::AlreadyExists, named("exclusion", "violated")),
        "23502" => Error::new(
            ErrorKind::Invalid,
            format!("{table} lacks a required value"),
        ),
        "23514" => Error::new(ErrorKind::Invalid, named("check", "violated")),
        "42501" => Error::new(
            ErrorKind::Forbidden,
            "the database refused this to the role or context",
        )
        .with_hint("Check the context, the policies and the grants of the table."),
        "40001" => Error::new(
            ErrorKind::Retryable,
            "a concurrent transaction was in the way",
        ),
        "40P01" => Error::new(ErrorKind::Retryable, "a deadlock was broken"),
        "55P03" => Error::new(ErrorKind::Retryable, "a lock was not free in time"),
        // "cached plan must not change result type", in whatever language: the schema changed under a prepared statement.
        "0A000" if error.routine() == Some("RevalidateCachedQuery") => Error::new(
            ErrorKind::Retryable,
            "the schema changed under a prepared statement",
        ),
        "57014" => Error::new(
            ErrorKind::Unavailable,
            "the statement took too long and was cancelled",
        ),
        "25P03" | "25P04" => Error::new(
            ErrorKind::Unavailable,
            "the session took too long and was ended by the server",
        )
        .with_hint("Hold a session only while there is something to ask the database."),
        "25P02" => Error::new(
            ErrorKind::Aborted,
            "an earlier statement of the transaction failed",
        ),
        "25006" => Error::new(ErrorKind::Forbidden, "a read session cannot write"),
        "42883" => Error::new(
            ErrorKind::Internal,
            "the schema lacks what the statement names",
        )
        .with_hint(
            "A key of the context or a value may have another type than its column or parameter; \
             or else run the migrations, then generate the entities anew.",
        ),
        "42P01" | "42703" | "3F000" => Error::new(
            ErrorKind::Internal,
            "the schema lacks what the statement names",
        )
        .with_hint("Run the migrations, then generate the entities anew."),
        _ => match code.get(..2).unwrap_or_default() {
            "22" => Error::new(ErrorKind::Invalid, "a value has no acceptable form"),
            "08" | "53" | "57" | "58" => {
                Error::new(ErrorKind::Unavailable, "the database is not available")
            }
            "28" => Error::new(ErrorKind::Unavailable, "the database refused the login"),
            "40" => Error::new(ErrorKind::Retryable, "the transaction was rolled back"),
            _ => Error::new(ErrorKind::Internal, "the database refused the statement"),
        },
    };
    let told = told.with_sqlstate(code);
    let told = match constraint {
        Some(name) => told.with_constraint(name),
        None => told,
    };
    match column {
        Some(name) => told.with_field(name.to_owned()),
        None => told,
    }
}
