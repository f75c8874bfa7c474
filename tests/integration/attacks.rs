//! What somebody with the runtime role's password, and nothing else, can do: nothing.
//!
//! Every test speaks to PostgreSQL as the runtime role, without the library.

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

/// H-17, H-23, H-24, H-26, H-40 and the rest of what a runtime role must not be able to do.
#[tokio::test]
async fn the_runtime_role_can_do_nothing_but_its_work() {
    let world = World::new().await;
    let row = world.challenge(&world.beta, "theirs").await;
    let enter = format!(
        "CALL tenantry.enter('{}', '')",
        claim(world.alpha.workspace(), LATER, "owner")
    );
    let alpha = world.alpha.workspace();
    let beta = world.beta.workspace();
    let id = row.id;
    let refused = [
        format!("INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{beta}', 'x')"),
        format!("INSERT INTO challenges.challenges (workspace_id, title, version) VALUES ('{alpha}', 'x', 9)"),
        format!("INSERT INTO challenges.challenges (workspace_id, title, created_by) VALUES ('{alpha}', 'x', gen_random_uuid())"),
        format!("UPDATE challenges.challenges SET workspace_id = '{beta}'"),
        "UPDATE challenges.challenges SET version = 9".to_owned(),
        "UPDATE challenges.challenges SET created_at = now()".to_owned(),
        "DELETE FROM challenges.challenges".to_owned(),
        "TRUNCATE challenges.challenges".to_owned(),
        "LOCK TABLE challenges.challenges IN ACCESS EXCLUSIVE MODE".to_owned(),
        "ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY".to_owned(),
        "CREATE POLICY p ON challenges.challenges USING (true)".to_owned(),
        "CREATE TABLE challenges.copy AS SELECT 1".to_owned(),
        "CREATE TABLE public.copy AS SELECT 1".to_owned(),
        "CREATE SCHEMA mine".to_owned(),
        "SET LOCAL ROLE tenantry_owner".to_owned(),
        "SET LOCAL ROLE tenantry_identity".to_owned(),
        "SET SESSION AUTHORIZATION tenantry_migrator".to_owned(),
        "SELECT count(*) FROM accounts.users".to_owned(),
        "SELECT count(*) FROM accounts.workspace_names".to_owned(),
        "SELECT count(*) FROM tenantry.seal".to_owned(),
        "SELECT count(*) FROM tenantry.key".to_owned(),
        "INSERT INTO tenantry.audit_log (workspace_id, operation, table_name) SELECT workspace_id, 'event', 'x' FROM challenges.challenges".to_owned(),
        "UPDATE tenantry.audit_log SET table_name = 'x'".to_owned(),
        "DELETE FROM tenantry.audit_log".to_owned(),
        "TRUNCATE tenantry.audit_log".to_owned(),
        "SELECT count(*) FROM tenantry_partitions.audit_log_default".to_owned(),
        "SELECT lo_create(0)::bigint".to_owned(),
    ];
    for attack in refused {
        let mut raw = world.raw().await;
        let sql = format!("BEGIN; {enter}; {attack}");
        let met = World::attempt(&mut raw, &sql).await;
        let closed = ["42501", "42P01"];
        assert!(
            met.as_ref()
                .is_err_and(|code| closed.contains(&code.as_str())),
            "{attack}: {met:?}"
        );
    }
    for (attack, met) in [
        (
            format!(
                "UPDATE challenges.challenges SET title = 'x' WHERE id = '{id}' RETURNING 1::bigint"
            ),
            0,
        ),
        (
            format!("SELECT count(*) FROM challenges.challenges WHERE id = '{id}'"),
            0,
        ),
        (
            format!(
                "SELECT count(*) FROM challenges.challenges WHERE 1 / (CASE WHEN title = 'theirs' THEN 0 ELSE 1 END) = 1 OR id = '{id}'"
            ),
            0,
        ),
    ] {
        let mut raw = world.raw().await;
        let sql = format!("BEGIN; {enter}; {attack}");
        assert_eq!(World::attempt(&mut raw, &sql).await, Ok(met), "{attack}");
    }
}

/// A temporary table that carries our audit trigger would forge entries for any workspace.
#[tokio::test]
async fn audit_entries_cannot_be_forged_through_a_temporary_table() {
    let world = World::new().await;
    let mut raw = world.raw().await;
    let functions: Vec<String> = sqlx::query_scalar(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype \
         JOIN pg_namespace n ON n.oid = p.pronamespace \
         WHERE t.typname = 'trigger' AND n.nspname IN ('challenges', 'accounts', 'tenantry')",
    )
    .fetch_all(&world.test.admin())
    .await
    .unwrap();
    assert!(!functions.is_empty());
    for function in functions {
        let sql = format!(
            "BEGIN; CREATE TEMPORARY TABLE forged (workspace_id uuid, id uuid, version bigint); \
             CREATE TRIGGER t AFTER INSERT ON forged REFERENCING NEW TABLE AS n \
             FOR EACH STATEMENT EXECUTE FUNCTION {function}"
        );
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            Err("42501".into()),
            "{function}"
        );
        World::attempt(&mut raw, "ROLLBACK").await.unwrap();
    }
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

/// A member can read who else is one. To write it takes an admin, and an owner to make an owner.
#[tokio::test]
async fn nobody_raises_their_own_role() {
    use tenantry_entities::accounts::{Accounts, member};
    let world = World::new().await;
    let mut contexts = Vec::new();
    for role in [
        member::Role::Viewer,
        member::Role::Member,
        member::Role::Admin,
    ] {
        let session = world.alpha().await;
        let new = member::New {
            role,
            ..crate::world::member("m")
        };
        let row = session.members().insert(new).await.unwrap();
        session.commit().await.unwrap();
        let workspace = world.alpha.workspace().clone();
        let context = world
            .database
            .authorize(row.user_id.into(), workspace)
            .await
            .unwrap();
        contexts.push((role, context, row));
    }
    for (role, context, me) in contexts {
        let session = world.database.begin(&context).await.unwrap();
        let raise = member::Update {
            role: sea_orm::Set(member::Role::Owner),
            ..Default::default()
        };
        let error = session.members().update(&me, raise).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{role:?}");
        drop(session);

        let session = world.database.begin(&context).await.unwrap();
        let friend = member::New {
            role: member::Role::Owner,
            ..crate::world::member("friend")
        };
        let error = session.members().insert(friend).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{role:?}");
        drop(session);

        let session = world.database.begin(&context).await.unwrap();
        let friend = session
            .members()
            .insert(crate::world::member("friend"))
            .await;
        assert_eq!(friend.is_ok(), role == member::Role::Admin, "{role:?}");
    }
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
