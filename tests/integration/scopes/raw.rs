//! What somebody with the login of a scope, and nothing else, can do.

use sqlx::PgConnection;

use super::ground::{Ground, entered};
use crate::world::{World, claim};

const LATER: u64 = 99_999_999_999;
const MINE: &str = "SELECT count(*) FROM challenges.submissions";
const SHOWN: &str = "SELECT count(id) FROM challenges.challenges";

fn closed() -> Result<i64, String> {
    Err("42501".to_owned())
}

async fn attempt(connection: &mut PgConnection, sql: &str) -> Result<i64, String> {
    World::attempt(connection, "ROLLBACK").await.unwrap();
    World::attempt(connection, sql).await
}

#[tokio::test]
async fn a_person_sees_their_own_rows_in_whatever_workspace_and_no_others() {
    let ground = Ground::new().await;
    let mut login = ground.person().await;
    for (person, rows) in [(ground.ann, 3), (ground.ben, 1), (uuid::Uuid::now_v7(), 0)] {
        let sql = format!("{}; {MINE}", entered(person));
        assert_eq!(attempt(&mut login, &sql).await, Ok(rows));
    }
}

#[tokio::test]
async fn without_their_own_context_a_person_sees_nothing_and_is_told_so() {
    let ground = Ground::new().await;
    let mut login = ground.person().await;
    assert_eq!(attempt(&mut login, MINE).await, closed());
    let owner = claim(ground.world.alpha.workspace(), LATER, "owner");
    for kind in ["ws", "founder", "job", "key"] {
        let claim = owner.replace("|ws|", &format!("|{kind}|"));
        let sql = format!("BEGIN; CALL tenantry.enter('{claim}', ''); {MINE}");
        assert_eq!(attempt(&mut login, &sql).await, closed(), "{kind}");
    }
    for setting in ["x".to_owned(), format!("{}|{owner}", "0".repeat(64))] {
        let sql = format!("BEGIN; SET LOCAL tenantry.context = '{setting}'; {MINE}");
        assert_eq!(attempt(&mut login, &sql).await, closed());
    }
    let again = format!(
        "{}; CALL tenantry.enter('{owner}', ''); {MINE}",
        entered(ground.ann)
    );
    assert_eq!(attempt(&mut login, &again).await, closed());
}

#[tokio::test]
async fn a_persons_context_opens_no_workspace() {
    let ground = Ground::new().await;
    let mut app = ground.world.raw().await;
    for table in [
        "challenges.submissions",
        "challenges.challenges",
        "accounts.members",
    ] {
        let sql = format!("{}; SELECT count(*) FROM {table}", entered(ground.ann));
        assert_eq!(attempt(&mut app, &sql).await, closed(), "{table}");
    }
}

#[tokio::test]
async fn a_person_changes_the_named_column_of_their_own_drafts() {
    let ground = Ground::new().await;
    let mut login = ground.person().await;
    let enter = entered(ground.ann);
    let [draft, submitted, elsewhere] = ground.anns.each_ref().map(|row| row.id);
    let bens = ground.bens.id;
    let set = "UPDATE challenges.submissions SET content = '{\"a\": 1}'";
    for (id, changed) in [(draft, 1), (elsewhere, 1), (submitted, 0), (bens, 0)] {
        let sql = format!("{enter}; {set} WHERE id = '{id}' RETURNING 1::bigint");
        assert_eq!(attempt(&mut login, &sql).await, Ok(changed), "{id}");
    }
    // Without a condition either, and with an expression that would tell of hidden rows.
    let sql = format!(
        "{enter}; WITH done AS ({set} WHERE 1 / (CASE WHEN user_id = '{}' THEN 1 ELSE 0 END) = 1 RETURNING 1) SELECT count(*) FROM done",
        ground.ann
    );
    assert_eq!(attempt(&mut login, &sql).await, Ok(2));
    for attack in [
        "UPDATE challenges.submissions SET status = 'submitted'",
        "UPDATE challenges.submissions SET score = 100",
        "UPDATE challenges.submissions SET deleted_at = now()",
        "UPDATE challenges.submissions SET version = 7",
        "UPDATE challenges.submissions SET user_id = gen_random_uuid()",
        "UPDATE challenges.submissions SET workspace_id = gen_random_uuid()",
        "DELETE FROM challenges.submissions",
        "TRUNCATE challenges.submissions",
        "LOCK TABLE challenges.submissions IN ACCESS EXCLUSIVE MODE",
        "INSERT INTO challenges.submissions (workspace_id, challenge_id, user_id) SELECT workspace_id, challenge_id, user_id FROM challenges.submissions",
        "SELECT count(*) FROM challenges.challenges",
        "SELECT count(*) FROM challenges.judges",
        "SELECT count(*) FROM accounts.members",
        "SELECT count(*) FROM accounts.users",
        "SELECT count(*) FROM tenantry.audit_log",
        "SELECT tenantry.workspace_id() IS NULL",
        "SELECT count(*) FROM accounts.my_workspaces()",
        "CREATE TEMPORARY TABLE mine ()",
        "SET LOCAL ROLE tenantry_app",
        "SET LOCAL ROLE tenantry_owner",
    ] {
        let sql = format!("{enter}; {attack}");
        assert_eq!(attempt(&mut login, &sql).await, closed(), "{attack}");
    }
}

#[tokio::test]
async fn what_a_person_changes_is_counted_stamped_and_told_in_the_log_of_its_workspace() {
    let ground = Ground::new().await;
    let mut login = ground.person().await;
    let row = &ground.anns[2];
    let sql = format!(
        "{}; UPDATE challenges.submissions SET content = '{{\"a\": 1}}' WHERE id = '{}'; COMMIT; SELECT 1::bigint",
        entered(ground.ann),
        row.id
    );
    assert_eq!(attempt(&mut login, &sql).await, Ok(1));
    let (version, by): (i64, uuid::Uuid) =
        sqlx::query_as("SELECT version, updated_by FROM challenges.submissions WHERE id = $1")
            .bind(*row.id.as_key())
            .fetch_one(&ground.world.test.admin())
            .await
            .unwrap();
    assert_eq!((version, by), (row.version.as_i64() + 1, ground.ann));
    let told: (uuid::Uuid, String, Option<uuid::Uuid>, String) = sqlx::query_as(
        "SELECT workspace_id, actor_kind, actor_id, via FROM tenantry.audit_log WHERE record_id = $1 AND operation = 'update'",
    )
    .bind(row.id.to_string())
    .fetch_one(&ground.world.test.admin())
    .await
    .unwrap();
    let via = "tenantry_test_person".to_owned();
    assert_eq!(
        told,
        (row.workspace_id, "user".to_owned(), Some(ground.ann), via)
    );
}

#[tokio::test]
async fn a_person_who_left_sees_what_the_rule_says_and_a_deleted_row_is_nobodys() {
    let ground = Ground::new().await;
    let mut login = ground.person().await;
    let mine = format!("{}; {MINE}", entered(ground.ann));
    let left = format!(
        "UPDATE accounts.members SET deleted_at = now() WHERE user_id = '{}'",
        ground.ann
    );
    ground.plant(&left).await;
    assert_eq!(attempt(&mut login, &mine).await, Ok(3));
    let deleted = format!(
        "UPDATE challenges.submissions SET deleted_at = now() WHERE id = '{}'",
        ground.anns[0].id
    );
    ground.plant(&deleted).await;
    assert_eq!(attempt(&mut login, &mine).await, Ok(2));
    let revive = format!(
        "{}; UPDATE challenges.submissions SET content = '1' WHERE id = '{}' RETURNING 1::bigint",
        entered(ground.ann),
        ground.anns[0].id
    );
    assert_eq!(attempt(&mut login, &revive).await, Ok(0));
}

#[tokio::test]
async fn everybody_sees_what_is_published_and_of_it_the_columns_that_were_named() {
    let ground = Ground::new().await;
    let mut login = ground.catalogue().await;
    assert_eq!(attempt(&mut login, SHOWN).await, Ok(2));
    let hidden = format!(
        "SELECT count(id) FROM challenges.challenges WHERE 1 / (CASE WHEN title IN ('in secret', 'taken back') THEN 0 ELSE 1 END) = 1 \
         OR id IN ('{}', '{}')",
        ground.challenges[0].id, ground.challenges[2].id
    );
    assert_eq!(attempt(&mut login, &hidden).await, Ok(2));
    for attack in [
        "SELECT count(*) FROM challenges.challenges WHERE created_by IS NULL",
        "SELECT version FROM challenges.challenges",
        "SELECT count(c) FROM challenges.challenges c",
        "SELECT count(*) FROM challenges.submissions",
        "SELECT count(*) FROM challenges.judges",
        "SELECT count(*) FROM accounts.workspaces",
        "SELECT count(*) FROM tenantry.audit_log",
        "SET LOCAL ROLE tenantry_app",
        "BEGIN READ WRITE; UPDATE challenges.challenges SET title = 'x'",
        "BEGIN READ WRITE; DELETE FROM challenges.challenges",
        "BEGIN READ WRITE; INSERT INTO challenges.challenges (workspace_id, title) VALUES (gen_random_uuid(), 'x')",
        "BEGIN READ WRITE; SELECT 1::bigint FROM challenges.challenges FOR SHARE",
        "BEGIN READ WRITE; CREATE TEMPORARY TABLE mine ()",
    ] {
        assert_eq!(attempt(&mut login, attack).await, closed(), "{attack}");
    }
}

#[tokio::test]
async fn the_catalogue_is_the_same_in_any_context() {
    let ground = Ground::new().await;
    let mut login = ground.catalogue().await;
    let owner = claim(ground.world.alpha.workspace(), LATER, "owner");
    let forged = format!(
        "BEGIN; SET LOCAL tenantry.context = '{}|{owner}'; {SHOWN}",
        "0".repeat(64)
    );
    assert_eq!(attempt(&mut login, &forged).await, Ok(2));
    let entered = format!("BEGIN; CALL tenantry.enter('{owner}', ''); {SHOWN}");
    assert_eq!(attempt(&mut login, &entered).await, closed());
}

/// A permissive policy for everybody widens neither scope: the walls are restrictive.
#[tokio::test]
async fn a_mistaken_policy_for_everybody_widens_nothing() {
    let ground = Ground::new().await;
    for table in ["challenges", "submissions"] {
        let mistake = format!(
            "CREATE POLICY mistake ON challenges.{table} FOR ALL TO PUBLIC USING (true) WITH CHECK (true)"
        );
        ground.plant(&mistake).await;
    }
    let mut person = ground.person().await;
    let enter = entered(ground.ben);
    assert_eq!(
        attempt(&mut person, &format!("{enter}; {MINE}")).await,
        Ok(1)
    );
    let changed = format!(
        "{}; WITH done AS (UPDATE challenges.submissions SET content = '1' RETURNING 1) SELECT count(*) FROM done",
        entered(ground.ann)
    );
    assert_eq!(attempt(&mut person, &changed).await, Ok(2), "drafts alone");
    // Not even where somebody grants more than the rule names.
    ground
        .plant("GRANT INSERT, UPDATE, DELETE ON challenges.submissions TO tenantry_person; GRANT INSERT, UPDATE ON challenges.challenges TO tenantry_catalogue")
        .await;
    for attack in [
        format!(
            "UPDATE challenges.submissions SET user_id = '{}'",
            ground.ann
        ),
        "UPDATE challenges.submissions SET status = 'submitted'".to_owned(),
        "UPDATE challenges.submissions SET deleted_at = now()".to_owned(),
        format!(
            "INSERT INTO challenges.submissions (workspace_id, challenge_id, user_id) VALUES ('{}', '{}', '{}')",
            ground.bens.workspace_id, ground.challenges[1].id, ground.ann
        ),
    ] {
        let met = attempt(&mut person, &format!("{enter}; {attack}")).await;
        assert_eq!(met, closed(), "{attack}");
    }
    let mut catalogue = ground.catalogue().await;
    assert_eq!(attempt(&mut catalogue, SHOWN).await, Ok(2));
    for attack in [
        "BEGIN READ WRITE; UPDATE challenges.challenges SET title = 'x' WHERE status = 'published'",
        "BEGIN READ WRITE; INSERT INTO challenges.challenges (workspace_id, title, status) VALUES (gen_random_uuid(), 'x', 'published')",
    ] {
        assert_eq!(attempt(&mut catalogue, attack).await, closed(), "{attack}");
    }
}
