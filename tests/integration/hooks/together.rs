//! Several calls side by side on one session: none takes in what another does.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tenantry::{Change, Deletion, Error, ErrorKind, Hook, Planned, Result, Session};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge},
};
use tokio::sync::Notify;

use super::{Challenge, hooked, rename};
use crate::{
    cancellation::dropped_after,
    world::{World, member, titled},
};

/// Writes a companion for each row, and refuses what is called so once all is written.
#[derive(Clone)]
struct Companions;

impl Hook<Challenge> for Companions {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            let title = row.values().title.try_as_ref().cloned().unwrap_or_default();
            if !title.is_empty() && !title.starts_with("with ") {
                let companion = titled(&format!("with {title}"));
                session.challenges().insert(companion).await?;
            }
        }
        Ok(())
    }

    async fn after(&self, _: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        let refused = |change: &Change<Challenge>| change.row().title.starts_with("refused");
        if changes.iter().any(refused) {
            return Err(Error::new(ErrorKind::LimitReached, "no more"));
        }
        Ok(())
    }
}

async fn titles(world: &World) -> Vec<String> {
    let session = world.alpha().await;
    let all = session.challenges().list().limit(1_000).page();
    let mut titles: Vec<_> = all
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|row| row.title)
        .collect();
    titles.sort();
    titles
}

/// Every other one is refused.
fn mixed(name: &str) -> Vec<challenge::New> {
    let titles = (0..12).map(|n| match n % 2 {
        0 => format!("{name} {n:02}"),
        _ => format!("refused {name} {n:02}"),
    });
    titles.map(|title| titled(&title)).collect()
}

fn assert_mixed<T: std::fmt::Debug>(outcomes: &[Result<T>]) {
    assert_eq!(outcomes.len(), 12);
    for (n, outcome) in outcomes.iter().enumerate() {
        let kind = outcome.as_ref().err().map(Error::kind);
        assert_eq!(kind, (n % 2 == 1).then_some(ErrorKind::LimitReached), "{n}");
    }
}

async fn both_are_mixed(session: &Session) {
    let rows = session.challenges();
    let (one, two) = tokio::join!(rows.insert_each(mixed("a")), rows.insert_each(mixed("b")));
    assert_mixed(&one.unwrap());
    assert_mixed(&two.unwrap());
}

/// A refused row is undone to its savepoint. Whatever another call had written since would go with it.
#[tokio::test]
async fn two_calls_side_by_side_keep_what_they_say_and_no_more() {
    let world = hooked(Companions).await;
    // Who comes when is not ours to say.
    for _ in 0..20 {
        let session = world.alpha().await;
        both_are_mixed(&session).await;
        session.roll_back().await;
    }
    let session = world.alpha().await;
    both_are_mixed(&session).await;
    session.commit().await.unwrap();
    let kept = ["a", "b", "with a", "with b"];
    let kept = kept
        .iter()
        .flat_map(|name| (0..12).step_by(2).map(move |n| format!("{name} {n:02}")));
    assert_eq!(titles(&world).await, kept.collect::<Vec<_>>());
}

/// The same beside calls that no hook is about.
#[tokio::test]
async fn what_runs_beside_refused_rows_is_not_undone_with_them() {
    let world = hooked(Companions).await;
    let session = world.alpha().await;
    let refused = (0..12).map(|n| titled(&format!("refused {n}")));
    let beside = async {
        for n in 0..40 {
            session
                .members()
                .insert(member(&n.to_string()))
                .await
                .unwrap();
            tokio::task::yield_now().await;
        }
    };
    let (refused, ()) = tokio::join!(session.challenges().insert_each(refused), beside);
    assert!(refused.unwrap().iter().all(Result::is_err));
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await, [""; 0]);
    let session = world.alpha().await;
    assert_eq!(session.members().list().count().await.unwrap(), 41);
}

#[tokio::test]
async fn every_each_may_run_beside_every_other() {
    let world = hooked(Companions).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let named = |name: &'static str| (0..12).map(move |n| titled(&format!("with {name} {n:02}")));
    let changed = rows.insert_many(named("changed")).await.unwrap();
    let gone = rows.insert_many(named("gone")).await.unwrap();
    let back = rows.insert_many(named("back")).await.unwrap();
    let back: Vec<_> = back.iter().map(|row| row.id).collect();
    let deletions = rows.delete_each(&back).await.unwrap();
    let deletions: Vec<Deletion> = deletions.into_iter().map(Result::unwrap).collect();

    let changes = changed
        .iter()
        .zip(mixed("u"))
        .map(|(row, new)| (row, rename(&new.title)));
    let described = mixed("n")
        .into_iter()
        .map(|new| new.status(challenge::Status::Active));
    let gone: Vec<_> = gone.iter().map(|row| row.id).collect();
    let (inserted, updated, upserted, deleted, restored, counts) = tokio::join!(
        rows.insert_each(mixed("i")),
        rows.update_each(changes),
        rows.upsert_each(described, challenge::TITLE_KEY),
        rows.delete_each(&gone),
        rows.restore_each(&deletions),
        join_all((0..20).map(|_| rows.list().count())),
    );
    assert_mixed(&inserted.unwrap());
    assert_mixed(&updated.unwrap());
    assert_mixed(&upserted.unwrap());
    assert!(deleted.unwrap().iter().all(Result::is_ok));
    assert!(restored.unwrap().iter().all(Result::is_ok));
    assert!(counts.iter().all(Result::is_ok));
    session.commit().await.unwrap();
    // 12 restored; of 12 changed ones 6 renamed, each with a companion; 6 new of two calls, with theirs.
    assert_eq!(titles(&world).await.len(), 12 + 12 + 6 + 12 + 12);
}

/// Runs two calls side by side within a hook, which stands in a savepoint itself.
#[derive(Clone)]
struct Joins;

impl Hook<Challenge> for Joins {
    async fn after(&self, session: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        let name = changes[0].row().title.clone();
        if !name.starts_with("main") {
            return match name.starts_with("refused") {
                true => Err(Error::new(ErrorKind::LimitReached, "no more")),
                false => Ok(()),
            };
        }
        let rows = session.challenges();
        let (one, two) = (format!("{}a", &name[4..]), format!("{}b", &name[4..]));
        let (one, two) = tokio::join!(rows.insert_each(mixed(&one)), rows.insert_each(mixed(&two)));
        assert_mixed(&one?);
        assert_mixed(&two?);
        Ok(())
    }
}

#[tokio::test]
async fn hooks_may_run_calls_side_by_side() {
    let world = hooked(Joins).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let mains = |name: &'static str| (0..2).map(move |n| titled(&format!("main{name}{n}")));
    let (one, two) = tokio::join!(rows.insert_each(mains("x")), rows.insert_each(mains("y")));
    assert!(one.unwrap().iter().chain(&two.unwrap()).all(Result::is_ok));
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await.len(), 4 + 4 * 2 * 6);
}

/// H-6: the savepoint of a dropped call is undone, and whoever waited for it goes on; if it was too late
/// to undo it alone, everything is undone.
#[tokio::test]
async fn a_call_that_is_dropped_lets_the_one_beside_it_go_on() {
    let world = hooked(Companions).await;
    let mut went_on = 0;
    for polls in 1..40 {
        let session = world.alpha().await;
        let rows = session.challenges();
        let dropped = dropped_after(polls, rows.insert_each(mixed("a")));
        let beside = rows.insert_each(mixed("b"));
        let both = async { tokio::join!(dropped, beside) };
        let both = tokio::time::timeout(Duration::from_secs(20), both).await;
        let (dropped, beside) = both.expect("it does not wait for who is gone");
        if dropped.is_some() {
            // How many polls it takes depends on how fast answers come.
            session.roll_back().await;
            break;
        }
        let Ok(beside) = beside else {
            session.commit().await.unwrap_err();
            continue;
        };
        assert_mixed(&beside);
        let all = rows.list().limit(1_000).page().await.unwrap().items;
        let written = |name: &str| all.iter().filter(|row| row.title.starts_with(name)).count();
        assert_eq!(written("b "), 6, "{polls} polls");
        assert_eq!(written("a "), written("with a "), "half of a row");
        assert_eq!(written("refused"), 0, "{polls} polls");
        session.roll_back().await;
        went_on += 1;
    }
    assert!(went_on > 5, "{went_on}");
    assert_eq!(titles(&world).await, [""; 0]);
}

/// Fails in the midst of a row beside which another is refused.
#[derive(Clone, Default)]
struct Overlaps {
    is_inside: Arc<Notify>,
    has_failed: Arc<Notify>,
}

impl Hook<Challenge> for Overlaps {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        match planned[0].values().title.try_as_ref().map(String::as_str) {
            Some("half done") => {
                session.members().insert(member("half")).await?;
                self.is_inside.notified().await;
                self.has_failed.notify_one();
                Err(Error::new(ErrorKind::LimitReached, "half done"))
            }
            Some("refused") => {
                session.members().insert(member("refused")).await?;
                self.is_inside.notify_one();
                self.has_failed.notified().await;
                Err(Error::new(ErrorKind::LimitReached, "refused"))
            }
            _ => Ok(()),
        }
    }
}

/// The savepoint of the one saves what was before it from that row, not from the other's half.
#[tokio::test]
async fn what_is_half_done_is_not_kept_because_a_row_beside_it_was_undone() {
    let world = hooked(Overlaps::default()).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    // Begins first, and has written when the savepoint of the other is opened.
    let half = rows.insert(titled("half done"));
    let beside = async {
        while session.members().list().count().await.unwrap() < 2 {}
        rows.insert_each(["refused"].map(titled)).await
    };
    let (half, beside) = tokio::join!(half, beside);
    assert_eq!(half.unwrap_err().to_string(), "half done");
    assert_eq!(
        beside.unwrap()[0].as_ref().unwrap_err().to_string(),
        "refused"
    );
    let refused = session.commit().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Aborted);
    let session = world.alpha().await;
    assert_eq!(session.members().list().count().await.unwrap(), 1);
}

/// H-16: a row that a hook refuses is refused by itself, also where nothing but ids is given.
#[tokio::test]
async fn a_refused_delete_or_restore_does_not_stop_the_others() {
    let world = hooked(Companions).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let mut named = rows
        .insert_many(["a", "b", "c"].map(|t| titled(&format!("with {t}"))))
        .await
        .unwrap();
    named.truncate(3);
    let ids: Vec<_> = named.iter().map(|row| row.id).collect();
    let sql = "UPDATE challenges.challenges SET title = 'refused' WHERE title = 'with b'";
    session
        .raw_sql_without_workspace_guard("a test", sql, Default::default())
        .await
        .unwrap();
    let deleted = rows.delete_each(&ids).await.unwrap();
    let kinds: Vec<_> = deleted
        .iter()
        .map(|told| told.as_ref().err().map(Error::kind))
        .collect();
    assert_eq!(kinds, [None, Some(ErrorKind::LimitReached), None]);
    assert_eq!(rows.list().count().await.unwrap(), 1);
    let mut deletions: Vec<Deletion> = deleted.into_iter().filter_map(Result::ok).collect();
    let sql = "UPDATE challenges.challenges SET title = 'refused too' WHERE title = 'with a'";
    session
        .raw_sql_without_workspace_guard("a test", sql, Default::default())
        .await
        .unwrap();
    deletions.reverse();
    let restored = rows.restore_each(&deletions).await.unwrap();
    let kinds: Vec<_> = restored
        .iter()
        .map(|told| told.as_ref().err().map(Error::kind))
        .collect();
    assert_eq!(kinds, [None, Some(ErrorKind::LimitReached)]);
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await, ["refused", "with c"]);
}
