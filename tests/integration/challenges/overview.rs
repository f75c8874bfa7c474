//! Lists and numbers of challenges: on rows, and in memory.

use chrono::{DateTime, Days, Utc};
use sea_orm::Set;
use tenantry::{Database, ReadRepository as _, Session, TenantContext};
use tenantry_entities::challenges::{
    Challenges,
    challenge::{self},
    judge,
    submission::{self},
};
use tenantry_repositories::{
    accounts::Members,
    challenges::{
        Assembled, ChallengeBoard, ChallengeRepository, Metrics, by_life_cycle, running,
        with_status,
    },
};
use tenantry_testing::{CountingProxy, MemoryRepository};

use super::{STATUSES, contest::contest};
use crate::world::World;

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
