//! Rotation: every value comes under the current key, none is lost, and nobody is overwritten.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::Set;
use tenantry::{ErrorKind, Keys, Role, Rotated, Seals, TenantContext};

use super::ground::{ALPHA, BETA, SECRET, World, key, new_shop, shop, token};

fn job(world: &World, workspace: uuid::Uuid) -> TenantContext {
    let name = Role::from_static("key_rotation");
    world.database.job(name, workspace.into()).unwrap()
}

fn both() -> Keys {
    Keys::new(key(2)).and(key(1)).unwrap()
}

async fn under(database: &tenantry::Database, context: &TenantContext) -> BTreeMap<i32, u64> {
    let session = database.begin(context).await.unwrap();
    session.rows(shop::Entity).sealed_under().await.unwrap()
}

fn counts(rotated: Rotated) -> (u64, u64, u64) {
    (rotated.rows, rotated.left, rotated.unopened)
}

#[tokio::test]
async fn every_value_of_the_workspace_comes_under_the_current_key() {
    let world = World::new().await;
    let session = world.alpha().await;
    let shops = session.rows(shop::Entity);
    let new = (0..23).map(|n| new_shop(&session, &format!("{n:02}")));
    let made = shops.insert_many(new.collect::<Vec<_>>()).await.unwrap();
    let change = shop::Update {
        refresh_token: Set(None),
        customer: Set(None),
        ..Default::default()
    };
    let bare = shops.update(&made[3], change).await.unwrap();
    let deletion = shops.delete(made[7].id).await.unwrap();
    session.commit().await.unwrap();
    world.shop(&world.beta, "theirs").await;

    let database = world.under(both()).await;
    assert_eq!(under(&database, &world.alpha).await, [(1, 67)].into());
    let (job, mut told) = (job(&world, ALPHA), Vec::new());
    let rotation = database.rotate(&job, shop::Entity).batch(10);
    let rotated = rotation.run_reporting(|progress| told.push((progress.done, progress.total)));
    assert_eq!(counts(rotated.await.unwrap()), (23, 0, 0));
    assert_eq!(told, [(10, Some(23)), (20, Some(23)), (23, Some(23))]);
    assert_eq!(under(&database, &world.alpha).await, [(2, 67)].into());
    assert_eq!(under(&database, &world.beta).await, [(1, 3)].into());

    // Again it does nothing, and with the new key alone everything opens and is found.
    let again = database.rotate(&job, shop::Entity).run().await.unwrap();
    assert_eq!(counts(again), (0, 0, 0));
    let database = world.under(Keys::new(key(2))).await;
    let session = database.begin(&world.alpha).await.unwrap();
    let shops = session.rows(shop::Entity);
    assert_eq!(shops.restore(&deletion).await.unwrap(), 1);
    for before in &made {
        let now = shops.get(before.id).await.unwrap();
        assert_eq!(
            token(&session, &now).unwrap(),
            format!("{SECRET} {}", now.name)
        );
        assert!(
            now.version > before.version,
            "it is another row than was read"
        );
        let found = shops
            .equals(shop::CUSTOMER_INDEX, now.name.as_str())
            .unwrap();
        let found = shops.list().filter(found).page().await.unwrap().items;
        if now.id == bare.id {
            assert!(session.open(shop::CUSTOMER, &now).unwrap().is_none());
            assert!(found.is_empty());
        } else {
            assert_eq!(found, [now]);
        }
    }
    // The log says who, and keeps what was there before, under the key of before.
    let history = shops.history(made[0].id).page().await.unwrap().items;
    assert_eq!(
        history[0].actor_name.as_deref(),
        Some("system:key_rotation")
    );
    let before = shops.as_of(made[0].id, made[0].version).await.unwrap();
    assert_eq!(before, made[0]);
    let refused = token(&session, &before).unwrap_err();
    assert!(refused.to_string().contains("under key 1"), "{refused}");
}

#[tokio::test]
async fn what_others_hold_is_passed_over_and_what_they_write_stays() {
    let world = World::new().await;
    let held = world.shop(&world.alpha, "held").await;
    world.shop(&world.alpha, "free").await;
    let database = world.under(both()).await;
    let (job, writer) = (job(&world, ALPHA), world.alpha().await);
    let shops = writer.rows(shop::Entity);
    let change = shop::Update {
        access_token: Set(writer.seal(shop::ACCESS_TOKEN, &held.id, "anew").unwrap()),
        ..Default::default()
    };
    shops.update(&held, change).await.unwrap();
    let rotated = database.rotate(&job, shop::Entity).run().await.unwrap();
    assert_eq!(counts(rotated), (1, 1, 0));
    writer.commit().await.unwrap();
    let rotated = database.rotate(&job, shop::Entity).run().await.unwrap();
    assert_eq!(counts(rotated), (1, 0, 0));
    let session = database.begin(&world.alpha).await.unwrap();
    let now = session.rows(shop::Entity).get(held.id).await.unwrap();
    assert_eq!(token(&session, &now).unwrap(), "anew");
    // Who had read it before is told.
    let change = shop::Update {
        name: Set("late".into()),
        ..Default::default()
    };
    let late = session.rows(shop::Entity).update(&held, change).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Stale);
}

/// Several instances at once, while others write: each value is there once, and opens.
#[tokio::test]
async fn rotations_and_writers_at_once_lose_nothing() {
    let world = World::new().await;
    let session = world.alpha().await;
    let new = (0..60).map(|n| new_shop(&session, &format!("{n:02}")));
    let new: Vec<_> = new.collect();
    let made = session.rows(shop::Entity).insert_many(new).await.unwrap();
    session.commit().await.unwrap();
    let database = world.under(both()).await;
    let job = job(&world, ALPHA);
    let rotate = || database.rotate(&job, shop::Entity).batch(7).run();
    let write = async {
        for shop in &made[20..40] {
            let id = shop.id;
            let written = database.transaction(&world.alpha, async move |session| {
                let shops = session.rows(shop::Entity);
                let now = shops.get_for_update(id).await?;
                let change = shop::Update {
                    access_token: Set(session.seal(shop::ACCESS_TOKEN, &id, "written")?),
                    ..Default::default()
                };
                shops.update(&now, change).await
            });
            written.await.unwrap();
        }
    };
    // A rotation may be spawned, as every work of a service.
    let spawned = {
        let (database, job) = (database.clone(), job.clone());
        tokio::spawn(async move { database.rotate(&job, shop::Entity).batch(7).run().await })
    };
    let (one, other, ()) = tokio::join!(rotate(), spawned, write);
    let other = other.unwrap();
    let rest = rotate().await.unwrap();
    assert_eq!(rest.left, 0);
    let sealed = one.unwrap().rows + other.unwrap().rows + rest.rows;
    assert!((40..=60).contains(&sealed), "{sealed}");
    let session = database.begin(&world.alpha).await.unwrap();
    let now = session
        .rows(shop::Entity)
        .list()
        .limit(100)
        .page()
        .await
        .unwrap();
    let tokens: BTreeSet<_> = now
        .items
        .iter()
        .map(|shop| token(&session, shop).unwrap())
        .collect();
    assert_eq!((now.items.len(), tokens.len()), (60, 41));
    assert!(
        now.items
            .iter()
            .all(|shop| shop.access_token.key_id() == Some(2))
    );
}

#[tokio::test]
async fn what_does_not_open_is_counted_and_left_as_it_is() {
    let world = World::new().await;
    for name in ["a", "b", "c"] {
        world.shop(&world.alpha, name).await;
    }
    world
        .plant("UPDATE creators.shops SET access_token = refresh_token WHERE name = 'b'")
        .await;
    let database = world.under(both()).await;
    let job = job(&world, ALPHA);
    let rotated = database
        .rotate(&job, shop::Entity)
        .batch(1)
        .run()
        .await
        .unwrap();
    assert_eq!(counts(rotated), (2, 1, 1));
    // Without the key that they are under none opens, and none is touched.
    let other = world.under(Keys::new(key(3))).await;
    let before = under(&other, &world.alpha).await;
    let rotated = other.rotate(&job, shop::Entity).run().await.unwrap();
    assert_eq!(counts(rotated), (0, 3, 3));
    assert_eq!(under(&other, &world.alpha).await, before);
}

#[tokio::test]
async fn keys_are_rotated_by_a_job_in_its_workspace_alone() {
    let world = World::new().await;
    world.shop(&world.alpha, "mine").await;
    let database = world.under(both()).await;
    let refused = database.rotate(&world.alpha, shop::Entity).run().await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
    let rotated = database
        .rotate(&job(&world, BETA), shop::Entity)
        .run()
        .await;
    assert_eq!(counts(rotated.unwrap()), (0, 0, 0));
    assert_eq!(under(&database, &world.alpha).await, [(1, 3)].into());
}
