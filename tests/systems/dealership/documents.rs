//! Who is what is said when somebody comes in, and what viewers see of customers.

use serde_json::json;
use sqlx::{Row as _, postgres::PgArguments};
use tenantry::{ErrorKind, SearchQuery};
use tenantry_entities::{
    accounts::member::Role as Rank,
    dealership::{
        Dealership as _,
        dealership_member::{self, Role},
        order::{self, Kind},
    },
};

use super::{ordered, works};
use crate::world::World;

#[tokio::test]
async fn what_somebody_is_where_is_part_of_their_context() {
    let world = World::new().await;
    let (main, east) = (
        world.dealership("MAIN").await.id,
        world.dealership("EAST").await.id,
    );
    let person = world.joins(Rank::Member).await;
    assert_eq!(world.as_person(person).await.attribute("dealerships"), None);
    let session = world.alpha().await;
    let rows = session.dealership_members();
    rows.insert(works(main, person, Role::Admin)).await.unwrap();
    let user = rows.insert(works(east, person, Role::User)).await.unwrap();
    session.commit().await.unwrap();
    let ids = |of: &[tenantry_entities::dealership::dealership::Id]| {
        Some(of.iter().map(|id| *id.as_key()).collect())
    };
    let context = world.as_person(person).await;
    let said = |name| context.attribute(name).cloned();
    assert_eq!(said("dealerships"), ids(&[main, east]));
    assert_eq!(said("dealership_admin"), ids(&[main]));
    assert_eq!(said("dealership_user"), ids(&[east]));
    assert_eq!(said("dealership_manager"), None);

    // As long as a context lives, it says what was so when it was made; the next one says what is.
    let session = world.alpha().await;
    session.dealership_members().delete(user.id).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(said("dealerships"), ids(&[main, east]));
    let context = world.as_person(person).await;
    assert_eq!(context.attribute("dealerships").cloned(), ids(&[main]));
}

#[tokio::test]
async fn nobody_adds_a_dealership_to_their_context() {
    let world = World::new().await;
    let (main, east) = (
        world.dealership("MAIN").await.id,
        world.dealership("EAST").await.id,
    );
    let user = world.works(main, Role::User).await;
    world
        .takes(&world.alpha, ordered(east, Kind::Sales))
        .await
        .unwrap();
    let session = world.database.begin(&user).await.unwrap();
    let forged = "SELECT set_config('tenantry.context', replace(current_setting('tenantry.context'), '|user|', '|job|'), true),
         (SELECT count(*) FROM dealership.orders)";
    let forged = session.raw_sql_without_workspace_guard("a test", forged, PgArguments::default());
    assert_eq!(forged.await.unwrap_err().sqlstate(), Some("42501"));
    let session = world.database.begin(&user).await.unwrap();
    let all = "SELECT count(*) FROM dealership.orders";
    let all = session.raw_sql_without_workspace_guard("a test", all, PgArguments::default());
    assert_eq!(all.await.unwrap()[0].get::<i64, _>(0), 0);
}

#[tokio::test]
async fn nobody_makes_themselves_more_than_they_are() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    for role in [Role::User, Role::Manager, Role::Admin] {
        let context = world.works(at, role).await;
        let session = world.database.begin(&context).await.unwrap();
        let rows = session.dealership_members();
        let me = context.actor().unwrap().as_uuid().unwrap();
        let mine = rows.list().filter(dealership_member::USER_ID.eq(me));
        let mine = mine.first().await.unwrap().unwrap();
        let change = dealership_member::Update {
            permissions: sea_orm::Set(json!({ "all": true })),
            role: sea_orm::Set(Role::Admin),
        };
        let refused = rows.update(&mine, change).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{role:?}");
    }
}

#[tokio::test]
async fn whoever_takes_an_order_has_taken_it_themselves() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let user = world.works(at, Role::User).await;
    let taken = world.takes(&user, ordered(at, Kind::Sales)).await.unwrap();
    assert_eq!(taken.created_by, user.actor().unwrap().as_uuid());
    let session = world.database.begin(&user).await.unwrap();
    let forged = "INSERT INTO dealership.orders (workspace_id, created_by) VALUES (gen_random_uuid(), gen_random_uuid())";
    let forged = session.raw_sql_without_workspace_guard("a test", forged, PgArguments::default());
    assert_eq!(forged.await.unwrap_err().sqlstate(), Some("42501"));
}

#[tokio::test]
async fn viewers_see_little_of_customers_and_find_nobody_by_them() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let person = world.joins(Rank::Viewer).await;
    let session = world.alpha().await;
    let rows = session.dealership_members();
    rows.insert(works(at, person, Role::User)).await.unwrap();
    session.commit().await.unwrap();
    let order = world
        .takes(&world.alpha, ordered(at, Kind::Sales))
        .await
        .unwrap();

    let viewer = world.as_person(person).await;
    let session = world.database.begin(&viewer).await.unwrap();
    let seen = session.orders().get(order.id).await.unwrap();
    let left = json!({ "name": "****", "email": "a****@example.org", "phone": "****67" });
    assert_eq!(
        seen,
        order::Model {
            customer_info: left.clone(),
            ..order.clone()
        }
    );
    let hits = SearchQuery::new(order::SEARCH, "lovelace");
    let refused = session.orders().search_page(hits).await.unwrap_err();
    assert_eq!(refused.rule(), Some("viewers see little of customers"));
    let history = session.orders().history(order.id).page().await;
    assert!(!format!("{history:?}").contains("Lovelace"));
}
