//! What the catalogue of a migrated database must say, and what follows from it.

use sqlx::{AssertSqlSafe, Executor};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, submission},
};

use crate::world::{World, claim, member};

const LATER: u64 = 99_999_999_999;

async fn names(world: &World, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(&world.test.admin())
        .await
        .unwrap()
}

async fn number(world: &World, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&world.test.admin())
        .await
        .unwrap()
}

/// H-22: a foreign key whose scope may be null would accept half a key, of any workspace.
#[tokio::test]
async fn an_optional_parent_is_of_the_same_workspace_or_none() {
    let world = World::new().await;
    let nullable = "SELECT conname::text FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] \
         WHERE k.contype = 'f' AND NOT a.attnotnull AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = k.conrelid AND NOT p.polpermissive)";
    assert!(names(&world, nullable).await.is_empty());

    let theirs = world.challenge(&world.beta, "theirs").await;
    let mine = world.challenge(&world.alpha, "mine").await;
    world.stands(&theirs).await;
    let plant = "ALTER TABLE challenges.challenges ADD COLUMN follows uuid, ADD FOREIGN KEY (workspace_id, follows) \
         REFERENCES challenges.challenges (workspace_id, id); GRANT INSERT (follows) ON challenges.challenges TO tenantry_app";
    sqlx::raw_sql(plant)
        .execute(&world.test.admin())
        .await
        .unwrap();
    let enter = claim(world.alpha.workspace(), LATER, "owner");
    let (mine, theirs, workspace) = (mine.id, theirs.id, world.alpha.workspace());
    for (scope, follows, met) in [
        (format!("'{workspace}'"), "NULL".to_owned(), Ok(1)),
        (format!("'{workspace}'"), format!("'{mine}'"), Ok(1)),
        (
            format!("'{workspace}'"),
            format!("'{theirs}'"),
            Err("23503".to_owned()),
        ),
        (
            "NULL".to_owned(),
            format!("'{theirs}'"),
            Err("42501".to_owned()),
        ),
        (
            "NULL".to_owned(),
            "NULL".to_owned(),
            Err("42501".to_owned()),
        ),
    ] {
        let mut raw = world.raw().await;
        let sql = format!(
            "BEGIN; CALL tenantry.enter('{enter}', ''); \
             INSERT INTO challenges.challenges (workspace_id, title, follows) VALUES ({scope}, 'new', {follows}) RETURNING 1::bigint"
        );
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            met,
            "{scope}, {follows}"
        );
    }
}

/// H-31: a policy that asks for the context row by row costs as much as it has rows.
#[tokio::test]
async fn policies_ask_for_the_context_once() {
    let world = World::new().await;
    let expressions = "SELECT text FROM pg_policy p CROSS JOIN LATERAL (VALUES (pg_get_expr(p.polqual, p.polrelid)), (pg_get_expr(p.polwithcheck, p.polrelid))) AS e(text) \
         WHERE text ~ 'tenantry[.]'";
    let asked = names(&world, expressions).await;
    assert!(asked.len() > 10, "{asked:?}");
    for expression in asked {
        let bare = outside_of_sub_selects(&expression).contains("tenantry.");
        assert!(!bare, "{expression}");
    }
    let session = world.alpha().await;
    let plan = session
        .raw_sql_without_workspace_guard(
            "a test",
            "EXPLAIN (COSTS OFF) SELECT * FROM challenges.challenges",
            Default::default(),
        )
        .await
        .unwrap();
    let plan: Vec<String> = plan.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    assert!(
        plan.iter().any(|line| line.contains("InitPlan")),
        "{plan:#?}"
    );
}

/// What is left of an expression, as PostgreSQL writes it, without its sub-selects.
fn outside_of_sub_selects(expression: &str) -> String {
    let Some((before, within)) = expression.split_once("( SELECT ") else {
        return expression.to_owned();
    };
    let mut depth = 1;
    let end = within.find(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth == 0
    });
    let (_, after) = within.split_at(end.unwrap());
    format!("{before}{}", outside_of_sub_selects(after))
}

/// H-35: a soft delete takes no row away, and nothing in the schema takes rows along.
#[tokio::test]
async fn a_soft_delete_removes_nothing() {
    let world = World::new().await;
    let actions = "SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')";
    assert!(names(&world, actions).await.is_empty());
    let theirs = world.challenge(&world.beta, "theirs").await;
    let mine = world.challenge(&world.alpha, "mine").await;
    let session = world.alpha().await;
    let user_id = session.members().insert(member("m")).await.unwrap().user_id;
    let new = submission::New {
        challenge_id: mine.id,
        user_id,
    };
    session.submissions().insert(new).await.unwrap();
    session.commit().await.unwrap();

    let everything = "SELECT (SELECT count(*) FROM challenges.challenges) * 100 + (SELECT count(*) FROM challenges.submissions)";
    assert_eq!(number(&world, everything).await, 201);
    let session = world.alpha().await;
    session.challenges().delete(mine.id).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(number(&world, everything).await, 201);
    world.stands(&theirs).await;
    let living = "SELECT count(*) FROM challenges.submissions WHERE deleted_at IS NULL";
    assert_eq!(
        number(&world, living).await,
        0,
        "it went along, and is still there"
    );
}

/// H-40: whoever has a login may listen to any channel, so nothing of ours says anything there.
#[tokio::test]
async fn no_function_of_ours_notifies() {
    let world = World::new().await;
    let mut raw = world.raw().await;
    raw.execute("LISTEN anything").await.unwrap();
    let notifies = "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
         WHERE n.nspname IN ('tenantry', 'tenantry_partitions', 'accounts', 'challenges') AND p.prosrc ~* 'notify'";
    assert!(names(&world, notifies).await.is_empty());
}
