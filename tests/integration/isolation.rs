//! The isolation matrix: every verb on a row of one's own, of another workspace, deleted, absent.
//!
//! The table is reviewed as prose. A verb that it does not cover fails the test, and so does an
//! exemption that is no longer needed.

mod aim;
mod hooked;
mod tables;

use std::collections::BTreeSet;

use insta::assert_snapshot;
use tenantry_entities::challenges::{Challenges, challenge};

use self::aim::{AUDIT, VERBS, aim, verbs};
use crate::world::World;

/// One row of each kind, as `alpha` meets them.
struct Kinds {
    own: challenge::Model,
    other: challenge::Model,
    deleted: challenge::Model,
    absent: challenge::Model,
}

impl Kinds {
    async fn of(world: &World) -> Self {
        let own = world.challenge(&world.alpha, "own kind").await;
        let other = world.challenge(&world.beta, "other kind").await;
        let deleted = world.challenge(&world.alpha, "deleted kind").await;
        let session = world.alpha().await;
        session.challenges().delete(deleted.id).await.unwrap();
        let deleted = session.challenges().find_with_deleted(deleted.id).await;
        let deleted = deleted.unwrap().unwrap();
        session.commit().await.unwrap();
        let absent = challenge::Model {
            id: challenge::Id::random(),
            title: "absent kind".into(),
            ..own.clone()
        };
        // H-46: a matrix over rows that are not there would prove nothing.
        let there = "SELECT count(*) FROM challenges.challenges";
        let there: i64 = sqlx::query_scalar(there)
            .fetch_one(&world.test.admin())
            .await
            .unwrap();
        assert_eq!(there, 3);
        Self {
            own,
            other,
            deleted,
            absent,
        }
    }

    fn each(&self) -> [(&'static str, &challenge::Model); 4] {
        [
            ("own", &self.own),
            ("other", &self.other),
            ("deleted", &self.deleted),
            ("absent", &self.absent),
        ]
    }
}

/// What every verb answers to every kind of row.
async fn matrix(world: &World, kinds: &Kinds) -> String {
    let mut table = format!("{:<18} {:<12} answer\n", "verb", "row");
    for verb in verbs() {
        for (kind, row) in kinds.each() {
            let session = world.alpha().await;
            let answer = aim(verb, &session, row).await;
            session.roll_back().await;
            table += &format!("{verb:<18} {kind:<12} {answer}\n");
        }
    }
    table
}

/// H-46: among rows that the administrator has seen to be there.
#[tokio::test]
async fn every_verb_meets_every_kind_of_row() {
    let world = World::new().await;
    let kinds = Kinds::of(&world).await;
    let table = matrix(&world, &kinds).await;
    assert_snapshot!(table);
}

/// H-20, H-21: what a caller meets with another workspace's row is what it meets with none.
#[tokio::test]
async fn a_row_of_another_workspace_is_answered_as_if_it_never_was() {
    let world = World::new().await;
    let kinds = Kinds::of(&world).await;
    answers_as_if_it_never_was(&world, &kinds).await;
}

async fn answers_as_if_it_never_was(world: &World, kinds: &Kinds) {
    for verb in verbs() {
        let mut answers = BTreeSet::new();
        for row in [&kinds.other, &kinds.absent] {
            // Only the id differs: titles are the caller's own words.
            let row = challenge::Model {
                title: "a title of nobody".into(),
                ..row.clone()
            };
            let session = world.alpha().await;
            answers.insert(aim(verb, &session, &row).await);
            session.roll_back().await;
        }
        assert_eq!(answers.len(), 1, "{verb} tells them apart: {answers:?}");
    }
}

/// The second guard by itself: with row security off, every built statement still names its workspace.
#[tokio::test]
async fn the_statement_guards_where_row_security_is_off() {
    let world = World::new().await;
    let kinds = Kinds::of(&world).await;
    guards_without_row_security(&world, &kinds).await;
}

async fn guards_without_row_security(world: &World, kinds: &Kinds) {
    for table in [
        "challenges.challenges",
        "challenges.submissions",
        "accounts.members",
        "tenantry.audit_log",
        "tenantry.audit_requests",
    ] {
        let off = format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
        sqlx::raw_sql(sqlx::AssertSqlSafe(off))
            .execute(&world.test.admin())
            .await
            .unwrap();
    }
    let everything = "SELECT count(*) FROM challenges.challenges";
    let session = world.alpha().await;
    let seen = session
        .raw_sql_without_workspace_guard("a test", everything, Default::default())
        .await
        .unwrap();
    assert_eq!(
        sqlx::Row::get::<i64, _>(&seen[0], 0),
        3,
        "row security is not off"
    );
    drop(session);

    for verb in verbs().filter(|verb| {
        !["insert", "load", "upsert"]
            .iter()
            .any(|made| verb.starts_with(made))
    }) {
        let session = world.alpha().await;
        let other = aim(verb, &session, &kinds.other).await;
        session.roll_back().await;
        let session = world.alpha().await;
        let absent = aim(verb, &session, &kinds.absent).await;
        session.roll_back().await;
        assert_eq!(other, absent, "{verb}");
    }
}

#[test]
fn the_matrix_covers_every_verb() {
    crate::verbs::assert_covered(VERBS.iter().copied());
    let rooms = concat!(
        include_str!("../../src/audit.rs"),
        include_str!("../../src/audit/history.rs"),
        include_str!("../../src/audit/security.rs"),
    );
    // Questions begin without a trip and are asked by `page`; refusals are recorded at the door.
    let asked = ["pub async fn ", "pub const fn "].map(|start| rooms.split(start).skip(1));
    let asked: BTreeSet<&str> = asked
        .into_iter()
        .flatten()
        .filter_map(|rest| rest.split(['(', '<']).next())
        .filter(|name| !["audit", "limit", "new", "page", "record_security_event"].contains(name))
        .collect();
    assert_eq!(asked, BTreeSet::from(AUDIT));
}
