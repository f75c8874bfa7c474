//! What stands in the way: of a restore, and of a delete.

use tenantry::{ErrorKind, ObstacleReason};

use super::{
    World,
    boards::{board, card, comment, list},
    named, plant,
};

/// H-34: everything that stands in the way is told at once, nothing is done, and the session goes on.
#[tokio::test]
async fn a_restore_tells_all_that_stands_in_its_way_and_does_nothing() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let (boards, cards) = (session.rows(board::Entity), session.rows(card::Entity));
    let tree = plant(&session).await;
    let name = boards.get(tree.board).await.unwrap().name;
    let deletion = boards.delete(tree.board).await.unwrap();
    let same = boards.insert(board::New { name }).await.unwrap();
    let mut rivals = Vec::new();
    for card in &tree.cards {
        let new = card::New {
            name: card.name.clone(),
        };
        rivals.push(cards.insert(new).await.unwrap());
    }
    session.commit().await.unwrap();
    let before = world.rows().await;

    let session = world.begin(&world.alpha).await;
    let (boards, cards) = (session.rows(board::Entity), session.rows(card::Entity));
    let refused = boards.restore(&deletion).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    assert!(refused.violates(&board::NAME_KEY));
    let told = |error: &tenantry::Error| {
        let obstacles = error.obstacles().iter().map(|obstacle| {
            let reason = match &obstacle.reason {
                ObstacleReason::Taken { constraint, by } => format!("{constraint} {by}"),
                ObstacleReason::ParentDeleted { table, row } => format!("{table} {row}"),
                other => format!("{other:?}"),
            };
            format!("{} {}: {reason}", obstacle.table, obstacle.row)
        });
        let mut obstacles: Vec<String> = obstacles.collect();
        obstacles.sort();
        obstacles
    };
    let mut expected = vec![format!(
        "boards {}: boards_name_key {}",
        tree.board, same.id
    )];
    for (card, rival) in tree.cards.iter().zip(&rivals) {
        expected.push(format!("cards {}: cards_name_key {}", card.id, rival.id));
    }
    expected.sort();
    assert_eq!(told(&refused), expected);
    let text = format!("{refused:?} {refused} {:?}", refused.obstacles());
    assert!(
        !text.contains(&same.id.to_string()),
        "an id in a text: {text}"
    );

    // Of the lists alone: the board is still deleted, by the same operation, but does not come back with them.
    let refused = session
        .rows(list::Entity)
        .restore(&deletion)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists, "keys come first");
    let orphans = refused.obstacles().iter().filter(|obstacle| {
        matches!(&obstacle.reason, ObstacleReason::ParentDeleted { table: "boards", row } if *row == tree.board.to_string())
    });
    assert_eq!(
        orphans.count(),
        3,
        "two lists, and the card on the board itself"
    );
    assert_eq!(world.rows().await, before);

    // Out of the way they go, in the same session.
    for rival in rivals {
        cards.delete(rival.id).await.unwrap();
    }
    let refused = boards.restore(&deletion).await.unwrap_err();
    assert_eq!(
        told(&refused),
        [format!(
            "boards {}: boards_name_key {}",
            tree.board, same.id
        )]
    );
    boards.delete(same.id).await.unwrap();
    assert_eq!(boards.restore(&deletion).await.unwrap(), 13);
    session.commit().await.unwrap();
}

#[tokio::test]
async fn a_row_does_not_come_back_below_a_deleted_one() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    let thread = session
        .rows(comment::Entity)
        .delete(tree.comments[1].id)
        .await
        .unwrap();
    let above = session
        .rows(card::Entity)
        .delete(tree.cards[0].id)
        .await
        .unwrap();
    let refused = session
        .rows(comment::Entity)
        .restore(&thread)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Reference);
    assert_eq!(
        refused.obstacles().len(),
        1,
        "the others come back with theirs"
    );
    assert_eq!(refused.obstacles()[0].row, tree.comments[1].id.to_string());
    // Whole operations, in whichever order they are named.
    let both = session
        .rows(comment::Entity)
        .restore_many(&[thread.clone(), above.clone()])
        .await;
    assert_eq!(
        both.unwrap_err().kind(),
        ErrorKind::Reference,
        "the card is none of theirs"
    );
    session.rows(card::Entity).restore(&above).await.unwrap();
    session
        .rows(comment::Entity)
        .restore(&thread)
        .await
        .unwrap();
}

/// Another workspace's living row has the key: nothing in the way of ours.
#[tokio::test]
async fn a_key_of_another_workspace_is_no_obstacle() {
    let world = World::new().await;
    let name = named("board");
    let session = world.begin(&world.alpha).await;
    let new = board::New { name: name.clone() };
    let row = session
        .rows(board::Entity)
        .insert(new.clone())
        .await
        .unwrap();
    let deletion = session.rows(board::Entity).delete(row.id).await.unwrap();
    session.commit().await.unwrap();
    let session = world.begin(&world.beta).await;
    session.rows(board::Entity).insert(new).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(world.rows().await.len(), 2);

    let session = world.begin(&world.alpha).await;
    assert_eq!(
        session
            .rows(board::Entity)
            .restore(&deletion)
            .await
            .unwrap(),
        1
    );
}

/// A row that a policy keeps from being changed is not passed over: the whole delete is refused.
#[tokio::test]
async fn a_delete_is_whole_or_not_at_all() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    let free = plant(&session).await;
    let lock = card::Update {
        locked: sea_orm::Set(true),
        ..Default::default()
    };
    session
        .rows(card::Entity)
        .update(&tree.cards[0], lock)
        .await
        .unwrap();
    session.commit().await.unwrap();

    let session = world.begin(&world.editor).await;
    let boards = session.rows(board::Entity);
    for ids in [&[tree.board][..], &[free.board, tree.board]] {
        let refused = boards.delete_many(ids).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
    }
    session.commit().await.unwrap();
    assert!(world.rows().await.values().all(Option::is_none));

    // Each for itself: the other one goes.
    let session = world.begin(&world.editor).await;
    let boards = session.rows(board::Entity);
    let outcomes = boards.delete_each(&[tree.board, free.board]).await.unwrap();
    assert_eq!(
        outcomes[0].as_ref().unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    assert_eq!(outcomes[1].as_ref().unwrap().rows, 13);
    session.commit().await.unwrap();
    assert_eq!(world.rows().await.values().flatten().count(), 13);

    // The same holds for the way back.
    let session = world.begin(&world.alpha).await;
    let deletion = session
        .rows(board::Entity)
        .delete(tree.board)
        .await
        .unwrap();
    session.commit().await.unwrap();
    let session = world.begin(&world.editor).await;
    let refused = session
        .rows(board::Entity)
        .restore(&deletion)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert_eq!(refused.obstacles()[0].row, tree.cards[0].id.to_string());
    assert_eq!(refused.obstacles().len(), 1);
    session.commit().await.unwrap();
    assert_eq!(world.rows().await.values().flatten().count(), 26);
}
