//! `insert_many`: all or none, in the order given.

use tenantry::{ErrorKind, Progress};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge, submission},
};

use super::{column_types, numbered};
use crate::{
    cancellation::dropped_after,
    world::{World, member, titled},
};

#[tokio::test]
async fn rows_come_back_as_the_database_made_them_in_the_order_given() {
    let world = World::new().await;
    let session = world.alpha().await;
    let mut new = numbered(500);
    new.reverse();
    let rows = session.challenges().insert_many(new.clone()).await.unwrap();
    let titles: Vec<_> = rows.iter().map(|row| row.title.clone()).collect();
    let given: Vec<_> = new.into_iter().map(|new| new.title).collect();
    assert_eq!(titles, given);
    let owner = world.alpha.actor().unwrap().as_uuid();
    let alpha = world.alpha.workspace().as_uuid();
    for row in &rows {
        assert_eq!(Some(row.workspace_id), alpha);
        assert_eq!((row.version.as_i64(), row.created_by), (1, owner));
    }
    assert_eq!(
        session.challenges().get(rows[7].id).await.unwrap(),
        rows[7],
        "what is told is what is stored"
    );
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_column_that_a_row_does_not_name_gets_its_default() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows: Vec<challenge::Insert> = (0..6)
        .map(|n| {
            let new: challenge::Insert = titled(&n.to_string()).into();
            match n % 3 {
                0 => new,
                1 => new.status(challenge::Status::Active),
                _ => new.description(serde_json::json!({ "n": n })),
            }
        })
        .collect();
    let rows = session.challenges().insert_many(rows).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.title.as_str(), row.status, row.description.to_string()))
        .collect();
    use challenge::Status::{Active, Draft};
    let none = || "{}".to_owned();
    assert_eq!(
        told,
        [
            ("0", Draft, none()),
            ("1", Active, none()),
            ("2", Draft, r#"{"n":2}"#.into()),
            ("3", Draft, none()),
            ("4", Active, none()),
            ("5", Draft, r#"{"n":5}"#.into()),
        ]
    );
}

#[tokio::test]
async fn one_refused_row_refuses_all_and_names_its_field() {
    let world = World::new().await;
    world.challenge(&world.alpha, "000007").await;
    let mut session = world.alpha().await;
    let refused = session
        .savepoint(async |session| session.challenges().insert_many(numbered(20)).await)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    assert!(refused.violates(&challenge::TITLE_KEY));
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["title"]);
    assert_eq!(session.challenges().list().count().await.unwrap(), 1);
    session.commit().await.unwrap();
}

#[tokio::test]
async fn without_a_savepoint_a_refusal_costs_the_transaction_however_many_rows() {
    let world = World::new().await;
    for count in [20, 10_020] {
        let session = world.alpha().await;
        let mut rows = numbered(count);
        rows.push(titled("000000"));
        let refused = session.challenges().insert_many(rows).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        let lost = session.commit().await.unwrap_err();
        assert_eq!(lost.kind(), ErrorKind::Aborted, "{count}");
    }
    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 0);
}

#[tokio::test]
async fn many_rows_go_in_pieces_and_tell_how_far_they_are() {
    let world = World::new().await;
    let session = world.alpha().await;
    let mut told = Vec::new();
    let rows = session
        .challenges()
        .insert_many_reporting(numbered(25_000), |progress: Progress| {
            told.push((progress.done, progress.total));
        })
        .await
        .unwrap();
    let all = Some(25_000);
    assert_eq!(told, [(10_000, all), (20_000, all), (25_000, all)]);
    assert!(rows.windows(2).all(|pair| pair[0].title < pair[1].title));
    session.commit().await.unwrap();
    let session = world.alpha().await;
    assert_eq!(session.challenges().list().count().await.unwrap(), 25_000);
}

#[tokio::test]
async fn rows_of_one_call_may_be_none() {
    let world = World::new().await;
    let session = world.alpha().await;
    let none = session.challenges().insert_many(numbered(0)).await;
    assert!(none.unwrap().is_empty());
    let none = session.challenges().insert_each(numbered(0)).await;
    assert!(none.unwrap().is_empty());
}

/// H-15, H-19, H-21: a parent of another workspace is no parent, as one that never was.
#[tokio::test]
async fn a_child_of_another_workspaces_row_is_refused_like_a_child_of_none() {
    let world = World::new().await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let mut answers = Vec::new();
    for challenge_id in [theirs.id, challenge::Id::random()] {
        let mut session = world.alpha().await;
        let own = session.challenges().insert(titled("own")).await.unwrap();
        let people = session
            .members()
            .insert_many((0..3).map(|n| member(&n.to_string())))
            .await
            .unwrap();
        let child = |challenge_id, n: usize| submission::New {
            challenge_id,
            user_id: people[n].user_id,
        };
        let rows = vec![child(own.id, 0), child(challenge_id, 1), child(own.id, 2)];
        let refused = session
            .savepoint(async |session| session.submissions().insert_many(rows.clone()).await)
            .await
            .unwrap_err();
        let each = session.submissions().insert_each(rows).await.unwrap();
        let each: Vec<_> = each
            .into_iter()
            .map(|row| row.map(drop).map_err(|error| format!("{error:?}")))
            .collect();
        answers.push((format!("{refused:?}"), each));
    }
    assert!(answers[0].0.starts_with("Reference"), "{:?}", answers[0]);
    let kept: Vec<_> = answers[0].1.iter().map(Result::is_ok).collect();
    assert_eq!(kept, [true, false, true]);
    assert_eq!(answers[0], answers[1]);
}

/// Rows of so many shapes that they take several statements, dropped at every await.
#[tokio::test]
async fn a_call_of_several_statements_may_be_dropped_at_any_await() {
    use column_types::sample::{ActiveModel, Column, Entity, Row};
    use sea_orm::{ActiveModelTrait, Iterable};
    let world = column_types::world().await;
    // Each row names one column more than the one before it.
    let rows = || {
        let columns: Vec<Column> = Column::iter().skip(2).collect();
        (0..columns.len())
            .map(|most| {
                let mut row: ActiveModel = Default::default();
                for column in &columns[..most] {
                    row.set(
                        *column,
                        column_types::full().get(*column).into_value().unwrap(),
                    );
                }
                Row(row)
            })
            .collect::<Vec<_>>()
    };
    let count = rows().len();
    for polls in 0..200 {
        let session = world.alpha().await;
        let samples = session.rows(Entity);
        let done = dropped_after(polls, samples.insert_many(rows())).await;
        let kept = samples.list().count().await.unwrap();
        session.roll_back().await;
        match done {
            Some(done) => {
                assert_eq!(done.unwrap().len(), count);
                assert_eq!(kept, count as u64);
                return;
            }
            None => assert!(
                [0, count as u64].contains(&kept),
                "{kept} after {polls} polls"
            ),
        }
    }
    panic!("it was never done");
}
