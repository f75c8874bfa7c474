//! The repository in memory answers what the database answers.

use sea_orm::{Set, sea_query::Value};
use tenantry::{
    Cursor, Database, ErrorKind, OrStale as _, Page, Query, ReadRepository as _, Repository as _,
    Result, Updated,
};
use tenantry_entities::challenges::{
    Challenges as _,
    challenge::{self, Column, Status},
};
use tenantry_migration::Migrator;
use tenantry_repositories::{accounts::Members, challenges::ChallengeRepository as _};
use tenantry_testing::{MemoryRepository, TestDatabase, workspaces};
use uuid::Uuid;

type Memory = MemoryRepository<challenge::Entity>;

fn memory() -> Memory {
    MemoryRepository::new(Uuid::now_v7())
        .with_default(Column::Description, Value::Json(Some(Default::default())))
        .with_default(Column::Status, "draft")
        .with_default(Column::StatusRank, 0_i16)
        .with_unique(challenge::TITLE_KEY)
}

fn titled(title: &str) -> challenge::New {
    challenge::New {
        title: title.into(),
    }
}

fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

/// A service that searches is told where to test that, instead of finding nothing or a panic.
#[tokio::test]
async fn words_are_searched_in_postgresql_alone() {
    let challenges = memory();
    challenges.insert(titled("Bridge")).await.unwrap();
    let by_words = Query::new().filter(challenge::SEARCH.matches("bridge"));
    let refusals = [
        challenges
            .search(challenge::SEARCH, "bridge")
            .page()
            .await
            .map(drop),
        challenges.page(by_words.clone()).await.map(drop),
        challenges.count(by_words.clone()).await.map(drop),
        challenges.exists(by_words).await.map(drop),
    ];
    for refused in refusals {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Internal);
        assert!(
            refused.hint().unwrap().contains("`TestDatabase`"),
            "{refused:?}"
        );
    }
}

fn kind<T: std::fmt::Debug>(outcome: Result<T>) -> ErrorKind {
    outcome.unwrap_err().kind()
}

#[tokio::test]
async fn the_real_rule_runs_on_the_fake() {
    let challenges = memory();
    let draft = challenges.insert(titled("Ship it")).await.unwrap();
    let published = challenges.publish(draft.id).await.unwrap();
    assert_eq!(
        (published.status, published.version.as_i64()),
        (Status::Published, 2)
    );
    assert_eq!(kind(challenges.publish(draft.id).await), ErrorKind::Invalid);
    let nobodys = challenge::Id::random();
    assert_eq!(kind(challenges.publish(nobodys).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_stale_update_is_told_what_stood_in_its_way() {
    let challenges = memory();
    let seen = challenges.insert(titled("first")).await.unwrap();
    challenges.update(&seen, rename("second")).await.unwrap();
    let late = challenges.update(&seen, rename("third")).await.or_stale();
    let Updated::Stale(stale) = late.unwrap() else {
        panic!("an update was lost");
    };
    assert_eq!(stale.current.title, "second");
    assert!(stale.changed_since(&seen).contains(&"title"));
}

#[tokio::test]
async fn a_change_of_nothing_counts_no_version() {
    let challenges = memory();
    let row = challenges.insert(titled("as it is")).await.unwrap();
    let same = challenges.update(&row, Default::default()).await.unwrap();
    assert_eq!(same, row);
}

#[tokio::test]
async fn a_taken_key_is_refused_by_every_verb() {
    let challenges = memory();
    let first = challenges.insert(titled("first")).await.unwrap();
    let error = challenges.insert(titled("first")).await.unwrap_err();
    assert!(error.violates(&challenge::TITLE_KEY));
    let second = challenges.insert(titled("second")).await.unwrap();
    let renamed = challenges.update(&second, rename("first")).await;
    assert_eq!(kind(renamed), ErrorKind::AlreadyExists);

    let same = challenges.upsert(titled("first"), challenge::TITLE_KEY);
    let same = same.await.unwrap();
    assert_eq!(same, first);
    let date = sea_orm::prelude::ChronoUtc::now();
    let changed = titled("first").starts_at(date);
    let changed = challenges.upsert(changed, challenge::TITLE_KEY).await;
    let changed = changed.unwrap();
    assert_eq!((changed.id, changed.version.as_i64()), (first.id, 2));

    let deletion = challenges.delete(first.id).await.unwrap();
    challenges.update(&second, rename("first")).await.unwrap();
    let before = challenges.rows();
    assert_eq!(
        kind(challenges.restore(&deletion).await),
        ErrorKind::AlreadyExists
    );
    assert_eq!(challenges.rows(), before);
}

#[tokio::test]
async fn what_was_deleted_comes_back_with_its_versions_counted() {
    let challenges = memory();
    let row = challenges.insert(titled("there")).await.unwrap();
    let deletion = challenges.delete(row.id).await.unwrap();
    assert_eq!(kind(challenges.get(row.id).await), ErrorKind::NotFound);
    assert_eq!(kind(challenges.delete(row.id).await), ErrorKind::NotFound);
    assert_eq!(challenges.count(Query::new()).await.unwrap(), 0);
    let deleted = Query::new().only_deleted();
    assert_eq!(challenges.count(deleted).await.unwrap(), 1);

    assert_eq!(challenges.restore(&deletion).await.unwrap(), 1);
    let back = challenges.get(row.id).await.unwrap();
    assert_eq!((back.deleted_at, back.version.as_i64()), (None, 3));
    // Whoever saw it before it was deleted is late.
    let late = challenges.update(&row, rename("late")).await;
    assert_eq!(kind(late), ErrorKind::Stale);
}

/// Every page of a query, by the titles on it, and what a page answers when it is asked again.
async fn pages(
    answer: impl AsyncFn(Query<challenge::Entity>) -> Result<Page<challenge::Model>>,
    query: Query<challenge::Entity>,
) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = answer(query.clone().after(after)).await.unwrap();
        pages.push(page.items.into_iter().map(|row| row.title).collect());
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn pages_are_those_of_the_database() {
    let test = TestDatabase::new::<Migrator>().await.unwrap();
    let builder = Database::builder(test.app_url());
    let database = builder.connect(Members).await.unwrap();
    let [alpha] = workspaces(&database, ["alpha"], |name| {
        tenantry_entities::accounts::workspace::New { name: name.into() }
    })
    .await
    .unwrap();
    let session = database.begin(&alpha.context).await.unwrap();
    let mut rows = Vec::new();
    for number in 0..23_i32 {
        let title = format!(
            "{} {number:02}",
            if number % 3 == 0 { "Odd" } else { "even" }
        );
        let row = session.challenges().insert(titled(&title)).await.unwrap();
        if number % 5 == 0 {
            session.challenges().delete(row.id).await.unwrap();
        }
        rows.push(row.id);
    }
    let all = Query::new().with_deleted().limit(100);
    let stored = session.challenges().page(all).await.unwrap().items;
    let memory = MemoryRepository::new(*alpha.id.as_key()).with_rows(stored);

    let queries: [Query<challenge::Entity>; 6] = [
        Query::new(),
        Query::new().sort(challenge::NEWEST),
        Query::new().sort(challenge::NEWEST).with_deleted(),
        Query::new().only_deleted(),
        Query::new().filter(challenge::TITLE.starts_with("Odd")),
        Query::new().filter(
            challenge::TITLE
                .eq("even 01")
                .or(!challenge::STATUS.eq(Status::Draft)),
        ),
    ];
    for query in queries {
        let query = query.limit(4);
        let real = pages(
            async |query| session.challenges().page(query).await,
            query.clone(),
        );
        let fake = pages(async |query| memory.page(query).await, query.clone());
        assert_eq!(fake.await, real.await, "{query:?}");
        let count = session.challenges().count(query.clone()).await.unwrap();
        assert_eq!(memory.count(query).await.unwrap(), count);
    }
}

#[tokio::test]
async fn a_cursor_of_another_query_is_refused() {
    let challenges = memory();
    for title in ["a", "b"] {
        challenges.insert(titled(title)).await.unwrap();
    }
    let first = challenges.list().limit(1).page().await.unwrap();
    let other = challenges.list().sort(challenge::NEWEST).after(first.next);
    assert_eq!(kind(other.page().await), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_column_that_nobody_fills_is_named() {
    let challenges = Memory::new(Uuid::now_v7());
    let error = challenges.insert(titled("a")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.fields().collect::<Vec<_>>(), ["description"]);
    assert!(error.hint().unwrap().contains("with_default"));
}
