//! A hook that fails, panics, or is dropped midway: nothing half done is kept.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use tenantry::{Change, Database, Error, ErrorKind, Hook, Planned, Result, Session, TenantContext};
use tenantry_entities::challenges::{Challenges, challenge};

use super::{Challenge, hooked, rename};
use crate::{
    cancellation::dropped_after,
    world::{World, titled},
};

/// Fails where a title asks for it, after it has written something.
#[derive(Clone)]
struct Fails;

async fn fail(session: &Session, title: &str, when: &str) -> Result<()> {
    if title == format!("error {when}") {
        session.challenges().insert(titled("by the hook")).await?;
        return Err(Error::new(ErrorKind::LimitReached, "no more of these"));
    }
    assert!(title != format!("panic {when}"), "as the title asks");
    Ok(())
}

impl Hook<Challenge> for Fails {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            let title = row.values().title.try_as_ref().cloned().unwrap_or_default();
            fail(session, &title, "before").await?;
        }
        Ok(())
    }

    async fn after(&self, session: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        for change in changes {
            fail(session, &change.row().title, "after").await?;
        }
        Ok(())
    }
}

async fn titles(world: &World) -> Vec<String> {
    let session = world.alpha().await;
    let page = session.challenges().list().page().await.unwrap();
    page.items.into_iter().map(|row| row.title).collect()
}

#[tokio::test]
async fn an_error_of_a_hook_is_the_verbs_and_rolls_back() {
    let world = hooked(Fails).await;
    for title in ["error before", "error after"] {
        let failed: Result<(), Error> = world
            .database
            .transaction(&world.alpha, async |session| {
                session.challenges().insert(titled("first")).await?;
                session.challenges().insert(titled(title)).await?;
                Ok(())
            })
            .await;
        let failed = failed.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::LimitReached);
        assert_eq!(failed.to_string(), "no more of these");
        assert_eq!(titles(&world).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_swallowed_error_of_a_hook_cannot_be_committed() {
    let world = hooked(Fails).await;
    for title in ["error before", "error after"] {
        let session = world.alpha().await;
        let rows = session.challenges();
        rows.insert(titled("first")).await.unwrap();
        let swallowed = rows.insert(titled(title)).await.unwrap_err();
        assert_eq!(swallowed.kind(), ErrorKind::LimitReached);
        // As after a failed statement, nothing works until it is rolled back.
        let refused = rows.list().count().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Aborted);
        let refused = session.commit().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Aborted);
        assert_eq!(titles(&world).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_savepoint_saves_the_rest() {
    let world = hooked(Fails).await;
    for (title, first) in [("error before", "first"), ("error after", "second")] {
        let mut session = world.alpha().await;
        session.challenges().insert(titled(first)).await.unwrap();
        let failed = session
            .savepoint(async |session| session.challenges().insert(titled(title)).await)
            .await;
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::LimitReached);
        // An error that is swallowed inside is not kept either.
        let swallowed = session
            .savepoint(async |session| {
                let failed = session.challenges().insert(titled(title)).await;
                assert!(failed.is_err());
                Ok::<_, Error>(())
            })
            .await;
        assert_eq!(swallowed.unwrap_err().kind(), ErrorKind::Aborted);
        session.commit().await.unwrap();
    }
    assert_eq!(titles(&world).await, ["first", "second"]);
}

#[tokio::test]
async fn a_panic_in_a_hook_cannot_be_committed() {
    let world = hooked(Fails).await;
    for title in ["panic before", "panic after"] {
        let session = world.alpha().await;
        session.challenges().insert(titled("first")).await.unwrap();
        let insert = session.challenges().insert(titled(title));
        assert!(AssertUnwindSafe(insert).catch_unwind().await.is_err());
        let refused = session.commit().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Aborted);
        assert_eq!(titles(&world).await, [""; 0]);
    }
}

/// Writes a companion for each change, before and after.
#[derive(Clone)]
struct Companion;

impl Hook<Challenge> for Companion {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            let title = row.values().title.try_as_ref().cloned().unwrap_or_default();
            if title.starts_with("main") {
                let companion = titled(&format!("before {title}"));
                session.challenges().insert(companion).await?;
            }
        }
        Ok(())
    }

    async fn after(&self, session: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        for change in changes {
            let title = &change.row().title;
            if title.starts_with("main") {
                let companion = titled(&format!("after {title}"));
                session.challenges().insert(companion).await?;
            }
        }
        Ok(())
    }
}

/// H-6: whoever swallows that a future was dropped commits all of the verb or nothing.
#[tokio::test]
async fn a_verb_with_hooks_may_be_dropped_at_any_await() {
    let world = World::with(|builder| {
        builder
            .max_connections(1)
            .hook(challenge::Entity, Companion)
    })
    .await;
    let row = world.challenge(&world.alpha, "main").await;
    let (mut finished, mut refused) = (0, 0);
    for polls in 0..40 {
        let title = format!("main {polls}");
        let session = world.alpha().await;
        let seen = session.challenges().get(row.id).await.unwrap();
        let update = session.challenges().update(&seen, rename(&title));
        let outcome = dropped_after(polls, update).await;
        let committed = session.commit().await;
        let session = world.alpha().await;
        let all = [
            title.clone(),
            format!("before {title}"),
            format!("after {title}"),
        ];
        let written = session
            .challenges()
            .list()
            .filter(challenge::TITLE.one_of(all));
        let written = written.count().await.unwrap();
        match (outcome, committed) {
            (Some(updated), committed) => {
                updated.unwrap();
                committed.unwrap();
                assert_eq!(written, 3);
                finished += 1;
            }
            // Dropped before a hook had begun: nothing was done, and that is kept.
            (None, Ok(())) => assert_eq!(written, 0, "half done after {polls} polls"),
            (None, Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::Aborted);
                assert_eq!(written, 0, "half done after {polls} polls");
                refused += 1;
            }
        }
    }
    assert!(finished > 0, "no verb ever came to its end");
    assert!(refused > 0, "no verb was ever dropped in its hooks");
}

/// A verb that fails after its hooks have written leaves nothing of theirs, even if swallowed.
#[tokio::test]
async fn what_hooks_wrote_for_a_failed_verb_is_not_kept() {
    let world = hooked(Companion).await;
    world.challenge(&world.alpha, "main taken").await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("other")).await.unwrap();
    let failed = session
        .challenges()
        .update(&row, rename("main taken"))
        .await;
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::AlreadyExists);
    let refused = session.commit().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Aborted);
    assert_eq!(titles(&world).await.len(), 3);
}

/// Counts its calls, and meets someone in the way the first time.
#[derive(Clone, Default)]
struct Unlucky(Arc<AtomicU32>);

impl Hook<Challenge> for Unlucky {
    async fn after(&self, session: &Session, _: &[Change<Challenge>]) -> Result<()> {
        if self.0.fetch_add(1, Ordering::Relaxed) == 0 {
            let fails = "DO 'BEGIN RAISE SQLSTATE ''40001''; END'";
            session
                .raw_sql_without_workspace_guard("a test", fails, Default::default())
                .await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_unit_of_work_that_is_tried_again_runs_its_hooks_again() {
    let unlucky = Unlucky::default();
    let world = hooked(unlucky.clone()).await;
    let done: Result<_, Error> = world
        .database
        .transaction(&world.alpha, async |session| {
            session.challenges().insert(titled("a")).await
        })
        .await;
    assert_eq!(done.unwrap().title, "a");
    assert_eq!(unlucky.0.load(Ordering::Relaxed), 2);
    assert_eq!(titles(&world).await, ["a"]);
}

/// Begins another session, as no hook should.
#[derive(Clone, Default)]
struct Greedy(Arc<OnceLock<(Database, TenantContext)>>);

impl Hook<Challenge> for Greedy {
    async fn after(&self, _: &Session, _: &[Change<Challenge>]) -> Result<()> {
        if let Some((database, context)) = self.0.get() {
            database.begin(context).await?.commit().await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn another_session_inside_a_hook_waits_for_the_one_around_and_is_told_so() {
    let greedy = Greedy::default();
    let world = World::with(|builder| {
        builder
            .max_connections(1)
            .acquire_timeout(Duration::from_millis(300))
            .hook(challenge::Entity, greedy.clone())
    })
    .await;
    let session = world.alpha().await;
    let door = (world.database.clone(), world.alpha.clone());
    assert!(greedy.0.set(door).is_ok());
    let stuck = session.challenges().insert(titled("a")).await.unwrap_err();
    assert_eq!(stuck.kind(), ErrorKind::Unavailable);
    assert!(stuck.hint().unwrap().contains("inside a hook"), "{stuck:?}");
}
