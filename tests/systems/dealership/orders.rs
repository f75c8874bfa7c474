//! Where orders go, who sees to them, and what finds them.

use sea_orm::Set;
use serde_json::json;
use tenantry::{ErrorKind, Query, SearchQuery};
use tenantry_entities::{
    accounts::{Accounts as _, member},
    dealership::{
        Dealership as _,
        dealership_member::Role,
        order::{self, Kind, Status},
    },
};
use tenantry_repositories::{
    accounts::MemberRepository as _,
    dealership::{OrderRepository as _, active, of_kind, with_status},
};

use super::ordered;
use crate::world::World;

#[tokio::test]
async fn an_order_goes_its_way_and_no_other() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let session = world.alpha().await;
    let orders = session.orders();
    let draft = ordered(at, Kind::Service).status(Status::Draft);
    let draft = orders.insert(draft).await.unwrap();
    let refused = orders.complete(&draft).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    let pending = orders.submit(&draft).await.unwrap();
    let stale = orders.cancel(&draft).await.unwrap_err();
    assert_eq!(stale.kind(), ErrorKind::Stale);
    let begun = orders.start(&pending).await.unwrap();
    let done = orders.complete(&begun).await.unwrap();
    assert_eq!((done.status, done.is_active), (Status::Completed, false));

    // The plain verb knows the way as well.
    let change = order::Update {
        status: Set(Status::Draft),
        ..Default::default()
    };
    let refused = orders.update(&done, change).await.unwrap_err();
    assert_eq!(refused.rule(), Some("an order goes its way"));
}

#[tokio::test]
async fn an_order_is_assigned_to_whoever_is_a_member_and_to_nobody_else() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let (stays, left) = (
        world.joins(member::Role::Member).await,
        world.joins(member::Role::Member).await,
    );
    let session = world.alpha().await;
    let leaver = session.members().of_person(left).await.unwrap().unwrap();
    session.members().remove(leaver.id).await.unwrap();
    let row = session.orders().insert(ordered(at, Kind::Sales)).await;
    let row = session.orders().assign(&row.unwrap(), stays).await.unwrap();
    assert_eq!(row.assigned_to, Some(stays));
    let row = session.orders().assign(&row, None).await.unwrap();
    session.commit().await.unwrap();

    let stranger = world.beta.actor().unwrap().as_uuid().unwrap();
    for person in [left, stranger, uuid::Uuid::now_v7()] {
        let session = world.alpha().await;
        let refused = session.orders().assign(&row, person).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Reference);
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["assigned_to"]);
    }
}

#[tokio::test]
async fn nobody_leaves_while_an_order_is_assigned_to_them() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let person = world.joins(member::Role::Member).await;
    let order = world.takes(&world.alpha, ordered(at, Kind::Sales)).await;
    let assigning = world.alpha().await;
    let order = order.unwrap();
    assigning.orders().assign(&order, person).await.unwrap();

    let leaving = world.alpha().await;
    let leaver = leaving.members().of_person(person).await.unwrap().unwrap();
    let leaves = async {
        leaving.members().remove(leaver.id).await.unwrap();
        leaving.commit().await.unwrap();
        std::time::Instant::now()
    };
    let commits = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let now = std::time::Instant::now();
        assigning.commit().await.unwrap();
        now
    };
    let (left, assigned) = tokio::join!(leaves, commits);
    assert!(left > assigned, "they left before the order was theirs");
}

#[tokio::test]
async fn lists_are_of_one_dealership_and_in_their_order() {
    let world = World::new().await;
    let (at, other) = (
        world.dealership("MAIN").await.id,
        world.dealership("EAST").await.id,
    );
    let session = world.alpha().await;
    let orders = session.orders();
    let mut taken = Vec::new();
    for (at, kind, status) in [
        (at, Kind::Sales, Status::Draft),
        (at, Kind::Sales, Status::Pending),
        (at, Kind::Service, Status::Pending),
        (other, Kind::Sales, Status::Pending),
        (at, Kind::Sales, Status::Pending),
    ] {
        let row = orders.insert(ordered(at, kind).status(status)).await;
        taken.push(row.unwrap());
    }
    let ids = async |query: Query<order::Entity>| {
        let page = orders.page(query).await.unwrap();
        page.items.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let of = |nths: &[usize]| nths.iter().map(|nth| taken[*nth].id).collect::<Vec<_>>();
    let in_order = |mut ids: Vec<order::Id>| {
        // All of one transaction were taken at once; then the id decides, and ids come in order.
        ids.sort_by(|a, b| b.as_key().cmp(a.as_key()));
        ids
    };
    assert_eq!(
        ids(with_status(at, Status::Pending)).await,
        in_order(of(&[1, 2, 4]))
    );
    assert_eq!(
        ids(of_kind(at, Kind::Sales)).await,
        in_order(of(&[0, 1, 4]))
    );
    assert_eq!(ids(active(at)).await, in_order(of(&[1, 2, 4])));
    let number = &taken[3].order_number;
    assert_eq!(orders.by_number(number).await.unwrap(), taken[3]);
    let missing = orders.by_number("MAIN-SALES-000099").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_changed_last_stands_first_in_the_queue() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let first = world.takes(&world.alpha, ordered(at, Kind::Sales)).await;
    let second = world.takes(&world.alpha, ordered(at, Kind::Sales)).await;
    let (first, second) = (first.unwrap(), second.unwrap());
    let queue = async || {
        let session = world.alpha().await;
        let page = session.orders().page(active(at)).await.unwrap();
        page.items.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(queue().await, [second.id, first.id]);
    let session = world.alpha().await;
    session.orders().start(&first).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(queue().await, [first.id, second.id]);
}

#[tokio::test]
async fn orders_are_found_by_number_customer_vehicle_and_what_documents_contain() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let session = world.alpha().await;
    let orders = session.orders();
    let vehicle = json!({ "vin": "WVWZZZ1JZ3W386752", "make": "VW", "year": 2021 });
    let new = ordered(at, Kind::Sales)
        .vehicle_info(vehicle)
        .metadata(json!({ "campaign": "spring" }));
    let row = orders.insert(new).await.unwrap();
    orders.insert(ordered(at, Kind::Service)).await.unwrap();
    for words in [
        "MAIN-SALES-000001",
        "main-sales-000001",
        "WVWZZZ1JZ3W386752",
    ] {
        let hits = SearchQuery::new(order::SEARCH, words);
        let hits = orders.search_page(hits).await.unwrap().items;
        let found: Vec<_> = hits.iter().map(|hit| hit.row.id).collect();
        assert_eq!(found, [row.id], "{words}");
    }
    let hits = SearchQuery::new(order::SEARCH, "lovelace");
    assert_eq!(orders.search_page(hits).await.unwrap().items.len(), 2);
    for filter in [
        order::VEHICLE_INFO_SEARCH.contains(json!({ "make": "VW", "year": 2021 })),
        order::METADATA_SEARCH.contains(json!({ "campaign": "spring" })),
    ] {
        let found = orders.list().filter(filter).page().await.unwrap().items;
        assert_eq!(found, std::slice::from_ref(&row));
    }
}

#[tokio::test]
async fn somebody_finds_and_lists_where_they_work_and_nowhere_else() {
    let world = World::new().await;
    let (at, other) = (
        world.dealership("MAIN").await.id,
        world.dealership("EAST").await.id,
    );
    let user = world.works(at, Role::User).await;
    for dealership in [at, other] {
        let new = ordered(dealership, Kind::Sales);
        world.takes(&world.alpha, new).await.unwrap();
    }
    let session = world.database.begin(&user).await.unwrap();
    let orders = session.orders();
    let hits = SearchQuery::new(order::SEARCH, "lovelace");
    let hits = orders.search_page(hits).await.unwrap().items;
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].row.dealership_id, at);
    assert_eq!(orders.count(Query::new()).await.unwrap(), 1);
    assert!(orders.page(active(other)).await.unwrap().items.is_empty());
}
