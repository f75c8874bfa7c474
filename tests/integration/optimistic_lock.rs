//! Versions: no update is lost, and whoever was too late learns of it.

use sea_orm::Set;
use tenantry::{ErrorKind, Version, prelude::*};
use tenantry_entities::challenges::{Challenges, challenge};

use crate::world::{World, titled};

fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_update_counts_the_version() {
    let world = World::new().await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("a")).await.unwrap();
    assert_eq!(row.version.as_i64(), 1);
    let row = session
        .challenges()
        .update(&row, rename("b"))
        .await
        .unwrap();
    assert_eq!((row.version.as_i64(), row.title.as_str()), (2, "b"));
    assert!(row.updated_by.is_some());
}

#[tokio::test]
async fn an_update_with_an_old_version_is_stale() {
    let world = World::new().await;
    let session = world.alpha().await;
    let seen = session.challenges().insert(titled("a")).await.unwrap();
    session
        .challenges()
        .update(&seen, rename("b"))
        .await
        .unwrap();

    let error = session
        .challenges()
        .update(&seen, rename("c"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale);
    assert_eq!(error.to_string(), "challenges was modified since version 1");
    assert_eq!(
        error.stale::<challenge::Entity>().unwrap().current.title,
        "b"
    );
    session.commit().await.unwrap();
}

#[tokio::test]
async fn staleness_is_an_answer_for_those_who_ask() {
    let world = World::new().await;
    let session = world.alpha().await;
    let seen = session.challenges().insert(titled("a")).await.unwrap();
    session
        .challenges()
        .update(&seen, rename("b"))
        .await
        .unwrap();

    let answer = session
        .challenges()
        .update(&seen, rename("c"))
        .await
        .or_stale()
        .unwrap();
    let Updated::Stale(stale) = answer else {
        panic!("not stale")
    };
    assert_eq!(stale.seen, Version::from_i64(1));
    assert!(stale.changed_since(&seen).contains(&"title"));
    assert!(!stale.changed_since(&seen).contains(&"status"));
}

#[tokio::test]
async fn a_web_form_updates_by_id_and_version() {
    let world = World::new().await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("a")).await.unwrap();
    let seen = (row.id, Version::from_i64(1));
    assert_eq!(
        session
            .challenges()
            .update(seen, rename("b"))
            .await
            .unwrap()
            .title,
        "b"
    );
}

#[tokio::test]
async fn a_change_of_nothing_checks_the_version_and_counts_nothing() {
    let world = World::new().await;
    let session = world.alpha().await;
    let seen = session.challenges().insert(titled("a")).await.unwrap();
    let same = session
        .challenges()
        .update(&seen, challenge::Update::default())
        .await
        .unwrap();
    assert_eq!(same.version, seen.version);
    session
        .challenges()
        .update(&seen, rename("b"))
        .await
        .unwrap();
    let late = session
        .challenges()
        .update(&seen, challenge::Update::default())
        .await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Stale);
}

#[tokio::test]
async fn a_deleted_row_cannot_be_updated() {
    let world = World::new().await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("a")).await.unwrap();
    session.challenges().delete(row.id).await.unwrap();
    let now = session
        .challenges()
        .find_with_deleted(row.id)
        .await
        .unwrap()
        .unwrap();
    let error = session
        .challenges()
        .update(&now, rename("b"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.hint(), Some("The row is deleted. Restore it first."));
}

#[tokio::test]
async fn whoever_waits_for_a_writer_sees_what_it_committed() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "a").await;

    let first = world.alpha().await;
    first
        .challenges()
        .update(&row, rename("first"))
        .await
        .unwrap();
    let second = {
        let (database, context, row) = (world.database.clone(), world.alpha.clone(), row.clone());
        tokio::spawn(async move {
            let session = database.begin(&context).await.unwrap();
            session
                .challenges()
                .update(&row, rename("second"))
                .await
                .or_stale()
                .map(|answer| {
                    let Updated::Stale(stale) = answer else {
                        panic!("not stale")
                    };
                    stale.current.title
                })
        })
    };
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!second.is_finished(), "the second writer did not wait");
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap().unwrap(), "first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_update_is_lost_between_twelve_writers() {
    const WRITERS: usize = 12;
    const UPDATES: usize = 10;
    let world = World::with(|builder| builder.max_connections(12)).await;
    let row = world.challenge(&world.alpha, "0").await;

    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (database, context, id) = (world.database.clone(), world.alpha.clone(), row.id);
            tokio::spawn(async move {
                for _ in 0..UPDATES {
                    loop {
                        let session = database.begin(&context).await.unwrap();
                        let seen = session.challenges().get(id).await.unwrap();
                        let next = seen.title.parse::<u64>().unwrap() + 1;
                        let update = session
                            .challenges()
                            .update(&seen, rename(&next.to_string()));
                        if let Updated::Applied(_) = update.await.or_stale().unwrap() {
                            session.commit().await.unwrap();
                            break;
                        }
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let last = world.alpha().await.challenges().get(row.id).await.unwrap();
    assert_eq!(last.title, (WRITERS * UPDATES).to_string());
    assert_eq!(last.version.as_i64(), (WRITERS * UPDATES) as i64 + 1);
}
