//! The system of challenges: its rules on rows and in memory, its lists and numbers.

mod contest;
mod overview;

use chrono::Utc;
use sea_orm::{ActiveEnum as _, Set, Value};
use tenantry::{Database, ErrorKind, Role};
use tenantry_entities::challenges::{
    Challenges,
    challenge::{self, Column, Status},
};
use tenantry_repositories::challenges::{
    CHALLENGE_BULK_CREATE, ChallengeCreation, ChallengeRepository, next_statuses,
};
use tenantry_testing::{Everyone, MemoryRepository};
use uuid::Uuid;

use crate::world::{World, titled};

const STATUSES: [Status; 6] = [
    Status::Draft,
    Status::Published,
    Status::Active,
    Status::Judging,
    Status::Completed,
    Status::Cancelled,
];

/// The steps that lead to a status.
const fn path(to: Status) -> &'static [Status] {
    match to {
        Status::Draft => &[],
        Status::Published => &[Status::Published],
        Status::Active => &[Status::Published, Status::Active],
        Status::Judging => &[Status::Published, Status::Active, Status::Judging],
        Status::Completed => &[
            Status::Published,
            Status::Active,
            Status::Judging,
            Status::Completed,
        ],
        Status::Cancelled => &[Status::Cancelled],
    }
}

async fn at(
    challenges: &impl ChallengeRepository,
    title: &str,
    status: Status,
) -> challenge::Model {
    let mut row = challenges.insert(titled(title)).await.unwrap();
    for step in path(status) {
        row = challenges.advance(row.id, *step).await.unwrap();
    }
    row
}

fn memory() -> MemoryRepository<challenge::Entity> {
    MemoryRepository::new(Uuid::now_v7())
        .with_default(Column::Description, Value::Json(Some(Default::default())))
        .with_default(Column::Status, "draft")
        .with_default(Column::StatusRank, 0_i16)
}

/// Which steps of all 36 a repository takes.
async fn taken(challenges: &impl ChallengeRepository) -> Vec<(Status, Status)> {
    let mut taken = Vec::new();
    for from in STATUSES {
        for to in STATUSES {
            let row = at(challenges, &format!("{from:?} {to:?}"), from).await;
            match challenges.advance(row.id, to).await {
                Ok(now) => {
                    assert_eq!(now.status, to);
                    taken.push((from, to));
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Invalid);
                    assert_eq!(error.fields().collect::<Vec<_>>(), ["status"]);
                    assert_eq!(challenges.get(row.id).await.unwrap(), row);
                }
            }
        }
    }
    taken
}

#[tokio::test]
async fn a_challenge_takes_the_steps_of_its_life_and_no_others_on_rows_and_in_memory() {
    let world = World::new().await;
    let session = world.alpha().await;
    let on_rows = taken(&session.challenges()).await;
    assert_eq!(on_rows, taken(&memory()).await);
    let allowed: Vec<_> = STATUSES
        .into_iter()
        .flat_map(|from| next_statuses(from).iter().map(move |to| (from, *to)))
        .collect();
    assert_eq!(on_rows.len(), 8);
    assert!(allowed.iter().all(|step| on_rows.contains(step)));
}

/// Whoever asks, by whatever verb: the policy holds what `advance` asks.
#[tokio::test]
async fn no_update_takes_a_challenge_past_a_step_of_its_life() {
    const RULE: &str = "a challenge goes through its life in order";
    let world = World::new().await;
    let workspace = world.alpha.workspace().clone();
    let job = world.database.job(Role::from_static("robot"), workspace);
    let job = job.unwrap();
    for from in STATUSES {
        for to in STATUSES {
            let session = world.alpha().await;
            let title = format!("{from:?} {to:?}");
            let row = at(&session.challenges(), &title, from).await;
            session.commit().await.unwrap();
            let permitted = from == to || next_statuses(from).contains(&to);
            let change = || challenge::Update {
                status: Set(to),
                ..Default::default()
            };
            for context in [&world.alpha, &job] {
                let session = world.database.begin(context).await.unwrap();
                let rows = session.challenges();
                let one = rows.update(&row, change()).await;
                session.roll_back().await;
                let session = world.database.begin(context).await.unwrap();
                let rows = session.challenges();
                let mut each = rows.update_each([(&row, change())]).await.unwrap();
                session.roll_back().await;
                let session = world.database.begin(context).await.unwrap();
                let rows = session.challenges();
                let upsert = titled(&title).status(to);
                let upserted = rows.upsert(upsert, challenge::TITLE_KEY).await;
                session.roll_back().await;
                for outcome in [one, each.remove(0), upserted] {
                    let told = outcome.map(|row| row.status);
                    let told = told.map_err(|error| (error.kind(), error.rule()));
                    let refused = (ErrorKind::Forbidden, Some(RULE));
                    assert_eq!(told, permitted.then_some(to).ok_or(refused), "{title}");
                }
            }
        }
    }
}

/// The same table in the database: raw SQL as the runtime role takes no other step either.
#[tokio::test]
async fn raw_sql_takes_a_challenge_past_no_step_of_its_life() {
    let world = World::new().await;
    let session = world.alpha().await;
    for from in STATUSES {
        at(&session.challenges(), &format!("{from:?}"), from).await;
    }
    session.commit().await.unwrap();
    for from in STATUSES {
        for to in STATUSES {
            let [from_text, to_text] = [from, to].map(|status| status.to_value());
            let sql = "UPDATE challenges.challenges SET status = $2 WHERE status = $1 RETURNING id";
            let mut arguments = sqlx::postgres::PgArguments::default();
            sqlx::Arguments::add(&mut arguments, from_text).unwrap();
            sqlx::Arguments::add(&mut arguments, to_text).unwrap();
            let session = world.alpha().await;
            let done = session.raw_sql_without_workspace_guard("a test", sql, arguments);
            let done = done.await.map(|rows| rows.len());
            let done = done.map_err(|error| error.sqlstate().map(str::to_owned));
            session.roll_back().await;
            let permitted = from == to || next_statuses(from).contains(&to);
            let refused = || Err(Some("42501".to_owned()));
            let expected = if permitted { Ok(1) } else { refused() };
            assert_eq!(done, expected, "{from:?} to {to:?}");
        }
    }
}

#[tokio::test]
async fn of_two_who_take_the_same_step_one_is_told() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "one").await;
    let publish = async || {
        let session = world.alpha().await;
        let published = session.challenges().publish(row.id).await?;
        session.commit().await?;
        Ok::<_, tenantry::Error>(published)
    };
    let (one, two) = tokio::join!(publish(), publish());
    let mut outcomes = [one, two].map(|outcome| outcome.map_err(|error| error.kind()));
    outcomes.sort_by_key(Result::is_err);
    assert_eq!(outcomes[0].as_ref().unwrap().status, Status::Published);
    let refused = outcomes[1].as_ref().unwrap_err();
    assert!(matches!(refused, ErrorKind::Stale | ErrorKind::Invalid));
}

#[tokio::test]
async fn another_workspaces_challenge_takes_no_step() {
    let world = World::new().await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let session = world.alpha().await;
    let foreign = session.challenges().publish(theirs.id).await.unwrap_err();
    let missing = session
        .challenges()
        .publish(challenge::Id::new(Uuid::now_v7()))
        .await;
    let missing = missing.unwrap_err();
    assert_eq!(
        (foreign.kind(), foreign.to_string()),
        (missing.kind(), missing.to_string())
    );
}

#[tokio::test]
async fn many_are_created_as_one_deed_by_those_who_may() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = || -> Vec<challenge::Insert> {
        (0..1_500).map(|n| titled(&format!("{n}")).into()).collect()
    };
    let created = session.challenges().create_many(rows()).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(created.len(), 1_500);

    let session = world.alpha().await;
    let hour = chrono::TimeDelta::hours(1);
    let time = Utc::now() - hour..Utc::now() + hour;
    let deeds = session.audit().entries(time).action(&CHALLENGE_BULK_CREATE);
    let deeds = deeds.page().await.unwrap().items;
    let told: usize = deeds.iter().map(|deed| deed.rows.len()).sum();
    assert_eq!(told, 1_500, "an entry names a thousand rows at most");
    for deed in &deeds {
        assert_eq!(deed.details, Some(serde_json::json!({ "count": 1_500 })));
    }

    let everyone = Everyone(Role::from_static("member"));
    let database = Database::builder(world.test.app_url())
        .connect(everyone)
        .await
        .unwrap();
    let member = database
        .authorize(Uuid::now_v7().into(), world.alpha.workspace().clone())
        .await;
    let session = database.begin(&member.unwrap()).await.unwrap();
    let refused = session.challenges().create_many(rows()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert_eq!(session.challenges().list().count().await.unwrap(), 1_500);
}
