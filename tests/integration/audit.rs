//! The audit log sees what the verbs do, and what they do not do too.

use sea_orm::Set;
use sqlx::{Row, postgres::PgArguments};
use tenantry::Session;
use tenantry_entities::challenges::{Challenges, challenge};

use crate::world::{World, titled};

const LOG: &str = "SELECT operation, coalesce(record_id, record_ids[1]), version, old_data::text, actor_id::text, request_id::text, via \
     FROM tenantry.audit_log WHERE table_name = 'challenges.challenges' ORDER BY at, version NULLS FIRST";

async fn log(session: &Session) -> Vec<[Option<String>; 7]> {
    let rows = session
        .raw_sql_without_workspace_guard("a test", LOG, PgArguments::default())
        .await
        .unwrap();
    let text = |row: &sqlx::postgres::PgRow, at| -> Option<String> {
        if at == 2 {
            row.get::<Option<i64>, _>(at).map(|n| n.to_string())
        } else {
            row.get(at)
        }
    };
    rows.iter()
        .map(|row| std::array::from_fn(|at| text(row, at)))
        .collect()
}

#[tokio::test]
async fn each_write_is_an_entry_with_what_was_before() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "first").await;
    let session = world.alpha().await;
    let change = challenge::Update {
        title: Set("second".into()),
        ..Default::default()
    };
    let row = session.challenges().update(&row, change).await.unwrap();
    session.commit().await.unwrap();
    let session = world.alpha().await;
    let deletion = session.challenges().delete(row.id).await.unwrap();
    session.commit().await.unwrap();
    let session = world.alpha().await;
    session.challenges().restore(&deletion).await.unwrap();

    let entries = log(&session).await;
    let operations: Vec<_> = entries
        .iter()
        .map(|entry| entry[0].as_deref().unwrap())
        .collect();
    assert_eq!(operations, ["insert", "update", "delete", "restore"]);
    let (id, actor) = (row.id.to_string(), world.alpha.actor().unwrap().to_string());
    for entry in &entries {
        assert_eq!(entry[1].as_ref(), Some(&id));
        assert_eq!(entry[4].as_ref(), Some(&actor));
        assert_eq!(entry[5].as_ref(), Some(&world.alpha.request().to_string()));
        assert_eq!(entry[6].as_deref(), Some("tenantry_test_app"));
    }
    assert!(entries[1][3].as_ref().unwrap().contains("first"));
    assert!(
        !entries[1][3].as_ref().unwrap().contains("description"),
        "only what changed"
    );
}

/// H-16: raw SQL, upserts and merges leave the same traces as the verbs.
#[tokio::test]
async fn raw_sql_is_audited_too() {
    let world = World::new().await;
    world.challenge(&world.alpha, "raw").await;
    let session = world.alpha().await;
    for sql in [
        "UPDATE challenges.challenges SET title = title || '!'",
        "MERGE INTO challenges.challenges c USING (SELECT 1) s ON c.title = 'raw!' \
         WHEN MATCHED THEN UPDATE SET title = 'merged'",
    ] {
        session
            .raw_sql_without_workspace_guard("a test", sql, Default::default())
            .await
            .unwrap();
    }
    let date = chrono::DateTime::from_timestamp(86_400, 0).unwrap();
    session
        .challenges()
        .upsert(titled("merged").starts_at(date), challenge::TITLE_KEY)
        .await
        .unwrap();
    let operations: Vec<_> = log(&session)
        .await
        .into_iter()
        .map(|entry| entry[0].clone().unwrap())
        .collect();
    assert_eq!(operations, ["insert", "update", "update", "update"]);
}

/// H-45: the log has the same wall as everything else.
#[tokio::test]
async fn a_workspace_reads_its_own_log_and_only_its_owners_do() {
    let world = World::new().await;
    world.challenge(&world.alpha, "a").await;
    let theirs = world.beta().await;
    assert!(log(&theirs).await.is_empty());

    let session = world.alpha().await;
    let member = crate::world::member("reader");
    let user = member.user_id;
    tenantry_entities::accounts::Accounts::members(&session)
        .insert(member)
        .await
        .unwrap();
    session.commit().await.unwrap();
    let workspace = world.alpha.workspace().clone();
    let context = world
        .database
        .authorize(user.into(), workspace)
        .await
        .unwrap();
    assert_eq!(context.role().as_str(), "member");
    let session = world.database.begin(&context).await.unwrap();
    assert!(log(&session).await.is_empty());
}
