//! A server that somebody else runs, named by a URL.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, Row, postgres::PgConnectOptions};
use tokio::time::timeout;

use super::{blocking::wait_for, error::ServerError, version};

const ANSWER_WITHIN: Duration = Duration::from_secs(10);

const WHO_AM_I: &str = "SELECT current_setting('server_version_num')::int / 10000 AS version, \
    rolsuper OR (rolcreatedb AND rolcreaterole) AS administrator FROM pg_roles WHERE rolname = current_user";

/// Proves that the URL in `variable` leads to a server that we may do as we like on.
pub(super) fn check(
    variable: &'static str,
    url: &str,
    wanted: Option<u32>,
) -> Result<(), ServerError> {
    let options: PgConnectOptions =
        url.parse()
            .map_err(|error: sqlx::Error| ServerError::Invalid {
                variable,
                reason: error.to_string(),
            })?;
    let unreachable = |reason: String| ServerError::Unreachable { variable, reason };
    let answer = wait_for(|| timeout(ANSWER_WITHIN, ask(options)))
        .map_err(|error| unreachable(error.to_string()))?;
    let (found, administrator) = answer
        .map_err(|_| {
            unreachable(format!(
                "no answer within {} seconds",
                ANSWER_WITHIN.as_secs()
            ))
        })?
        .map_err(|error| unreachable(error.to_string()))?;
    version::check(found, wanted).map_err(|wanted| ServerError::WrongVersion {
        variable,
        found,
        wanted,
    })?;
    if administrator {
        Ok(())
    } else {
        Err(ServerError::NotAdministrator { variable })
    }
}

async fn ask(options: PgConnectOptions) -> Result<(u32, bool), sqlx::Error> {
    let mut connection = options.connect().await?;
    let row = sqlx::query(WHO_AM_I).fetch_one(&mut connection).await?;
    let answer = (
        row.try_get::<i32, _>("version")?.unsigned_abs(),
        row.try_get("administrator")?,
    );
    connection.close().await?;
    Ok(answer)
}
