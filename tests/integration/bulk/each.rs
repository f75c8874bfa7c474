//! `insert_each`: an outcome for each row.

use tenantry::ErrorKind;
use tenantry_entities::challenges::{Challenges, challenge};

use super::numbered;
use crate::world::{World, titled};

#[tokio::test]
async fn refused_rows_do_not_stop_the_others() {
    let world = World::new().await;
    world.challenge(&world.alpha, "000003").await;
    let session = world.alpha().await;
    let mut rows = numbered(40);
    rows[17].title = "x".repeat(256);
    let outcomes = session.challenges().insert_each(rows).await.unwrap();
    for (index, outcome) in outcomes.iter().enumerate() {
        match (index, outcome) {
            (3, Err(error)) => assert!(error.violates(&challenge::TITLE_KEY)),
            (17, Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::Invalid);
                assert_eq!(error.constraint(), Some("challenges_title_check"));
                assert_eq!(error.fields().collect::<Vec<_>>(), ["title"]);
            }
            (_, outcome) => {
                assert_eq!(outcome.as_ref().unwrap().title, format!("{index:06}"));
            }
        }
    }
    session.commit().await.unwrap();
    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 39);
}

#[tokio::test]
async fn a_dropped_batch_leaves_nothing_and_a_session_that_goes_on() {
    let world = World::new().await;
    for patience in [0, 2, 5, 10, 20, 40] {
        let session = world.alpha().await;
        let mut rows = numbered(11_000);
        rows[6_000].title = "x".repeat(256);
        let patience = std::time::Duration::from_millis(patience);
        let work = session.challenges().insert_each(rows);
        let outcome = tokio::time::timeout(patience, work).await;
        let kept = session.challenges().insert(titled("after")).await;
        kept.unwrap();
        let left = session.challenges().list().count().await.unwrap();
        match outcome {
            Ok(outcomes) => assert_eq!(left, outcomes.unwrap().iter().flatten().count() as u64 + 1),
            Err(_) => assert_eq!(left, 1, "after {patience:?}"),
        }
    }
}
