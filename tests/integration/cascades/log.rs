//! What the log and the catalogue say of a cascade.

use super::boards::{card, comment, list};
use sqlx::{Connection as _, PgConnection, Row};
use tenantry::verify::{Claim, Verifier};

use super::{World, boards, plant};
use crate::verify::verified;

#[tokio::test]
async fn the_log_tells_one_operation_for_every_row() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    let deletion = session
        .rows(boards::board::Entity)
        .delete(tree.board)
        .await
        .unwrap();
    session
        .rows(boards::board::Entity)
        .restore(&deletion)
        .await
        .unwrap();
    let log = session
        .raw_sql_without_workspace_guard(
            "a test",
            "SELECT table_name || ' ' || operation, count(*), count(DISTINCT operation_id) FROM tenantry.audit_log \
             WHERE operation IN ('delete', 'restore') GROUP BY 1 ORDER BY 1",
            Default::default(),
        )
        .await
        .unwrap();
    let told: Vec<(String, i64, i64)> = log
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let each = [("boards", 1), ("cards", 2), ("comments", 8), ("lists", 2)];
    let expected: Vec<(String, i64, i64)> = each
        .iter()
        .flat_map(|(table, rows)| {
            ["delete", "restore"].map(|what| (format!("board.{table} {what}"), *rows, 1))
        })
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_the_entities_say_is_so() {
    let world = World::new().await;
    let mut reader = PgConnection::connect(world.test.reader_url())
        .await
        .unwrap();
    let verifier = Verifier::new()
        .schemas(["board"])
        .claim(
            Claim::<boards::board::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        )
        .claim(
            Claim::<list::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        )
        .claim(
            Claim::<card::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        )
        .claim(
            Claim::<comment::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        );
    let report = verified(&verifier, &mut reader).await;
    assert!(report.findings.is_empty(), "{report}");
}
