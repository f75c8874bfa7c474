//! `update_many` and `update_each`: a version for each row, an answer for each row.

mod races;

use sea_orm::Set;
use tenantry::{Error, ErrorKind, Repository, Result, Seen, Session, Version, prelude::*};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{Challenges, challenge},
};

use super::numbered;
use crate::world::{World, titled};

fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

fn publish() -> challenge::Update {
    challenge::Update {
        status: Set(challenge::Status::Published),
        ..Default::default()
    }
}

fn told(outcome: Result<challenge::Model>) -> String {
    match outcome.or_stale() {
        Ok(Updated::Applied(row)) => format!("{} {}", row.title, row.version),
        Ok(Updated::Stale(stale)) => format!(
            "stale: seen {}, now {} {}",
            stale.seen, stale.current.title, stale.current.version
        ),
        Err(error) => format!("{:?}, deleted: {}", error.kind(), error.is_deleted()),
    }
}

/// Committed challenges of `alpha`.
async fn committed(world: &World, count: usize) -> Vec<challenge::Model> {
    let session = world.alpha().await;
    let rows = session.challenges().insert_many(numbered(count)).await;
    session.commit().await.unwrap();
    rows.unwrap()
}

/// One row of each kind; the fifth is of another workspace.
async fn kinds(world: &World, session: &Session) -> Vec<challenge::Model> {
    let challenges = session.challenges();
    let mut rows = challenges.insert_many(numbered(4)).await.unwrap();
    challenges.update(&rows[1], rename("newer")).await.unwrap();
    challenges.delete(rows[2].id).await.unwrap();
    let theirs = world.challenge(&world.beta, "theirs").await;
    rows.push(theirs);
    rows.push(challenge::Model {
        id: challenge::Id::random(),
        ..rows[0].clone()
    });
    rows
}

/// H-15, H-16: as single updates answer, row by row.
#[tokio::test]
async fn each_row_has_its_own_outcome_in_the_order_given() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = kinds(&world, &session).await;
    let changes = [
        (&rows[4], rename("stolen")),
        (&rows[1], rename("late")),
        (&rows[3], publish()),
        (&rows[2], rename("revived")),
        (&rows[0], rename("renamed")),
        (&rows[5], publish()),
    ];
    let outcomes = session.challenges().update_each(changes).await.unwrap();
    let outcomes: Vec<_> = outcomes.into_iter().map(told).collect();
    assert_eq!(
        outcomes,
        [
            "NotFound, deleted: false",
            "stale: seen 1, now newer 2",
            "000003 2",
            "NotFound, deleted: true",
            "renamed 2",
            "NotFound, deleted: false",
        ]
    );
    let published = session.challenges().get(rows[3].id).await.unwrap();
    assert_eq!(published.status, challenge::Status::Published);
    session.commit().await.unwrap();
    let theirs = world.beta().await.challenges().get(rows[4].id).await;
    assert_eq!(theirs.unwrap(), rows[4]);
}

#[tokio::test]
async fn all_or_none_tells_the_first_row_and_writes_nothing() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = kinds(&world, &session).await;
    for (unfit, kind) in [
        (1, ErrorKind::Stale),
        (2, ErrorKind::NotFound),
        (4, ErrorKind::NotFound),
        (5, ErrorKind::NotFound),
    ] {
        let changes = [(&rows[0], rename("a")), (&rows[3], publish())];
        let late = [(&rows[unfit], rename("b")), (&rows[2], rename("c"))];
        let late = late.into_iter().take(if unfit == 2 { 1 } else { 2 });
        let refused = session
            .challenges()
            .update_many(changes.into_iter().chain(late))
            .await
            .unwrap_err();
        assert_eq!((refused.kind(), refused.position()), (kind, Some(2)));
        assert_eq!(refused.is_deleted(), unfit == 2);
        let current = refused.stale::<challenge::Entity>();
        assert_eq!(current.is_some(), kind == ErrorKind::Stale);
        // Nothing is written, and the session goes on.
        let first = session.challenges().get(rows[0].id).await.unwrap();
        assert_eq!(first, rows[0]);
    }
    let changes = [(&rows[3], rename("b")), (&rows[0], rename("a"))];
    let updated = session.challenges().update_many(changes).await.unwrap();
    let titles: Vec<_> = updated.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["b", "a"]);
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_refused_row_does_not_stop_the_others_and_names_its_constraint() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let rows = committed(&world, 40).await;
    let session = world.alpha().await;
    let change = |n: usize| match n {
        3 => rename("taken"),
        17 => rename(&"x".repeat(256)),
        // The second that wants a title finds it taken by the first, whatever their ids.
        20 | 30 => rename("wanted"),
        n if n % 3 == 0 => publish(),
        n => rename(&format!("new {n}")),
    };
    let changes = rows.iter().enumerate().map(|(n, row)| (row, change(n)));
    let outcomes = session.challenges().update_each(changes).await.unwrap();
    for (n, outcome) in outcomes.iter().enumerate() {
        match (n, outcome) {
            (3 | 30, Err(error)) => assert!(error.violates(&challenge::TITLE_KEY)),
            (17, Err(error)) => {
                assert_eq!(error.constraint(), Some("challenges_title_check"));
                assert_eq!(error.fields().collect::<Vec<_>>(), ["title"]);
            }
            (n, outcome) => {
                let row = outcome.as_ref().unwrap();
                assert_eq!((row.id, row.version.as_i64()), (rows[n].id, 2));
            }
        }
    }
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_change_of_nothing_checks_the_version_alone() {
    let world = World::new().await;
    let rows = committed(&world, 3).await;
    let session = world.alpha().await;
    let newer = session.challenges().update(&rows[1], rename("newer")).await;
    newer.unwrap();
    let nothing = |row| (row, challenge::Update::default());
    let outcomes = session.challenges().update_each(rows.iter().map(nothing));
    let outcomes: Vec<_> = outcomes.await.unwrap().into_iter().map(told).collect();
    let expected = ["000000 1", "stale: seen 1, now newer 2", "000002 1"];
    assert_eq!(outcomes, expected);
    let same = session.challenges().update_many([nothing(&rows[2])]).await;
    assert_eq!(same.unwrap(), [rows[2].clone()]);
}

#[tokio::test]
async fn two_changes_of_one_row_are_refused_before_anything_is_sent() {
    let world = World::new().await;
    let rows = committed(&world, 2).await;
    let session = world.alpha().await;
    let twice = || [&rows[0], &rows[1], &rows[0]].map(|row| (row, rename("twice")));
    let refused: [Error; 2] = [
        session.challenges().update_many(twice()).await.unwrap_err(),
        session.challenges().update_each(twice()).await.unwrap_err(),
    ];
    for refused in refused {
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["id"]);
    }
    session.commit().await.unwrap();
    let none: [(&challenge::Model, challenge::Update); 0] = [];
    let session = world.alpha().await;
    assert!(
        session
            .challenges()
            .update_many(none.clone())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        session
            .challenges()
            .update_each(none)
            .await
            .unwrap()
            .is_empty()
    );
}

/// A policy that lets a member read all, but change only the own row.
#[tokio::test]
async fn rows_that_may_be_read_but_not_changed_are_forbidden_alone() {
    let world = World::new().await;
    let session = world.alpha().await;
    let people = session
        .members()
        .insert_many((0..4).map(|n| crate::world::member(&n.to_string())))
        .await
        .unwrap();
    session.commit().await.unwrap();
    let forbid = format!(
        "CREATE POLICY members_kept ON accounts.members AS RESTRICTIVE FOR UPDATE TO tenantry_app \
         USING (user_id <> '{}')",
        people[2].user_id
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(forbid))
        .execute(&world.test.admin())
        .await
        .unwrap();
    let change = || member::Update {
        role: Set(member::Role::Viewer),
        ..Default::default()
    };
    let session = world.alpha().await;
    let outcomes = session
        .members()
        .update_each(people.iter().map(|person| (person, change())))
        .await
        .unwrap();
    let kinds: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().err().map(Error::kind))
        .collect();
    assert_eq!(kinds, [None, None, Some(ErrorKind::Forbidden), None]);
    let refused = session
        .members()
        .update_many(people[2..].iter().map(|person| (person, change())))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert_eq!(refused.position(), Some(0));
}

/// More rows than one statement takes, one of them refused: the order of locks is that of the call.
#[tokio::test]
async fn more_rows_than_one_statement_takes_are_changed_in_pieces() {
    let world = World::new().await;
    let rows = committed(&world, 10_500).await;
    let session = world.alpha().await;
    let mut changes: Vec<_> = rows.iter().map(|row| (row, publish())).collect();
    changes[10_200].1 = rename(&"x".repeat(256));
    changes[40] = (&rows[40], rename("forty"));
    let outcomes = session.challenges().update_each(changes.clone()).await;
    let outcomes = outcomes.unwrap();
    let refused: Vec<_> = (0..rows.len()).filter(|n| outcomes[*n].is_err()).collect();
    assert_eq!(refused, [10_200]);
    assert_eq!(outcomes[40].as_ref().unwrap().title, "forty");
    session.roll_back().await;

    let session = world.alpha().await;
    changes[10_200].1 = publish();
    let (id, seen) = (rows[10_300].id, Version::from_i64(9));
    let mut late: Vec<(Seen<_>, _)> = changes
        .into_iter()
        .map(|(row, change)| (row.into(), change))
        .collect();
    late[10_300].0 = (id, seen).into();
    // Through the trait, as generic code calls it.
    let challenges = session.challenges();
    let refused = Repository::update_many(&challenges, late)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Stale);
    assert_eq!(refused.position(), Some(10_300));
    assert_eq!(challenges.get(rows[0].id).await.unwrap(), rows[0]);
    let all = rows.iter().map(|row| (row, publish()));
    let updated = challenges.update_many(all).await.unwrap();
    assert!(
        updated
            .iter()
            .zip(&rows)
            .all(|(now, then)| now.id == then.id)
    );
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_dropped_call_leaves_nothing_and_a_session_that_goes_on() {
    let world = World::new().await;
    let rows = committed(&world, 11_000).await;
    for patience in [0, 2, 10, 40, 160] {
        let session = world.alpha().await;
        let changes = rows.iter().enumerate().map(|(n, row)| match n {
            6_000 => (row, rename(&"x".repeat(256))),
            _ => (row, publish()),
        });
        let patience = std::time::Duration::from_millis(patience);
        let work = session.challenges().update_each(changes);
        let outcome = tokio::time::timeout(patience, work).await;
        session.challenges().insert(titled("after")).await.unwrap();
        let published = session
            .challenges()
            .list()
            .filter(challenge::STATUS.eq(challenge::Status::Published))
            .count()
            .await
            .unwrap();
        match outcome {
            Ok(outcomes) => {
                assert_eq!(published, outcomes.unwrap().iter().flatten().count() as u64)
            }
            Err(_) => assert_eq!(published, 0, "after {patience:?}"),
        }
        session.roll_back().await;
    }
}
