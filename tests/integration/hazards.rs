//! Attacks on the engine itself, each a defect that it had or might have had, and the list of
//! which incident of elsewhere is held by which test.

mod catalogue;
mod connections;
mod coverage;
mod login;
mod queries;
mod savepoints;
mod secrets;

use tenantry_entities::challenges::challenge;

use crate::world::World;

/// Proves through the administrator that a row stands as it was: an attack on a row that is not
/// there would prove nothing.
pub(crate) async fn there(world: &World, row: &challenge::Model) {
    let stands = "SELECT count(*) FROM challenges.challenges \
         WHERE workspace_id = $1 AND id = $2 AND title = $3 AND version = $4";
    let stands: i64 = sqlx::query_scalar(stands)
        .bind(row.workspace_id)
        .bind(*row.id.as_key())
        .bind(&row.title)
        .bind(row.version.as_i64())
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(stands, 1, "the other workspace's row is there, untouched");
}
