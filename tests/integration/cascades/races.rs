//! Cascades against each other, and against children that come meanwhile.

use std::{sync::Arc, time::Duration};

use tenantry::{ErrorKind, Session};
use tokio::sync::Barrier;

use super::{
    World,
    boards::{board, card, comment, list},
    named, plant,
};

/// Overlapping cascades from every level, and restores of them, in parallel.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_deletes_wait_for_each_other_and_never_deadlock() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let (one, two) = (plant(&session).await, plant(&session).await);
    session.commit().await.unwrap();
    let (boards, mut lists, mut cards, mut comments) = (
        vec![two.board, one.board],
        one.lists
            .iter()
            .chain(&two.lists)
            .map(|row| row.id)
            .collect::<Vec<_>>(),
        one.cards
            .iter()
            .chain(&two.cards)
            .map(|row| row.id)
            .collect::<Vec<_>>(),
        one.comments
            .iter()
            .chain(&two.comments)
            .map(|row| row.id)
            .collect::<Vec<_>>(),
    );
    lists.reverse();
    cards.reverse();
    comments.reverse();

    let barrier = Arc::new(Barrier::new(4));
    let mut racers = Vec::new();
    for racer in 0..4_usize {
        let (database, context, barrier) = (
            world.database.clone(),
            world.alpha.clone(),
            Arc::clone(&barrier),
        );
        let (boards, lists, cards, comments) = (
            boards.clone(),
            lists.clone(),
            cards.clone(),
            comments.clone(),
        );
        racers.push(tokio::spawn(async move {
            let mut taken = 0;
            for round in 0..30_usize {
                let kind = (racer + round) % 4;
                barrier.wait().await;
                // Without retries: a deadlock would be an error.
                let session = database.begin(&context).await.unwrap();
                let deletions = match kind {
                    0 => session.rows(board::Entity).delete_each(&boards).await,
                    1 => session.rows(list::Entity).delete_each(&lists).await,
                    2 => session.rows(card::Entity).delete_each(&cards).await,
                    _ => session.rows(comment::Entity).delete_each(&comments).await,
                };
                let deletions: Vec<_> = deletions.unwrap().into_iter().flatten().collect();
                taken += deletions.len();
                session.commit().await.unwrap();
                // Those above first, one racer after the other.
                for turn in 0..4 {
                    barrier.wait().await;
                    if turn != kind {
                        continue;
                    }
                    let session = database.begin(&context).await.unwrap();
                    let restored = match kind {
                        0 => session.rows(board::Entity).restore_many(&deletions).await,
                        1 => session.rows(list::Entity).restore_many(&deletions).await,
                        2 => session.rows(card::Entity).restore_many(&deletions).await,
                        _ => session.rows(comment::Entity).restore_many(&deletions).await,
                    };
                    restored.unwrap();
                    session.commit().await.unwrap();
                }
            }
            taken
        }));
    }
    let mut taken = 0;
    for racer in racers {
        taken += racer.await.unwrap();
    }
    assert!(taken >= 30 * 2, "{taken} deletes met anything");
    assert!(world.rows().await.values().all(Option::is_none));
}

/// Deletes and restores at the same time, as units of work that run again where they must.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletes_and_restores_leave_nothing_alive_under_a_deleted_row() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    session.commit().await.unwrap();
    let mut racers = Vec::new();
    for racer in 0..3_usize {
        let (database, context) = (world.database.clone(), world.alpha.clone());
        let (board, list) = (tree.board, tree.lists[0].id);
        racers.push(tokio::spawn(async move {
            for _ in 0..20 {
                let taken = database
                    .transaction(&context, async |session| match racer {
                        0 => session.rows(board::Entity).delete(board).await,
                        _ => session.rows(list::Entity).delete(list).await,
                    })
                    .await;
                let Ok(taken) = taken else { continue };
                let back = database
                    .transaction(&context, async |session| match racer {
                        0 => session.rows(board::Entity).restore(&taken).await,
                        _ => session.rows(list::Entity).restore(&taken).await,
                    })
                    .await;
                if let Err(error) = back {
                    // The board is deleted, or went in the same moment.
                    assert_eq!(error.kind(), ErrorKind::Reference, "{error:?}");
                }
            }
        }));
    }
    for racer in racers {
        racer.await.unwrap();
    }
    let orphans = "SELECT count(*) FROM board.lists l JOIN board.boards b ON b.id = l.board_id WHERE l.deleted_at IS NULL AND b.deleted_at IS NOT NULL";
    let orphans: i64 = sqlx::query_scalar(orphans)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(orphans, 0);
}

async fn blank_board(world: &World) -> tenantry::Id<board::Entity> {
    let session = world.begin(&world.alpha).await;
    let new = board::New {
        name: named("board"),
    };
    let id = session.rows(board::Entity).insert(new).await.unwrap().id;
    session.commit().await.unwrap();
    id
}

async fn add_list(
    session: &Session,
    board_id: tenantry::Id<board::Entity>,
) -> tenantry::Result<list::Model> {
    let new = list::New {
        name: named("list"),
        board_id,
    };
    session.rows(list::Entity).insert(new).await
}

/// With a liveness key neither comes first in secret: the delete waits, is told to run again, and takes the child along.
#[tokio::test]
async fn a_child_that_comes_while_its_parent_goes_is_taken_along() {
    let world = World::new().await;
    let board = blank_board(&world).await;
    let insert = world.begin(&world.alpha).await;
    let late = add_list(&insert, board).await.unwrap();
    let delete = tokio::spawn({
        let (database, context) = (world.database.clone(), world.alpha.clone());
        async move {
            let session = database.begin(&context).await.unwrap();
            session.rows(board::Entity).delete(board).await
        }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    insert.commit().await.unwrap();
    let told = delete.await.unwrap().unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Retryable);

    // The same race, with a unit of work that runs again.
    let insert = world.begin(&world.alpha).await;
    add_list(&insert, board).await.unwrap();
    let delete = tokio::spawn({
        let (database, context) = (world.database.clone(), world.alpha.clone());
        async move {
            database
                .transaction(&context, async |session| {
                    session.rows(board::Entity).delete(board).await
                })
                .await
        }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    insert.commit().await.unwrap();
    assert_eq!(delete.await.unwrap().unwrap().rows, 3);

    let session = world.begin(&world.alpha).await;
    assert!(
        session
            .rows(list::Entity)
            .find(late.id)
            .await
            .unwrap()
            .is_none()
    );
    let refused = add_list(&session, board).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Reference);
    assert_eq!(refused.constraint(), Some("lists_board_id_live_fkey"));
}

/// Without one, a child that comes in the same moment stays alive under its deleted parent, as documented.
#[tokio::test]
async fn without_a_liveness_key_a_child_may_outlive_its_parent() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    session.commit().await.unwrap();
    let insert = world.begin(&world.alpha).await;
    let new = comment::Insert::from(comment::New {
        name: named("late"),
    })
    .card_id(tree.cards[0].id);
    let late = insert.rows(comment::Entity).insert(new).await.unwrap();
    // The insert does not keep the parent from being deleted.
    let delete = world.begin(&world.alpha).await;
    let deletion = delete
        .rows(card::Entity)
        .delete(tree.cards[0].id)
        .await
        .unwrap();
    assert_eq!(deletion.rows, 5);
    delete.commit().await.unwrap();
    insert.commit().await.unwrap();
    let session = world.begin(&world.alpha).await;
    assert!(
        session
            .rows(comment::Entity)
            .find(late.id)
            .await
            .unwrap()
            .is_some()
    );
}
