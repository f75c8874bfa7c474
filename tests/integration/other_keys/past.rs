//! History and earlier states of rows whose keys are numbers or texts.

use std::fmt::Debug;

use sea_orm::{IdenStatic, Iterable};
use tenantry::{Audited, Deletion, ErrorKind, Id, Operation, SoftDelete, Version, Versioned};

use super::World;

/// Inserts a row, changes it, deletes and restores it, each in a transaction of its own, and asks for
/// all of it again: as its workspace, as another one, and after it was purged.
pub(super) async fn is_told<E>(
    world: &World,
    new: impl tenantry::NewRow<E>,
    change: impl Fn(u32) -> E::Update,
    purge: &'static str,
) where
    E: Audited + SoftDelete + Versioned,
    E::Model: Clone + Debug + PartialEq,
{
    let session = world.acme().await;
    let first = session.rows(E::default()).insert(new).await.unwrap();
    session.commit().await.unwrap();
    let id = E::id_of(&first);
    let mut seen = vec![first];
    let mut deletion: Option<Deletion> = None;
    for step in 0..4 {
        let session = world.acme().await;
        let rows = session.rows(E::default());
        match step {
            0 | 1 => {
                let last: &E::Model = &seen[seen.len() - 1];
                let last = (E::id_of(last), E::version_of(last));
                rows.update(last, change(step)).await.map(drop).unwrap();
            }
            2 => deletion = Some(rows.delete(id.clone()).await.unwrap()),
            _ => drop(rows.restore(&deletion.take().unwrap()).await.unwrap()),
        }
        let now = rows.find_with_deleted(id.clone()).await.unwrap().unwrap();
        session.commit().await.unwrap();
        seen.push(now);
    }

    let id = &id;
    is_rebuilt(world, id, &seen).await;
    // To the other tenant there is no such row, and never was.
    let session = world.database.begin(&world.globex).await.unwrap();
    let rows = session.rows(E::default());
    for told in [
        rows.history(id.clone()).page().await.map(drop),
        rows.as_of(id.clone(), Version::from_i64(2)).await.map(drop),
        rows.as_of_time(id.clone(), chrono::Utc::now())
            .await
            .map(drop),
        rows.image_of(id.clone(), Version::from_i64(2))
            .await
            .map(drop),
    ] {
        assert_eq!(told.unwrap_err().kind(), ErrorKind::NotFound);
    }
    drop(session);
    // Gone for good, it is told by the log alone.
    let purged = sqlx::raw_sql(purge).execute(&world.test.admin()).await;
    assert_eq!(purged.unwrap().rows_affected(), 1);
    is_rebuilt(world, id, &seen).await;
}

/// Every state by its version, and the whole history, in pages of two.
async fn is_rebuilt<E>(world: &World, id: &Id<E>, seen: &[E::Model])
where
    E: Audited + Versioned,
    E::Model: Debug + PartialEq,
{
    let session = world.acme().await;
    let rows = session.rows(E::default());
    for row in seen {
        let then = rows.as_of(id.clone(), E::version_of(row)).await;
        assert_eq!(&then.unwrap(), row);
    }
    let (mut operations, mut after) = (Vec::new(), None);
    loop {
        let page = rows.history(id.clone()).limit(2).after(after).page();
        let page = page.await.unwrap();
        for entry in page.items {
            if entry.operation == Operation::Purge {
                assert_eq!(entry.actor, None, "the administrator");
                continue;
            }
            assert_eq!(entry.rows, [id.to_string()]);
            assert_eq!(entry.actor.as_ref(), world.acme.actor());
            operations.push(entry.operation);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    use Operation::{Delete, Insert, Restore, Update};
    assert_eq!(operations[..4], [Restore, Delete, Update, Update]);
    // An entity without the time does not find it, while the row is there.
    let is_stamped = E::Column::iter().any(|column| column.as_str() == "created_at");
    let is_there = rows.find(id.clone()).await.unwrap().is_some();
    let found = is_stamped || !is_there;
    assert_eq!(operations[4..], [Insert][usize::from(!found)..]);
}
