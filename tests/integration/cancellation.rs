//! Futures dropped at every await: the connection comes back clean, or does not come back.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use sea_orm::Set;
use tenantry::Error;
use tenantry_entities::challenges::{Challenges, challenge};

use crate::world::{World, titled};

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

async fn rows_of(session: &tenantry::Session) -> Result<u64, Error> {
    session.challenges().list().count().await
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
