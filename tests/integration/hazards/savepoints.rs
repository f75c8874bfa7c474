//! Savepoints, streams and dropped futures: what is undone, and what goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{TryStreamExt, pin_mut};
use tenantry::{Error, ErrorKind, Session};
use tenantry_entities::challenges::Challenges;

use crate::{
    cancellation::dropped_after,
    world::{World, titled},
};

async fn titles(world: &World) -> Vec<String> {
    let session = world.alpha().await;
    let page = session
        .challenges()
        .list()
        .limit(1_000)
        .page()
        .await
        .unwrap();
    session.commit().await.unwrap();
    page.items.into_iter().map(|row| row.title).collect()
}

/// The cursor of the stream is gone with the savepoint, and cannot be closed before: the statement
/// that would close it fails in the aborted transaction.
#[tokio::test]
async fn a_stream_inside_a_failed_savepoint_does_not_keep_it_from_being_undone() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let mut session = world.alpha().await;
    session.challenges().insert(titled("before")).await.unwrap();
    let failed = session
        .savepoint(async |session| {
            let rows = session.challenges();
            let stream = rows.list().stream().await?;
            pin_mut!(stream);
            stream.try_next().await?;
            rows.insert(titled("taken")).await
        })
        .await;
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::AlreadyExists);
    session.challenges().insert(titled("after")).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await, ["taken", "before", "after"]);
}

/// The same where nobody waits for the savepoint to end.
#[tokio::test]
async fn a_stream_inside_a_dropped_savepoint_does_not_keep_it_from_being_undone() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let mut session = world.alpha().await;
    let endless = session.savepoint(async |session| {
        let rows = session.challenges();
        let stream = rows.list().stream().await?;
        pin_mut!(stream);
        stream.try_next().await?;
        let _swallowed = rows.insert(titled("taken")).await;
        std::future::pending::<Result<(), Error>>().await
    });
    let waited = tokio::time::timeout(Duration::from_millis(200), endless).await;
    assert!(waited.is_err());
    session.challenges().insert(titled("after")).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await, ["taken", "after"]);
}

/// H-6: a stream that was dropped before its cursor was declared leaves nothing to close.
#[tokio::test]
async fn a_stream_may_be_dropped_at_any_await() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let mine = world.challenge(&world.alpha, "mine").await;
    let (mut dropped, mut finished) = (0, 0);
    for polls in 0..12 {
        let session = world.alpha().await;
        let rows = session.challenges();
        let read = async {
            let stream = rows.list().stream().await?;
            pin_mut!(stream);
            stream.try_next().await
        };
        match dropped_after(polls, read).await {
            Some(row) => {
                assert_eq!(row.unwrap().unwrap(), mine);
                finished += 1;
            }
            None => dropped += 1,
        }
        assert_eq!(rows.get(mine.id).await.unwrap(), mine, "{polls} polls");
        session.commit().await.unwrap();
    }
    assert!(dropped > 0 && finished > 0);
}

/// A stream whose opening waited behind another statement of the session, and was given up there.
#[tokio::test]
async fn a_stream_that_never_got_its_turn_leaves_nothing_to_close() {
    let world = World::new().await;
    let mine = world.challenge(&world.alpha, "mine").await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let slow = session.raw_sql_without_workspace_guard(
        "a test",
        "SELECT pg_sleep(0.3)",
        Default::default(),
    );
    let given_up = async {
        let opening = tokio::time::timeout(Duration::from_millis(100), rows.list().stream());
        assert!(opening.await.is_err());
    };
    let (slow, ()) = tokio::join!(slow, given_up);
    slow.unwrap();
    assert_eq!(rows.get(mine.id).await.unwrap(), mine);
    session.commit().await.unwrap();
}

/// H-6: wherever a savepoint is dropped, it is undone, and what was before and comes after is kept;
/// if it was too late to undo it alone, everything is undone, and the commit says so.
#[tokio::test]
async fn a_savepoint_may_be_dropped_at_any_await() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    for fails in [true, false] {
        let (mut dropped, mut finished) = (0, 0);
        for polls in 0..24 {
            let name = |part: &str| format!("{part} {fails} {polls}");
            let mut session = world.alpha().await;
            let (before, inside, after) = (name("before"), name("inside"), name("after"));
            session.challenges().insert(titled(&before)).await.unwrap();
            let savepoint = session.savepoint(async |session| {
                session.challenges().insert(titled(&inside)).await?;
                if fails {
                    return Err(Error::new(ErrorKind::Invalid, "on purpose"));
                }
                Ok(())
            });
            let outcome = dropped_after(polls, savepoint).await;
            let later = async {
                session.challenges().insert(titled(&after)).await?;
                // A second one, so that a savepoint that was left behind cannot be taken for it.
                let second: Result<(), Error> = session
                    .savepoint(async |_| Err(Error::new(ErrorKind::Invalid, "on purpose")))
                    .await;
                assert_eq!(second.unwrap_err().to_string(), "on purpose");
                session.commit().await
            };
            let kept = later.await;
            let all = titles(&world).await;
            let there = |title: &String| all.contains(title);
            let undone = !there(&before) && !there(&inside) && !there(&after);
            match (&outcome, &kept) {
                (Some(_), _) => {
                    finished += 1;
                    kept.unwrap();
                    assert!(there(&before) && there(&after), "{polls} polls");
                    assert_eq!(there(&inside), !fails, "{polls} polls");
                }
                (None, Ok(())) => {
                    dropped += 1;
                    assert!(there(&before) && there(&after), "{polls} polls");
                    assert!(!there(&inside), "{polls} polls");
                }
                (None, Err(error)) => {
                    dropped += 1;
                    assert!(!fails, "nothing but the undoing was left to do: {error:?}");
                    assert!(undone, "{polls} polls");
                }
            }
        }
        assert!(dropped > 0 && finished > 0, "{dropped} {finished}");
    }
}

/// After a savepoint that returned `Ok` over a failed statement the session goes on, without it.
#[tokio::test]
async fn the_session_goes_on_after_a_savepoint_that_lied() {
    let world = World::new().await;
    world.challenge(&world.alpha, "taken").await;
    let mut session = world.alpha().await;
    let lied = session
        .savepoint(async |session| {
            session.challenges().insert(titled("inside")).await?;
            let _swallowed = session.challenges().insert(titled("taken")).await;
            Ok::<_, Error>(())
        })
        .await;
    assert_eq!(lied.unwrap_err().kind(), ErrorKind::Aborted);
    session.challenges().insert(titled("after")).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await, ["taken", "after"]);
}

/// Many failed savepoints in a row do not pile up on the server.
#[tokio::test]
async fn failed_savepoints_do_not_pile_up() {
    let world = World::new().await;
    let mut session = world.alpha().await;
    for number in 0..200 {
        let failed: Result<(), Error> = session
            .savepoint(async |session| {
                session.challenges().insert(titled("inside")).await?;
                let nested: Result<(), Error> = session
                    .savepoint(async |_| Err(Error::new(ErrorKind::Invalid, "on purpose")))
                    .await;
                nested
            })
            .await;
        assert_eq!(failed.unwrap_err().to_string(), "on purpose", "{number}");
    }
    session.challenges().insert(titled("after")).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(titles(&world).await, ["after"]);
}

/// How often a unit of work runs whose savepoint meets a row that another session holds.
async fn attempts(
    world: &World,
    work: impl AsyncFn(&mut Session, Result<(), Error>) -> Result<(), Error>,
) -> (u32, Error) {
    let row = world
        .challenge(&world.alpha, &uuid::Uuid::now_v7().to_string())
        .await;
    let holder = world.alpha().await;
    holder.challenges().get_for_update(row.id).await.unwrap();
    let count = Arc::new(AtomicU32::new(0));
    let work = &work;
    let outcome = world
        .database
        .transaction(&world.alpha, {
            let count = Arc::clone(&count);
            async move |session: &mut Session| {
                count.fetch_add(1, Ordering::SeqCst);
                let locked = session
                    .savepoint(async |session| {
                        session.challenges().get_for_update(row.id).await.map(drop)
                    })
                    .await;
                assert_eq!(locked.as_ref().unwrap_err().kind(), ErrorKind::Retryable);
                work(session, locked).await
            }
        })
        .await;
    holder.roll_back().await;
    (count.load(Ordering::SeqCst), outcome.unwrap_err())
}

/// What a savepoint recovered from is over: an answer of the application that comes later is final.
#[tokio::test]
async fn a_recovered_savepoint_does_not_make_the_whole_unit_run_again() {
    let world = World::with(|builder| builder.lock_timeout(Duration::from_millis(50))).await;
    let (count, error) = attempts(&world, async |session, _recovered| {
        session.challenges().list().count().await?;
        Err(Error::new(ErrorKind::LimitReached, "enough"))
    })
    .await;
    assert_eq!((count, error.kind()), (1, ErrorKind::LimitReached));

    // Passed on as it is, it is still somebody else in the way.
    let (count, error) = attempts(&world, async |_, passed_on| passed_on).await;
    assert_eq!((count, error.kind()), (5, ErrorKind::Retryable));
}
