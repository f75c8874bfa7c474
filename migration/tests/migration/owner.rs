//! The owner behind its own wall, and in front of it.

use sea_orm_migration::{
    SchemaManager,
    sea_orm::{self, DbErr, TransactionTrait as _},
};
use tenantry_migration::{kit::Kit, roles};

use crate::{
    claims::{ALPHA, BETA, Claim, enter},
    server::{Database, sql, try_sql, value},
    walls::seeded,
};

const ADD_KEY: &str = "ALTER TABLE challenges.judges ADD CONSTRAINT judges_again_fkey \
    FOREIGN KEY (workspace_id, challenge_id) REFERENCES challenges.challenges (workspace_id, id)";

/// A judge of BETA whose challenge does not exist, as if the key had never been there.
async fn dangling() -> Database {
    let (database, _app) = seeded().await;
    let mut superuser = database.superuser().await;
    sql(
        &mut superuser,
        &format!(
            "ALTER TABLE challenges.judges DROP CONSTRAINT judges_challenge_id_fkey, DROP CONSTRAINT judges_user_id_fkey; \
             INSERT INTO challenges.judges (workspace_id, challenge_id, user_id) VALUES ('{BETA}', gen_random_uuid(), gen_random_uuid())"
        ),
    )
    .await;
    database
}

async fn as_owner(
    database: &Database,
    tables: &[(&str, &str)],
    statements: &[&str],
) -> Result<u64, DbErr> {
    let connection = sea_orm::Database::connect(database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let transaction = connection.begin().await.unwrap();
    let manager = SchemaManager::new(&transaction);
    let kit = Kit::begin(&manager).await?;
    let rows = kit.as_owner(tables, statements).await?;
    kit.finish().await?;
    transaction.commit().await?;
    Ok(rows)
}

#[tokio::test]
async fn the_owner_meets_the_wall_loudly() {
    let database = dangling().await;
    let mut owner = database.connect(roles::MIGRATOR).await;
    for statement in [
        ADD_KEY,
        "UPDATE challenges.judges SET user_id = user_id",
        "DELETE FROM challenges.judges",
        "SELECT * FROM challenges.judges",
        "INSERT INTO challenges.judges (workspace_id, challenge_id, user_id) SELECT workspace_id, challenge_id, user_id FROM challenges.judges",
    ] {
        assert_eq!(
            try_sql(&mut owner, statement).await.unwrap_err(),
            "42501 no workspace context",
            "{statement}"
        );
    }
    // With a context the key is checked for that workspace only and marked valid: why the kit refuses it in plain SQL.
    let claim = Claim::of(ALPHA, "owner").text();
    sql(
        &mut owner,
        &format!("BEGIN; {} {ADD_KEY}", enter(&claim, "")),
    )
    .await;
    let valid = "SELECT convalidated FROM pg_constraint WHERE conname = 'judges_again_fkey'";
    assert_eq!(value(&mut owner, valid).await.unwrap(), "true");
}

#[tokio::test]
async fn work_as_owner_finds_a_dangling_key_and_leaves_the_wall_up() {
    let database = dangling().await;
    let tables = [("challenges", "judges"), ("challenges", "challenges")];
    let error = as_owner(&database, &tables, &[ADD_KEY]).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("violates foreign key constraint"),
        "{error}"
    );
    let rows = as_owner(
        &database,
        &tables,
        &["DELETE FROM challenges.judges", ADD_KEY],
    )
    .await
    .unwrap();
    assert_eq!(rows, 1);
    let mut superuser = database.superuser().await;
    let open = "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity";
    assert_eq!(value(&mut superuser, open).await, None);
    let purge = "SELECT format('%s %s', workspace_id, via) FROM tenantry.audit_log WHERE operation = 'purge'";
    assert_eq!(
        value(&mut superuser, purge).await.unwrap(),
        format!("{BETA} tenantry_migrator")
    );
}

#[tokio::test]
async fn a_backfill_reaches_every_workspace_and_is_audited_without_an_actor() {
    let (database, _app) = seeded().await;
    let fill = "UPDATE challenges.challenges SET status = 'cancelled'";
    assert_eq!(
        as_owner(&database, &[("challenges", "challenges")], &[fill])
            .await
            .unwrap(),
        2
    );
    let mut superuser = database.superuser().await;
    let entries = "SELECT format('%s %s', count(*), count(actor_kind)) FROM tenantry.audit_log WHERE operation = 'update'";
    assert_eq!(value(&mut superuser, entries).await.unwrap(), "2 0");
    // A table that was not named keeps its wall.
    let error = as_owner(&database, &[("challenges", "judges")], &[fill])
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no workspace context"),
        "{error}"
    );
    let error = as_owner(
        &database,
        &[],
        &["ALTER TABLE challenges.judges DISABLE ROW LEVEL SECURITY"],
    )
    .await
    .unwrap_err();
    assert!(error.to_string().contains("the wall is gone"), "{error}");
}
