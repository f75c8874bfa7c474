//! What somebody with the runtime role's password, and nothing else, can do: nothing.
//!
//! Every test speaks to PostgreSQL as the runtime role, without the library.

mod role;

use tenantry::{Database, ErrorKind, SigningKey};
use tenantry_entities::challenges::Challenges;
use tenantry_repositories::accounts::Members;

use crate::world::{World, claim};

const LATER: u64 = 99_999_999_999;
const COUNT: &str = "SELECT count(*) FROM challenges.challenges";

/// Every table that stands behind a wall, by the catalogue.
async fn tables(world: &World) -> Vec<String> {
    let walled = "SELECT polrelid::regclass::text FROM pg_policy WHERE NOT polpermissive GROUP BY 1 ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(walled)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    assert!(tables.len() >= 6, "{tables:?}");
    tables
}

/// H-3, H-4, H-11: no context is an error, on a fresh connection and on a used one.
#[tokio::test]
async fn without_a_context_there_is_nothing() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let mut raw = world.raw().await;
    for used in [false, true] {
        for table in tables(&world).await {
            let sql = format!("SELECT count(*) FROM {table}");
            // The log's own policy asks for a role first, and nobody has none.
            let nothing = match table.as_str() {
                "tenantry.audit_log" => Ok(0),
                _ => Err("42501".into()),
            };
            let met = World::attempt(&mut raw, &sql).await;
            assert_eq!(met, nothing, "{table}, used: {used}");
        }
        let enter = claim(world.alpha.workspace(), LATER, "owner");
        let sql = format!("BEGIN; CALL tenantry.enter('{enter}', ''); COMMIT; SELECT 1::bigint");
        assert_eq!(World::attempt(&mut raw, &sql).await, Ok(1));
    }
}

/// H-29: a setting that was written by hand is no context.
#[tokio::test]
async fn a_forged_setting_is_refused() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let mut raw = world.raw().await;
    let theirs = claim(world.beta.workspace(), LATER, "owner");
    let zeros = "0".repeat(64);
    for forged in [
        theirs.clone(),
        format!("{zeros}|{theirs}"),
        format!("|{theirs}"),
        world.beta.workspace().to_string(),
        "garbage".to_owned(),
    ] {
        let sql = format!("BEGIN; SET LOCAL tenantry.context = '{forged}'; {COUNT}");
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            Err("42501".into()),
            "{forged}"
        );
        assert_eq!(
            World::attempt(&mut raw, "ROLLBACK; SELECT 0::bigint").await,
            Ok(0)
        );
        let sql = format!("SET tenantry.context = '{forged}'; {COUNT}");
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            Err("42501".into()),
            "{forged}"
        );
    }
}

/// H-1, H-2, H-29: a context that was genuine is worth nothing in the next transaction.
#[tokio::test]
async fn a_replayed_setting_is_refused() {
    let world = World::new().await;
    world.challenge(&world.alpha, "mine").await;
    let mut raw = world.raw().await;
    let enter = claim(world.alpha.workspace(), LATER, "owner");
    let keep = format!(
        "BEGIN; CALL tenantry.enter('{enter}', ''); \
         SELECT set_config('stolen.context', current_setting('tenantry.context'), false); {COUNT}"
    );
    assert_eq!(
        World::attempt(&mut raw, &keep).await,
        Ok(1),
        "the context was genuine"
    );
    let replay = format!(
        "COMMIT; BEGIN; SELECT set_config('tenantry.context', current_setting('stolen.context'), true); {COUNT}"
    );
    assert_eq!(World::attempt(&mut raw, &replay).await, Err("42501".into()));

    let mut other = world.raw().await;
    let stolen: String = sqlx::query_scalar("SELECT current_setting('stolen.context')")
        .fetch_one({
            World::attempt(&mut raw, "ROLLBACK").await.unwrap();
            &mut raw
        })
        .await
        .unwrap();
    let elsewhere = format!("BEGIN; SET LOCAL tenantry.context = '{stolen}'; {COUNT}");
    assert_eq!(
        World::attempt(&mut other, &elsewhere).await,
        Err("42501".into())
    );
}

#[tokio::test]
async fn an_expired_claim_is_refused() {
    let world = World::new().await;
    world.challenge(&world.alpha, "mine").await;
    let mut raw = world.raw().await;
    let stale = claim(world.alpha.workspace(), 1_600_000_000, "owner");
    let sql = format!("BEGIN; CALL tenantry.enter('{stale}', ''); {COUNT}");
    assert_eq!(World::attempt(&mut raw, &sql).await, Err("42501".into()));
}

/// One transaction, one context: not another workspace, not another role.
#[tokio::test]
async fn a_context_cannot_be_changed_within_a_transaction() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    for (workspace, role) in [(&world.beta, "owner"), (&world.alpha, "owner")] {
        let mut raw = world.raw().await;
        let mine = claim(world.alpha.workspace(), LATER, "member");
        let other = claim(workspace.workspace(), LATER, role);
        let sql = format!(
            "BEGIN; CALL tenantry.enter('{mine}', ''); CALL tenantry.enter('{other}', ''); {COUNT}"
        );
        assert_eq!(World::attempt(&mut raw, &sql).await, Err("42501".into()));
    }
}

/// With a signing key registered, the database password alone enters no workspace.
#[tokio::test]
async fn with_a_signing_key_the_runtime_login_enters_nothing_by_itself() {
    let world = World::new().await;
    world.challenge(&world.beta, "theirs").await;
    let secret = [7_u8; 32];
    register(&world, 1, &secret).await;

    let mut raw = world.raw().await;
    let unsigned = claim(world.alpha.workspace(), LATER, "owner");
    let keyed = unsigned.replacen("0|", "1|", 1);
    for (claim, signature) in [
        (&unsigned, String::new()),
        (&keyed, String::new()),
        (&keyed, "0".repeat(64)),
    ] {
        let sql = format!("BEGIN; CALL tenantry.enter('{claim}', '{signature}'); {COUNT}");
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            Err("42501".into()),
            "{claim}"
        );
        World::attempt(&mut raw, "ROLLBACK").await.unwrap();
    }

    // The service without its key is no better off, nor one with another key.
    let refused = world.database.begin(&world.alpha).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert_eq!(refused.to_string(), "the database refused the context");
    let connect = async |key: SigningKey| {
        Database::builder(world.test.app_url())
            .signing_key(key)
            .connect(Members)
            .await
            .unwrap()
    };
    let wrong = connect(SigningKey::new(1, vec![8; 32]).unwrap()).await;
    assert_eq!(
        wrong.begin(&world.alpha).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );

    // A claim that other sessions of the login could read would be a key lent for a minute.
    let right = connect(SigningKey::new(1, secret).unwrap()).await;
    let open = right.begin(&world.alpha).await.unwrap();
    let shown = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
        AND datname = current_database() AND query LIKE '%|user|%'";
    assert_eq!(World::attempt(&mut raw, shown).await, Ok(0));
    let entered = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
        AND datname = current_database() AND query LIKE 'CALL tenantry.enter($1%'";
    assert_eq!(
        World::attempt(&mut raw, entered).await,
        Ok(1),
        "the session is there to be seen"
    );
    drop(open);

    let session = right.begin(&world.alpha).await.unwrap();
    assert_eq!(session.challenges().list().count().await.unwrap(), 0);
}

pub(crate) async fn register(world: &World, id: i32, secret: &[u8]) {
    use sqlx::Connection;
    let mut migrator = sqlx::PgConnection::connect(world.test.migrator_url())
        .await
        .unwrap();
    tenantry_migration::keys::register(&mut migrator, id, secret)
        .await
        .unwrap();
}

/// H-19: a foreign key names the workspace, so that another's row is as good as none.
#[tokio::test]
async fn another_workspaces_row_cannot_be_referenced() {
    let world = World::new().await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let session = world.alpha().await;
    let person = tenantry_entities::accounts::Accounts::members(&session)
        .insert(crate::world::member("m"))
        .await
        .unwrap()
        .user_id;
    session.commit().await.unwrap();
    let mut told = Vec::new();
    for challenge_id in [
        theirs.id,
        tenantry_entities::challenges::challenge::Id::random(),
    ] {
        let session = world.alpha().await;
        let new = tenantry_entities::challenges::submission::New {
            challenge_id,
            user_id: person,
        };
        let error = session.submissions().insert(new).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reference);
        told.push((
            error.to_string(),
            error.fields().map(str::to_owned).collect::<Vec<_>>(),
        ));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].1, ["challenge_id"]);
}

/// An expression that throws the context away in the middle of a write does not erase the actor.
#[tokio::test]
async fn a_write_that_throws_its_context_away_is_refused() {
    let world = World::new().await;
    world.challenge(&world.alpha, "mine").await;
    for erase in ["''", "'forged'"] {
        let session = world.alpha().await;
        let sql: &'static str = Box::leak(
            format!(
                "UPDATE challenges.challenges SET title = 'x' \
                 RETURNING set_config('tenantry.context', {erase}, true)"
            )
            .into_boxed_str(),
        );
        let met = session
            .raw_sql_without_workspace_guard("a test", sql, Default::default())
            .await;
        assert_eq!(met.unwrap_err().kind(), ErrorKind::Forbidden);
    }
}
