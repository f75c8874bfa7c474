//! The system of challenges: its rules on rows and in memory, its lists and numbers.

use chrono::{DateTime, Days, Utc};
use sea_orm::{Set, Value};
use tenantry::{Database, ErrorKind, ReadRepository as _, Role, Session, TenantContext};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{
        Challenges,
        challenge::{self, Column, Status},
        judge,
        submission::{self, Status as Handed},
    },
};
use tenantry_repositories::{
    accounts::Members,
    challenges::{
        Assembled, CHALLENGE_BULK_CREATE, ChallengeBoard, ChallengeCreation, ChallengeRepository,
        Metrics, SubmissionRepository, by_life_cycle, next_statuses, running, with_status,
    },
};
use tenantry_testing::{CountingProxy, Everyone, MemoryRepository};
use uuid::Uuid;

use crate::world::{World, member, titled};

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

/// A challenge with a draft of somebody, and somebody else who judges.
struct Contest<'s> {
    session: &'s Session,
    challenge: challenge::Model,
    draft: submission::Model,
    judge: Uuid,
}

async fn contest<'s>(session: &'s Session, title: &str, status: Status) -> Contest<'s> {
    let challenge = at(&session.challenges(), title, status).await;
    let people: [member::Model; 2] = [
        session.members().insert(member("Ann")).await.unwrap(),
        session.members().insert(member("Ben")).await.unwrap(),
    ];
    let [ann, ben] = people.map(|person| person.user_id);
    let new = submission::New {
        challenge_id: challenge.id,
        user_id: ann,
    };
    let draft = session.submissions().insert(new).await.unwrap();
    let judging = judge::New {
        challenge_id: challenge.id,
        user_id: ben,
    };
    session.judges().insert(judging).await.unwrap();
    Contest {
        session,
        challenge,
        draft,
        judge: ben,
    }
}

impl Contest<'_> {
    async fn hand_in(&self, person: Uuid) -> Result<Handed, ErrorKind> {
        let (submissions, challenges) = (self.session.submissions(), self.session.challenges());
        let row = submissions
            .hand_in(&challenges, person, self.draft.id)
            .await;
        row.map(|row| row.status).map_err(|error| error.kind())
    }

    async fn score(&self, person: Uuid, score: u8) -> Result<Option<i32>, ErrorKind> {
        let (challenges, judges) = (self.session.challenges(), self.session.judges());
        let submissions = self.session.submissions();
        let row = submissions
            .score(&challenges, &judges, person, self.draft.id, score)
            .await;
        row.map(|row| row.score).map_err(|error| error.kind())
    }
}

#[tokio::test]
async fn ones_own_draft_is_handed_in_while_the_challenge_is_active_and_at_no_other_time() {
    let world = World::new().await;
    let session = world.alpha().await;
    for status in STATUSES {
        let contest = contest(&session, &format!("{status:?}"), status).await;
        let (author, judge) = (contest.draft.user_id, contest.judge);
        assert_eq!(contest.hand_in(judge).await, Err(ErrorKind::Forbidden));
        let handed = contest.hand_in(author).await;
        match status {
            Status::Active => {
                assert_eq!(handed, Ok(Handed::Submitted));
                assert_eq!(contest.hand_in(author).await, Err(ErrorKind::Invalid));
            }
            _ => assert_eq!(handed, Err(ErrorKind::Invalid), "{status:?}"),
        }
    }
}

#[tokio::test]
async fn a_submission_is_scored_by_its_judges_while_judging() {
    let world = World::new().await;
    let session = world.alpha().await;
    let contest = contest(&session, "one", Status::Active).await;
    let (author, judge) = (contest.draft.user_id, contest.judge);
    contest.hand_in(author).await.unwrap();
    assert_eq!(
        contest.score(judge, 90).await,
        Err(ErrorKind::Invalid),
        "not in judging"
    );
    session
        .challenges()
        .judge(contest.challenge.id)
        .await
        .unwrap();

    assert_eq!(contest.score(author, 100).await, Err(ErrorKind::Forbidden));
    assert_eq!(
        contest.score(Uuid::now_v7(), 1).await,
        Err(ErrorKind::Forbidden)
    );
    assert_eq!(contest.score(judge, 101).await, Err(ErrorKind::Invalid));
    assert_eq!(contest.score(judge, 90).await, Ok(Some(90)));
    assert_eq!(
        contest.score(judge, 80).await,
        Ok(Some(80)),
        "second thoughts"
    );
    let withdrawn = session
        .submissions()
        .withdraw(author, contest.draft.id)
        .await;
    assert_eq!(withdrawn.unwrap_err().kind(), ErrorKind::Invalid);

    let other = self::contest(&session, "two", Status::Active).await;
    other.hand_in(other.draft.user_id).await.unwrap();
    session
        .challenges()
        .judge(other.challenge.id)
        .await
        .unwrap();
    assert_eq!(
        other.score(judge, 1).await,
        Err(ErrorKind::Forbidden),
        "judges elsewhere"
    );
    session
        .challenges()
        .complete(contest.challenge.id)
        .await
        .unwrap();
    assert_eq!(
        contest.score(judge, 70).await,
        Err(ErrorKind::Invalid),
        "completed"
    );
}

#[tokio::test]
async fn a_judge_of_ones_own_work_is_refused() {
    let world = World::new().await;
    let session = world.alpha().await;
    let contest = contest(&session, "one", Status::Active).await;
    let author = contest.draft.user_id;
    contest.hand_in(author).await.unwrap();
    let judging = judge::New {
        challenge_id: contest.challenge.id,
        user_id: author,
    };
    session.judges().insert(judging).await.unwrap();
    session
        .challenges()
        .judge(contest.challenge.id)
        .await
        .unwrap();
    assert_eq!(contest.score(author, 100).await, Err(ErrorKind::Forbidden));
}

#[tokio::test]
async fn what_is_withdrawn_makes_room_once_it_is_deleted() {
    let world = World::new().await;
    let mut session = world.alpha().await;
    let (draft, judge) = {
        let contest = contest(&session, "one", Status::Active).await;
        contest.hand_in(contest.draft.user_id).await.unwrap();
        (contest.draft, contest.judge)
    };
    let submissions = session.submissions();
    let stranger = submissions.withdraw(judge, draft.id).await;
    assert_eq!(stranger.unwrap_err().kind(), ErrorKind::Forbidden);
    let withdrawn = submissions.withdraw(draft.user_id, draft.id).await;
    assert_eq!(withdrawn.unwrap().status, Handed::Withdrawn);
    let again = submission::New {
        challenge_id: draft.challenge_id,
        user_id: draft.user_id,
    };
    let taken = session
        .savepoint(async |inner| inner.submissions().insert(again.clone()).await)
        .await
        .unwrap_err();
    assert!(taken.violates(&submission::CHALLENGE_ID_USER_ID_KEY));
    session.submissions().delete(draft.id).await.unwrap();
    let anew = session.submissions().insert(again).await.unwrap();
    assert_eq!(anew.status, Handed::Draft);
}

fn day(number: u64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Days::new(number)
}

/// Challenges of every status, some with a period, submissions and judges, in both workspaces.
async fn filled(database: &Database, context: &TenantContext, many: usize) {
    let session = database.begin(context).await.unwrap();
    for (number, status) in STATUSES.into_iter().cycle().take(many).enumerate() {
        let contest = contest(&session, &format!("{number}"), status).await;
        if number % 2 == 0 {
            let row = session
                .challenges()
                .get(contest.challenge.id)
                .await
                .unwrap();
            let period = challenge::Update {
                starts_at: Set(Some(day(number as u64))),
                ends_at: Set(Some(day(number as u64 * 3 + 1))),
                ..Default::default()
            };
            session.challenges().update(&row, period).await.unwrap();
        }
    }
    session.commit().await.unwrap();
}

async fn in_memory(
    session: &Session,
) -> Assembled<
    MemoryRepository<challenge::Entity>,
    MemoryRepository<submission::Entity>,
    MemoryRepository<judge::Entity>,
> {
    let workspace = session.context().workspace().as_uuid().unwrap();
    let page = session
        .challenges()
        .list()
        .limit(1_000)
        .page()
        .await
        .unwrap();
    let handed = session
        .submissions()
        .list()
        .limit(1_000)
        .page()
        .await
        .unwrap();
    let judges = session.judges().list().limit(1_000).page().await.unwrap();
    Assembled {
        challenges: MemoryRepository::new(workspace).with_rows(page.items),
        submissions: MemoryRepository::new(workspace).with_rows(handed.items),
        judges: MemoryRepository::new(workspace).with_rows(judges.items),
    }
}

#[tokio::test]
async fn lists_and_numbers_are_those_of_the_workspace_alone_and_those_of_the_fake() {
    let world = World::new().await;
    filled(&world.database, &world.alpha, 25).await;
    let session = world.alpha().await;
    let before = (
        session
            .challenges()
            .overview(by_life_cycle())
            .await
            .unwrap(),
        session.challenges().metrics().await.unwrap(),
    );
    filled(&world.database, &world.beta, 12).await;
    let (page, metrics) = (
        session
            .challenges()
            .overview(by_life_cycle())
            .await
            .unwrap(),
        session.challenges().metrics().await.unwrap(),
    );
    assert_eq!(before, (page.clone(), metrics));

    let fake = in_memory(&session).await;
    assert_eq!(metrics, fake.metrics().await.unwrap());
    assert_eq!(
        (metrics.total, metrics.active, metrics.participants),
        (25, 4, 25)
    );
    assert!(metrics.average_days.is_some_and(|days| days > 1.0));
    assert_eq!(page.items.len(), 20);
    assert!(page.items.is_sorted_by_key(|row| row.challenge.status_rank));
    assert!(
        page.items
            .iter()
            .all(|row| (row.submissions, row.judges) == (1, 1))
    );
    let remembered = fake.overview(by_life_cycle()).await.unwrap();
    assert_eq!(page.items, remembered.items);
    for status in STATUSES {
        let rows = session
            .challenges()
            .overview(with_status(status))
            .await
            .unwrap();
        assert_eq!(
            rows.items,
            fake.overview(with_status(status)).await.unwrap().items
        );
        assert!(rows.items.iter().all(|row| row.challenge.status == status));
    }
    let some = running(day(3), day(9));
    let listed = session.challenges().page(some.clone()).await.unwrap();
    assert_eq!(
        listed.items,
        fake.challenges.page(some).await.unwrap().items
    );
    let numbers: Vec<_> = listed.items.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(numbers, ["2", "4", "6", "8"]);
    assert_eq!(
        session
            .challenges()
            .count_running(day(3), day(9))
            .await
            .unwrap(),
        4
    );
}

#[tokio::test]
async fn an_empty_workspace_has_numbers_too() {
    let world = World::new().await;
    filled(&world.database, &world.beta, 3).await;
    let session = world.alpha().await;
    assert_eq!(
        session.challenges().metrics().await.unwrap(),
        Metrics::default()
    );
    assert!(
        session
            .challenges()
            .overview(by_life_cycle())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn the_overview_is_one_statement_however_many_rows() {
    let world = World::new().await;
    filled(&world.database, &world.alpha, 20).await;
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = Database::builder(proxy.url())
        .connect(Members)
        .await
        .unwrap();
    let session = database.read(&world.alpha).await.unwrap();
    let overview = async || {
        let page = session
            .challenges()
            .overview(by_life_cycle())
            .await
            .unwrap();
        assert_eq!(page.items.len(), 20);
    };
    overview().await;
    proxy.reset();
    overview().await;
    assert_eq!(proxy.trips(), 1);
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
