//! Calls of functions that the schema offers: in a session, for a person, or before anybody is known.

use sea_orm::{DbBackend, FromQueryResult, QueryResult, Statement, Value};
use sqlx::postgres::PgRow;

use crate::{
    Access, Error, ErrorKind, Result, Session,
    connection::{Purpose, TRANSACTION_COLUMN},
    read::decoded,
};

const CALL: Purpose = Purpose {
    verb: "call",
    table: "",
};

impl<A: Access> Session<A> {
    /// Calls `schema.function(arguments)` inside the session's transaction and returns its rows.
    ///
    /// For operations that the database itself keeps whole, such as those of a definer function: it
    /// finds the workspace and the actor in the context, so neither is an argument. The name is a
    /// constant of the program, values are bound.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if `function` is no `schema.name` of the application; otherwise what
    /// the function raises.
    pub async fn call<T: FromQueryResult>(
        &self,
        function: &'static str,
        arguments: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>> {
        let statement = statement(function, arguments)?;
        rows(self.connection().call(CALL, statement).await?)
    }
}

/// `SELECT` of a function, and of the transaction that it may have begun to write in.
pub(crate) fn statement(
    function: &'static str,
    arguments: impl IntoIterator<Item = Value>,
) -> Result<Statement> {
    let function = qualified(function)?;
    let arguments: Vec<Value> = arguments.into_iter().collect();
    let places: Vec<String> = (1..=arguments.len()).map(|at| format!("${at}")).collect();
    let sql = format!(
        "SELECT called.*, pg_current_xact_id_if_assigned()::text AS {TRANSACTION_COLUMN} FROM {function}({}) AS called",
        places.join(", ")
    );
    Ok(Statement::from_sql_and_values(
        DbBackend::Postgres,
        sql,
        arguments,
    ))
}

pub(crate) fn rows<T: FromQueryResult>(rows: Vec<PgRow>) -> Result<Vec<T>> {
    rows.into_iter()
        .map(|row| decoded(&QueryResult::from(row)))
        .collect()
}

/// A name of the application's own, which can end nothing.
pub(crate) fn qualified(name: &'static str) -> Result<&'static str> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let fits = name
        .split_once('.')
        .is_some_and(|(schema, name)| word(schema) && word(name) && !schema.starts_with("pg_"));
    if fits {
        return Ok(name);
    }
    Err(Error::new(ErrorKind::Invalid, "the function is no `schema.name`").with_field("function"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_binds_its_arguments() {
        let called = statement("accounts.invite", [Value::from("a"), Value::from(1_i64)]).unwrap();
        assert_eq!(
            called.sql,
            "SELECT called.*, pg_current_xact_id_if_assigned()::text AS tenantry_transaction \
             FROM accounts.invite($1, $2) AS called"
        );
    }

    #[test]
    fn a_name_that_is_no_function_of_the_application_is_refused() {
        for name in [
            "f",
            "a.b.c",
            "a.b()",
            "a.B",
            ".a",
            "a.",
            "pg_catalog.set_config",
            "a.b; SELECT 1",
        ] {
            assert_eq!(
                statement(name, []).unwrap_err().kind(),
                ErrorKind::Invalid,
                "{name}"
            );
        }
    }
}
