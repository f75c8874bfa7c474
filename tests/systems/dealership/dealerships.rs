//! Dealerships themselves: codes that are given once.

use sqlx::{Connection as _, PgConnection};
use tenantry::ErrorKind;
use tenantry_entities::{
    accounts::member::Role,
    dealership::{Dealership as _, dealership},
};

use super::named;
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
async fn everybody_sees_the_dealerships_and_no_job_makes_one() {
    let world = World::new().await;
    let (row, trips) = world
        .trips(&world.alpha, async |s| {
            s.dealerships().insert(named("d")).await
        })
        .await;
    // The statement is prepared in a trip of its own.
    assert_eq!(trips, 2);
    let viewer = world.as_person(world.joins(Role::Viewer).await).await;
    let session = world.database.begin(&viewer).await.unwrap();
    assert_eq!(session.dealerships().get(row.id).await.unwrap(), row);
    let session = world.database.begin(&world.as_job("robot")).await.unwrap();
    let refused = session.dealerships().insert(named("d")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
}
