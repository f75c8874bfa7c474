//! Filters, pages and statements: what is asked, and what is answered.

use std::collections::BTreeSet;

use sea_orm::Set;
use sqlx::{AssertSqlSafe, Row};
use tenantry::{Error, ErrorKind, Filter, Query, Unique};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{
        Challenges,
        challenge::{self, Column, Status},
        judge, submission,
    },
};
use uuid::Uuid;

use crate::{
    random::{Numbers, cases},
    world::{World, member, titled},
};

const TITLES: [&str; 6] = ["a", "ab", "B", "ä", "a b", "%_"];

fn date(number: u64) -> chrono::DateTime<chrono::Utc> {
    // Every third lies between two microseconds, which PostgreSQL cannot tell apart.
    chrono::DateTime::from_timestamp(86_400 * 20_000, (number * 333) as u32).unwrap()
}

fn filter(numbers: &mut Numbers, depth: u32) -> Filter<challenge::Entity> {
    let title = *numbers.one_of(&TITLES);
    let at = date(numbers.next() % 9);
    let titles = numbers.below(3);
    match numbers.below(if depth == 0 { 9 } else { 14 }) {
        0 => challenge::TITLE.eq(title),
        1 => challenge::TITLE.starts_with(title),
        2 => challenge::TITLE.one_of(TITLES[..titles].iter().copied()),
        3 => challenge::STARTS_AT.is_null(),
        4 => challenge::STARTS_AT.eq(at),
        5 => challenge::STARTS_AT.lt(at),
        6 => challenge::STARTS_AT.gte(at),
        7 => challenge::STARTS_AT.one_of([at, date(0)].into_iter().take(titles)),
        8 => challenge::DELETE_OP.one_of(std::iter::empty::<Uuid>()),
        9 | 10 => filter(numbers, depth - 1).and(filter(numbers, depth - 1)),
        11 | 12 => filter(numbers, depth - 1).or(filter(numbers, depth - 1)),
        _ => !filter(numbers, depth - 1),
    }
}

/// A fake that answers a filter otherwise than PostgreSQL makes every test with it worthless.
#[tokio::test]
async fn filters_are_answered_in_memory_as_by_postgresql() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = session.challenges();
    for (number, title) in (0..).zip(TITLES) {
        let new = titled(title);
        if number % 2 == 0 {
            rows.insert(new).await.unwrap();
        } else {
            rows.insert(new.starts_at(date(number))).await.unwrap();
        }
    }
    let all = rows.list().page().await.unwrap().items;
    let mut sizes = BTreeSet::new();
    for mut case in cases(400) {
        let filter = filter(&mut case, 3);
        let query = Query::new().filter(filter.clone());
        let told = rows.page(query.clone()).await.unwrap().items;
        let fake: Vec<_> = all
            .iter()
            .filter(|row| query.matches(row).unwrap())
            .cloned()
            .collect();
        let titles = |rows: &[challenge::Model]| {
            rows.iter().map(|row| row.title.clone()).collect::<Vec<_>>()
        };
        assert_eq!(titles(&fake), titles(&told), "{filter:?}");
        sizes.insert(told.len());
    }
    assert!(sizes.len() > 5, "the filters were all alike: {sizes:?}");
}

/// A filter pins a sort column only where it holds for every row of the answer.
#[tokio::test]
async fn pages_cover_everything_once_whatever_is_pinned() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = session.challenges();
    for number in 0..12 {
        let row = rows.insert(titled(&format!("{number:02}"))).await.unwrap();
        let status = [Status::Draft, Status::Published, Status::Cancelled][number % 3];
        let change = challenge::Update {
            status: Set(status),
            ..Default::default()
        };
        rows.update(&row, change).await.unwrap();
    }
    let one = rows.list().first().await.unwrap().unwrap();
    let draft = || challenge::STATUS.eq(Status::Draft);
    let published = || challenge::STATUS.eq(Status::Published);
    let by_status = || Query::new().sort(challenge::BY_STATUS);
    let queries: [(Query<challenge::Entity>, usize); 9] = [
        (by_status().filter(draft().or(published())), 8),
        (by_status().filter(!draft()), 8),
        (
            by_status().filter(draft().and(challenge::TITLE.gte("00"))),
            4,
        ),
        (by_status().filter(draft()).filter(published()), 0),
        (
            by_status().filter(challenge::STATUS.one_of([Status::Draft])),
            4,
        ),
        (by_status().filter(!!draft()), 4),
        (
            Query::new()
                .sort(challenge::NEWEST)
                .filter(challenge::CREATED_AT.eq(one.created_at)),
            12,
        ),
        (
            Query::new()
                .sort(challenge::NEWEST)
                .filter(challenge::ID.eq(one.id)),
            1,
        ),
        (
            Query::new()
                .sort(challenge::LIFE_CYCLE)
                .filter(challenge::STATUS_RANK.eq(one.status_rank)),
            4,
        ),
    ];
    for (query, (asked, expected)) in queries.into_iter().enumerate() {
        let mut seen = Vec::new();
        let mut next = asked.clone().limit(3);
        loop {
            let page = rows.page(next.clone()).await.unwrap();
            seen.extend(page.items.into_iter().map(|row| row.id));
            let Some(cursor) = page.next else { break };
            next = asked.clone().limit(3).after(cursor);
        }
        let different: BTreeSet<_> = seen.iter().collect();
        assert_eq!(
            (seen.len(), different.len()),
            (expected, expected),
            "query {query}"
        );
    }
}

/// A unique key that is none of the workspace's: a false fact, as of a legacy table.
const ACROSS: Unique<challenge::Entity> =
    Unique::among_living("challenges_across_key", &[Column::Title]);

/// H-13: rows of another workspace that have the same ids are loaded and counted by nothing, even
/// without row security.
#[tokio::test]
async fn loads_and_counts_meet_no_twin_of_another_workspace() {
    let world = World::new().await;
    let ours = world.challenge(&world.alpha, "ours").await;
    let session = world.alpha().await;
    let user_id = session.members().insert(member("m")).await.unwrap().user_id;
    let challenge_id = ours.id;
    let new = submission::New {
        challenge_id,
        user_id,
    };
    session.submissions().insert(new).await.unwrap();
    let new = judge::New {
        challenge_id,
        user_id,
    };
    session.judges().insert(new).await.unwrap();
    session.commit().await.unwrap();

    let beta = world.beta.workspace();
    let twins = format!(
        "BEGIN; SET LOCAL session_replication_role = replica;
         INSERT INTO challenges.challenges (workspace_id, id, title, created_by, updated_by)
           SELECT '{beta}', id, 'theirs', NULL, NULL FROM challenges.challenges;
         INSERT INTO challenges.submissions (workspace_id, id, challenge_id, user_id, created_by, updated_by)
           SELECT '{beta}', id, challenge_id, user_id, NULL, NULL FROM challenges.submissions;
         INSERT INTO challenges.judges (workspace_id, id, challenge_id, user_id, created_by, updated_by)
           SELECT '{beta}', id, challenge_id, user_id, NULL, NULL FROM challenges.judges;
         ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY;
         ALTER TABLE challenges.submissions DISABLE ROW LEVEL SECURITY;
         ALTER TABLE challenges.judges DISABLE ROW LEVEL SECURITY; COMMIT"
    );
    sqlx::raw_sql(AssertSqlSafe(twins))
        .execute(&world.test.admin())
        .await
        .unwrap();
    world.stands(&ours).await;
    let twin = challenge::Model {
        workspace_id: beta.as_uuid().unwrap(),
        title: "theirs".into(),
        ..ours.clone()
    };
    world.stands(&twin).await;

    let session = world.alpha().await;
    let both = "SELECT (SELECT count(*) FROM challenges.challenges) + (SELECT count(*) FROM challenges.submissions) \
         + (SELECT count(*) FROM challenges.judges)";
    let both = session
        .raw_sql_without_workspace_guard("a test", both, Default::default())
        .await
        .unwrap();
    assert_eq!(both[0].get::<i64, _>(0), 6, "row security is not off");
    let challenges = session
        .challenges()
        .list()
        .with(challenge::SUBMISSIONS)
        .with_count(challenge::JUDGES)
        .page()
        .await
        .unwrap()
        .items;
    let (row, (submissions, judges)) = &challenges[0];
    assert_eq!((challenges.len(), row, *judges), (1, &ours, 1));
    let owners: Vec<_> = submissions.iter().map(|row| row.workspace_id).collect();
    assert_eq!(owners, [ours.workspace_id]);
    let submissions = session
        .submissions()
        .list()
        .with(submission::CHALLENGE)
        .page()
        .await
        .unwrap()
        .items;
    let parents: Vec<_> = submissions
        .iter()
        .map(|(_, parent)| parent.as_ref())
        .collect();
    assert_eq!(parents, [Some(&ours)]);
}

/// H-14: an upsert names the workspace where it changes a row, not only where it inserts one.
///
/// Without row security and with a unique key across workspaces, it would find another's row.
#[tokio::test]
async fn an_upsert_changes_no_row_of_another_workspace_even_without_row_security() {
    let world = World::new().await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    world.stands(&theirs).await;
    let plant = "CREATE UNIQUE INDEX challenges_across_key ON challenges.challenges (title) WHERE deleted_at IS NULL";
    let off = "ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY";
    for statement in [plant, off] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&world.test.admin())
            .await
            .unwrap();
        let session = world.alpha().await;
        let date = chrono::DateTime::from_timestamp(86_400, 0).unwrap();
        let met = session
            .challenges()
            .upsert(titled("theirs").starts_at(date), ACROSS)
            .await;
        assert!(met.is_err(), "{statement}: {met:?}");
        drop(session);
        world.stands(&theirs).await;
    }
}

/// Values that PostgreSQL cannot hold are refused as values; nothing panics.
#[tokio::test]
async fn values_that_do_not_fit_are_invalid() {
    let world = World::new().await;
    let (least, greatest) = (
        chrono::DateTime::<chrono::Utc>::MIN_UTC,
        chrono::DateTime::<chrono::Utc>::MAX_UTC,
    );
    let json = sea_orm::prelude::Json::String("\0".to_owned());
    let news = [
        titled("a\0b").description(sea_orm::prelude::Json::Null),
        titled("json").description(json),
        titled("least").starts_at(least),
        titled(&"x".repeat(10_000)).starts_at(greatest),
    ];
    for new in news {
        let session = world.alpha().await;
        let error = session.challenges().insert(new.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    }
    for filter in [
        challenge::TITLE.eq("a\0b"),
        challenge::TITLE.starts_with("\0"),
        challenge::STARTS_AT.gt(least),
    ] {
        let session = world.alpha().await;
        let error = session
            .challenges()
            .list()
            .filter(filter)
            .page()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    }
    let session = world.alpha().await;
    let far = session
        .challenges()
        .insert(titled("far").starts_at(greatest))
        .await
        .unwrap();
    assert_eq!(session.challenges().get(far.id).await.unwrap(), far);
}

/// H-18, GHSA-hf59-7rwq-785m: a change of nothing asks for the same permission as any other.
#[tokio::test]
async fn a_change_of_nothing_is_authorized_too() {
    use tenantry_entities::accounts::{Accounts, member};
    let world = World::new().await;
    let session = world.alpha().await;
    let viewer = member::New {
        role: member::Role::Viewer,
        ..crate::world::member("viewer")
    };
    let viewer = session.members().insert(viewer).await.unwrap();
    session.commit().await.unwrap();
    let workspace = world.alpha.workspace().clone();
    let context = world
        .database
        .authorize(viewer.user_id.into(), workspace)
        .await
        .unwrap();
    let session = world.database.begin(&context).await.unwrap();
    assert_eq!(
        session.members().get(viewer.id).await.unwrap(),
        viewer,
        "it can be read"
    );
    let nothing: Result<_, Error> = session
        .members()
        .update(&viewer, member::Update::default())
        .await;
    assert_eq!(nothing.unwrap_err().kind(), ErrorKind::Forbidden);
}

/// A time that Rust cannot hold, as tables of old have it, is an error and no panic.
#[tokio::test]
async fn a_time_without_end_is_an_error() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "endless").await;
    let endless = "UPDATE challenges.challenges SET ends_at = 'infinity'";
    sqlx::raw_sql(endless)
        .execute(&world.test.admin())
        .await
        .unwrap();
    let session = world.alpha().await;
    let error = session.challenges().get(row.id).await.unwrap_err();
    assert_eq!(error.to_string(), "a row does not fit its model");
    let error = session.challenges().list().page().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    // The statement was answered; the session is as good as before.
    assert_eq!(session.challenges().list().count().await.unwrap(), 1);
    session.commit().await.unwrap();
}
