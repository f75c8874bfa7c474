//! Reads: filters, orders, pages, streams, children, partial models.

use futures_util::{TryStreamExt, pin_mut};
use sea_orm::{DerivePartialModel, Set};
use tenantry::{ErrorKind, Filter, Query, Session};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{
        Challenges,
        challenge::{self, Status},
        judge, submission,
    },
};

use crate::world::{World, member, titled};

async fn titles(session: &Session, filter: Filter<challenge::Entity>) -> Vec<String> {
    let page = session
        .challenges()
        .list()
        .filter(filter)
        .page()
        .await
        .unwrap();
    page.items.into_iter().map(|row| row.title).collect()
}

async fn with_titles(world: &World, titles: &[&str]) -> Session {
    let session = world.alpha().await;
    for title in titles {
        session.challenges().insert(titled(title)).await.unwrap();
    }
    session
}

#[tokio::test]
async fn filters_compare_as_sql_does() {
    let world = World::new().await;
    let session = with_titles(&world, &["apple", "apricot", "banana"]).await;
    let date = |day: i64| chrono::DateTime::from_timestamp(day * 86_400, 0).unwrap();
    let new = titled("dated").starts_at(date(10)).ends_at(date(20));
    session.challenges().insert(new).await.unwrap();

    let all = ["apple", "apricot", "banana", "dated"];
    let cases: [(Filter<_>, &[&str]); 9] = [
        (challenge::TITLE.eq("apple"), &["apple"]),
        (!challenge::TITLE.eq("apple"), &all[1..]),
        (challenge::TITLE.one_of(["banana", "cherry"]), &["banana"]),
        (challenge::TITLE.starts_with("ap"), &all[..2]),
        (
            challenge::TITLE
                .eq("apple")
                .or(challenge::TITLE.eq("banana")),
            &["apple", "banana"],
        ),
        (challenge::STARTS_AT.is_null(), &all[..3]),
        (challenge::STARTS_AT.between(date(9), date(10)), &["dated"]),
        // Unknown is not true, and neither is its negation.
        (!challenge::STARTS_AT.gt(date(11)), &["dated"]),
        (
            challenge::STATUS
                .eq(Status::Draft)
                .and(challenge::TITLE.gte("b")),
            &all[2..],
        ),
    ];
    for (filter, expected) in cases {
        let said = format!("{filter:?}");
        let rows = session.challenges().list().page().await.unwrap().items;
        let in_memory: Vec<_> = rows
            .iter()
            .filter(|row| filter.matches(row) == Some(true))
            .map(|row| row.title.clone())
            .collect();
        assert_eq!(in_memory, expected, "in memory: {said}");
        assert_eq!(titles(&session, filter).await, expected, "{said}");
    }
}

#[tokio::test]
async fn a_filter_says_its_columns_and_no_values() {
    let filter = challenge::TITLE
        .eq("a secret")
        .or(challenge::STARTS_AT.is_null());
    assert_eq!(
        format!("{filter:?}"),
        "Any([title Equal ?, starts_at IsNull])"
    );
}

#[tokio::test]
async fn pages_cover_everything_once_in_every_order() {
    let world = World::new().await;
    let session = world.alpha().await;
    for number in 0..23 {
        let row = session
            .challenges()
            .insert(titled(&format!("{number:02}")))
            .await
            .unwrap();
        if number % 3 == 0 {
            let change = challenge::Update {
                status: Set(Status::Published),
                ..Default::default()
            };
            session.challenges().update(&row, change).await.unwrap();
        }
    }
    let orders = [
        Query::new(),
        Query::new().sort(challenge::NEWEST),
        Query::new().sort(challenge::BY_STATUS),
        Query::new().sort(challenge::LIFE_CYCLE),
        Query::new()
            .sort(challenge::BY_STATUS)
            .filter(challenge::STATUS.eq(Status::Draft)),
    ];
    for (order, query) in orders.into_iter().enumerate() {
        let whole = session
            .challenges()
            .page(query.clone().limit(1_000))
            .await
            .unwrap();
        assert!(!whole.has_more());
        let mut parts = Vec::new();
        let mut next = query.clone().limit(4);
        loop {
            let page = session.challenges().page(next.clone()).await.unwrap();
            parts.extend(page.items);
            let Some(cursor) = page.next else { break };
            // As a client brings it back.
            let cursor: tenantry::Cursor = cursor.to_string().parse().unwrap();
            next = next.after(cursor);
        }
        assert_eq!(parts, whole.items, "order {order}");
        assert!(parts.len() >= 15);
    }
}

/// H-38: a cursor serves the query it came from, in the workspace it came from.
#[tokio::test]
async fn a_cursor_is_refused_elsewhere() {
    let world = World::new().await;
    let session = with_titles(&world, &["a", "b", "c"]).await;
    let list = || session.challenges().list().sort(challenge::NEWEST).limit(1);
    let cursor = list().page().await.unwrap().next.unwrap();
    session
        .challenges()
        .list()
        .sort(challenge::NEWEST)
        .after(cursor.clone())
        .page()
        .await
        .unwrap();
    let beta = world.beta().await;
    for refused in [
        beta.challenges()
            .list()
            .sort(challenge::NEWEST)
            .limit(1)
            .after(cursor.clone())
            .page()
            .await,
        list()
            .filter(challenge::TITLE.eq("a"))
            .after(cursor.clone())
            .page()
            .await,
        session
            .challenges()
            .list()
            .after(cursor.clone())
            .page()
            .await,
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.fields().collect::<Vec<_>>(), ["cursor"]);
    }
}

#[tokio::test]
async fn a_page_of_none_or_of_everything_is_refused() {
    let world = World::new().await;
    let session = world.alpha().await;
    for limit in [0, 1_001, u64::MAX] {
        let error = session
            .challenges()
            .list()
            .limit(limit)
            .page()
            .await
            .unwrap_err();
        assert_eq!(error.fields().collect::<Vec<_>>(), ["limit"]);
    }
}

#[tokio::test]
async fn a_stream_reads_everything_and_leaves_the_session_free() {
    let world = World::new().await;
    let session = world.alpha().await;
    for number in 0..1_200 {
        session
            .challenges()
            .insert(titled(&number.to_string()))
            .await
            .unwrap();
    }
    let rows = session.challenges();
    let stream = rows.list().sort(challenge::NEWEST).stream().await.unwrap();
    pin_mut!(stream);
    let mut seen = 0;
    while let Some(row) = stream.try_next().await.unwrap() {
        seen += 1;
        if seen % 500 == 0 {
            rows.delete(row.id).await.unwrap();
        }
    }
    assert_eq!(seen, 1_200);
    assert_eq!(rows.list().count().await.unwrap(), 1_198);
}

#[tokio::test]
async fn a_stream_that_is_dropped_closes_its_cursor() {
    let world = World::new().await;
    let session = with_titles(&world, &["a", "b"]).await;
    {
        let stream = session.challenges().list().stream().await.unwrap();
        pin_mut!(stream);
        stream.try_next().await.unwrap();
    }
    let open = "SELECT count(*) FROM pg_cursors WHERE name LIKE 'tenantry%'";
    let open = session
        .raw_sql_without_workspace_guard("a test", open, Default::default())
        .await
        .unwrap();
    assert_eq!(sqlx::Row::get::<i64, _>(&open[0], 0), 0);
}

/// H-33: children are of the workspace and alive, whatever hangs on the parent.
#[tokio::test]
async fn children_come_with_their_parents_living_ones_only() {
    let world = World::new().await;
    let session = with_titles(&world, &["with", "without"]).await;
    let parent = session.challenges().list().first().await.unwrap().unwrap();
    for number in 0..3 {
        let user_id = session.members().insert(member("m")).await.unwrap().user_id;
        let new = submission::New {
            challenge_id: parent.id,
            user_id,
        };
        let child = session.submissions().insert(new).await.unwrap();
        if number == 0 {
            session.submissions().delete(child.id).await.unwrap();
        }
        session
            .judges()
            .insert(judge::New {
                challenge_id: parent.id,
                user_id,
            })
            .await
            .unwrap();
    }
    let page = session
        .challenges()
        .list()
        .with(challenge::SUBMISSIONS)
        .with_count(challenge::JUDGES)
        .page()
        .await
        .unwrap();
    let told: Vec<_> = page
        .items
        .iter()
        .map(|(row, (submissions, judges))| (row.title.as_str(), submissions.len(), *judges))
        .collect();
    assert_eq!(told, [("with", 2, 3), ("without", 0, 0)]);

    let parents = session
        .submissions()
        .list()
        .with(submission::CHALLENGE)
        .page()
        .await
        .unwrap();
    assert!(
        parents
            .items
            .iter()
            .all(|(_, challenge)| challenge.as_ref() == Some(&parent))
    );

    // They are deleted with their parent, and come with it no more.
    session.challenges().delete(parent.id).await.unwrap();
    assert_eq!(session.submissions().list().count().await.unwrap(), 0);
    let all = session
        .challenges()
        .list()
        .with_deleted()
        .with(challenge::SUBMISSIONS);
    assert_eq!(all.page().await.unwrap().items[0].1.len(), 0);
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "challenge::Entity")]
struct Title {
    title: String,
    status: Status,
}

#[tokio::test]
async fn a_partial_model_is_paged_like_a_whole_one() {
    let world = World::new().await;
    let session = with_titles(&world, &["a", "b", "c"]).await;
    let list = || session.challenges().list().limit(2);
    let first = list().page_as::<Title>().await.unwrap();
    let second = list()
        .after(first.next.clone())
        .page_as::<Title>()
        .await
        .unwrap();
    assert!(!second.has_more());
    let titles: Vec<_> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|row| row.title.as_str())
        .collect();
    assert_eq!(titles, ["a", "b", "c"]);
    assert!(second.items.iter().all(|row| row.status == Status::Draft));
}

#[tokio::test]
async fn find_many_keeps_the_order_of_the_ids() {
    let world = World::new().await;
    let session = with_titles(&world, &["a", "b"]).await;
    let rows = session.challenges().list().page().await.unwrap().items;
    let ids = [rows[1].id, challenge::Id::random(), rows[0].id, rows[1].id];
    let found = session.challenges().find_many(&ids).await.unwrap();
    assert_eq!(found, [rows[1].clone(), rows[0].clone(), rows[1].clone()]);
}
