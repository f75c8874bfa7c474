//! Soft deletes: what is gone, who may have its name, and how it comes back.

use tenantry::{Deletion, ErrorKind};
use tenantry_entities::challenges::{Challenges, challenge};
use uuid::Uuid;

use crate::world::{World, titled};

#[tokio::test]
async fn a_deleted_row_is_seen_only_by_those_who_ask_for_it() {
    let world = World::new().await;
    let session = world.alpha().await;
    let kept = session.challenges().insert(titled("kept")).await.unwrap();
    let gone = session.challenges().insert(titled("gone")).await.unwrap();
    session.challenges().delete(gone.id).await.unwrap();

    let rows = session.challenges();
    assert_eq!(
        rows.get(gone.id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let found = rows.find_many(&[gone.id, kept.id]).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&kept));
    assert_eq!(rows.list().page().await.unwrap().items, [kept]);
    assert_eq!(rows.list().count().await.unwrap(), 1);
    assert_eq!(rows.list().with_deleted().count().await.unwrap(), 2);
    let deleted = rows.list().only_deleted().first().await.unwrap().unwrap();
    assert_eq!(deleted.id, gone.id);
}

#[tokio::test]
async fn the_database_notes_when_and_by_whom() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "a").await;
    let session = world.alpha().await;
    let deletion = session.challenges().delete(row.id).await.unwrap();
    let gone = session
        .challenges()
        .find_with_deleted(row.id)
        .await
        .unwrap()
        .unwrap();
    assert!(gone.deleted_at.unwrap() > row.created_at);
    assert_eq!(gone.deleted_by, world.alpha.actor().unwrap().as_uuid());
    assert_eq!(gone.delete_op, Some(deletion.operation));
}

#[tokio::test]
async fn deleting_twice_reports_not_found() {
    let world = World::new().await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("a")).await.unwrap();
    session.challenges().delete(row.id).await.unwrap();
    let again = session.challenges().delete(row.id).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_restore_revives_exactly_what_the_deletion_took() {
    let world = World::new().await;
    let session = world.alpha().await;
    let first = session.challenges().insert(titled("first")).await.unwrap();
    let second = session.challenges().insert(titled("second")).await.unwrap();
    let deletion = session.challenges().delete(first.id).await.unwrap();
    session.challenges().delete(second.id).await.unwrap();

    let kept = Deletion::of_operation(deletion.operation);
    assert_eq!(session.challenges().restore(&kept).await.unwrap(), 1);
    let back = session.challenges().get(first.id).await.unwrap();
    assert_eq!(
        (back.deleted_at, back.deleted_by, back.delete_op),
        (None, None, None)
    );
    assert!(
        session
            .challenges()
            .find(second.id)
            .await
            .unwrap()
            .is_none()
    );

    let again = session.challenges().restore(&deletion).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

/// H-34: a deleted row keeps no name, and a restore that would collide does nothing.
#[tokio::test]
async fn a_name_is_free_once_its_row_is_deleted() {
    let world = World::new().await;
    let mut session = world.alpha().await;
    let old = session.challenges().insert(titled("name")).await.unwrap();
    let deletion = session.challenges().delete(old.id).await.unwrap();
    let new = session.challenges().insert(titled("name")).await.unwrap();

    let collision = session
        .savepoint(async |session| session.challenges().restore(&deletion).await)
        .await
        .unwrap_err();
    assert!(collision.violates(&challenge::TITLE_KEY));
    assert_eq!(collision.fields().collect::<Vec<_>>(), ["title"]);
    assert!(session.challenges().find(old.id).await.unwrap().is_none());

    session.challenges().delete(new.id).await.unwrap();
    session.challenges().restore(&deletion).await.unwrap();
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_restore_of_nothing_is_not_found() {
    let world = World::new().await;
    let session = world.alpha().await;
    let nothing = Deletion::of_operation(Uuid::now_v7());
    let error = session.challenges().restore(&nothing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
