//! Every query walks an index that begins with the workspace, and takes one statement.

use sea_orm::Set;
use tenantry_entities::dealership::{
    Dealership as _, dealership, dealership_member,
    order::{self, Kind, Status},
};
use tenantry_repositories::dealership::{OrderRepository as _, active, of_kind, with_status};

use super::{named, ordered};
use crate::{plans::Plans, world::World};

/// Two hundred dealerships in each workspace, five of them with forty people and two thousand orders.
const CROWD: &str = "
INSERT INTO dealership.dealerships (workspace_id, id, code, name)
  SELECT id, md5(n || '/' || m)::uuid, 'C' || m, 'd' || m FROM places, generate_series(1, 200) AS m;
INSERT INTO dealership.dealership_members (workspace_id, dealership_id, user_id)
  SELECT id, md5(n || '/' || m % 5 + 1)::uuid, md5(m::text)::uuid FROM places, generate_series(1, 200) AS m;
INSERT INTO dealership.order_counters (workspace_id, dealership_id, kind, last)
  SELECT id, md5(n || '/' || m)::uuid, kind, 100 FROM places, generate_series(1, 5) AS m, unnest('{sales,service,recon,carwash}'::text[]) AS kind;
INSERT INTO dealership.orders (workspace_id, dealership_id, order_number, kind, status, customer_info, assigned_to, created_at, updated_at)
  SELECT id, md5(n || '/' || m % 5 + 1)::uuid, 'C' || m, (ARRAY['sales', 'service', 'recon', 'carwash'])[m % 4 + 1],
    CASE WHEN m % 10 = 0 THEN 'pending' ELSE 'completed' END, '{}', md5((m % 200)::text)::uuid, now() - m * interval '1 hour', now() - m * interval '1 hour'
  FROM places, generate_series(1, 2000) AS m";

#[tokio::test]
async fn every_query_walks_an_index_of_the_workspace() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let user = world.works(at, dealership_member::Role::Manager).await;
    let row = world.takes(&user, ordered(at, Kind::Sales)).await.unwrap();
    let mut plans = Plans::over(&world, CROWD).await;
    for who in [&world.alpha, &user] {
        plans
            .of("dealerships by name", who, async |s| {
                let list = s.dealerships().list().sort(dealership::BY_NAME);
                list.page().await
            })
            .await;
        for (list, query) in [
            ("with a status", with_status(at, Status::Pending)),
            ("of a kind", of_kind(at, Kind::Sales)),
            ("the queue", active(at)),
        ] {
            plans
                .of(list, who, async |s| s.orders().page(query).await)
                .await;
        }
        plans
            .of("a number", who, async |s| {
                s.orders().by_number(&row.order_number).await
            })
            .await;
        plans
            .of("what somebody sees to", who, async |s| {
                let orders = s.orders().list();
                let theirs = order::ASSIGNED_TO.eq(uuid::Uuid::nil());
                orders.filter(theirs).page().await
            })
            .await;
        plans
            .of("who works there", who, async |s| {
                let rows = s.dealership_members().list();
                let at = dealership_member::DEALERSHIP_ID.eq(at);
                rows.filter(at).page().await
            })
            .await;
        plans
            .of("start, delete and restore", who, async |s| {
                let begun = s.orders().start(&row).await?;
                let deletion = s.orders().delete(begun.id).await?;
                s.orders().restore(&deletion).await
            })
            .await;
        plans
            .of("an order", who, async |s| {
                s.orders().insert(ordered(at, Kind::Sales)).await
            })
            .await;
    }
    plans
        .of(
            "a dealership, deleted and restored",
            &world.alpha,
            async |s| {
                let row = s.dealerships().insert(named("d")).await?;
                let deletion = s.dealerships().delete(row.id).await?;
                s.dealerships().restore(&deletion).await
            },
        )
        .await;
    plans.spare_no_index("dealership", &[]).await;
}

#[tokio::test]
async fn every_operation_is_one_statement() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let row = world.takes(&world.alpha, ordered(at, Kind::Sales)).await;
    let row = row.unwrap();
    // Each is prepared in a trip of its own, and run in another.
    let (row, trips) = world
        .trips(&world.alpha, async |s| s.orders().start(&row).await)
        .await;
    assert_eq!(trips, 2, "start");
    let (row, trips) = world
        .trips(&world.alpha, async |s| s.orders().assign(&row, None).await)
        .await;
    assert_eq!(trips, 2, "assign");
    let (_, trips) = world
        .trips(&world.alpha, async |s| s.orders().page(active(at)).await)
        .await;
    assert_eq!(trips, 2, "the queue");
    let (_, trips) = world
        .trips(&world.alpha, async |s| {
            s.orders().insert(ordered(at, Kind::Recon)).await
        })
        .await;
    assert_eq!(trips, 2, "an order with its number");
    let change = order::Update {
        metadata: Set(serde_json::json!({ "after": true })),
        ..Default::default()
    };
    let (_, trips) = world
        .trips(&world.alpha, async |s| {
            s.orders().update(&row, change).await
        })
        .await;
    assert_eq!(trips, 2, "update");
}
