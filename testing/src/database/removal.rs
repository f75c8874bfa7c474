//! Removing databases: our own with its value, and those that crashed runs have left.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{address::Address, error::DatabaseError, maintenance::Maintenance, template};
use crate::server::wait_for;

/// Longer than any test, so that nobody else's running test is taken for a leftover.
const DATABASE_AGE: Duration = Duration::from_secs(60 * 60);
/// A day's work on one build of a test program needs its template only once.
const TEMPLATE_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What the name of each test's database begins with; the time follows, in seconds, as eight hexadecimal digits.
pub(super) const PREFIX: &str = "tenantry_test_";

/// Removes a test's database and waits for it.
///
/// It has a thread and a runtime of its own, since the test's runtime may be gone, and a process that ends does not wait for threads.
pub(super) fn remove(server: &Address, name: &str) {
    // A server that is gone has taken the database with it; anything else is swept an hour later.
    let _ = wait_for(|| async {
        let mut maintenance = Maintenance::open(server).await?;
        let dropped = drop_database(&mut maintenance, name).await;
        maintenance.close().await;
        dropped
    });
}

pub(super) async fn drop_database(
    maintenance: &mut Maintenance,
    name: &str,
) -> Result<(), DatabaseError> {
    maintenance
        .run(format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"))
        .await
        .map_err(DatabaseError::sql("remove a database"))
}

/// Removes what crashed runs have left and what no program uses any more.
pub(super) async fn sweep(maintenance: &mut Maintenance) -> Result<(), DatabaseError> {
    let found: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT datname::text, shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database d \
         WHERE (datname ^@ $1 OR datname ^@ $2) AND pg_has_role(datdba, 'USAGE') \
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)",
    )
    .bind(PREFIX)
    .bind(template::PREFIX)
    .fetch_all(maintenance.connection())
    .await
    .map_err(DatabaseError::sql("look for leftovers"))?;
    let now = seconds_now();
    for (name, comment) in found {
        // Another process may sweep at the same moment: whoever comes second has nothing to do.
        if made_at(&name).is_some_and(|made| made + DATABASE_AGE.as_secs() < now) {
            let _ = drop_database(maintenance, &name).await;
        } else if template::made_at(comment.as_deref())
            .is_some_and(|made| made + TEMPLATE_AGE.as_secs() < now)
        {
            let _ = template::drop_template(maintenance, &name).await;
        }
    }
    Ok(())
}

pub(super) fn seconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn made_at(name: &str) -> Option<u64> {
    u64::from_str_radix(name.strip_prefix(PREFIX)?.get(..8)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_read_from_the_name() {
        assert_eq!(made_at("tenantry_test_0000000f_1_2"), Some(15));
        assert_eq!(made_at("tenantry_test_short"), None);
        assert_eq!(made_at("tenantry_template_0000000f"), None);
    }
}
