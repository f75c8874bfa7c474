//! What one database grants the roles.

use sqlx::{Connection as _, PgConnection};

use super::{APP, ATTEMPTS, BESIDE, JOBS, MIGRATOR, OWNER, SCOPES, back_off, lost_a_race, run};
use crate::{
    Error,
    quote::{identifier, list},
};

/// Takes the current database from everybody and gives each role what it needs there.
///
/// The owner may create schemas (and the table of applied migrations in `public`), the logins may connect, and only the
/// runtime role may create temporary tables, which bulk loads need. A superuser also closes the large object functions,
/// which know no row security. Safe to run again, and by several sessions at once.
///
/// # Errors
///
/// If the connection neither owns the database nor is a superuser, or the roles are not installed.
pub async fn prepare_database(connection: &mut PgConnection) -> Result<(), Error> {
    let mut attempt = 0;
    loop {
        match try_prepare(connection).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt < ATTEMPTS && lost_a_race(&error) => {
                attempt += 1;
                back_off(attempt).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn try_prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    run(
        &mut transaction,
        "SELECT pg_advisory_xact_lock(hashtextextended('tenantry database', 0))".into(),
    )
    .await?;
    let (database, superuser, public): (String, bool, bool) = sqlx::query_as(
        "SELECT current_database()::text, current_setting('is_superuser') = 'on', to_regnamespace('public') IS NOT NULL",
    )
    .fetch_one(&mut *transaction)
    .await?;
    let database = identifier(&database);
    let [owner, app] = [OWNER, APP].map(identifier);
    let logins = list(
        [MIGRATOR]
            .into_iter()
            .chain(SCOPES)
            .chain(BESIDE)
            .chain(JOBS),
    );
    run(
        &mut transaction,
        format!(
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC; \
             GRANT CREATE ON DATABASE {database} TO {owner}; \
             GRANT CONNECT ON DATABASE {database} TO {logins}; \
             GRANT TEMPORARY ON DATABASE {database} TO {app};"
        ),
    )
    .await?;
    if public {
        run(
            &mut transaction,
            format!("REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT USAGE, CREATE ON SCHEMA public TO {owner};"),
        )
        .await?;
    }
    if superuser {
        run(&mut transaction, CLOSE_LARGE_OBJECTS.into()).await?;
    }
    transaction.commit().await
}

/// Large objects have no row security and their list is visible to all.
const CLOSE_LARGE_OBJECTS: &str = r"
DO $$
DECLARE
  target regprocedure;
BEGIN
  FOR target IN
    SELECT p.oid::regprocedure
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND (p.proname ^@ 'lo_' OR p.proname IN ('loread', 'lowrite'))
      AND pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', target);
  END LOOP;
END $$";
