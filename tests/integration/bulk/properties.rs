//! Each verb over many rows against itself over one, without hooks and with them.
//!
//! Hooks write down what they are asked and told, change a row, refuse a row before it is written or
//! after, and write rows of their own; see [`ground`](super::ground).

use std::collections::HashSet;

use tenantry::{NewRow, Result, Session};
use tenantry_entities::challenges::{Challenges, challenge};

use super::{
    ground::{Ground, new_rows, new_titles},
    same::{each_is_one_by_one, many_is_one_by_one_or_none},
};
use crate::random::{Case, cases};

/// Rows of a call of which each has an outcome of its own.
const ROWS: usize = 12;
/// Rows of a call of which all are written or none: with more of them, all would be refused.
const FEW: usize = 4;

/// Draws cases on a ground without hooks and on one with them.
async fn each(property: impl AsyncFn(&Ground, &mut Case)) {
    for ground in Ground::both().await {
        for mut case in cases(30) {
            property(&ground, &mut case).await;
        }
        assert!(ground.calls().is_none_or(|calls| calls > 40));
    }
}

/// The same, and some calls do all and some nothing.
async fn many(property: impl AsyncFn(&Ground, &mut Case) -> bool) {
    for ground in Ground::both().await {
        let mut met = [0; 2];
        for mut case in cases(60) {
            met[usize::from(property(&ground, &mut case).await)] += 1;
        }
        assert!(met.iter().all(|met| *met > 2), "{met:?}");
        assert!(ground.calls().is_none_or(|calls| calls > 40));
    }
}

/// H-15, H-16.
#[tokio::test]
async fn insert_each_is_one_insert_after_another() {
    each(async |ground, case| {
        let rows = new_rows(case, ROWS);
        each_is_one_by_one(
            ground,
            &rows,
            async |session, rows| session.challenges().insert_each(rows).await,
            async |session, row| session.challenges().insert(row).await,
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn insert_many_is_one_insert_after_another_or_none() {
    many(async |ground, case| {
        let rows = new_rows(case, FEW);
        many_is_one_by_one_or_none(
            ground,
            &rows,
            async |session, rows| session.challenges().insert_many(rows).await,
            async |session, row| session.challenges().insert(row).await,
        )
        .await
    })
    .await;
}

/// By `COPY`, where all rows name the same columns and nobody asks for each of them.
#[tokio::test]
async fn a_load_is_one_insert_after_another_or_none() {
    many(async |ground, case| {
        let rows = new_titles(case, FEW);
        many_is_one_by_one_or_none(
            ground,
            &rows,
            async |session, rows| {
                let loaded = session.challenges().load(rows).await?;
                Ok((0..loaded).map(drop).collect())
            },
            async |session, row| session.challenges().insert(row).await.map(drop),
        )
        .await
    })
    .await;
    many(async |ground, case| {
        let rows = new_rows(case, FEW);
        many_is_one_by_one_or_none(
            ground,
            &rows,
            async |session, rows| {
                let loaded = session.challenges().load(rows).await?;
                Ok((0..loaded).map(drop).collect())
            },
            async |session, row| session.challenges().insert(row).await.map(drop),
        )
        .await
    })
    .await;
}

/// Two rows of one call with the same key are refused, whatever else is in it.
fn different(mut rows: Vec<challenge::Insert>) -> Vec<challenge::Insert> {
    let mut titles = HashSet::new();
    rows.retain(|row| titles.insert(row.clone().into_active_model().title.unwrap()));
    rows
}

async fn upsert(session: &Session, row: challenge::Insert) -> Result<challenge::Model> {
    session.challenges().upsert(row, challenge::TITLE_KEY).await
}

#[tokio::test]
async fn upsert_each_is_one_upsert_after_another() {
    each(async |ground, case| {
        let rows = different(new_rows(case, ROWS));
        each_is_one_by_one(
            ground,
            &rows,
            async |session, rows| {
                let rows = session.challenges().upsert_each(rows, challenge::TITLE_KEY);
                rows.await
            },
            upsert,
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn upsert_many_is_one_upsert_after_another_or_none() {
    many(async |ground, case| {
        let rows = different(new_rows(case, FEW));
        many_is_one_by_one_or_none(
            ground,
            &rows,
            async |session, rows| {
                let rows = session.challenges().upsert_many(rows, challenge::TITLE_KEY);
                rows.await
            },
            upsert,
        )
        .await
    })
    .await;
}

/// H-16.
#[tokio::test]
async fn update_each_is_one_update_after_another() {
    each(async |ground, case| {
        let changes = ground.changes(case, ROWS);
        each_is_one_by_one(
            ground,
            &changes,
            async |session, changes| session.challenges().update_each(changes).await,
            async |session, (seen, change)| session.challenges().update(seen, change).await,
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn update_many_is_one_update_after_another_or_none() {
    many(async |ground, case| {
        let changes = ground.changes(case, FEW);
        many_is_one_by_one_or_none(
            ground,
            &changes,
            async |session, changes| session.challenges().update_many(changes).await,
            async |session, (seen, change)| session.challenges().update(seen, change).await,
        )
        .await
    })
    .await;
}

#[tokio::test]
async fn delete_each_is_one_delete_after_another() {
    each(async |ground, case| {
        let ids = ground.ids(case, ROWS);
        each_is_one_by_one(
            ground,
            &ids,
            async |session, ids| session.challenges().delete_each(&ids).await,
            async |session, id| session.challenges().delete(id).await,
        )
        .await;
    })
    .await;
}

/// Each challenge has one submission. Hooks are asked in the order of the ids.
#[tokio::test]
async fn delete_many_is_one_delete_after_another_or_none() {
    many(async |ground, case| {
        let mut ids = ground.ids(case, FEW);
        ids.sort();
        many_is_one_by_one_or_none(
            ground,
            &ids,
            async |session, ids| {
                let deletion = session.challenges().delete_many(&ids).await?;
                assert_eq!(deletion.rows, 2 * ids.len() as u64);
                Ok(vec![2; ids.len()])
            },
            async |session, id| Ok(session.challenges().delete(id).await?.rows),
        )
        .await
    })
    .await;
}

#[tokio::test]
async fn restore_each_is_one_restore_after_another() {
    each(async |ground, case| {
        let deletions = ground.deletions(case, ROWS);
        let deletions: Vec<_> = deletions.into_iter().map(|(_, taken)| taken).collect();
        each_is_one_by_one(
            ground,
            &deletions,
            async |session, deletions| session.challenges().restore_each(&deletions).await,
            async |session, deletion| session.challenges().restore(&deletion).await,
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn restore_many_is_one_restore_after_another_or_none() {
    many(async |ground, case| {
        let mut deletions = ground.deletions(case, FEW);
        deletions.sort_by_key(|(id, _)| *id);
        let deletions: Vec<_> = deletions.into_iter().map(|(_, taken)| taken).collect();
        many_is_one_by_one_or_none(
            ground,
            &deletions,
            async |session, deletions| {
                let restored = session.challenges().restore_many(&deletions).await?;
                assert_eq!(restored, 2 * deletions.len() as u64);
                Ok(vec![2; deletions.len()])
            },
            async |session, deletion| session.challenges().restore(&deletion).await,
        )
        .await
    })
    .await;
}
