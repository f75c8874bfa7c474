//! Changes of every kind, drawn, each of which must come back.

use chrono::DateTime;
use sea_orm::Set;
use serde_json::{Value, json};
use tenantry_entities::challenges::{Challenges, challenge};

use crate::{random::case, world::titled};

use super::{Change, Story, raw};

/// H-16: whatever wrote, every state comes back.
#[tokio::test]
async fn random_changes_of_every_kind_are_rebuilt() {
    let mut story = Story::new().await;
    let mut case = case();
    for step in 0..60_i64 {
        let (kind, n) = (case.below(8), case.below(4));
        let date = DateTime::from_timestamp(86_400 * step, 0).unwrap();
        story
            .then(async |session, row| {
                let rows = session.challenges();
                let new = || titled(&row.title).starts_at(date);
                match (row.deleted_at.is_some(), kind) {
                    (true, _) => {
                        let deletion = tenantry::Deletion::of_operation(row.delete_op.unwrap());
                        rows.restore(&deletion).await.map(drop).unwrap();
                    }
                    (_, 0) => rows.delete(row.id).await.map(drop).unwrap(),
                    (_, 1) => {
                        raw(
                            session,
                            "UPDATE challenges.challenges SET title = title || '\"'",
                        )
                        .await
                    }
                    (_, 2) => {
                        raw(
                            session,
                            "MERGE INTO challenges.challenges AS c USING (SELECT 1) AS s ON true \
                        WHEN MATCHED THEN UPDATE SET status = 'published', starts_at = NULL",
                        )
                        .await
                    }
                    (_, 3) => rows
                        .upsert(new(), challenge::TITLE_KEY)
                        .await
                        .map(drop)
                        .unwrap(),
                    (_, 4) => rows
                        .upsert_many([new()], challenge::TITLE_KEY)
                        .await
                        .map(drop)
                        .unwrap(),
                    (_, 5) => raw(session, "UPDATE challenges.challenges SET title = title").await,
                    _ => {
                        let words = [json!([step]), json!({"a": null}), Value::Null, json!("[]")];
                        let change = Change {
                            title: Set(format!("title {n}")),
                            description: Set(words[n].clone()),
                            ..Default::default()
                        };
                        rows.update(row, change).await.map(drop).unwrap();
                    }
                }
            })
            .await;
    }
    let versions: Vec<_> = story.seen.iter().map(|row| row.version.as_i64()).collect();
    assert_eq!(versions, (1..=61).collect::<Vec<_>>());
    story.assert_rebuilt().await;
    let session = story.world.alpha().await;
    let whole = session.challenges().history(story.id()).limit(1000);
    assert_eq!(whole.page().await.unwrap().items.len(), 61);
}
