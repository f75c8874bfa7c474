//! Every query walks an index that begins with the workspace.

use tenantry_entities::dealership::{Dealership as _, dealership};

use super::named;
use crate::{plans::Plans, world::World};

const CROWD: &str = "
INSERT INTO dealership.dealerships (workspace_id, code, name)
  SELECT id, 'C' || m, 'd' || m FROM places, generate_series(1, 200) AS m";

#[tokio::test]
async fn every_query_walks_an_index_of_the_workspace() {
    let world = World::new().await;
    let owner = &world.alpha;
    let mut plans = Plans::over(&world, CROWD).await;
    plans
        .of("by name", owner, async |s| {
            s.dealerships()
                .list()
                .sort(dealership::BY_NAME)
                .page()
                .await
        })
        .await;
    plans
        .of("insert, delete, restore", owner, async |s| {
            let row = s.dealerships().insert(named("d")).await?;
            let deletion = s.dealerships().delete(row.id).await?;
            s.dealerships().restore(&deletion).await
        })
        .await;
    plans.spare_no_index("dealership", &[]).await;
}
