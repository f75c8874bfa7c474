//! What a policy costs the backend over the bare wall: `cargo bench --bench policies --profile dev`.
//!
//! One table, two roles, in turns: `tenantry_app` meets the policy, `tenantry_reader` behind the same wall reads whatever is there. The
//! statements run in a loop inside the database, planned once, so the times are the server's and the profile of this program
//! does not matter. Trust the differences and ratios; the times are this machine's. `-- --rows 100000` makes the table smaller.

#![expect(clippy::print_stdout, reason = "a benchmark prints a table")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run panics")]

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tenantry::policy::{Action, Policy, When};
use tenantry_entities::challenges::challenge::{self, Status};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::Rank;
use tenantry_testing::TestDatabase;

const ROUNDS: usize = 21;

/// What is asked, over and over: the name, how often in a round, the statement, and what the engine says in it of the policy.
const QUESTIONS: [(&str, u32, &str, &str); 5] = [
    (
        "one reader",
        5_000,
        "SELECT tenantry.role() WHERE @",
        "1 = 1",
    ),
    (
        "get",
        2_000,
        "SELECT c.* FROM challenges.challenges c WHERE workspace_id = place AND deleted_at IS NULL AND id = one AND @",
        "(c.created_by = person OR c.status = 'published') AND c.status <> 'cancelled'",
    ),
    (
        "list of 50",
        500,
        "SELECT c.* FROM challenges.challenges c WHERE workspace_id = place AND deleted_at IS NULL AND @ \
         ORDER BY created_at DESC, id DESC LIMIT 50",
        "(c.created_by = person OR c.status = 'published') AND c.status <> 'cancelled'",
    ),
    (
        "count",
        500,
        "SELECT count(*) FROM challenges.challenges c WHERE workspace_id = place AND deleted_at IS NULL AND @",
        "(c.created_by = person OR c.status = 'published') AND c.status <> 'cancelled'",
    ),
    (
        "search",
        200,
        "SELECT c.*, f.rank FROM challenges.challenges_search('common', 51) f JOIN challenges.challenges c ON c.id = f.id \
         WHERE workspace_id = place AND deleted_at IS NULL AND @ ORDER BY f.rank DESC, c.id DESC LIMIT 51",
        "(c.created_by = person OR c.status = 'published') AND c.status <> 'cancelled'",
    ),
];

/// Roles, what is mine, a state, and a prohibition.
fn policy() -> Policy<challenge::Entity> {
    let is = |status| When::row(challenge::STATUS.eq(status));
    let mine = When::at_least(Rank::Member).and(When::mine(challenge::CREATED_BY));
    Policy::new()
        .allow("admins read", Action::READS, When::at_least(Rank::Admin))
        .allow("members read what is theirs", Action::READS, mine)
        .allow(
            "everybody reads what is published",
            Action::READS,
            is(Status::Published),
        )
        .forbid(
            "nobody reads what is cancelled",
            Action::READS,
            is(Status::Cancelled),
        )
}

/// Workspaces of a hundred rows each, all of which a member may read: both roles answer the same rows.
async fn fill(administrator: &mut PgConnection, rows: u32) {
    let fill = format!(
        "SET session_replication_role = replica; SET synchronous_commit = off;
         INSERT INTO challenges.challenges (workspace_id, id, title, status, created_at, created_by)
         SELECT md5((n % ({rows} / 100))::text)::uuid, gen_random_uuid(), 'common challenge ' || n,
                CASE WHEN n % 2 = 0 THEN 'published' ELSE 'draft' END, now() - n * interval '1 second', md5('person')::uuid
           FROM generate_series(1, {rows}) AS n;
         RESET ALL; VACUUM ANALYZE challenges.challenges"
    );
    for statement in fill.split(';') {
        administrator
            .execute(AssertSqlSafe(statement.to_owned()))
            .await
            .unwrap();
    }
}

/// A function that asks a question so many times, and says how long each took, in microseconds.
fn function(at: usize, said: &str, question: &str) -> String {
    let question = question.replace('@', said);
    format!(
        "CREATE FUNCTION bench.{said_or_not}_{at}(times integer) RETURNS float8 LANGUAGE plpgsql AS $$
         DECLARE
           place uuid := tenantry.workspace_id();
           person uuid := tenantry.actor_id();
           one uuid := (SELECT id FROM challenges.challenges WHERE workspace_id = place AND status = 'draft' LIMIT 1);
           began timestamptz := clock_timestamp();
         BEGIN
           FOR turn IN 1..times LOOP
             PERFORM {question};
           END LOOP;
           RETURN extract(epoch FROM clock_timestamp() - began) * 1e6 / times;
         END $$;
         GRANT EXECUTE ON FUNCTION bench.{said_or_not}_{at}(integer) TO tenantry_app, tenantry_reader;",
        said_or_not = if said == "true" { "wall" } else { "said" },
        question = question.strip_prefix("SELECT ").unwrap(),
    )
}

async fn entered(url: &str) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let claim = "format('0|ws|99999999999|u:%s|user|u:%s|member|%s|-', md5('1')::uuid, md5('person')::uuid, gen_random_uuid())";
    let claim: String = sqlx::query_scalar(AssertSqlSafe(format!("SELECT {claim}")))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let enter = format!(
        "BEGIN; CALL tenantry.enter('{claim}', ''); SET LOCAL plan_cache_mode = force_generic_plan"
    );
    connection.execute(AssertSqlSafe(enter)).await.unwrap();
    connection
}

async fn took(connection: &mut PgConnection, call: &str) -> f64 {
    let call = AssertSqlSafe(format!("SELECT bench.{call}"));
    sqlx::query_scalar(call)
        .fetch_one(connection)
        .await
        .unwrap()
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rows = arguments.iter().position(|argument| argument == "--rows");
    let rows = rows.map_or(1_000_000, |at| arguments[at + 1].parse().unwrap());
    let test = TestDatabase::new::<Migrator>().await.unwrap();
    let mut administrator = PgConnection::connect(test.admin_url()).await.unwrap();
    fill(&mut administrator, rows).await;
    let policy = policy().row_security().unwrap().sql();
    let all = "ALTER POLICY reader_read ON challenges.challenges USING (true);
        CREATE SCHEMA bench; GRANT USAGE ON SCHEMA bench TO tenantry_app, tenantry_reader;";
    let mut setting = policy + all;
    for (at, (_, _, question, said)) in QUESTIONS.iter().enumerate() {
        setting += &function(at, "true", question);
        setting += &function(at, said, question);
    }
    administrator.execute(AssertSqlSafe(setting)).await.unwrap();
    let mut app = entered(test.app_url()).await;
    let mut reader = entered(test.reader_url()).await;
    println!(
        "{:<12} {:>14} {:>22} {:>22}",
        "µs a statement", "bare wall", "row security", "and in the statement"
    );
    for (at, (name, times, ..)) in QUESTIONS.iter().enumerate() {
        let [mut bare, mut walled, mut said] = [const { Vec::new() }; 3];
        for round in 0..=ROUNDS {
            let turn = [
                took(&mut reader, &format!("wall_{at}({times})")).await,
                took(&mut app, &format!("wall_{at}({times})")).await,
                took(&mut app, &format!("said_{at}({times})")).await,
            ];
            // The first round plans.
            if round > 0 {
                bare.push(turn[0]);
                walled.push(turn[1]);
                said.push(turn[2]);
            }
        }
        let [bare, walled, said] = [bare, walled, said].map(|mut times| middle(&mut times));
        let over = |time: f64| format!("{:+.1} ({:.2}×)", time - bare, time / bare);
        println!(
            "{name:<12} {bare:>14.1} {:>22} {:>22}",
            over(walled),
            over(said)
        );
    }
}
