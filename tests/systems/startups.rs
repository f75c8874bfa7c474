//! Startups.

mod matrix;
mod plans;

pub(crate) use matrix::ask;

use sea_orm::Set;
use tenantry::{ErrorKind, Session};
use tenantry_entities::startups::{Startups as _, startup};
use tenantry_testing::{Isolation, IsolationReport};

use crate::{verify::every::every, world::World};

every! {
    startup: versioned soft_deletes audited;
}

pub(crate) fn named(name: &str) -> startup::New {
    startup::New { name: name.into() }
}

/// The isolation kit, on every table.
pub(crate) async fn attack(world: &World) -> Vec<IsolationReport> {
    let (database, alpha, beta) = (&world.database, &world.alpha, &world.beta);
    let begun = async |s: &Session| s.startups().insert(named("s")).await;
    let attacks = Isolation::of(startup::Entity, database, alpha, beta, begun).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let rename = || startup::Update {
        name: Set("after".into()),
        ..Default::default()
    };
    let attacks = attacks.updates(rename).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    vec![attacks.report()]
}

#[tokio::test]
async fn a_workspace_is_one_startup_at_a_time() {
    let world = World::new().await;
    let session = world.alpha().await;
    let first = session.startups().insert(named("first")).await.unwrap();
    session.commit().await.unwrap();
    let session = world.alpha().await;
    let error = session
        .startups()
        .insert(named("second"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    session.roll_back().await;
    let session = world.alpha().await;
    let deletion = session.startups().delete(first.id).await.unwrap();
    session.startups().insert(named("second")).await.unwrap();
    let error = session.startups().restore(&deletion).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    session.roll_back().await;
    // Another workspace is another startup.
    world
        .beta()
        .await
        .startups()
        .insert(named("first"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_startup_is_found_by_its_name_and_industry() {
    let world = World::new().await;
    let session = world.alpha().await;
    let new = named("Bridges to go").industry("civil engineering".into());
    let row = session.startups().insert(new).await.unwrap();
    for words in ["bridge", "engineers"] {
        let found = session
            .startups()
            .search(startup::SEARCH, words)
            .page()
            .await
            .unwrap();
        assert_eq!(found.items.len(), 1, "{words}");
        assert_eq!(found.items[0].row.id, row.id);
    }
    assert!(
        world
            .beta()
            .await
            .startups()
            .search(startup::SEARCH, "bridge")
            .page()
            .await
            .unwrap()
            .items
            .is_empty()
    );
}
