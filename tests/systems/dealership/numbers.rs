//! Order numbers: one after the other, without gaps, none twice.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use sqlx::{Connection as _, PgConnection};
use tenantry::{ErrorKind, Result};
use tenantry_entities::dealership::{
    Dealership as _,
    dealership_member::Role,
    order::{self, Kind},
};

use super::{coded, ordered};
use crate::world::{World, attempt};

/// Of the rows that were taken, in whatever order.
fn numbers(rows: &[order::Model]) -> BTreeSet<String> {
    rows.iter().map(|row| row.order_number.clone()).collect()
}

fn gapless(code: &str, kind: &str, up_to: usize) -> BTreeSet<String> {
    let number = |nth| format!("{code}-{kind}-{nth:06}");
    (1..=up_to).map(number).collect()
}

#[tokio::test]
async fn every_dealership_counts_every_kind_from_one() {
    let world = World::new().await;
    let session = world.alpha().await;
    let main = session.dealerships().insert(coded("MAIN")).await.unwrap();
    let east = session.dealerships().insert(coded("EAST")).await.unwrap();
    let take = async |at, kind| {
        let row = session.orders().insert(ordered(at, kind)).await.unwrap();
        row.order_number
    };
    assert_eq!(take(main.id, Kind::Sales).await, "MAIN-SALES-000001");
    assert_eq!(take(main.id, Kind::Sales).await, "MAIN-SALES-000002");
    assert_eq!(take(main.id, Kind::Carwash).await, "MAIN-CARWASH-000001");
    assert_eq!(take(east.id, Kind::Sales).await, "EAST-SALES-000001");
    let many = ["a", "b", "c"].map(|_| ordered(east.id, Kind::Recon));
    let many = session.orders().insert_many(many).await.unwrap();
    assert_eq!(numbers(&many), gapless("EAST", "RECON", 3));

    // Another group counts for itself, also where codes are the same.
    let others = world.beta().await;
    let theirs = others.dealerships().insert(coded("MAIN")).await.unwrap();
    let theirs = others.orders().insert(ordered(theirs.id, Kind::Sales));
    assert_eq!(theirs.await.unwrap().order_number, "MAIN-SALES-000001");
}

#[tokio::test]
async fn fifty_who_take_orders_at_once_leave_no_gap_though_every_third_gives_up() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let takes = (0..50).map(async |nth: usize| -> Result<Option<order::Model>> {
        let session = world.database.begin(&world.alpha).await?;
        let row = session.orders().insert(ordered(at, Kind::Service)).await?;
        match nth % 3 {
            0 => session.roll_back().await,
            // Dropped, as a request that its client has left.
            1 if nth.is_multiple_of(2) => drop(session),
            _ => {
                session.commit().await?;
                return Ok(Some(row));
            }
        }
        Ok(None)
    });
    let taken: Vec<Option<order::Model>> = join_all(takes)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let taken: Vec<order::Model> = taken.into_iter().flatten().collect();
    assert!(taken.len() >= 20, "{}", taken.len());
    assert_eq!(numbers(&taken), gapless("MAIN", "SERVICE", taken.len()));
}

#[tokio::test]
async fn an_order_that_is_refused_leaves_no_gap() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let session = world.alpha().await;
    let stranger = uuid::Uuid::now_v7();
    let rows = [None, Some(stranger), None].map(|to| match to {
        Some(person) => ordered(at, Kind::Sales).assigned_to(person),
        None => ordered(at, Kind::Sales).metadata(serde_json::json!({})),
    });
    let outcomes = session.orders().insert_each(rows).await.unwrap();
    let refused = outcomes[1].as_ref().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Reference);
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["assigned_to"]);
    let taken: Vec<order::Model> = outcomes.into_iter().flatten().collect();
    assert_eq!(numbers(&taken), gapless("MAIN", "SALES", 2));
}

#[tokio::test]
async fn a_number_is_not_given_again_when_its_order_is_deleted() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let session = world.alpha().await;
    let first = session.orders().insert(ordered(at, Kind::Sales)).await;
    session.orders().delete(first.unwrap().id).await.unwrap();
    let next = session.orders().insert(ordered(at, Kind::Sales)).await;
    assert_eq!(next.unwrap().order_number, "MAIN-SALES-000002");
}

#[tokio::test]
async fn what_comes_after_999999_has_seven_digits() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let take = async || world.takes(&world.alpha, ordered(at, Kind::Sales)).await;
    take().await.unwrap();
    sqlx::raw_sql("UPDATE dealership.order_counters SET last = 999998")
        .execute(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(take().await.unwrap().order_number, "MAIN-SALES-999999");
    assert_eq!(take().await.unwrap().order_number, "MAIN-SALES-1000000");
    assert_eq!(take().await.unwrap().order_number, "MAIN-SALES-1000001");
}

/// What the runtime role can try by raw SQL, in a workspace that it has entered.
#[tokio::test]
async fn nobody_counts_but_the_database() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    world
        .takes(&world.alpha, ordered(at, Kind::Sales))
        .await
        .unwrap();
    let mut raw = PgConnection::connect(world.test.app_url()).await.unwrap();
    for sql in [
        "UPDATE dealership.order_counters SET last = 7",
        "DELETE FROM dealership.order_counters",
        "INSERT INTO dealership.order_counters (workspace_id, dealership_id, kind) VALUES (gen_random_uuid(), gen_random_uuid(), 'sales')",
        "UPDATE dealership.orders SET order_number = 'MAIN-SALES-000007'",
        "INSERT INTO dealership.orders (order_number) VALUES ('MAIN-SALES-000007')",
        "SELECT dealership.orders_number()",
        "CREATE TEMPORARY TABLE mine (dealership_id uuid, kind text);
         CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION dealership.orders_number()",
    ] {
        let met = attempt(&mut raw, sql).await;
        assert_eq!(met, Err("42501".to_owned()), "{sql}");
    }
}

/// Whoever tries to order in a dealership of another group neither moves its counter nor waits for it.
#[tokio::test]
async fn the_counters_of_another_group_are_neither_moved_nor_waited_for() {
    let world = World::new().await;
    let others = world.beta().await;
    let theirs = others.dealerships().insert(coded("MAIN")).await.unwrap();
    others.commit().await.unwrap();
    // Their counter is locked by an order that is being taken.
    let others = world.beta().await;
    let taken = others.orders().insert(ordered(theirs.id, Kind::Sales));
    assert_eq!(taken.await.unwrap().order_number, "MAIN-SALES-000001");

    let mine = world
        .takes(&world.alpha, ordered(theirs.id, Kind::Sales))
        .await;
    assert_eq!(mine.unwrap_err().kind(), ErrorKind::Reference);
    let session = world.alpha().await;
    let forged = format!(
        "INSERT INTO dealership.orders (workspace_id, id, dealership_id, kind, customer_info)
         VALUES ('{}', gen_random_uuid(), '{}', 'sales', '{{}}')",
        world.beta.workspace(),
        theirs.id
    );
    let forged =
        session.raw_sql_without_workspace_guard("a test", String::leak(forged), Default::default());
    assert_eq!(forged.await.unwrap_err().sqlstate(), Some("42501"));
    others.commit().await.unwrap();
}

/// Where nobody may order, nobody learns how far it is counted, and nothing is counted.
#[tokio::test]
async fn an_order_that_somebody_may_not_take_is_not_counted() {
    let world = World::new().await;
    let (at, other) = (
        world.dealership("MAIN").await,
        world.dealership("EAST").await,
    );
    let user = world.works(other.id, Role::User).await;
    let refused = world.takes(&user, ordered(at.id, Kind::Sales)).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
    let taken = world.takes(&world.alpha, ordered(at.id, Kind::Sales)).await;
    assert_eq!(taken.unwrap().order_number, "MAIN-SALES-000001");
}
