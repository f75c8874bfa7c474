//! What the runtime role may not do, whatever it sends.

use tenantry::ErrorKind;

use super::LATER;
use crate::world::{World, claim};

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
