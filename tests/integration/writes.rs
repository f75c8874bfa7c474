//! Single writes: what an upsert does, and what a refused one names.

use tenantry::{ErrorKind, Query};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{
        Challenges,
        challenge::{self},
        judge,
    },
};

use crate::world::{World, member, titled};

#[tokio::test]
async fn an_upsert_writes_one_row_among_the_living() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let first = rows
        .upsert(titled("a"), challenge::TITLE_KEY)
        .await
        .unwrap();
    let date = chrono::DateTime::from_timestamp(86_400, 0).unwrap();
    let second = rows
        .upsert(titled("a").starts_at(date), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!((second.id, second.version.as_i64()), (first.id, 2));
    assert_eq!(second.starts_at, Some(date));
    rows.delete(first.id).await.unwrap();
    let third = rows
        .upsert(titled("a"), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_ne!(third.id, first.id, "a deleted row keeps no name");
    let _all: Query<challenge::Entity> = Query::new();
}

/// Who judges is a fact without properties: every column is part of the key, and none may be changed.
#[tokio::test]
async fn an_upsert_of_a_key_alone_finds_the_row_that_is_there() {
    let world = World::new().await;
    let session = world.alpha().await;
    let challenge_id = session.challenges().insert(titled("a")).await.unwrap().id;
    let member = session.members().insert(member("judge")).await.unwrap();
    let new = || judge::New {
        challenge_id,
        user_id: member.user_id,
    };
    let upsert = || {
        session
            .judges()
            .upsert(new(), judge::CHALLENGE_ID_USER_ID_KEY)
    };
    let first = upsert().await.unwrap();
    assert_eq!(upsert().await.unwrap(), first);
    session.judges().delete(first.id).await.unwrap();
    assert_ne!(upsert().await.unwrap().id, first.id);
}

#[tokio::test]
async fn a_check_names_the_field_and_no_value() {
    let world = World::new().await;
    let session = world.alpha().await;
    let error = session
        .challenges()
        .insert(titled(&"x".repeat(300)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.fields().collect::<Vec<_>>(), ["title"]);
    assert!(!format!("{error} {error:?}").contains("xxx"));
}
