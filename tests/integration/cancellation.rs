//! Futures dropped at every await: the connection comes back clean, or does not come back.

use std::{
    collections::BTreeSet,
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use sea_orm::Set;
use tenantry::{Error, Session};
use tenantry_entities::challenges::{Challenges, challenge};

use crate::{
    cleanliness::assert_nothing_left,
    interference::{
        act::{Known, VERBS, act, told},
        program::Step,
        sides::{OTHER, OURS, Side, context},
    },
    random::Numbers,
    world::{World, titled},
};

/// Polls a future so many times at most, then drops it. `None` if it was not ready by then.
pub(crate) async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// The pool has one connection. Whatever was dropped before, the next user of it is alone with the
/// rows of the other workspace.
async fn the_next_one_is_alone(world: &World, mine: &challenge::Model) {
    let session = world.beta().await;
    let rows = session.challenges();
    assert!(rows.find(mine.id).await.unwrap().is_none());
    let all = rows.list().page().await.unwrap().items;
    assert!(
        all.iter()
            .all(|row| Some(row.workspace_id) == world.beta.workspace().as_uuid())
    );
    assert_eq!(all.len(), 1);
    session.commit().await.unwrap();
}

/// H-1, H-5, H-6.
#[tokio::test]
async fn a_unit_of_work_may_be_dropped_at_any_await() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let mine = world.challenge(&world.alpha, "mine").await;
    world.challenge(&world.beta, "theirs").await;

    let mut finished = 0;
    for polls in 0..60 {
        let work = async {
            let mut session = world.database.begin(&world.alpha).await?;
            let rows = session.challenges();
            let row = rows.get(mine.id).await?;
            let change = challenge::Update {
                title: Set(format!("{polls}")),
                ..Default::default()
            };
            let row = rows.update(&row, change).await?;
            let new = rows.insert(titled(&format!("new {polls}"))).await?;
            let deletion = rows.delete(new.id).await?;
            session
                .savepoint(async |session| session.challenges().restore(&deletion).await)
                .await?;
            rows_of(&session).await?;
            session.commit().await?;
            Ok::<_, Error>(row)
        };
        let outcome = dropped_after(polls, work).await;
        the_next_one_is_alone(&world, &mine).await;

        let session = world.alpha().await;
        let now = session.challenges().get(mine.id).await.unwrap();
        let made = session
            .challenges()
            .list()
            .filter(challenge::TITLE.eq(format!("new {polls}")));
        let made = made.exists().await.unwrap();
        session.commit().await.unwrap();
        // All of it or nothing: the renamed row and the new one come together.
        assert_eq!(
            now.title == format!("{polls}"),
            made,
            "half done after {polls} polls"
        );
        if let Some(outcome) = outcome {
            outcome.unwrap();
            assert!(made, "acknowledged and lost");
            finished += 1;
        }
    }
    assert!(finished > 0, "no unit of work ever came to its end");
    assert!(finished < 60, "no unit of work was ever dropped");
}

async fn rows_of(session: &Session) -> Result<u64, Error> {
    session.challenges().list().count().await
}

/// What there is, in numbers that every write moves.
async fn print(session: &Session) -> Result<String, Error> {
    let sql = "SELECT concat_ws(' ',
        (SELECT concat_ws(' ', count(*), sum(version), count(deleted_at)) FROM challenges.challenges),
        (SELECT concat_ws(' ', count(*), sum(version), count(deleted_at)) FROM challenges.submissions),
        (SELECT concat_ws(' ', count(*), sum(version), count(deleted_at)) FROM challenges.judges),
        (SELECT concat_ws(' ', count(*), sum(version), count(deleted_at)) FROM accounts.members))";
    let rows = session.raw_sql_without_workspace_guard("a test", sql, Default::default());
    Ok(sqlx::Row::get(&rows.await?[0], 0))
}

/// Values with which a verb succeeds, and changes something if any of a hundred do; and what it leaves.
async fn working(side: &Side, verb: &'static str) -> (Step, String) {
    let (mut numbers, mut working) = (Numbers::of(1), None);
    let mut refused = BTreeSet::new();
    for tried in 0..100 {
        // Those that only read change nothing, whatever they are given.
        if tried > 15 && working.is_some() {
            break;
        }
        let [a, b, c, d, ..] = numbers.next().to_le_bytes();
        let step = Step {
            verb,
            picks: [a, b, c, d],
        };
        let session = side.begin().await;
        let before = print(&session).await.unwrap();
        let mut known = Known::of(&session).await;
        let done = act(&step, &session, &mut known).await;
        refused.extend(done.as_ref().err().map(told));
        if done.is_ok() {
            let after = print(&session).await.unwrap();
            let changes = after != before;
            working = Some((step, after));
            if changes {
                break;
            }
        }
        session.roll_back().await;
    }
    working.unwrap_or_else(|| panic!("{verb} never succeeds: {refused:?}"))
}

/// A copy that is given up in the middle can only be ended with its connection, and the session with that.
const ENDED_BY_A_DROP: [&str; 2] = ["load", "load_stream"];

/// H-6: every verb, dropped at every await: it is done or not, the session goes on, and its connection is clean.
#[tokio::test]
async fn every_verb_may_be_dropped_at_any_await() {
    let side = Side::new(&[OURS, OTHER]).await;
    let ours = context(&side.database, OURS).await;
    let other = context(&side.database, OTHER).await;
    for verb in VERBS {
        let (step, after) = working(&side, verb).await;
        let (mut dropped, mut finished) = (0, false);
        while !finished {
            let session = side.begin().await;
            let before = print(&session).await.unwrap();
            let mut known = Known::of(&session).await;
            let outcome = dropped_after(dropped, act(&step, &session, &mut known)).await;
            let met = match print(&session).await {
                Err(_) if outcome.is_none() && ENDED_BY_A_DROP.contains(&verb) => before.clone(),
                met => met.unwrap(),
            };
            if outcome.is_some() {
                assert_eq!(met, after, "{step:?} ended otherwise than before");
                finished = true;
            } else {
                assert!(
                    met == before || met == after,
                    "{step:?} half done after {dropped} polls"
                );
                dropped += 1;
            }
            if dropped % 2 == 0 {
                session.roll_back().await;
            } else {
                drop(session);
            }
            assert_nothing_left(&side.test, &side.database, (&ours, &other), 1).await;
        }
        assert!(dropped > 1, "{verb} was never dropped while it waited");
    }
}

/// H-6: a statement whose answer nobody waited for does not answer the next one.
#[tokio::test]
async fn a_session_goes_on_after_a_dropped_statement() {
    let world = World::with(|builder| builder.max_connections(1)).await;
    let mine = world.challenge(&world.alpha, "mine").await;
    for polls in 1..6 {
        let session = world.alpha().await;
        let rows = session.challenges();
        let _dropped = dropped_after(polls, rows.list().count()).await;
        assert_eq!(rows.get(mine.id).await.unwrap(), mine);
        session.commit().await.unwrap();
    }
}

/// H-5: contexts come with the transaction, not with a hook of the pool that fresh connections miss.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_that_grows_under_load_confuses_nobody() {
    let world = World::with(|builder| builder.max_connections(8)).await;
    world.challenge(&world.alpha, "alpha").await;
    world.challenge(&world.beta, "beta").await;
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let database = world.database.clone();
            let (context, title) = if number % 2 == 0 {
                (world.alpha.clone(), "alpha")
            } else {
                (world.beta.clone(), "beta")
            };
            tokio::spawn(async move {
                let session = database.begin(&context).await.unwrap();
                let titles: Vec<_> = session.challenges().list().page().await.unwrap().items;
                session.commit().await.unwrap();
                assert_eq!(titles.len(), 1);
                assert_eq!(titles[0].title, title);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
