//! Dealerships themselves: codes that are given once.

use sqlx::{Connection as _, PgConnection};
use tenantry::ErrorKind;
use tenantry_entities::dealership::{
    Dealership as _, dealership, dealership_member,
    order::{Kind, Status},
};

use super::{named, ordered, rename};
use crate::world::{World, attempt};

#[tokio::test]
async fn a_code_is_never_given_again_but_another_group_may_have_it() {
    let world = World::new().await;
    let (session, others) = (world.alpha().await, world.beta().await);
    let first = session.dealerships().insert(named("d")).await.unwrap();
    let again = || dealership::New {
        code: first.code.clone(),
        name: "again".into(),
    };
    others.dealerships().insert(again()).await.unwrap();
    session.dealerships().delete(first.id).await.unwrap();
    let refused = session.dealerships().insert(again()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["code"]);
}

#[tokio::test]
async fn a_code_is_capitals_and_digits_and_stays() {
    let world = World::new().await;
    let session = world.alpha().await;
    for code in ["", "a", "A B", "A-B", "Ä", "A\n", &"A".repeat(51)] {
        let new = dealership::New {
            code: code.into(),
            name: "d".into(),
        };
        let refused = world.alpha().await.dealerships().insert(new).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid, "{code:?}");
    }
    session.dealerships().insert(named("d")).await.unwrap();
    session.commit().await.unwrap();
    let mut raw = PgConnection::connect(world.test.app_url()).await.unwrap();
    let changed = attempt(&mut raw, "UPDATE dealership.dealerships SET code = 'B'").await;
    assert_eq!(changed, Err("42501".to_owned()));
}

#[tokio::test]
async fn a_dealership_is_seen_by_those_who_work_there_and_run_by_its_admins() {
    let world = World::new().await;
    let (main, east) = (
        world.dealership("MAIN").await,
        world.dealership("EAST").await,
    );
    let admin = world.works(main.id, dealership_member::Role::Admin).await;
    let session = world.database.begin(&admin).await.unwrap();
    let listed = session.dealerships().list().page().await.unwrap().items;
    assert_eq!(listed, std::slice::from_ref(&main));
    session.dealerships().update(&main, rename()).await.unwrap();
    let missing = session.dealerships().update(&east, rename()).await;
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
    let refused = session.dealerships().delete(main.id).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn who_works_at_a_dealership_goes_and_comes_back_with_it() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let user = world.works(at, dealership_member::Role::User).await;
    let session = world.alpha().await;
    let gone = session.dealerships().delete(at).await.unwrap();
    assert_eq!(
        session.dealership_members().list().count().await.unwrap(),
        0
    );
    session.dealerships().restore(&gone).await.unwrap();
    session.commit().await.unwrap();
    let session = world.database.begin(&user).await.unwrap();
    assert_eq!(session.dealerships().list().count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_job_brings_orders_that_are_done_and_sees_no_other_workspace() {
    let world = World::new().await;
    let at = world.dealership("MAIN").await.id;
    let import = world.as_job("import");
    let done = ordered(at, Kind::Sales).status(Status::Completed);
    let session = world.database.begin(&import).await.unwrap();
    let row = session.orders().insert(done).await.unwrap();
    assert_eq!(row.order_number, "MAIN-SALES-000001");
    session.commit().await.unwrap();
    assert!(
        world
            .beta()
            .await
            .orders()
            .find(row.id)
            .await
            .unwrap()
            .is_none()
    );
}
