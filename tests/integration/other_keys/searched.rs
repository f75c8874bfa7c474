//! Searches of rows whose keys are numbers or texts: the functions carry both types.

mod tables;

use std::fmt::Debug;

use serde_json::json;
use sqlx::AssertSqlSafe;
use tenantry::{
    Database, DocumentSearch, NewRow, Role, Scoped, Search, Session, TagSearch, WorkspaceId,
};
use tenantry_migration::MigratorTrait;
use tenantry_testing::{Everyone, TestDatabase};

use tables::{Desk, Wiki, page, ticket};

/// What a table is searched by.
struct Searches<E: Scoped> {
    words: Search<E>,
    body: DocumentSearch<E>,
    tags: TagSearch<E>,
}

/// Looks for the same words in two tenants that have rows of the same keys where keys are chosen.
async fn finds_its_own<M, E, N>(
    tenants: [WorkspaceId; 2],
    searches: Searches<E>,
    new: impl Fn(usize, serde_json::Value, &[&str]) -> N,
    table: &'static str,
) where
    M: MigratorTrait,
    E: Scoped,
    E::Model: Clone + Debug + PartialEq,
    N: NewRow<E>,
{
    let test = TestDatabase::new::<M>().await.unwrap();
    let everyone = Everyone(Role::from_static("member"));
    let database = Database::builder(test.app_url()).connect(everyone).await;
    let database = database.unwrap();
    let mut sessions = Vec::new();
    for tenant in tenants {
        let person = tenant.to_string();
        let actor = match person.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => person.as_str().into(),
        };
        let context = database.authorize(actor, tenant).await.unwrap();
        let session = database.begin(&context).await.unwrap();
        for number in 0..5 {
            let (kind, speed) = [("car", "fast"), ("boat", "slow")][number % 2];
            let body = json!({ "kind": kind, "text": "a bridge" });
            let new = new(number, body, &["red", speed]);
            session.rows(E::default()).insert(new).await.unwrap();
        }
        session.commit().await.unwrap();
        sessions.push(database.begin(&context).await.unwrap());
    }
    let total: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
        .fetch_one(&test.admin())
        .await
        .unwrap();
    assert_eq!(total, 10, "both tenants have rows");
    for session in &sessions {
        is_found(session, &searches).await;
    }
}

async fn is_found<E>(session: &Session, searches: &Searches<E>)
where
    E: Scoped,
    E::Model: Clone + Debug + PartialEq,
{
    let rows = session.rows(E::default());
    let all = rows.list().page().await.unwrap().items;
    assert_eq!(all.len(), 5);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = rows.search(searches.words, "bridge").limit(2).after(after);
        let page = page.page().await.unwrap();
        found.extend(page.items.into_iter().map(|hit| hit.row));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(all.iter().all(|row| found.contains(row)));
    for (filter, expected) in [
        (searches.words.matches("bridge"), 5),
        (searches.words.matches("bridge -boat"), 3),
        (!searches.words.matches("boat"), 3),
        (searches.body.contains(json!({ "kind": "boat" })), 2),
        (searches.tags.has_all(["red", "fast"]), 3),
        (searches.tags.has_any(["slow", "none"]), 2),
    ] {
        let told = rows.list().filter(filter.clone()).page().await.unwrap();
        assert_eq!(told.items.len(), expected, "{filter:?}");
        assert!(told.items.iter().all(|row| all.contains(row)));
        let count = rows.list().filter(filter).count().await.unwrap();
        assert_eq!(count, expected as u64);
    }
}

#[tokio::test]
async fn rows_with_numbers_are_searched() {
    let searches = Searches {
        words: ticket::SEARCH,
        body: ticket::BODY_SEARCH,
        tags: ticket::TAGS_SEARCH,
    };
    let new = |_: usize, body, tags: &[&str]| ticket::New {
        body,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    let tenants = [7_i64.into(), 8_i64.into()];
    finds_its_own::<Desk, _, _>(tenants, searches, new, "desk.tickets").await;
}

/// The same names in both, one of which would end a literal.
#[tokio::test]
async fn rows_with_names_are_searched() {
    let searches = Searches {
        words: page::SEARCH,
        body: page::BODY_SEARCH,
        tags: page::TAGS_SEARCH,
    };
    let new = |number: usize, body, tags: &[&str]| page::New {
        slug: format!("o'neill, \"{{{number}}}\""),
        body,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    let tenants = ["o'neill|söhne %_\\".into(), "globex".into()];
    finds_its_own::<Wiki, _, _>(tenants, searches, new, "wiki.pages").await;
}
