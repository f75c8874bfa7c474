//! The three evaluators agree: over random policies, contexts and rows, and with raw SQL under the runtime role.

use chrono::Utc;
use sqlx::AssertSqlSafe;
use tenantry::{
    TenantContext,
    policy::{Act, Action, Policy, Verdict},
};
use uuid::Uuid;

use super::{
    notes::{World, attempt, inserted, note, random, read, updated},
    programs,
};
use crate::random::{Case, cases, setting};

/// Whether it is permitted, by the evaluator in memory.
fn permits(
    policy: &Policy<note::Entity>,
    context: &TenantContext,
    act: &Act<'_, note::Entity>,
) -> bool {
    let decision = policy.explain(context, act, Utc::now());
    decision.unwrap().is_permitted()
}

#[tokio::test]
async fn raw_sql_and_memory_agree_under_random_policies() {
    let world = World::new().await;
    let mut permitted = 0;
    let mut asked = 0;
    for mut case in cases(setting("TENANTRY_POLICIES").unwrap_or(40)) {
        let policy = programs::policy(&mut case);
        world.govern(&policy).await;
        let rows = world.plant(&mut case, 16).await;
        for context in &world.contexts {
            let told = format!(
                "{context:?}\n{policy:#?}\n{}",
                policy.row_security().unwrap().sql()
            );
            let session = world.database.begin(context).await.unwrap();
            let readable: Vec<Uuid> = rows
                .iter()
                .filter(|row| permits(&policy, context, &Act::On(Action::Read, *row)))
                .map(|row| row.id)
                .collect();
            assert_eq!(read(&session).await, readable, "read as {told}");
            session.roll_back().await;
            for _ in 0..6 {
                let (act, answer) = act(&world, &mut case, &policy, context, &rows).await;
                assert_eq!(answer.0, answer.1, "{act} as {told}");
                asked += 1;
                permitted += usize::from(answer.1);
            }
        }
    }
    // Neither all nor nothing: the answers mean something.
    assert!(
        permitted * 10 > asked && permitted * 10 < asked * 9,
        "{permitted} of {asked}"
    );
}

/// One random write, undone again: whether PostgreSQL did it, and whether memory permits it.
async fn act(
    world: &World,
    case: &mut Case,
    policy: &Policy<note::Entity>,
    context: &TenantContext,
    rows: &[note::Model],
) -> (String, (bool, bool)) {
    let row = case.one_of(rows).clone();
    let other = random(case);
    let mark = |set: &str| {
        format!(
            "UPDATE app.notes SET {set} WHERE id = '{}' RETURNING id",
            row.id
        )
    };
    let (sql, permitted) = match (case.below(3), row.deleted_at) {
        (0, _) => {
            let new = note::Model {
                deleted_at: None,
                ..other
            };
            (inserted(&new), permits(policy, context, &Act::Insert(&new)))
        }
        (1, _) => {
            let after = note::Model {
                owner: other.owner,
                state: other.state,
                rank: other.rank,
                due: other.due,
                ..row.clone()
            };
            let act = Act::Update {
                before: &row,
                after: &after,
            };
            (updated(&after), permits(policy, context, &act))
        }
        (_, None) => (
            mark("deleted_at = now(), delete_op = gen_random_uuid()"),
            permits(policy, context, &Act::On(Action::Delete, &row)),
        ),
        (_, Some(_)) => (
            mark("deleted_at = NULL, delete_op = NULL"),
            permits(policy, context, &Act::On(Action::Restore, &row)),
        ),
    };
    let told = format!("{row:?}\n{sql}");
    let is_insert = sql.starts_with("INSERT");
    let session = world.database.begin(context).await.unwrap();
    let answer = attempt(&session, sql).await;
    session.roll_back().await;
    let is_done = answer.is_some_and(|rows| is_insert || rows == 1);
    (told, (is_done, permitted))
}

#[tokio::test]
async fn the_predicate_of_a_statement_says_the_same_where_row_security_is_off() {
    let world = World::new().await;
    sqlx::raw_sql(AssertSqlSafe(
        "ALTER TABLE app.notes DISABLE ROW LEVEL SECURITY",
    ))
    .execute(&world.admin)
    .await
    .unwrap();
    for mut case in cases(setting("TENANTRY_POLICIES").unwrap_or(60)) {
        let policy = programs::policy(&mut case);
        let mut rows = world.plant(&mut case, 16).await;
        rows.retain(|row| row.deleted_at.is_none());
        for context in &world.contexts {
            let session = world.database.begin(context).await.unwrap();
            for action in [
                Action::Read,
                Action::Search,
                Action::Delete,
                Action::Restore,
                Action::Export,
            ] {
                let list = session.rows(note::Entity).list().limit(100);
                let found = match policy.verdict(context, action) {
                    Verdict::All => list.page().await.unwrap().items,
                    Verdict::None => Vec::new(),
                    Verdict::Some(filter) => list.filter(filter).page().await.unwrap().items,
                };
                let mut found: Vec<Uuid> = found.iter().map(|row| row.id).collect();
                found.sort_unstable();
                let permitted =
                    |row: &&note::Model| permits(&policy, context, &Act::On(action, *row));
                let expected: Vec<Uuid> = rows.iter().filter(permitted).map(|row| row.id).collect();
                assert_eq!(found, expected, "{action} as {context:?}\n{policy:#?}");
            }
            session.roll_back().await;
        }
    }
}
