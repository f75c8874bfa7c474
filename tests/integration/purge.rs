//! Purges: what was deleted long enough ago goes for good, and nothing else does.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor};
use tenantry::{Deletion, ErrorKind, Purged, Role, TenantContext};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{Challenges, challenge, judge, submission},
};

use crate::world::{self, World, claim, titled};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const LATER: u64 = 4_000_000_000;

/// Rows of all tables that can be purged, of both workspaces, as the administrator counts them.
const ALL: &str = "SELECT (SELECT count(*) FROM challenges.challenges) + (SELECT count(*) FROM challenges.submissions) \
     + (SELECT count(*) FROM challenges.judges)";

impl World {
    fn purger(&self, context: &TenantContext) -> TenantContext {
        let workspace = context.workspace().clone();
        self.database
            .job(Role::from_static("purge"), workspace)
            .unwrap()
    }

    async fn purge(&self, context: &TenantContext, days: u32) -> tenantry::Result<Purged> {
        let context = self.purger(context);
        self.database
            .purge::<challenge::Entity>(&context, days * DAY)
            .await
    }

    async fn count(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&self.test.admin())
            .await
            .unwrap()
    }

    /// Lets every deletion so far be so many days older, which no trigger would let anybody else do.
    async fn age(&self, days: u32) {
        let tables = ["challenges", "submissions", "judges"].map(|table| {
            format!(
                "UPDATE challenges.{table} SET deleted_at = deleted_at - interval '{days} days';"
            )
        });
        let sql = format!(
            "SET session_replication_role = replica; {}",
            tables.concat()
        );
        let mut administrator = self.test.admin().acquire().await.unwrap();
        administrator.execute(AssertSqlSafe(sql)).await.unwrap();
        administrator
            .execute("RESET session_replication_role")
            .await
            .unwrap();
    }

    /// A challenge with a submission and a judge, deleted in one operation.
    async fn deleted(&self, context: &TenantContext, title: &str) -> (challenge::Model, Deletion) {
        let session = self.database.begin(context).await.unwrap();
        let row = session.challenges().insert(titled(title)).await.unwrap();
        let person = session.members().insert(world::member("m")).await.unwrap();
        let (challenge_id, user_id) = (row.id, person.user_id);
        let work = submission::New {
            challenge_id,
            user_id,
        };
        session.submissions().insert(work).await.unwrap();
        let judge = judge::New {
            challenge_id,
            user_id,
        };
        session.judges().insert(judge).await.unwrap();
        let deletion = session.challenges().delete(row.id).await.unwrap();
        session.commit().await.unwrap();
        (row, deletion)
    }
}

#[tokio::test]
async fn what_was_deleted_long_ago_goes_and_nothing_else() {
    let world = World::new().await;
    let (old, _) = world.deleted(&world.alpha, "old").await;
    world.deleted(&world.beta, "old").await;
    world.age(40).await;
    world.deleted(&world.alpha, "young").await;
    world.challenge(&world.alpha, "alive").await;
    assert_eq!(world.count(ALL).await, 10);

    let purged = world.purge(&world.alpha, 30).await.unwrap();
    assert_eq!((purged.rows, purged.kept), (3, 0));
    assert_eq!(world.count(ALL).await, 7);
    let left = "SELECT count(*) FROM challenges.challenges WHERE title = 'old'";
    assert_eq!(world.count(left).await, 1, "the other workspace's");
    let session = world.alpha().await;
    assert!(
        session
            .challenges()
            .find_with_deleted(old.id)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(world.purge(&world.alpha, 30).await.unwrap().rows, 0);

    // The log has each row as it was, and who took it.
    let told = format!(
        "SELECT count(*) FROM tenantry.audit_log WHERE operation = 'purge' AND record_id = '{}' AND workspace_id = '{}' \
           AND actor_kind = 'job' AND actor_name = 'system:purge' AND old_data ->> 'title' = 'old' AND old_data ->> 'deleted_at' IS NOT NULL",
        old.id,
        world.alpha.workspace()
    );
    assert_eq!(world.count(&told).await, 1);
    let entries = "SELECT count(*) FROM tenantry.audit_log WHERE operation = 'purge'";
    assert_eq!(world.count(entries).await, 3);
}

/// Where row security is off, the function names the workspace by itself.
#[tokio::test]
async fn a_purge_is_guarded_where_row_security_is_off() {
    let world = World::new().await;
    world.deleted(&world.alpha, "old").await;
    world.deleted(&world.beta, "old").await;
    world.age(40).await;
    let off = "ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY;
               ALTER TABLE challenges.submissions DISABLE ROW LEVEL SECURITY;
               ALTER TABLE challenges.judges DISABLE ROW LEVEL SECURITY";
    world.test.admin().execute(off).await.unwrap();
    assert_eq!(world.purge(&world.alpha, 30).await.unwrap().rows, 3);
    assert_eq!(world.count(ALL).await, 3, "the other workspace's");
}

#[tokio::test]
async fn a_row_that_is_pointed_at_stays_until_nothing_does() {
    let world = World::new().await;
    let (row, _) = world.deleted(&world.alpha, "parent").await;
    world.deleted(&world.alpha, "other").await;
    world.age(40).await;
    // The submission was deleted later than the challenge.
    let younger = format!(
        "SET session_replication_role = replica; UPDATE challenges.submissions SET deleted_at = now() WHERE challenge_id = '{}'",
        row.id
    );
    let administrator = world.test.admin();
    let mut connection = administrator.acquire().await.unwrap();
    connection.execute(AssertSqlSafe(younger)).await.unwrap();
    connection
        .execute("RESET session_replication_role")
        .await
        .unwrap();
    drop(connection);

    let purged = world.purge(&world.alpha, 30).await.unwrap();
    assert_eq!((purged.rows, purged.kept), (4, 1));
    assert_eq!(world.count(ALL).await, 2);
    let entries = "SELECT count(*) FROM tenantry.audit_log WHERE operation = 'purge'";
    assert_eq!(
        world.count(entries).await,
        4,
        "what stays is not told as gone"
    );
    world.age(40).await;
    assert_eq!(world.purge(&world.alpha, 30).await.unwrap().rows, 2);
}

#[tokio::test]
async fn many_rows_go_in_transactions_of_a_thousand() {
    let world = World::new().await;
    let session = world.alpha().await;
    let new = (0..2_500).map(|number| titled(&format!("challenge {number}")));
    session.challenges().insert_many(new).await.unwrap();
    session.commit().await.unwrap();
    let delete =
        "UPDATE challenges.challenges SET deleted_at = now(), delete_op = gen_random_uuid()";
    world.test.admin().execute(delete).await.unwrap();
    world.age(40).await;
    let mut told = Vec::new();
    let purged = world
        .database
        .purge_reporting::<challenge::Entity>(&world.purger(&world.alpha), 30 * DAY, |progress| {
            told.push(progress.done)
        })
        .await
        .unwrap();
    assert_eq!(purged.rows, 2_500);
    // One empty answer for each of the children's tables, and one at the end.
    assert_eq!(told, [0, 0, 1_000, 2_000, 2_500, 2_500]);
}

#[tokio::test]
async fn a_purge_that_may_not_be_is_refused_by_kind() {
    let world = World::new().await;
    world.deleted(&world.alpha, "old").await;
    world.age(40).await;
    let young = world.purge(&world.alpha, 29).await.unwrap_err();
    assert_eq!(young.kind(), ErrorKind::Invalid);
    assert!(young.fields().any(|field| field == "older_than"), "{young}");
    assert_eq!(young.to_string(), "judges keeps deleted rows for longer");

    let session = world.alpha().await;
    let person = session.members().insert(world::member("m")).await.unwrap();
    session.commit().await.unwrap();
    let workspace = world.alpha.workspace().clone();
    let person = world
        .database
        .authorize(person.user_id.into(), workspace.clone());
    let other_job = world.database.job(Role::from_static("sweep"), workspace);
    for context in [person.await.unwrap(), other_job.unwrap()] {
        let refused = world
            .database
            .purge::<challenge::Entity>(&context, 30 * DAY);
        assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::Forbidden);
    }
    let purger = world.purger(&world.alpha);
    let undeclared = world.database.purge::<member::Entity>(&purger, 30 * DAY);
    let undeclared = undeclared.await.unwrap_err();
    assert_eq!(undeclared.kind(), ErrorKind::Invalid);
    assert_eq!(undeclared.to_string(), "members declares no purge");

    assert_eq!(world.count(ALL).await, 3);
    let owner = world
        .database
        .purge::<challenge::Entity>(&world.alpha, 30 * DAY);
    assert_eq!(owner.await.unwrap().rows, 3);
}

/// What somebody with the database password of the runtime role can do by hand.
#[tokio::test]
async fn the_function_is_all_that_deletes_and_refuses_what_it_should() {
    let world = World::new().await;
    world.deleted(&world.alpha, "old").await;
    world.deleted(&world.beta, "old").await;
    world.age(40).await;
    let mut raw = world.raw().await;
    let call = |age: &str| format!("SELECT purged FROM challenges.judges_purge({age})");
    let as_role = |role: &str, sql: &str| {
        let claim = claim(world.alpha.workspace(), LATER, role);
        format!("ROLLBACK; BEGIN; CALL tenantry.enter('{claim}', ''); {sql}")
    };
    let forbidden = [
        call("interval '40 days'"),
        "SELECT set_config('tenantry.context', 'x', false); SELECT purged FROM challenges.judges_purge(interval '40 days')".to_owned(),
        as_role("owner", "DELETE FROM challenges.judges"),
        as_role("owner", "LOCK TABLE challenges.judges IN ACCESS EXCLUSIVE MODE"),
        as_role("owner", "SET LOCAL ROLE tenantry_purge"),
        as_role("member", &call("interval '40 days'")),
        as_role("member", "SELECT set_config('tenantry.role', 'owner', true); SELECT purged FROM challenges.judges_purge(interval '40 days')"),
    ];
    for sql in forbidden {
        let met = World::attempt(&mut raw, &sql).await;
        assert_eq!(met, Err("42501".into()), "{sql}");
    }
    for age in [
        "interval '0'",
        "interval '-40 days'",
        "interval '29 days 23:59:59'",
        "NULL",
        "now() - now()",
        "interval '40 days' - interval '11 days'",
    ] {
        let met = World::attempt(&mut raw, &as_role("owner", &call(age))).await;
        assert_eq!(met, Err("22023".into()), "{age}");
    }
    // A deletion cannot be made older than it is: its time is the database's.
    let forge = as_role(
        "owner",
        "UPDATE challenges.challenges SET deleted_at = '2000-01-01' WHERE deleted_at IS NULL; \
         UPDATE challenges.challenges SET deleted_at = '2000-01-01' WHERE deleted_at IS NOT NULL; COMMIT; SELECT 1::bigint",
    );
    world.challenge(&world.alpha, "alive").await;
    assert_eq!(World::attempt(&mut raw, &forge).await, Ok(1));
    let forged =
        "SELECT count(*) FROM challenges.challenges WHERE deleted_at < now() - interval '41 days'";
    assert_eq!(world.count(forged).await, 0);
    // A temporary table does not stand in for ours.
    let shadow = as_role(
        "owner",
        "CREATE TEMPORARY TABLE judges (workspace_id uuid, id uuid, deleted_at timestamptz) ON COMMIT DROP; \
         SET LOCAL search_path = pg_temp, challenges; SELECT purged FROM challenges.judges_purge(interval '40 days', 100000, NULL)",
    );
    assert_eq!(
        World::attempt(&mut raw, &shadow).await,
        Ok(1),
        "its own, and no other's"
    );
    World::attempt(&mut raw, "COMMIT").await.unwrap();
    let theirs = "SELECT count(*) FROM challenges.judges";
    assert_eq!(world.count(theirs).await, 1, "the other workspace's");
}

/// Whoever comes first wins: a row is restored and stays, or is gone and cannot be restored.
#[tokio::test]
async fn a_purge_and_a_restore_do_not_both_have_the_row() {
    let world = World::new().await;
    let (row, deletion) = world.deleted(&world.alpha, "old").await;
    world.age(40).await;

    let restoring = world.alpha().await;
    restoring.challenges().restore(&deletion).await.unwrap();
    let (purged, ()) = tokio::join!(world.purge(&world.alpha, 30), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        restoring.commit().await.unwrap();
    });
    assert_eq!(purged.unwrap().rows, 0);
    assert_eq!(
        world
            .alpha()
            .await
            .challenges()
            .get(row.id)
            .await
            .unwrap()
            .title,
        "old"
    );
    assert_eq!(world.count(ALL).await, 3);

    let session = world.alpha().await;
    let deletion = session.challenges().delete(row.id).await.unwrap();
    session.commit().await.unwrap();
    world.age(40).await;
    let mut raw = world.raw().await;
    let claim = claim(world.alpha.workspace(), LATER, "owner");
    let tables = ["judges", "submissions", "challenges"]
        .map(|table| format!("SELECT purged FROM challenges.{table}_purge(interval '31 days');"));
    let purge = format!(
        "BEGIN; CALL tenantry.enter('{claim}', ''); {}",
        tables.concat()
    );
    assert_eq!(World::attempt(&mut raw, &purge).await, Ok(1));
    let session = world.alpha().await;
    let (restored, ()) = tokio::join!(session.challenges().restore(&deletion), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        World::attempt(&mut raw, "COMMIT").await.unwrap();
    });
    assert_eq!(restored.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(world.count(ALL).await, 0);
}
