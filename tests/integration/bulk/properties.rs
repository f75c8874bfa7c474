//! Invariant 9: many rows by one call are what one row after another is, in the log too.

use std::collections::BTreeMap;

use sqlx::Row;
use tenantry::{NewRow, Session};
use tenantry_entities::challenges::{
    Challenges,
    challenge::{self, Status},
};

use crate::world::{World, titled};

/// A number that follows from the one before it.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    /// A row that names what it pleases.
    fn row(&mut self, number: usize) -> challenge::Insert {
        let mut row: challenge::Insert = titled(&format!("{number:04}")).into();
        if self.below(2) == 0 {
            row = row.status([Status::Draft, Status::Active][number % 2]);
        }
        if self.below(3) == 0 {
            row = row.description(serde_json::json!({ "n": number, "of": ["\"", "\\", null] }));
        }
        if self.below(3) == 0 {
            let moment = i64::try_from(self.below(4_000_000_000)).unwrap();
            row = row.starts_at(chrono::DateTime::from_timestamp(moment, 5_000).unwrap());
        }
        row
    }
}

/// What is stored of each row, and what the log has of it, by title.
async fn stands(session: &Session) -> BTreeMap<String, String> {
    let sql = "SELECT c.title, concat_ws(' ', c.status, c.description, c.starts_at, c.version, c.created_by,
         (SELECT string_agg(concat_ws('/', l.operation, l.version, l.old_data, l.actor_id, l.via), ',' ORDER BY l.at)
            FROM tenantry.audit_log l
           WHERE c.id::text = l.record_id OR c.id::text = ANY (l.record_ids)))
         FROM challenges.challenges c";
    let rows = session
        .raw_sql_without_workspace_guard("a test", sql, Default::default())
        .await
        .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// H-15, H-16.
#[tokio::test]
async fn many_rows_leave_what_one_after_another_leaves() {
    let world = World::new().await;
    for (seed, count) in [(1, 1), (2, 7), (3, 60), (4, 300)] {
        let rows = || {
            let mut dice = Dice(seed);
            (0..count).map(|n| dice.row(n)).collect::<Vec<_>>()
        };
        let session = world.alpha().await;
        for row in rows() {
            session.challenges().insert(row).await.unwrap();
        }
        let one_by_one = stands(&session).await;
        session.roll_back().await;
        assert!(one_by_one.values().all(|row| row.contains("insert/")));

        let session = world.alpha().await;
        session.challenges().insert_many(rows()).await.unwrap();
        assert_eq!(stands(&session).await, one_by_one, "insert_many {count}");
        session.roll_back().await;

        let session = world.alpha().await;
        session.challenges().insert_each(rows()).await.unwrap();
        assert_eq!(stands(&session).await, one_by_one, "insert_each {count}");
        session.roll_back().await;

        let session = world.alpha().await;
        session.challenges().load(rows()).await.unwrap();
        assert_eq!(stands(&session).await, one_by_one, "load {count}");
        session.roll_back().await;
        loads_of_one_shape(&world, count).await;
    }
}

/// The way by `COPY`, which rows of different shapes do not take.
async fn loads_of_one_shape(world: &World, count: usize) {
    let rows = || (0..count).map(|n| titled(&format!("{n:04}")));
    let session = world.alpha().await;
    for row in rows() {
        session.challenges().insert(row).await.unwrap();
    }
    let one_by_one = stands(&session).await;
    session.roll_back().await;
    let session = world.alpha().await;
    session.challenges().load(rows()).await.unwrap();
    assert_eq!(stands(&session).await, one_by_one, "load {count}");
    session.roll_back().await;
}

/// H-16: versions and the log count a change by many as a change.
#[tokio::test]
async fn many_upserts_leave_what_one_after_another_leaves() {
    async fn old(session: &Session) {
        let mut dice = Dice(9);
        for number in (0..120).step_by(2) {
            let row = dice.row(number);
            session.challenges().insert(row).await.unwrap();
        }
    }
    fn rows() -> Vec<challenge::Insert> {
        let mut dice = Dice(10);
        (0..120).map(|n| dice.row(n)).collect()
    }
    async fn upsert<N: NewRow<challenge::Entity>>(session: &Session, row: N) {
        let upserted = session.challenges().upsert(row, challenge::TITLE_KEY);
        upserted.await.unwrap();
    }
    let world = World::new().await;
    let session = world.alpha().await;
    old(&session).await;
    for row in rows() {
        upsert(&session, row).await;
    }
    let one_by_one = stands(&session).await;
    assert!(one_by_one.values().any(|row| row.contains("update/")));
    session.roll_back().await;

    let session = world.alpha().await;
    old(&session).await;
    let many = session.challenges();
    many.upsert_many(rows(), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!(stands(&session).await, one_by_one);
    session.roll_back().await;

    let session = world.alpha().await;
    old(&session).await;
    let each = session.challenges();
    each.upsert_each(rows(), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!(stands(&session).await, one_by_one);
}
