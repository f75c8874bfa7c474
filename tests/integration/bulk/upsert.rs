//! `upsert_many` and `upsert_each`: what one upsert after another makes.

use tenantry::{ErrorKind, NewRow, Result, Session};
use tenantry_entities::challenges::{
    Challenges,
    challenge::{self, Status},
};

use super::numbered;
use crate::world::{World, titled};

fn at(title: &str, status: Status) -> challenge::Insert {
    titled(title).status(status)
}

/// What stands of a row, whatever its id.
fn told(rows: Vec<Result<challenge::Model>>) -> Vec<std::result::Result<String, String>> {
    let shown = |row: challenge::Model| {
        let status = row.status;
        format!(
            "{} {status:?} {} {}",
            row.title, row.description, row.version
        )
    };
    rows.into_iter()
        .map(|row| row.map(shown).map_err(|error| format!("{error:?}")))
        .collect()
}

/// Rows of two sets of columns, some there already, some not, one refused.
fn mixed() -> Vec<challenge::Insert> {
    vec![
        at("new", Status::Active),
        at("old", Status::Published),
        titled("only a key").into(),
        at("older", Status::Draft).description(serde_json::json!({ "n": 1 })),
        titled("old key").into(),
        at("newer", Status::Completed).description(serde_json::json!({ "n": 2 })),
    ]
}

async fn with_old(world: &World) {
    for title in ["old", "older", "old key"] {
        world.challenge(&world.alpha, title).await;
        // The same key of another workspace is another row.
        world.challenge(&world.beta, title).await;
    }
}

async fn one_by_one<N: NewRow<challenge::Entity>>(
    session: &mut Session,
    rows: Vec<N>,
) -> Vec<Result<challenge::Model>> {
    let mut outcomes = Vec::new();
    for row in rows {
        let outcome = session
            .savepoint(async |inner| inner.challenges().upsert(row, challenge::TITLE_KEY).await);
        outcomes.push(outcome.await);
    }
    outcomes
}

/// Invariant 9.
#[tokio::test]
async fn rows_are_what_one_upsert_after_another_makes_of_them() {
    let world = World::new().await;
    with_old(&world).await;
    let mut session = world.alpha().await;
    let by_one = told(one_by_one(&mut session, mixed()).await);
    session.roll_back().await;

    let session = world.alpha().await;
    let many = session
        .challenges()
        .upsert_many(mixed(), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!(told(many.into_iter().map(Ok).collect()), by_one);
    session.roll_back().await;

    let session = world.alpha().await;
    let each = session
        .challenges()
        .upsert_each(mixed(), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!(told(each), by_one);
    session.commit().await.unwrap();
    let theirs = world.beta().await;
    let page = theirs.challenges().list().page().await.unwrap().items;
    assert!(page.iter().all(|row| row.version.as_i64() == 1));
}

#[tokio::test]
async fn a_refused_row_is_told_of_by_itself() {
    let world = World::new().await;
    with_old(&world).await;
    let mut rows = mixed();
    rows.insert(2, at(&"x".repeat(256), Status::Draft));
    let mut session = world.alpha().await;
    let by_one = told(one_by_one(&mut session, rows.clone()).await);
    session.roll_back().await;
    let session = world.alpha().await;
    let each = session
        .challenges()
        .upsert_each(rows, challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!(told(each), by_one);
}

#[tokio::test]
async fn two_rows_of_one_key_are_refused_before_anything_is_sent() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = vec![titled("a"), titled("b"), titled("a")];
    let challenges = session.challenges();
    let many = challenges.upsert_many(rows.clone(), challenge::TITLE_KEY);
    let each = challenges.upsert_each(rows, challenge::TITLE_KEY);
    for refused in [many.await.map(drop), each.await.map(drop)] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["title"]);
        assert!(refused.violates(&challenge::TITLE_KEY));
    }
    session.commit().await.unwrap();
}

#[tokio::test]
async fn overlapping_calls_wait_for_each_other() {
    let world = World::new().await;
    let upsert = async |reverse: bool| {
        let session = world.alpha().await;
        let mut rows = numbered(200);
        if reverse {
            rows.reverse();
        }
        let rows = rows
            .into_iter()
            .map(|row| row.status(Status::Active))
            .collect::<Vec<_>>();
        let written = session
            .challenges()
            .upsert_many(rows, challenge::TITLE_KEY)
            .await
            .unwrap();
        session.commit().await.unwrap();
        written.len()
    };
    for _ in 0..10 {
        let written = tokio::join!(upsert(false), upsert(true), upsert(false), upsert(true));
        assert_eq!(written, (200, 200, 200, 200));
    }
    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 200);
}
