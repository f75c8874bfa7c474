//! `insert_each`: an outcome for each row, those of one insert after another.

use tenantry::{ErrorKind, Result, Session};
use tenantry_entities::challenges::{Challenges, challenge};

use super::numbered;
use crate::world::{World, titled};

fn told(outcomes: Vec<Result<challenge::Model>>) -> Vec<std::result::Result<String, String>> {
    outcomes
        .into_iter()
        .map(|outcome| outcome.map(|row| row.title).map_err(|e| format!("{e:?}")))
        .collect()
}

async fn one_by_one(
    session: &mut Session,
    rows: Vec<challenge::New>,
) -> Vec<Result<challenge::Model>> {
    let mut outcomes = Vec::new();
    for row in rows {
        let outcome = session.savepoint(async |inner| inner.challenges().insert(row).await);
        outcomes.push(outcome.await);
    }
    outcomes
}

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

/// Invariant 9, over refusals wherever they lie: alone, side by side, all, first, last, twins.
#[tokio::test]
async fn the_outcomes_are_those_of_one_insert_after_another() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let mut seed = 7_u64;
    for case in 0..40 {
        let rows: Vec<_> = (0..case)
            .map(|n| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                match (seed >> 33) % (2 + case % 5) {
                    0 => titled("taken"),
                    1 => titled(&"x".repeat(256)),
                    // Twice in one call, at times.
                    _ => titled(&(n / (1 + case % 3)).to_string()),
                }
            })
            .collect();
        let session = world.alpha().await;
        let at_once = session.challenges().insert_each(rows.clone()).await;
        let at_once = told(at_once.unwrap());
        session.roll_back().await;
        let mut session = world.alpha().await;
        let by_one = told(one_by_one(&mut session, rows).await);
        session.roll_back().await;
        assert_eq!(at_once, by_one, "case {case}");
    }
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
