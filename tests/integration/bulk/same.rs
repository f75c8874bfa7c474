//! Invariant 9: a call over many rows is one call after another over each.
//!
//! [`same`] runs both from the same committed rows and holds against each other what they answer,
//! what the table holds afterwards and what the audit log says of each row. A verb is added with the
//! two ways to run it, and something that draws its input; see the tests below.

use sea_orm::Set;
use sqlx::{Row, postgres::PgArguments};
use tenantry::{Error, Result, Seen, Session, Version};
use tenantry_entities::challenges::{Challenges, challenge};

use super::{Noise, numbered};
use crate::world::World;

/// Every row of the table, without the times, which differ from one transaction to the next.
const ROWS: &str = "SELECT (to_jsonb(c) - 'updated_at' - 'deleted_at' - 'delete_op' \
     || jsonb_build_object('deleted', deleted_at IS NOT NULL))::text \
     FROM challenges.challenges c ORDER BY id";

/// What the log says of each row, in the order in which it happened.
const HISTORY: &str = "SELECT concat_ws(' ', operation, record_id, version, old_data) \
     FROM tenantry.audit_log WHERE table_name = 'challenges.challenges' AND record_id IS NOT NULL \
     ORDER BY record_id, version NULLS FIRST";

/// Runs a verb over all rows at once and over one after another, each in a savepoint, and wants the
/// same. Both are rolled back.
async fn same<I: Clone>(
    world: &World,
    case: u64,
    inputs: &[I],
    at_once: impl AsyncFn(&Session, Vec<I>) -> Vec<Result<challenge::Model>>,
    one: impl AsyncFn(&Session, I) -> Result<challenge::Model>,
) {
    let session = world.alpha().await;
    let answers = told(&at_once(&session, inputs.to_vec()).await);
    let at_once = (answers, left(&session).await);
    session.roll_back().await;

    let mut session = world.alpha().await;
    let mut answers = Vec::new();
    for input in inputs {
        let answer = session.savepoint(async |inner| one(inner, input.clone()).await);
        answers.push(answer.await);
    }
    let one_by_one = (told(&answers), left(&session).await);
    session.roll_back().await;
    pretty(case, &at_once.0, &one_by_one.0);
    pretty(case, &at_once.1, &one_by_one.1);
}

fn pretty(case: u64, at_once: &[String], one_by_one: &[String]) {
    for (row, (left, right)) in at_once.iter().zip(one_by_one).enumerate() {
        assert_eq!(left, right, "case {case}, line {row}");
    }
    assert_eq!(at_once.len(), one_by_one.len(), "case {case}");
}

fn told(answers: &[Result<challenge::Model>]) -> Vec<String> {
    let row = |row: &challenge::Model| {
        format!("{} {} {:?} {}", row.id, row.title, row.status, row.version)
    };
    let refused = |error: &Error| {
        let current = error.stale::<challenge::Entity>();
        let current = current.map(|stale| format!("{} {}", stale.seen, row(&stale.current)));
        format!("{error:?}, {:?}, {}", current, error.is_deleted())
    };
    let answers = answers.iter();
    answers
        .map(|answer| answer.as_ref().map_or_else(refused, row))
        .collect()
}

/// What the session would leave behind.
async fn left(session: &Session) -> Vec<String> {
    let mut lines = Vec::new();
    for question in [ROWS, HISTORY] {
        let rows = session
            .raw_sql_without_workspace_guard("a test", question, PgArguments::default())
            .await
            .unwrap();
        lines.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    lines
}

/// Rows of every kind that a caller of `alpha` may aim at.
struct Targets {
    all: Vec<challenge::Id>,
    versions: Vec<i64>,
}

impl Targets {
    async fn of(world: &World) -> Self {
        let mut all = Vec::new();
        let mut versions = Vec::new();
        let session = world.alpha().await;
        let challenges = session.challenges();
        let rows = challenges.insert_many(numbered(24)).await.unwrap();
        for (n, row) in rows.iter().enumerate() {
            let mut row = row.clone();
            for count in 0..n % 4 {
                let change = titled(&format!("{n} {count}"));
                row = challenges.update(&row, change).await.unwrap();
            }
            if n % 7 == 3 {
                challenges.delete(row.id).await.unwrap();
            }
            all.push(row.id);
            versions.push(row.version.as_i64());
        }
        session.commit().await.unwrap();
        for n in 0..4 {
            let theirs = world.challenge(&world.beta, &format!("theirs {n}")).await;
            all.extend([theirs.id, challenge::Id::random()]);
            versions.extend([1, 1]);
        }
        // May be read, but not changed.
        let kept = all[..24].iter().step_by(6).map(|id| format!("'{id}'"));
        let kept = kept.collect::<Vec<_>>().join(",");
        let policy = format!(
            "CREATE POLICY challenges_kept ON challenges.challenges AS RESTRICTIVE FOR UPDATE \
             TO tenantry_app USING (id NOT IN ({kept}))"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(policy))
            .execute(&world.test.admin())
            .await
            .unwrap();
        world.challenge(&world.alpha, "taken").await;
        Self { all, versions }
    }

    /// Some of them, in any order, most of them at the version that they have.
    fn draw(&self, noise: &mut Noise) -> Vec<Seen<challenge::Entity>> {
        let mut places: Vec<usize> = (0..self.all.len()).collect();
        noise.shuffle(&mut places);
        places.truncate(noise.below(self.all.len() + 1));
        let seen = |place: usize| {
            let stale = i64::from(noise.below(5) == 0);
            let version = Version::from_i64(self.versions[place] + stale);
            (self.all[place], version).into()
        };
        places.into_iter().map(seen).collect()
    }
}

fn titled(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

/// A change: of one column or several, of none, one that a check or a key refuses, one that wants
/// what another of the call wants too.
fn change(noise: &mut Noise, place: usize) -> challenge::Update {
    let described = challenge::Update {
        description: Set(serde_json::json!({ "place": place })),
        ..Default::default()
    };
    match noise.below(12) {
        0 => challenge::Update::default(),
        1 => titled("taken"),
        2 => titled(&"x".repeat(256)),
        3 | 4 => titled("wanted"),
        5 | 6 => described,
        7 => challenge::Update {
            starts_at: Set(Some(chrono::DateTime::UNIX_EPOCH)),
            ends_at: Set(None),
            ..described
        },
        8 => challenge::Update {
            starts_at: Set(None),
            status: Set(challenge::Status::Active),
            ..Default::default()
        },
        _ => titled(&format!("new {place}")),
    }
}

/// H-16: outcomes, rows, versions and history of each row.
#[tokio::test]
async fn update_each_is_one_update_after_another() {
    let world = World::new().await;
    let targets = Targets::of(&world).await;
    for case in 0..120 {
        let mut noise = Noise::of(case);
        let inputs: Vec<_> = targets
            .draw(&mut noise)
            .into_iter()
            .enumerate()
            .map(|(place, seen)| ((*seen.id(), seen.version()), change(&mut noise, place)))
            .collect();
        same(
            &world,
            case,
            &inputs,
            async |session, inputs| session.challenges().update_each(inputs).await.unwrap(),
            async |session, (seen, change)| session.challenges().update(seen, change).await,
        )
        .await;
    }
}

/// `update_many` is the same where no row is refused, and else tells what `update` tells of the row.
#[tokio::test]
async fn update_many_is_one_update_after_another_or_none() {
    let world = World::new().await;
    let targets = Targets::of(&world).await;
    let mut met = [0; 2];
    for case in 0..120 {
        let mut noise = Noise::of(case);
        let mut drawn = targets.draw(&mut noise);
        drawn.truncate(1 + noise.below(4));
        let inputs: Vec<_> = drawn
            .into_iter()
            .enumerate()
            .map(|(place, seen)| ((*seen.id(), seen.version()), change(&mut noise, place)))
            .collect();
        let session = world.alpha().await;
        let before = left(&session).await;
        let outcome = session.challenges().update_many(inputs.clone()).await;
        match outcome {
            Ok(_) => {
                met[0] += 1;
                session.roll_back().await;
                same(
                    &world,
                    case,
                    &inputs,
                    async |session, inputs| {
                        let rows = session.challenges().update_many(inputs).await;
                        rows.unwrap().into_iter().map(Ok).collect()
                    },
                    async |session, (seen, change)| session.challenges().update(seen, change).await,
                )
                .await;
            }
            Err(error) => {
                met[1] += 1;
                if let Some(position) = error.position() {
                    assert_eq!(left(&session).await, before, "case {case}");
                    let (seen, change) = inputs[position].clone();
                    let single = session.challenges().update(seen, change).await;
                    assert_eq!(told(&[Err(error)]), told(&[single]), "case {case}");
                } else {
                    assert!(error.constraint().is_some(), "case {case}: {error:?}");
                }
                session.roll_back().await;
            }
        }
    }
    assert!(met.iter().all(|met| *met > 10), "{met:?}");
}
