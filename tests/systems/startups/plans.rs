//! Every query walks an index that begins with the workspace.

use tenantry_entities::startups::{Startups as _, startup};

use super::named;
use crate::{plans::Plans, world::World};

const CROWD: &str = "
INSERT INTO startups.startups (workspace_id, name) SELECT md5(n::text)::uuid, 's' || n FROM generate_series(1, 20000) AS n";

#[tokio::test]
async fn every_query_walks_an_index_of_the_workspace() {
    let world = World::new().await;
    let owner = &world.alpha;
    let mut plans = Plans::over(&world, CROWD).await;
    plans
        .of("the startup", owner, async |s| {
            s.startups().list().first().await
        })
        .await;
    plans
        .of("insert, delete, restore", owner, async |s| {
            let row = s.startups().insert(named("d")).await?;
            let deletion = s.startups().delete(row.id).await?;
            s.startups().restore(&deletion).await
        })
        .await;
    plans
        .of("search", owner, async |s| {
            s.startups().search(startup::SEARCH, "s").page().await
        })
        .await;
    plans.spare_no_index("startups", &[]).await;
}
