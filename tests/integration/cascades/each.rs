//! Many at once: all or none, or each for itself.

use tenantry::{Deletion, ErrorKind, Id, Result};

use super::{
    World,
    boards::{board, comment},
    plant,
};
use crate::random::cases;

#[tokio::test]
async fn many_are_deleted_and_restored_by_all_or_none() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let boards = session.rows(board::Entity);
    let (one, two) = (plant(&session).await, plant(&session).await);
    let missing = Id::new(uuid::Uuid::now_v7());
    let refused = boards.delete_many(&[one.board, missing]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert_eq!(boards.list().count().await.unwrap(), 2);
    let twice = boards
        .delete_many(&[one.board, one.board])
        .await
        .unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::Invalid);
    assert_eq!(twice.fields().collect::<Vec<_>>(), ["id"]);
    assert_eq!(boards.delete_many(&[]).await.unwrap().rows, 0);

    let both = boards.delete_many(&[one.board, two.board]).await.unwrap();
    assert_eq!(both.rows, 26);
    assert_eq!(boards.restore(&both).await.unwrap(), 26);
    let each = boards.delete_each(&[one.board, two.board]).await.unwrap();
    let each: Vec<Deletion> = each.into_iter().map(Result::unwrap).collect();
    assert_ne!(each[0].operation, each[1].operation);
    let unknown = Deletion::of_operation(uuid::Uuid::now_v7());
    let refused = boards
        .restore_many(&[each[0].clone(), unknown.clone()])
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(boards.list().count().await.unwrap(), 0);
    assert_eq!(boards.restore_many(&each).await.unwrap(), 26);

    let again = boards.delete(one.board).await.unwrap();
    let outcomes = boards.restore_each(&[unknown, again]).await.unwrap();
    assert_eq!(
        outcomes[0].as_ref().unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(outcomes[1].as_ref().ok(), Some(&13));
}

/// Invariant 9: what `delete_each` does to a forest of threads is what `delete` does, one id after the other.
#[tokio::test]
async fn each_is_one_after_the_other() {
    let world = World::new().await;
    for mut case in cases(12) {
        let mut session = world.begin(&world.alpha).await;
        let mut forest: Vec<comment::Model> = Vec::new();
        for at in 0..14 {
            let mut new = comment::Insert::from(comment::New {
                name: at.to_string(),
            });
            if at > 0 && !case.one_in(4) {
                new = new.parent_id(forest[case.below(at)].id);
            }
            forest.push(session.rows(comment::Entity).insert(new).await.unwrap());
        }
        let mut ids: Vec<comment::Id> = vec![Id::new(uuid::Uuid::now_v7())];
        while ids.len() < 6 {
            let id = case.one_of(&forest).id;
            if !ids.contains(&id) {
                ids.insert(case.below(ids.len() + 1), id);
            }
        }
        // Each row by the place of the call that took it.
        let mut stories = Vec::new();
        for bulk in [true, false] {
            let story: Result<(), tenantry::Error> = session
                .savepoint(async |inner| {
                    let rows = inner.rows(comment::Entity);
                    let outcomes = if bulk {
                        rows.delete_each(&ids).await?
                    } else {
                        let mut outcomes = Vec::new();
                        for id in &ids {
                            outcomes.push(rows.delete(*id).await);
                        }
                        outcomes
                    };
                    let mut story = Vec::new();
                    for row in &forest {
                        let now = rows.find_with_deleted(row.id).await?.unwrap();
                        let taken = |outcome: &Result<Deletion>| {
                            outcome
                                .as_ref()
                                .is_ok_and(|deletion| Some(deletion.operation) == now.delete_op)
                        };
                        story.push((now.version, outcomes.iter().position(taken)));
                        assert_eq!(now.delete_op.is_some(), story[story.len() - 1].1.is_some());
                    }
                    let told: Vec<_> = outcomes
                        .iter()
                        .map(|outcome| match outcome {
                            Ok(deletion) => {
                                Ok((deletion.rows, deletion.by_table().collect::<Vec<_>>()))
                            }
                            Err(error) => Err(format!("{error:?}")),
                        })
                        .collect();
                    stories.push((told, story));
                    Err(tenantry::Error::new(ErrorKind::Aborted, "undo it"))
                })
                .await;
            assert_eq!(story.unwrap_err().kind(), ErrorKind::Aborted);
        }
        assert_eq!(stories[0], stories[1]);
    }
}
