//! What policies may cost: no look-up in another table, and no index that the bare wall would have used.
//!
//! A plan is asked with values that the planner does not know, as the runtime role, of the statements that the engine sent.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tenantry::{
    ActorId, Database, DatabaseBuilder, Field, Filter, Id, Null, Query, ReadSession, Scoped,
    SearchQuery, TenantContext,
    policy::{Action, Policy, When},
};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{
        challenge::{self, Status},
        judge, submission,
    },
};
use tenantry_repositories::accounts::{Members, Rank};
use tenantry_testing::CountingProxy;
use uuid::Uuid;

use crate::world::{World, claim, member};

/// Twenty workspaces with a thousand rows of each table. Triggers and references are not what is tested.
const CROWD: &str = "
SET session_replication_role = replica;
CREATE TEMPORARY TABLE crowd AS
  SELECT md5((n / 1000)::text)::uuid AS workspace_id, md5((n % 50)::text)::uuid AS person, n, gen_random_uuid() AS id
  FROM generate_series(1, 20000) AS n;
INSERT INTO challenges.challenges (workspace_id, id, title, status, created_by)
  SELECT workspace_id, id, 'challenge ' || n, 'draft', person FROM crowd;
INSERT INTO challenges.submissions (workspace_id, challenge_id, user_id) SELECT workspace_id, id, person FROM crowd;
INSERT INTO challenges.judges (workspace_id, challenge_id, user_id) SELECT workspace_id, id, person FROM crowd;
RESET session_replication_role;
ANALYZE challenges.challenges, challenges.submissions, challenges.judges";

/// A policy on another table is a dependency of the policy, whatever its words.
const LOOK_UPS: &str = "
SELECT format('%s on %s reads %s', p.polname, p.polrelid::regclass, d.refobjid::regclass)
  FROM pg_catalog.pg_policy p
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
 WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> p.polrelid
 ORDER BY 1";

#[tokio::test]
async fn no_policy_reads_another_table() {
    let world = World::new().await;
    let pool = world.test.admin();
    let found: Vec<String> = sqlx::query_scalar(LOOK_UPS).fetch_all(&pool).await.unwrap();
    assert_eq!(found, Vec::<String>::new());
    let planted = "CREATE POLICY planted ON challenges.judges FOR SELECT TO tenantry_app
        USING (EXISTS (SELECT FROM accounts.members m WHERE m.user_id = judges.user_id))";
    pool.execute(planted).await.unwrap();
    let found: Vec<String> = sqlx::query_scalar(LOOK_UPS).fetch_all(&pool).await.unwrap();
    assert_eq!(
        found,
        ["planted on challenges.judges reads accounts.members"]
    );
}

/// Roles, what is mine, a state, and a prohibition: what a table of a real application asks for.
fn strict<E: Scoped, N>(mine: Field<E, Uuid, N>, seen: Filter<E>, closed: Filter<E>) -> Policy<E> {
    Policy::new()
        .allow("admins read", Action::READS, When::at_least(Rank::Admin))
        .allow(
            "members read what is theirs",
            Action::READS,
            When::at_least(Rank::Member).and(When::mine(mine)),
        )
        .allow(
            "everybody reads what is seen",
            Action::READS,
            When::row(seen),
        )
        .allow("admins write", Action::WRITES, When::at_least(Rank::Admin))
        .forbid(
            "nobody reads what is closed",
            Action::READS,
            When::row(closed),
        )
}

fn challenges() -> Policy<challenge::Entity> {
    let mine: Field<_, _, Null> = challenge::CREATED_BY;
    let status = |status| challenge::STATUS.eq(status);
    strict(mine, status(Status::Published), status(Status::Cancelled))
}

fn submissions() -> Policy<submission::Entity> {
    let status = |status| submission::STATUS.eq(status);
    let (seen, closed) = (submission::Status::Submitted, submission::Status::Judged);
    strict(submission::USER_ID, status(seen), status(closed))
}

fn judges() -> Policy<judge::Entity> {
    let of = |n| judge::CHALLENGE_ID.eq(Id::new(Uuid::from_u128(n)));
    strict(judge::USER_ID, of(1), of(2))
}

/// The statements that the engine sends for each verb on a table.
async fn asked<E>(proxy: &CountingProxy, session: &ReadSession, table: E) -> Vec<(String, String)>
where
    E: Scoped + tenantry::Keyed<Key = Uuid> + Copy,
{
    let rows = session.rows(table);
    let mut asked = Vec::new();
    let mut heard = |verb: &str| {
        let mut statements = proxy.statements();
        statements.retain(|text| text.starts_with("SELECT"));
        let text = statements
            .pop()
            .unwrap_or_else(|| panic!("{verb} asks nothing"));
        asked.push((format!("{verb} of {}", table.table_name()), text));
    };
    proxy.listen_in();
    drop(rows.find(Id::new(Uuid::nil())).await.unwrap());
    heard("get");
    for sort in E::SORTS {
        proxy.listen_in();
        drop(rows.page(Query::new().sort(*sort)).await.unwrap());
        heard(&format!("list by {sort:?}"));
    }
    proxy.listen_in();
    rows.count(Query::new()).await.unwrap();
    heard("count");
    proxy.listen_in();
    rows.exists(Query::new()).await.unwrap();
    heard("exists");
    asked
}

/// The statements of all governed tables.
async fn all_asked(
    world: &World,
    builder: fn(DatabaseBuilder) -> DatabaseBuilder,
) -> Vec<(String, String)> {
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = builder(Database::builder(proxy.url()))
        .connect(Members)
        .await
        .unwrap();
    let context = member_of(world, &database).await;
    let session = database.read(&context).await.unwrap();
    let mut all = asked(&proxy, &session, challenge::Entity).await;
    all.extend(asked(&proxy, &session, submission::Entity).await);
    all.extend(asked(&proxy, &session, judge::Entity).await);
    proxy.listen_in();
    let search = SearchQuery::new(challenge::SEARCH, "challenge");
    drop(
        session
            .rows(challenge::Entity)
            .search_page(search)
            .await
            .unwrap(),
    );
    let mut statements = proxy.statements();
    statements.retain(|text| text.starts_with("SELECT"));
    all.push(("search of challenges".into(), statements.pop().unwrap()));
    all
}

/// A member, for whom the policies leave something to be asked of the row.
async fn member_of(world: &World, database: &Database) -> TenantContext {
    let session = world.alpha().await;
    let row = session.members().insert(member("Mel")).await.unwrap();
    session.commit().await.unwrap();
    let workspace = world.alpha.workspace().clone();
    database
        .authorize(ActorId::from(row.user_id), workspace)
        .await
        .unwrap()
}

/// A policy that leaves few rows may make it cheaper to sort those than to walk an index; what is asked is whether it could be walked.
const NARROW: &str = "SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off";

/// The plan of a statement, whatever its values, as a member meets it.
async fn plan(connection: &mut PgConnection, workspace: &TenantContext, statement: &str) -> String {
    let values = (1..)
        .take_while(|n| statement.contains(&format!("${n}")))
        .count();
    let nulls = vec!["NULL"; values].join(", ");
    let given = if values == 0 {
        String::new()
    } else {
        format!("({nulls})")
    };
    let claim = claim(workspace.workspace(), 4_000_000_000, "member");
    let prepare = format!(
        "DEALLOCATE ALL; BEGIN; CALL tenantry.enter('{claim}', ''); SET LOCAL plan_cache_mode = force_generic_plan; {NARROW}; PREPARE asked AS {statement}"
    );
    connection.execute(AssertSqlSafe(prepare)).await.unwrap();
    let explain = format!("EXPLAIN (COSTS OFF) EXECUTE asked{given}");
    let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain))
        .persistent(false)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    connection.execute("ROLLBACK").await.unwrap();
    lines.join("\n")
}

/// The indexes of a plan.
fn indexes(plan: &str) -> BTreeSet<&str> {
    let named = plan.lines().filter_map(|line| {
        let after = line
            .split_once("Scan using ")
            .or_else(|| line.split_once("Index Scan on "));
        after.map(|(_, rest)| rest.split_whitespace().next().unwrap_or(rest))
    });
    named.collect()
}

#[tokio::test]
async fn a_policy_takes_no_index_from_the_bare_wall() {
    let world = World::new().await;
    let pool = world.test.admin();
    sqlx::raw_sql(CROWD).execute(&pool).await.unwrap();
    let mut connection = PgConnection::connect(world.test.app_url()).await.unwrap();
    let bare = "ALTER POLICY app_read ON challenges.challenges USING (true);
        ALTER POLICY app_read ON challenges.submissions USING (true); ALTER POLICY app_read ON challenges.judges USING (true)";
    pool.execute(bare).await.unwrap();
    let mut walled = Vec::new();
    for (verb, statement) in all_asked(&world, |builder| builder).await {
        walled.push((verb, plan(&mut connection, &world.alpha, &statement).await));
    }
    let strict = [
        challenges().row_security().unwrap(),
        submissions().row_security().unwrap(),
        judges().row_security().unwrap(),
    ];
    for policy in &strict {
        pool.execute(AssertSqlSafe(policy.sql())).await.unwrap();
    }
    let governed = |builder: DatabaseBuilder| {
        builder
            .policy(challenges())
            .policy(submissions())
            .policy(judges())
    };
    let asked = all_asked(&world, governed).await;
    assert_eq!(asked.len(), walled.len());
    for ((verb, statement), (same, bare)) in asked.into_iter().zip(walled) {
        assert_eq!(verb, same);
        let plan = plan(&mut connection, &world.alpha, &statement).await;
        let readers = |plan: &str| {
            plan.lines()
                .filter(|line| line.contains("InitPlan"))
                .count()
        };
        assert!(
            readers(&plan) > readers(&bare),
            "{verb} is under the policy:\n{plan}"
        );
        let condition = |line: &str| line.contains("Index Cond") && line.contains("workspace_id");
        assert!(
            plan.lines().any(condition),
            "{verb} names no workspace:\n{plan}"
        );
        assert!(!plan.contains("Seq Scan"), "{verb}:\n{plan}");
        // What is counted is in no order, and a policy may ask for columns that the index of the bare wall does not hold.
        if verb.starts_with("count") || verb.starts_with("exists") {
            continue;
        }
        let sorts = [&plan, &bare].map(|plan| plan.contains("Sort"));
        assert_eq!(sorts[0], sorts[1], "{verb} sorts:\n{plan}");
        assert_eq!(
            indexes(&plan),
            indexes(&bare),
            "{verb}\n{plan}\nwas\n{bare}"
        );
    }
}
